using System.Globalization;

namespace Neuro.Kernels.Recipes;

/// <summary>The small CSV of class lists: a header, commas, no quotes.</summary>
internal static class ClassesCsv
{
    public const string FileName = "classes.csv";
    private static readonly string[] Needed = ["class_id", "name", "iconic"];

    /// <summary>The classes in order, each a box whose name is also its sku; class ids must be 0, 1, 2, … in any order.</summary>
    /// <exception cref="CatalogueException"><c>catalogue.malformed</c> with the line, <c>catalogue.empty</c>.</exception>
    public static IReadOnlyList<(EntryPlace Place, ProductEntry Entry)> Parse(IEnumerable<string> lines)
    {
        using var line = lines.GetEnumerator();
        var header = line.MoveNext() ? line.Current.TrimStart('\uFEFF').Split(',') : [];
        var columns = Needed.Select(name => Array.IndexOf(header, name)).ToArray();
        if (columns.Contains(-1))
        {
            throw Malformed(1, $"the columns are '{string.Join(',', header)}'; expected {string.Join(", ", Needed)} among them");
        }

        var rows = new SortedDictionary<int, (EntryPlace, ProductEntry)>();
        for (var number = 2; line.MoveNext(); number++)
        {
            if (line.Current.Length > 0)
            {
                Add(rows, line.Current, header.Length, columns, number);
            }
        }

        if (rows.Count == 0)
        {
            throw new CatalogueException("catalogue.empty", $"{FileName} lists no products; give at least one line below the header.");
        }

        var gap = Enumerable.Range(0, rows.Count).FirstOrDefault(id => !rows.ContainsKey(id), -1);
        return gap < 0
            ? [.. rows.Values]
            : throw new CatalogueException("catalogue.malformed", $"{FileName} has no class_id {gap}; number the classes 0 to {rows.Count - 1} without gaps.");
    }

    private static void Add(SortedDictionary<int, (EntryPlace, ProductEntry)> rows, string line, int fieldCount, int[] columns, int number)
    {
        if (line.Contains('"'))
        {
            throw Malformed(number, "it holds a quotation mark; this CSV takes plain fields without quotes");
        }

        var fields = line.Split(',');
        if (fields.Length != fieldCount)
        {
            throw Malformed(number, $"it has {fields.Length} fields; the header has {fieldCount}");
        }

        if (!int.TryParse(fields[columns[0]], NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id >= CatalogueDocument.MaxProducts)
        {
            throw Malformed(number, $"class_id is '{fields[columns[0]]}'; expected a whole number from 0 to {CatalogueDocument.MaxProducts - 1}");
        }

        if (!rows.TryAdd(id, (new EntryPlace($"{FileName}, line {number}", ": "), new ProductEntry { Sku = fields[columns[1]], Shape = ProductShape.Box.Spelled(), Picture = fields[columns[2]] })))
        {
            throw Malformed(number, $"class_id {id} stands there a second time");
        }
    }

    private static CatalogueException Malformed(int line, string what) => new("catalogue.malformed", $"{FileName}, line {line}: {what}.");
}
