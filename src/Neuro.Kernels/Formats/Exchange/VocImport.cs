using System.Globalization;
using System.Xml.Linq;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary>Reads <c>Annotations/</c>; the classes are the names that occur, in alphabetical order.</summary>
internal static class VocImport
{
    private readonly record struct Named(string Name, ExternalBox Box, double? Truncation);

    public static ExternalDataset Read(ImportFolder folder)
    {
        var images = new List<(string Path, int Width, int Height, List<Named> Objects)>();
        foreach (var name in folder.Files(VocExport.Labels, recursive: false, name => name.EndsWith(".xml", StringComparison.Ordinal)))
        {
            var root = folder.Xml(name);
            var path = folder.Picture($"{VocExport.Pictures}/{Text(root, "filename", name)}", name);
            var size = Child(root, "size", name);
            images.Add((path, Side(size, "width", name), Side(size, "height", name), [.. root.Elements("object").Select(one => Object(one, name))]));
        }

        if (images.Count == 0)
        {
            throw new ExchangeException("import.not_found", $"There are no labels in {VocExport.Labels}/.");
        }

        var classes = images.SelectMany(image => image.Objects).Select(one => one.Name).Distinct().Order(StringComparer.Ordinal).ToList();
        var ids = classes.Select((name, id) => (name, id)).ToDictionary(one => one.name, one => one.id);
        return new ExternalDataset(classes, [.. images.Select(image => new ExternalImage(
            image.Path, image.Width, image.Height, [.. image.Objects.Select(one => new ExternalObject { ClassId = ids[one.Name], Box = one.Box, Truncation = one.Truncation })]))]);
    }

    private static Named Object(XElement one, string file)
    {
        var box = Child(one, "bndbox", file);
        var (left, top, right, bottom) = (Number(box, "xmin", file), Number(box, "ymin", file), Number(box, "xmax", file), Number(box, "ymax", file));
        return left <= right && top <= bottom
            ? new Named(Text(one, "name", file), new ExternalBox(left - 1, top - 1, right - left + 1, bottom - top + 1), one.Element("truncated")?.Value.Trim() == "0" ? 0 : null)
            : throw new ExchangeException("import.malformed", $"{file}: a box from ({left}, {top}) to ({right}, {bottom}) ends before it begins.");
    }

    private static XElement Child(XElement parent, string name, string file) =>
        parent.Element(name) ?? throw new ExchangeException("import.malformed", $"{file}: <{parent.Name}> has no <{name}>.");

    private static string Text(XElement parent, string name, string file) =>
        Child(parent, name, file).Value.Trim() is { Length: > 0 and <= 1024 } text ? text : throw new ExchangeException("import.malformed", $"{file}: <{name}> holds no name.");

    private static int Side(XElement parent, string name, string file) =>
        Number(parent, name, file) is >= 1 and <= Codec.MaxEdge and var side && side == Math.Floor(side)
            ? (int)side
            : throw new ExchangeException("import.malformed", $"{file}: <{name}> is no side of a picture, 1 to {Codec.MaxEdge}.");

    private static double Number(XElement parent, string name, string file)
    {
        var text = Child(parent, name, file).Value.Trim();
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= 1e6
            ? number
            : throw new ExchangeException("import.malformed", $"{file}: <{name}> is '{text[..Math.Min(40, text.Length)]}', no number up to a million.");
    }
}
