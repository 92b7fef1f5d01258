using System.Globalization;
using System.Numerics;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary>Reads <c>label_2/</c> and <c>image_2/</c>, here or in <c>training/</c>. Areas marked DontCare are no objects.</summary>
internal static class KittiImport
{
    private const int Fields = 15;
    private const string Ignored = "DontCare";

    public static ExternalDataset Read(ImportFolder folder)
    {
        var prefix = folder.Has($"training/{KittiExport.Labels}") ? "training/" : "";
        var pictures = folder.Files(prefix + KittiExport.Pictures, recursive: false, ImportFolder.IsPicture).ToDictionary(name => Path.GetFileNameWithoutExtension(name));
        var lines = new List<(string Picture, List<(string Place, string[] Words)> Objects)>();
        foreach (var name in folder.Files(prefix + KittiExport.Labels, recursive: false, name => name.EndsWith(".txt", StringComparison.Ordinal)))
        {
            if (!pictures.TryGetValue(Path.GetFileNameWithoutExtension(name), out var picture))
            {
                throw new ExchangeException("import.not_found", $"{name} labels a picture that is not in {prefix}{KittiExport.Pictures}.");
            }

            lines.Add((picture, [.. folder.Lines(name).Select((line, at) => ($"{name}, line {at + 1}", Words(line))).Where(line => line.Item2.Length > 0 && line.Item2[0] != Ignored)]));
        }

        if (lines.Count == 0)
        {
            throw new ExchangeException("import.not_found", $"There are no labels in {KittiExport.Labels}/ or training/{KittiExport.Labels}/.");
        }

        var classes = folder.Has(KittiExport.Classes)
            ? [.. folder.Lines(KittiExport.Classes).Where(line => line.Length > 0).Select(line => (Word: line.Split('\t')[0], Name: line.Split('\t')[^1]))]
            : lines.SelectMany(image => image.Objects).Select(line => line.Words[0]).Distinct().Order(StringComparer.Ordinal).Select(word => (Word: word, Name: word)).ToList();
        var ids = classes.Select((one, id) => (one.Word, id)).DistinctBy(one => one.Word).ToDictionary(one => one.Word, one => one.id);
        return new ExternalDataset([.. classes.Select(one => one.Name)], [.. lines.Select(image => Image(folder, image.Picture, image.Objects, ids))]);
    }

    private static ExternalImage Image(ImportFolder folder, string picture, List<(string Place, string[] Words)> objects, Dictionary<string, int> ids)
    {
        var path = folder.Picture(picture, KittiExport.Labels);
        var (width, height) = folder.SizeOf(path);
        return new ExternalImage(path, width, height, [.. objects.Select(one => Object(one.Place, one.Words, ids))]);
    }

    private static ExternalObject Object(string place, string[] words, Dictionary<string, int> ids)
    {
        if (words.Length is < Fields or > Fields + 1 || !ids.TryGetValue(words[0], out var classId))
        {
            throw new ExchangeException("import.malformed", $"{place}: expected a known class and {Fields - 1} numbers; found '{words[0][..Math.Min(40, words[0].Length)]}' and {words.Length - 1}.");
        }

        var n = words.Skip(1).Select(word => Number(word, place)).ToArray();
        var hasSpace = n[7] > 0 && n[8] > 0 && n[9] > 0;
        return new ExternalObject
        {
            ClassId = classId,
            Truncation = n[0] is >= 0 and <= 1 ? n[0] : null,
            Box = new ExternalBox(n[3], n[4], n[5] - n[3] + 1, n[6] - n[4] + 1),
            Box3D = hasSpace ? InSpace((float)n[7], (float)n[8], (float)n[9], new Vector3((float)n[10], (float)n[11], (float)n[12]), n[13]) : null,
        };
    }

    /// <summary>From the middle of the bottom and the turn about the camera's y axis to our box.</summary>
    private static ExternalBox3D InSpace(float height, float width, float length, Vector3 bottom, double turn)
    {
        var (sin, cos) = Math.SinCos(turn);
        var (s, c) = ((float)sin, (float)cos);
        var axes = new Matrix4x4(s, 0, c, 0, 0, -1, 0, 0, c, 0, -s, 0, 0, 0, 0, 1);
        return new ExternalBox3D(new Vector3(width, height, length), new Pose(Quaternion.CreateFromRotationMatrix(axes), bottom - new Vector3(0, height / 2, 0)));
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static double Number(string word, string place) =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= 1e6
            ? number
            : throw new ExchangeException("import.malformed", $"{place}: '{word[..Math.Min(40, word.Length)]}' is no number up to a million.");
}
