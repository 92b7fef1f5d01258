using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary>Reads <c>data.yaml</c> and the pictures and labels that it names; every number is rounded to a millionth of a pixel, so that pixels come back whole.</summary>
internal static class YoloImport
{
    private const int Decimals = 6;
    private const int MaxClasses = 1_000_000;
    private static readonly string[] SplitNames = ["train", "val", "test"];

    public static ExternalDataset Read(ImportFolder folder, bool oriented)
    {
        var lines = folder.Lines(YoloExport.Description).Where(line => line.Trim() is { Length: > 0 } text && text[0] != '#').ToList();
        var names = Names(lines);
        var images = new List<ExternalImage>();
        foreach (var (split, pictures) in Splits(lines))
        {
            foreach (var name in folder.Files(pictures, recursive: true, ImportFolder.IsPicture, YoloExport.Description))
            {
                var path = folder.Picture(name, YoloExport.Description);
                var (width, height) = folder.SizeOf(path);
                var labels = Path.ChangeExtension(LabelsOf(name), ".txt");
                var objects = folder.Has(labels) ? folder.Lines(labels).Select((line, at) => Object(line, $"{labels}, line {at + 1}", names.Count, width, height, oriented)).OfType<ExternalObject>().ToList() : [];
                images.Add(new ExternalImage(path, width, height, objects) { Split = split });
            }
        }

        return new ExternalDataset(names, images);
    }

    /// <summary>Folders of pictures; one that is train and val alike is read once.</summary>
    private static IEnumerable<(string Split, string Folder)> Splits(List<string> lines) => SplitNames
        .Select(split => (Split: split, Folder: Value(lines, split)))
        .Where(one => one.Folder is { Length: > 0 })
        .Select(one => (one.Split, Folder: (one.Folder!.StartsWith("./", StringComparison.Ordinal) ? one.Folder[2..] : one.Folder!).TrimEnd('/')))
        .DistinctBy(one => one.Folder);

    private static string? Value(List<string> lines, string key) =>
        lines.FirstOrDefault(line => line.StartsWith(key + ":", StringComparison.Ordinal)) is { } line ? Text(line[(key.Length + 1)..]) : null;

    /// <summary>YOLO's rule: the last <c>images</c> of the path is replaced.</summary>
    private static string LabelsOf(string picture)
    {
        var parts = picture.Split('/');
        var at = Array.LastIndexOf(parts, YoloExport.Pictures);
        if (at >= 0)
        {
            parts[at] = YoloExport.Labels;
        }

        return string.Join('/', parts);
    }

    private static List<string> Names(List<string> lines)
    {
        var at = lines.FindIndex(line => line.StartsWith("names:", StringComparison.Ordinal));
        if (at < 0)
        {
            throw Wrong("it has no 'names'");
        }

        var inline = lines[at]["names:".Length..].Trim();
        if (inline.StartsWith('['))
        {
            return [.. inline.Trim('[', ']').Split(',').Select(Text)];
        }

        var names = new List<string>();
        foreach (var line in lines.Skip(at + 1).TakeWhile(line => line[0] is ' ' or '\t' or '-'))
        {
            var text = line.Trim();
            var isItem = text.StartsWith("- ", StringComparison.Ordinal);
            var colon = text.IndexOf(':');
            var id = isItem ? names.Count : colon > 0 && int.TryParse(text[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : -1;
            if (id != names.Count || id >= MaxClasses)
            {
                throw Wrong($"'{text[..Math.Min(40, text.Length)]}' is not the name of class {names.Count}");
            }

            names.Add(Text(isItem ? text[2..] : text[(colon + 1)..]));
        }

        return names;
    }

    private static string Text(string yaml)
    {
        yaml = yaml.Trim();
        try
        {
            return yaml.StartsWith('"') ? JsonSerializer.Deserialize<string>(yaml)! : yaml.StartsWith('\'') ? yaml.Trim('\'').Replace("''", "'", StringComparison.Ordinal) : yaml;
        }
        catch (JsonException)
        {
            throw Wrong($"{yaml[..Math.Min(40, yaml.Length)]} is no text");
        }
    }

    private static ExternalObject? Object(string line, string place, int classes, int width, int height, bool oriented)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length == 0)
        {
            return null;
        }

        var isBox = words.Length == 5 && !oriented;
        var isPolygon = words.Length >= 7 && words.Length % 2 == 1 && (!oriented || words.Length == 9);
        if (!isBox && !isPolygon)
        {
            throw new ExchangeException("import.malformed", $"{place}: {words.Length} numbers are no {(oriented ? "class and four corners" : "class and box or polygon")}.");
        }

        if (!int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var classId) || classId >= classes)
        {
            throw new ExchangeException("import.malformed", $"{place}: '{words[0]}' is no class; data.yaml names 0 to {classes - 1}.");
        }

        var numbers = words.Skip(1).Select(word => Share(word, place)).ToArray();
        if (isBox)
        {
            var (w, h) = (numbers[2] * width, numbers[3] * height);
            return new ExternalObject { ClassId = classId, Box = new ExternalBox(Rounded((numbers[0] * width) - (w / 2)), Rounded((numbers[1] * height) - (h / 2)), Rounded(w), Rounded(h)) };
        }

        var polygon = numbers.Chunk(2).Select(point => new Vector2((float)Rounded(point[0] * width), (float)Rounded(point[1] * height))).ToArray();
        var (left, top) = (polygon.Min(point => point.X), polygon.Min(point => point.Y));
        return new ExternalObject
        {
            ClassId = classId,
            Box = new ExternalBox(left, top, polygon.Max(point => point.X) - left, polygon.Max(point => point.Y) - top),
            Polygons = [polygon],
            OrientedBox = oriented ? Turned(polygon) : null,
        };
    }

    /// <summary>The rectangle of four corners in order, from −45° up to 45°; none if they are no rectangle.</summary>
    private static OrientedBox? Turned(Vector2[] corners)
    {
        const float Tolerance = 0.01f;
        var (along, down) = (corners[1] - corners[0], corners[2] - corners[1]);
        if ((corners[3] - corners[0] - down).Length() > Tolerance || MathF.Abs(Vector2.Dot(along, down)) > Tolerance * MathF.Max(1, along.Length() * down.Length()))
        {
            return null;
        }

        var centre = (corners[0] + corners[2]) / 2;
        var (width, height) = (along.Length(), down.Length());
        var angle = width > 0 ? MathF.Atan2(along.Y, along.X) * 180 / MathF.PI : (MathF.Atan2(down.Y, down.X) * 180 / MathF.PI) - 90;
        for (; angle >= 45; angle -= 90)
        {
            (width, height) = (height, width);
        }

        for (; angle < -45; angle += 90)
        {
            (width, height) = (height, width);
        }

        return new OrientedBox(centre.X, centre.Y, width, height, angle);
    }

    private static double Share(string word, string place) =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 1
            ? number
            : throw new ExchangeException("import.malformed", $"{place}: '{word[..Math.Min(40, word.Length)]}' is no share of the picture, 0 to 1.");

    private static double Rounded(double pixels) => Math.Round(pixels, Decimals);

    private static ExchangeException Wrong(string what) => new("import.malformed", $"{YoloExport.Description}: {what}.");
}
