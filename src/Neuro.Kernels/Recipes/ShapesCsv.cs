namespace Neuro.Kernels.Recipes;

/// <summary>Shapes of products and colours of their caps by name, as a spreadsheet saves them.</summary>
internal static class ShapesCsv
{
    /// <exception cref="CatalogueException"><c>catalogue.malformed</c>, <c>catalogue.unknown_shape</c>, naming the line.</exception>
    public static Dictionary<string, (ProductShape Shape, string? Cap)> Read(string file, IReadOnlySet<string> products)
    {
        var (shapes, columns, number) = (new Dictionary<string, (ProductShape, string?)>(StringComparer.Ordinal), 0, 0);
        foreach (var line in File.ReadLines(file))
        {
            var place = new EntryPlace($"{Path.GetFileName(file)}, line {++number}", ": ");
            var fields = ProductsCsv.Fields(line.TrimStart('\uFEFF'), place);
            if (number == 1)
            {
                Require(fields is ["name", "shape"] or ["name", "shape", "cap"], place, "the columns are not name, shape or name, shape, cap");
                columns = fields.Count;
                continue;
            }

            Require(fields.Count == columns && products.Contains(fields[0]), place, "it names no product of the catalogue and its shape");
            var shape = ProductShapes.Read<ProductShape>(fields[1])
                ?? throw new CatalogueException("catalogue.unknown_shape", $"{place.At("shape")} is \"{fields[1]}\"; expected {ProductShapes.Nearest<ProductShape>(fields[1])}.");
            var cap = columns == 3 && fields[2].Length > 0 ? ProductEntry.Colour(fields[2], "cap", place, fields[0]) : null;
            Require(shapes.TryAdd(fields[0], (shape, cap)), place, "the product stands there twice");
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
