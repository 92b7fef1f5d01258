using Neuro.Kernels.Artwork;
using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Recipes;

/// <summary>A catalogue as files in a folder.</summary>
internal static class CatalogueFolder
{
    private const float TallestMm = 240;

    public static (CatalogueDocument Document, IReadOnlyDictionary<string, byte[]> Pictures) Read(string folder)
    {
        var json = Path.Combine(folder, CatalogueDocument.FileName);
        if (File.Exists(json))
        {
            var document = CatalogueDocument.Parse(CataloguePictures.ReadFile(json, CatalogueDocument.FileName, CataloguePictures.MaxDocumentBytes));
            return (document, ReadPictures(folder, document.Products.Select(product => (product.Sku, product.Picture))));
        }

        var csv = Path.Combine(folder, CatalogueCsv.FileName);
        if (File.Exists(csv))
        {
            return FromCsv(folder, CatalogueCsv.Parse(File.ReadLines(csv)));
        }

        throw new CatalogueException("catalogue.not_found", $"{folder} holds no catalogue: expected {CatalogueDocument.FileName} or {CatalogueCsv.FileName} there.");
    }

    private static (CatalogueDocument, IReadOnlyDictionary<string, byte[]>) FromCsv(string folder, IReadOnlyList<CatalogueCsv.Row> rows)
    {
        foreach (var row in rows)
        {
            CataloguePaths.Check(row.Name, row.Picture);
        }

        var pictures = ReadPictures(folder, rows.Select(row => (row.Name, row.Picture)));
        var products = rows.Select(row =>
        {
            var size = CutOut.Of(Codec.Decode(pictures[row.Picture], row.Picture)).Proportions;
            return new Product(row.Name, row.Name, ProductShape.Box, size.Width, size.Height, size.Depth, row.Picture);
        }).ToList();
        var scale = TallestMm / products.Max(product => product.HeightMm);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return (CatalogueDocument.Checked(new CatalogueDocument(name, OnWhite: true, [.. products.Select(product => InMillimetres(product, scale))])), pictures);
    }

    private static Product InMillimetres(Product product, float scale) => product with
    {
        WidthMm = MathF.Round(product.WidthMm * scale),
        HeightMm = MathF.Round(product.HeightMm * scale),
        DepthMm = MathF.Round(product.DepthMm * scale),
    };

    private static IReadOnlyDictionary<string, byte[]> ReadPictures(string folder, IEnumerable<(string Sku, string Path)> wanted)
    {
        var pictures = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        var total = 0L;
        foreach (var (sku, path) in wanted)
        {
            if (pictures.ContainsKey(path))
            {
                continue;
            }

            var file = Path.Combine(folder, path);
            if (!File.Exists(file))
            {
                throw new CatalogueException("catalogue.picture_missing", $"{path}, the picture of {sku}, is not in {folder}.");
            }

            var bytes = CataloguePictures.ReadFile(file, path, CataloguePictures.MaxPictureBytes);
            CataloguePictures.Check(path, bytes);
            CataloguePictures.CheckTotal(total += bytes.Length);
            pictures.Add(path, bytes);
        }

        return pictures;
    }
}
