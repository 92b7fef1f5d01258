using System.Text.Json;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Tests.Scenes;

/// <summary>A small catalogue made on the spot: cartons whose four quarters differ in colour, and a tin. And one of all shapes.</summary>
internal static class TestShop
{
    private static readonly Lazy<Catalogue> Small = new(Make);
    private static readonly Lazy<Catalogue> EveryShape = new(MakeShapes);

    public static Catalogue Catalogue => Small.Value;

    /// <summary>One product of every shape; bottle and jar also of glass.</summary>
    public static Catalogue Shapes => EveryShape.Value;

    /// <summary>The default recipe, small enough for a test.</summary>
    public static ShelfRecipe Recipe(int width = 96, int height = 72, int samples = 1) =>
        ShelfRecipe.Default(Catalogue) with { Width = width, Height = height, Samples = samples };

    /// <summary>One box, and a picture to stand behind it.</summary>
    public static Catalogue With(Image background) => Made("shop with a room", [new("box", "Box", "box", 60, 120, 40)], background);

    private static Catalogue Make() => Made("test shop", Enumerable.Range(0, 6).Select(i =>
    {
        var shape = i == 5 ? "cylinder" : "box";
        return new Entry($"sku-{i}", $"Product {i}", shape, 60 + (6 * i), 120 + (20 * i), shape == "box" ? 50 + (5 * i) : 60 + (6 * i));
    }));

    private static Catalogue MakeShapes() => Made("shop of shapes",
    [
        new("box", "Box", "box", 90, 140, 50),
        new("brick", "Brick", "brick-carton", 62, 160, 48),
        new("gable", "Gable", "gable-top", 75, 220, 75),
        new("gable-cap", "Gable with cap", "gable-top-cap", 75, 235, 75),
        new("carton-bottle", "Carton bottle", "carton-bottle", 70, 230, 70),
        new("bottle", "Bottle", "bottle", 70, 240, 70),
        new("clear-bottle", "Clear bottle", "bottle", 66, 230, 66, "clear"),
        new("tinted-bottle", "Tinted bottle", "bottle", 64, 220, 64, "tinted"),
        new("jar", "Jar", "jar", 80, 110, 80),
        new("clear-jar", "Clear jar", "jar", 84, 120, 84, "clear"),
        new("can", "Can", "can", 66, 115, 66),
        new("tub", "Tub", "tub", 95, 80, 95),
        new("pillow", "Pillow bag", "pillow-bag", 150, 200, 60),
        new("pouch", "Pouch", "pouch", 120, 180, 60),
        new("cylinder", "Cylinder", "cylinder", 70, 150, 70),
    ]);

    private static Catalogue Made(string name, IEnumerable<Entry> entries, Image? background = null)
    {
        var folder = Directory.CreateTempSubdirectory("neuro-shop-").FullName;
        try
        {
            var products = new List<object>();
            foreach (var one in entries)
            {
                var picture = $"{one.Sku}.png";
                File.WriteAllBytes(Path.Combine(folder, picture), Codec.Png(Quarters(products.Count)));
                products.Add(one.Finish is null
                    ? new { sku = one.Sku, name = one.Name, shape = one.Shape, widthMm = one.Width, heightMm = one.Height, depthMm = one.Depth, picture }
                    : new { sku = one.Sku, name = one.Name, shape = one.Shape, widthMm = one.Width, heightMm = one.Height, depthMm = one.Depth, picture, finish = one.Finish });
            }

            if (background is not null)
            {
                File.WriteAllBytes(Path.Combine(folder, "room.png"), Codec.Png(background));
            }

            string[]? backgrounds = background is null ? null : ["room.png"];
            File.WriteAllText(Path.Combine(folder, "catalogue.json"), JsonSerializer.Serialize(new { name, products, backgrounds }));
            // A loaded catalogue reads its pictures when they are wanted; an unpacked one needs no folder.
            return Catalogue.Unpack(Catalogue.Load(folder).Pack());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed record Entry(string Sku, string Name, string Shape, int Width, int Height, int Depth, string? Finish = null);

    /// <summary>Red, green on top; blue, white below.</summary>
    private static Image Quarters(int shade)
    {
        const int Size = 32;
        var rgb = new byte[Size * Size * 3];
        var full = (byte)(255 - (10 * (shade % 6)));
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
