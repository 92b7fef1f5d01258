using System.Globalization;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary>Reads the Grocery Store Dataset: <c>classes.csv</c> and the lists <c>train.txt</c>, <c>val.txt</c>, <c>test.txt</c>, here or in <c>dataset/</c>.</summary>
/// <remarks>A line of a list is a picture's path, its class, its coarse class; a line of the table a name and id, coarse name and id, and the path of the iconic picture.</remarks>
internal static class GroceryStoreImport
{
    private const string Table = "classes.csv";
    private const int MaxClasses = 1_000_000;
    private static readonly string[] Splits = ["train", "val", "test"];

    public static ExternalDataset Read(ImportFolder folder)
    {
        var prefix = folder.Has($"dataset/{Table}") ? "dataset/" : "";
        var rows = folder.Lines(prefix + Table).Skip(1).Where(line => line.Trim().Length > 0).Select((line, at) => Row(line, $"{prefix}{Table}, line {at + 2}")).OrderBy(row => row.Id).ToList();
        var coarse = rows.Select(row => (row.CoarseId, row.CoarseName)).Distinct().OrderBy(one => one.CoarseId).ToList();
        if (rows.Where((row, at) => row.Id != at).Any() || coarse.Where((one, at) => one.CoarseId != at).Any())
        {
            throw new ExchangeException("import.malformed", $"{prefix}{Table}: its classes and coarse classes are not numbered from 0, each once.");
        }

        var images = Splits.Where(split => folder.Has($"{prefix}{split}.txt"))
            .SelectMany(split => folder.Lines($"{prefix}{split}.txt").Select((line, at) => Image(folder, prefix, split, line, $"{prefix}{split}.txt, line {at + 1}", rows)))
            .OfType<ExternalImage>().ToList();
        return new ExternalDataset([.. rows.Select(row => row.Name)], images)
        {
            CoarseNames = [.. coarse.Select(one => one.CoarseName)],
            CoarseOf = [.. rows.Select(row => row.CoarseId)],
            Iconic = [.. rows.Select(row => folder.Resolve(prefix + row.Iconic.TrimStart('/'), prefix + Table))],
        };
    }

    private readonly record struct Class(string Name, int Id, string CoarseName, int CoarseId, string Iconic);

    private static Class Row(string line, string place)
    {
        var cells = line.Split(',');
        return cells.Length >= 5
            ? new Class(cells[0].Trim(), Number(cells[1], place), cells[2].Trim(), Number(cells[3], place), cells[4].Trim())
            : throw new ExchangeException("import.malformed", $"{place}: {cells.Length} cells; expected name, id, coarse name, coarse id and the iconic picture.");
    }

    private static ExternalImage? Image(ImportFolder folder, string prefix, string split, string line, string place, List<Class> classes)
    {
        if (line.Trim().Length == 0)
        {
            return null;
        }

        var cells = line.Split(',');
        var classId = cells.Length == 3 ? Number(cells[1], place) : throw new ExchangeException("import.malformed", $"{place}: expected a path, a class and a coarse class.");
        return classId < classes.Count && classes[classId].CoarseId == Number(cells[2], place)
            ? new ExternalImage(folder.Picture(prefix + cells[0].Trim(), place), 0, 0, []) { ClassId = classId, Split = split }
            : throw new ExchangeException("import.malformed", $"{place}: class {classId} with coarse class {cells[2].Trim()} is not one of {Table}.");
    }

    private static int Number(string cell, string place) =>
        int.TryParse(cell.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < MaxClasses
            ? number
            : throw new ExchangeException("import.malformed", $"{place}: '{cell.Trim()[..Math.Min(40, cell.Trim().Length)]}' is no class id.");
}
