namespace Neuro.Kernels.Recipes;

/// <summary>Shapes of products by name, as a spreadsheet saves them.</summary>
internal static class ShapesCsv
{
    /// <exception cref="CatalogueException"><c>catalogue.malformed</c>, <c>catalogue.unknown_shape</c>, naming the line.</exception>
    public static Dictionary<string, ProductShape> Read(string file, IReadOnlySet<string> products)
    {
        var (shapes, number) = (new Dictionary<string, ProductShape>(StringComparer.Ordinal), 0);
        foreach (var line in File.ReadLines(file))
        {
            var place = new EntryPlace($"{Path.GetFileName(file)}, line {++number}", ": ");
            var fields = ProductsCsv.Fields(line.TrimStart('\uFEFF'), place);
            if (number == 1)
            {
                Require(fields is ["name", "shape"], place, "the columns are not name, shape");
                continue;
            }

            Require(fields.Count == 2 && products.Contains(fields[0]), place, "it names no product of the catalogue and its shape");
            Require(shapes.TryAdd(fields[0], ProductShapes.Read<ProductShape>(fields[1])
                ?? throw new CatalogueException("catalogue.unknown_shape", $"{place.At("shape")} is \"{fields[1]}\"; expected {ProductShapes.Nearest<ProductShape>(fields[1])}.")), place, "the product stands there twice");
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
