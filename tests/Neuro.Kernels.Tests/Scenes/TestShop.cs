using System.Text.Json;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Tests.Scenes;

/// <summary>A small catalogue made on the spot: cartons whose four quarters differ in colour, and a tin.</summary>
internal static class TestShop
{
    private static readonly Lazy<Catalogue> Made = new(Make);

    public static Catalogue Catalogue => Made.Value;

    /// <summary>The default recipe, small enough for a test.</summary>
    public static ShelfRecipe Recipe(int width = 96, int height = 72, int samples = 1) =>
        ShelfRecipe.Default(Catalogue) with { Width = width, Height = height, Samples = samples };

    private static Catalogue Make()
    {
        var folder = Directory.CreateTempSubdirectory("neuro-shop-").FullName;
        try
        {
            var products = new List<object>();
            for (var i = 0; i < 6; i++)
            {
                var shape = i == 5 ? "cylinder" : "box";
                File.WriteAllBytes(Path.Combine(folder, $"{i}.png"), Codec.Png(Quarters(i)));
                products.Add(new { sku = $"sku-{i}", name = $"Product {i}", shape, widthMm = 60 + (6 * i), heightMm = 120 + (20 * i), depthMm = shape == "box" ? 50 + (5 * i) : 60 + (6 * i), picture = $"{i}.png" });
            }

            File.WriteAllText(Path.Combine(folder, "catalogue.json"), JsonSerializer.Serialize(new { name = "test shop", products }));
            return Catalogue.Load(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Red, green on top; blue, white below.</summary>
    private static Image Quarters(int shade)
    {
        const int Size = 32;
        var rgb = new byte[Size * Size * 3];
        var full = (byte)(255 - (10 * shade));
        for (var i = 0; i < Size * Size; i++)
        {
            var (right, below) = (i % Size >= Size / 2, i / Size >= Size / 2);
            rgb[3 * i] = right == below ? full : (byte)0;
            rgb[(3 * i) + 1] = right ? full : (byte)0;
            rgb[(3 * i) + 2] = below ? full : (byte)0;
        }

        return new Image(Size, Size, rgb);
    }
}
