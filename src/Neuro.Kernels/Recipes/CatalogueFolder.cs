using Neuro.Kernels.Artwork;

namespace Neuro.Kernels.Recipes;

/// <summary>A catalogue as files in a folder.</summary>
internal static class CatalogueFolder
{
    private const float TallestMm = 240;

    // Less is a folded edge.
    private const float LeastRoof = 0.06f;

    public static (CatalogueDocument Document, PictureFolder Pictures) Read(string folder)
    {
        if (Find(folder, CatalogueDocument.FileName) is { } json)
        {
            var document = CatalogueDocument.Parse(json);
            return (document, Open(folder, document));
        }

        if (Find(folder, ProductsCsv.FileName) is { } products)
        {
            return FromCsv(folder, ProductsCsv.Parse(Lines(products)), saysShapes: true);
        }

        if (Find(folder, ClassesCsv.FileName) is { } classes)
        {
            return FromCsv(folder, ClassesCsv.Parse(Lines(classes)), saysShapes: false);
        }

        throw new CatalogueException("catalogue.not_found", $"{folder} holds no catalogue: expected {CatalogueDocument.FileName}, {ProductsCsv.FileName} or {ClassesCsv.FileName} there.");
    }

    private static byte[]? Find(string folder, string name)
    {
        var file = Path.Combine(folder, name);
        return File.Exists(file) ? CataloguePictures.ReadFile(file, name, CataloguePictures.MaxDocumentBytes) : null;
    }

    private static IEnumerable<string> Lines(byte[] file)
    {
        using var reader = new StreamReader(new MemoryStream(file));
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private static PictureFolder Open(string folder, CatalogueDocument document)
    {
        var pictures = document.Pictures();
        foreach (var (path, owner) in pictures)
        {
            CataloguePaths.Check(owner, path);
        }

        return PictureFolder.Open(folder, pictures.Select(picture => (picture.Key, picture.Value)));
    }

    /// <summary>The pictures of a CSV are photos on white; sizes that it leaves out are measured in them, and where it says no shapes, cartons that show a roof get one.</summary>
    private static (CatalogueDocument, PictureFolder) FromCsv(string folder, IReadOnlyList<(EntryPlace Place, ProductEntry Entry)> entries, bool saysShapes)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var listed = new CatalogueDocument(name, OnWhite: true, [.. entries.Select(listed => Unmeasured(listed.Entry).ToProduct(listed.Place))]);
        var pictures = Open(folder, listed);
        var pixels = listed.Products.Zip(entries, (product, given) => IsComplete(product, given.Entry) ? default : Measure(product, pictures)).ToList();
        var tallest = pixels.Zip(entries).Where(one => HasNoScale(one.Second.Entry)).Select(one => one.First.Height).DefaultIfEmpty(TallestMm).Max();
        var products = listed.Products.Select((product, index) => Completed(product, entries[index].Entry, pixels[index], TallestMm / tallest))
            .Select((product, index) => !saysShapes && pixels[index].Roof >= LeastRoof ? product with { Shape = ProductShape.GableTop } : product);
        return (CatalogueDocument.Checked(listed with { Products = [.. products] }), pictures);
    }

    private static ProductEntry Unmeasured(ProductEntry entry) => entry with { WidthMm = entry.WidthMm ?? 0, HeightMm = entry.HeightMm ?? 0, DepthMm = entry.DepthMm ?? 0 };

    private static bool IsComplete(Product product, ProductEntry given) => given is { WidthMm: not null, HeightMm: not null } && (given.DepthMm is not null || product.Shape.IsRound());

    private static bool HasNoScale(ProductEntry given) => given is { WidthMm: null, HeightMm: null };

    /// <summary>Width, height and depth in pixels of the picture, and the share of the height that is a roof.</summary>
    private static (float Width, float Height, float Depth, float Roof) Measure(Product product, PictureFolder pictures)
    {
        var faces = CartonFaces.Of(CutOut.Of(CataloguePictures.Decode(product.Picture, pictures.Read(product.Picture))));
        var (width, height, depth) = faces.Proportions;
        // A wrap is as wide as the way around.
        return (product.Faces.ContainsKey(Face.Front) ? width : width / MathF.PI, height, depth, faces.RoofShare);
    }

    private static Product Completed(Product product, ProductEntry given, (float Width, float Height, float Depth, float Roof) pixels, float scale)
    {
        var mmPerPixel = given.HeightMm / pixels.Height ?? given.WidthMm / pixels.Width ?? scale;
        var width = given.WidthMm ?? MathF.Round(pixels.Width * mmPerPixel);
        return product with
        {
            WidthMm = width,
            HeightMm = given.HeightMm ?? MathF.Round(pixels.Height * mmPerPixel),
            DepthMm = product.Shape.IsRound() ? width : given.DepthMm ?? MathF.Round(pixels.Depth * mmPerPixel),
        };
    }
}
