using System.Text.Json;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Artwork;

/// <summary>Draws the labels of made-up brands from the descriptions in a catalogue, with nothing but our own shapes and strokes.</summary>
public static class LabelArt
{
    /// <summary>Pictures of every shape get about this many pixels squared.</summary>
    private const float Edge = 300;

    /// <summary>Draws each product of <c>catalogue.json</c> that has a <c>label</c> into its picture file; same description, same picture.</summary>
    /// <param name="folder">The catalogue's folder.</param>
    /// <returns>The files written.</returns>
    /// <exception cref="CatalogueException">The catalogue or a label cannot be used (<c>catalogue.label</c>), or a picture not be written (<c>catalogue.unwritable</c>).</exception>
    public static IReadOnlyList<string> DrawAll(string folder)
    {
        var file = Path.Combine(folder, CatalogueDocument.FileName);
        if (!File.Exists(file))
        {
            throw new CatalogueException("catalogue.not_found", $"{folder} holds no {CatalogueDocument.FileName} to draw.");
        }

        var json = CataloguePictures.ReadFile(file, CatalogueDocument.FileName, CataloguePictures.MaxDocumentBytes);
        var products = CatalogueDocument.Parse(json).Products;
        using var document = JsonDocument.Parse(json);
        var written = new List<string>();
        foreach (var (product, element) in products.Zip(document.RootElement.GetProperty("products").EnumerateArray()))
        {
            if (element.TryGetProperty("label", out var label))
            {
                written.Add(Save(folder, product, Draw(product, LabelDescription.Parse(label, product.Sku))));
            }
        }

        return written;
    }

    /// <summary>The label as a PNG, in the proportions of a box's front or of a cylinder's wrap.</summary>
    internal static byte[] Draw(Product product, LabelDescription label)
    {
        var round = product.Shape.IsRound();
        var aspect = MathF.Sqrt((round ? MathF.PI : 1) * product.WidthMm / product.HeightMm);
        var (width, height) = ((int)MathF.Round(Edge * aspect), (int)MathF.Round(Edge / aspect));
        var canvas = new Canvas(width, height, Colour.White);
        if (round)
        {
            DrawWrap(canvas.Pen, width, height, label);
        }
        else
        {
            LabelLayouts.Draw(canvas.Pen, width, height, label);
        }

        return Codec.Png(canvas.ToImage());
    }

    /// <summary>A can shows its front from both sides, once in the middle of its wrap and once across its seam; the fine print stands between.</summary>
    private static void DrawWrap(Pen pen, int width, int height, LabelDescription label)
    {
        const float FrontShare = 0.38f;
        pen.Rectangle(0, 0, width, height, label.GroundColour);
        var front = FrontShare * width;
        var print = (width / 2f) - front;
        for (var half = -1; half < 2; half++)
        {
            var begin = pen.Moved((half * width / 2f) + (width / 4f) - (print / 2), 0);
            LabelLayouts.DrawFinePrint(begin.Within(0, 0, print, height), print, height, label, half & 1);
            LabelLayouts.Draw(begin.Moved(print, 0).Within(0, 0, front, height), front, height, label);
        }
    }

    private static string Save(string folder, Product product, byte[] png)
    {
        var path = Path.Combine(folder, product.Picture);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, png);
            return path;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CatalogueException("catalogue.unwritable", $"{product.Picture} cannot be written: {refused.Message}", refused);
        }
    }
}
