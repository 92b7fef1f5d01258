using Neuro.Kernels.Artwork;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Tests.Catalogues;

namespace Neuro.Kernels.Tests.Artwork;

public sealed class LabelArtTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void DrawAll_CornerShop_MakesTheBundledPicturesAgain()
    {
        File.Copy(Path.Combine(CornerShop.Folder, "catalogue.json"), folder.File("catalogue.json"));

        var files = LabelArt.DrawAll(folder.Path);

        files.Count.ShouldBe(20);
        foreach (var file in files)
        {
            var name = Path.GetRelativePath(folder.Path, file);
            var (drawn, bundled) = (Codec.Decode(File.ReadAllBytes(file), name), Codec.Decode(File.ReadAllBytes(Path.Combine(CornerShop.Folder, name)), name));
            (drawn.Width, drawn.Height).ShouldBe((bundled.Width, bundled.Height));

            // The bundled pictures were made by a graphics library, whose anti-aliasing rounds otherwise.
            drawn.Rgb.Zip(bundled.Rgb, (a, b) => Math.Abs(a - b)).Average().ShouldBeLessThan(0.75, name);
        }
    }

    [Fact]
    public void BundledPictures_AreSmall() =>
        Directory.GetFiles(Path.Combine(CornerShop.Folder, "pictures")).ShouldAllBe(file => new FileInfo(file).Length <= 49_152);

    [Fact]
    public void BundledPictures_AllDiffer()
    {
        var means = CornerShop.Catalogue.Products.Select((_, id) => CornerShop.Catalogue.Artwork(id).Mips[3]).ToList();
        for (var a = 0; a < means.Count; a++)
        {
            for (var b = 0; b < a; b++)
            {
                means[a].Zip(means[b], (x, y) => x == y ? 0 : 1).Average().ShouldBeGreaterThan(0.1, $"{CornerShop.Catalogue.Products[a].Sku} and {CornerShop.Catalogue.Products[b].Sku}");
            }
        }
    }

    [Theory]
    [InlineData("motif", "unicorn", "motif 'unicorn' is unknown; known are citrus")]
    [InlineData("style", "baroque", "style 'baroque' is unknown; known are banner")]
    [InlineData("word", "grün", "'grün' cannot be drawn")]
    [InlineData("ink", "red-ish", "'red-ish' is not a colour")]
    public void DrawAll_LabelThatCannotBeDrawn_SaysWhy(string field, string value, string says)
    {
        var label = new Dictionary<string, object>
        {
            ["brand"] = "TEST", ["word"] = "WORD", ["style"] = "banner", ["motif"] = "apple", ["ground"] = "#ffffff", ["ink"] = "#000000", ["accent"] = "#ff0000", ["amount"] = "1 L", ["seed"] = 1,
        };
        label[field] = value;
        folder.Write("catalogue.json", $$"""{"products":[{"sku":"a","shape":"box","widthMm":70,"heightMm":200,"depthMm":70,"picture":"a.png","label":{{System.Text.Json.JsonSerializer.Serialize(label)}}}]}""");

        var error = Should.Throw<CatalogueException>(() => LabelArt.DrawAll(folder.Path));

        error.Code.ShouldBe("catalogue.label");
        error.Message.ShouldContain(says);
    }

    [Fact]
    public void StrokeFont_LettersAndDigits_AreCovered() =>
        StrokeFont.Covers("ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 %+-.'/").ShouldBeTrue();
}
