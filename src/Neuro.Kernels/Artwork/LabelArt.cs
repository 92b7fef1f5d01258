using System.Text.Json;
using Neuro.Kernels.Recipes;
using SkiaSharp;

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
        var round = product.Shape is ProductShape.Cylinder;
        var aspect = MathF.Sqrt((round ? MathF.PI : 1) * product.WidthMm / product.HeightMm);
        var (width, height) = ((int)MathF.Round(Edge * aspect), (int)MathF.Round(Edge / aspect));
        using var surface = SKSurface.Create(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var canvas = surface.Canvas;
        if (round)
        {
            DrawWrap(canvas, width, height, label);
        }
        else
        {
            LabelLayouts.Draw(canvas, width, height, label);
        }

        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    /// <summary>A can shows its front from both sides; the fine print stands between.</summary>
    private static void DrawWrap(SKCanvas canvas, int width, int height, LabelDescription label)
    {
        const float FrontShare = 0.38f;
        canvas.Clear(label.GroundColour);
        var front = FrontShare * width;
        var print = width / 2f - front;
        for (var half = 0; half < 2; half++)
        {
            canvas.Save();
            canvas.Translate(half * width / 2f + print, 0);
            canvas.ClipRect(new SKRect(0, 0, front, height));
            LabelLayouts.Draw(canvas, front, height, label);
            canvas.Restore();
            canvas.Save();
            canvas.Translate(half * width / 2f, 0);
            LabelLayouts.DrawFinePrint(canvas, print, height, label, half);
            canvas.Restore();
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
