namespace Neuro.Kernels.Recipes;

/// <summary>Shapes of products and colours of their caps and tops by name, as a spreadsheet saves them.</summary>
internal static class ShapesCsv
{
    /// <exception cref="CatalogueException"><c>catalogue.malformed</c>, <c>catalogue.unknown_shape</c>, naming the line.</exception>
    public static Dictionary<string, (ProductShape Shape, string? Cap, string? Top)> Read(string file, IReadOnlySet<string> products)
    {
        var (shapes, columns, number) = (new Dictionary<string, (ProductShape, string?, string?)>(StringComparer.Ordinal), 0, 0);
        foreach (var line in File.ReadLines(file))
        {
            var place = new EntryPlace($"{Path.GetFileName(file)}, line {++number}", ": ");
            var fields = ProductsCsv.Fields(line.TrimStart('\uFEFF'), place);
            if (number == 1)
            {
                Require(fields is ["name", "shape"] or ["name", "shape", "cap", "topColour"], place, "the columns are not name, shape or name, shape, cap, topColour");
                columns = fields.Count;
                continue;
            }

            Require(fields.Count == columns && products.Contains(fields[0]), place, "it names no product of the catalogue and its shape");
            var shape = ProductShapes.Read<ProductShape>(fields[1])
                ?? throw new CatalogueException("catalogue.unknown_shape", $"{place.At("shape")} is \"{fields[1]}\"; expected {ProductShapes.Nearest<ProductShape>(fields[1])}.");
            Require(shapes.TryAdd(fields[0], (shape, Colour(2, "cap"), Colour(3, "topColour"))), place, "the product stands there twice");

            string? Colour(int column, string name) => column < columns && fields[column].Length > 0 ? ProductEntry.Colour(fields[column], name, place, fields[0]) : null;
        }

        return shapes;
    }

    private static void Require(bool holds, EntryPlace place, string otherwise)
    {
        if (!holds)
        {
            throw new CatalogueException("catalogue.malformed", $"{place.At(otherwise)}.");
        }
    }
}
