using System.Globalization;

namespace Neuro.Kernels.Recipes;

/// <summary>Products as a spreadsheet saves them: a header, commas, fields in quotation marks where they hold either. A field may be empty where it may be missing; what is missing of the sizes comes from the picture.</summary>
internal static class ProductsCsv
{
    public const string FileName = "products.csv";
    private static readonly string[] Needed = ["sku", "name", "shape", "widthMm", "heightMm", "depthMm", "picture"];
    private static readonly string[] Faces = ["back", "left", "right", "top", "bottom", "wrap"];
    private static readonly string[] Known = [.. Needed, .. Faces, "family", "finish", "tint", "contents", "cap", "topColour"];

    /// <summary>The products in the order of the lines.</summary>
    /// <exception cref="CatalogueException"><c>catalogue.malformed</c> with the line, <c>catalogue.empty</c>, <c>catalogue.too_large</c>.</exception>
    public static IReadOnlyList<(EntryPlace Place, ProductEntry Entry)> Parse(IEnumerable<string> lines)
    {
        using var line = lines.GetEnumerator();
        var header = line.MoveNext() ? Fields(line.Current.TrimStart('\uFEFF'), Place(1)) : [];
        CheckHeader(header);
        var entries = new List<(EntryPlace, ProductEntry)>();
        for (var number = 2; line.MoveNext(); number++)
        {
            if (line.Current.Length == 0)
            {
                continue;
            }

            var place = Place(number);
            var fields = Fields(line.Current, place);
            if (fields.Count != header.Count)
            {
                throw Malformed(place, $"it has {fields.Count} fields; the header has {header.Count}");
            }

            entries.Add((place, Entry(header.Zip(fields).Where(field => field.Second.Length > 0).ToDictionary(), place)));
            if (entries.Count > CatalogueDocument.MaxProducts)
            {
                throw new CatalogueException("catalogue.too_large", $"{FileName} lists more than {CatalogueDocument.MaxProducts} products, the most that are read.");
            }
        }

        return entries.Count > 0 ? entries : throw new CatalogueException("catalogue.empty", $"{FileName} lists no products; give at least one line below the header.");
    }

    private static void CheckHeader(IReadOnlyList<string> header)
    {
        if (Needed.FirstOrDefault(name => !header.Contains(name)) is { } missing)
        {
            throw Malformed(Place(1), $"there is no column {missing}; expected {string.Join(", ", Needed)}");
        }

        if (header.FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
        {
            throw Malformed(Place(1), $"the column '{unknown}' is unknown; expected {Knobs.Nearest(unknown, Known)}");
        }

        if (header.Count != header.Distinct().Count())
        {
            throw Malformed(Place(1), "a column stands there twice");
        }
    }

    private static ProductEntry Entry(Dictionary<string, string> fields, EntryPlace place) => new()
    {
        Sku = fields.GetValueOrDefault("sku"),
        Name = fields.GetValueOrDefault("name"),
        Shape = fields.GetValueOrDefault("shape"),
        WidthMm = Number("widthMm", fields, place),
        HeightMm = Number("heightMm", fields, place),
        DepthMm = Number("depthMm", fields, place),
        Picture = fields.GetValueOrDefault("picture"),
        Faces = new(fields.Where(field => Faces.Contains(field.Key)).ToDictionary(), StringComparer.Ordinal),
        Family = fields.GetValueOrDefault("family"),
        Finish = fields.GetValueOrDefault("finish"),
        Tint = fields.GetValueOrDefault("tint"),
        Contents = fields.GetValueOrDefault("contents"),
        Cap = fields.GetValueOrDefault("cap"),
        TopColour = fields.GetValueOrDefault("topColour"),
    };

    private static float? Number(string name, Dictionary<string, string> fields, EntryPlace place) =>
        !fields.TryGetValue(name, out var text) ? null
        : float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : throw Malformed(place, $"{name} is '{text}'; expected millimetres, with a point before decimals");

    /// <summary>RFC 4180, but a field ends with its line.</summary>
    internal static List<string> Fields(string line, EntryPlace place)
    {
        var fields = new List<string>();
        var at = 0;
        while (true)
        {
            if (at < line.Length && line[at] == '"')
            {
                var end = ClosingQuote(line, at + 1, place);
                fields.Add(line[(at + 1)..end].Replace("\"\"", "\""));
                at = end + 1;
                if (at < line.Length && line[at] != ',')
                {
                    throw Malformed(place, $"after the closing quotation mark in column {at} comes '{line[at]}'; expected a comma");
                }
            }
            else
            {
                var end = line.IndexOf(',', at) is var comma and >= 0 ? comma : line.Length;
                fields.Add(line[at..end].Trim());
                at = end;
            }

            if (at >= line.Length)
            {
                return fields;
            }

            at++;
        }
    }

    private static int ClosingQuote(string line, int from, EntryPlace place)
    {
        for (var at = from; at < line.Length; at++)
        {
            if (line[at] != '"')
            {
                continue;
            }

            if (at + 1 == line.Length || line[at + 1] != '"')
            {
                return at;
            }

            at++;
        }

        throw Malformed(place, $"the quotation mark in column {from} is not closed");
    }

    private static EntryPlace Place(int line) => new($"{FileName}, line {line}", ": ");

    private static CatalogueException Malformed(EntryPlace place, string what) => new("catalogue.malformed", $"{place.At(what)}.");
}
