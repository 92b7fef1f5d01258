using System.Globalization;
using Neuro.Client.Api;
using Neuro.Kernels.Formats;

namespace Neuro.Learning.Evaluation;

/// <summary>A picture and the class that it shows.</summary>
/// <param name="Conditions">How it shows it; known of rendered products.</param>
public sealed record LabelledImage(string File, int ClassId, Image Image, Conditions? Conditions = null);

/// <summary>Pictures with a class each, read one at a time.</summary>
public sealed partial class LabelledImages
{
    private readonly Func<IEnumerable<LabelledImage>> read;

    internal LabelledImages(string name, int count, Func<IEnumerable<LabelledImage>> read) =>
        (Name, Count, this.read) = (name, count, read);

    /// <summary>What to call them in a report.</summary>
    public string Name { get; }

    public int Count { get; }

    public IEnumerable<LabelledImage> Read() => read();

    /// <summary>Photos listed in CSV files with the columns <c>file</c> (below the folder), <c>class_id</c> and <c>name</c>; other columns are passed over.</summary>
    /// <exception cref="NeuroException"><c>labels.invalid</c>, <c>labels.file_missing</c>, <c>labels.path_outside</c>, naming the file and the line.</exception>
    public static LabelledImages FromCsv(string folder, params string[] csvFiles)
    {
        var photos = csvFiles.SelectMany(csv => ReadCsv(folder, csv)).ToList();
        var name = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))} ({string.Join(", ", csvFiles.Select(Path.GetFileNameWithoutExtension))})";
        return new(name, photos.Count, () => photos.Select(photo => new LabelledImage(photo.File, photo.ClassId, Codec.Decode(File.ReadAllBytes(photo.Path), photo.File))));
    }

    private static IEnumerable<(string File, string Path, int ClassId)> ReadCsv(string folder, string csv)
    {
        var path = Path.Combine(folder, csv);
        if (!File.Exists(path))
        {
            throw new NeuroException("labels.file_missing", $"{path} is not there.");
        }

        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        var lines = File.ReadAllLines(path);
        var columns = Csv.Fields(lines.FirstOrDefault() ?? "");
        var (file, classId) = (Array.IndexOf(columns, "file"), Array.IndexOf(columns, "class_id"));
        if (file < 0 || classId < 0)
        {
            throw new NeuroException("labels.invalid", $"{path} begins with '{lines.FirstOrDefault()}'; expected the columns file, class_id and name.");
        }

        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].Length > 0)
            {
                yield return Row(Csv.Fields(lines[i]), $"{path} line {i + 1}");
            }
        }

        (string File, string Path, int ClassId) Row(string[] fields, string where)
        {
            if (fields.Length <= Math.Max(file, classId) || !int.TryParse(fields[classId], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                throw new NeuroException("labels.invalid", $"{where} has no file and class id (a whole number from 0) in columns {file + 1} and {classId + 1}.");
            }

            var photo = Path.GetFullPath(Path.Combine(root, fields[file]));
            return !photo.StartsWith(root, StringComparison.Ordinal)
                ? throw new NeuroException("labels.path_outside", $"{where} names '{fields[file]}', which lies outside of {folder}.")
                : File.Exists(photo) ? (fields[file], photo, id)
                : throw new NeuroException("labels.file_missing", $"{where} names '{fields[file]}', which is not in {folder}.");
        }
    }
}
