using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Tests.Catalogues;

public sealed class ShapesCsvTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-shapes-").FullName;
    private readonly Catalogue catalogue;

    public ShapesCsvTests()
    {
        var white = new byte[60 * 100 * 3];
        Array.Fill(white, byte.MaxValue);
        for (var i = 0; i < 60 * 100; i++)
        {
            if (i % 60 is >= 15 and < 45 && i / 60 is >= 10 and < 90)
            {
                (white[3 * i], white[(3 * i) + 1], white[(3 * i) + 2]) = (200, 30, 30);
            }
        }

        File.WriteAllBytes(Path.Combine(folder, "one.png"), Codec.Png(new Image(60, 100, white)));
        File.WriteAllLines(Path.Combine(folder, "classes.csv"), ["class_id,name,iconic", "0,milk,one.png", "1,red juice,one.png"]);
        catalogue = Catalogue.Load(folder);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void WithShapes_OfSomeProducts_ChangesThoseAndTheHash()
    {
        var reshaped = catalogue.WithShapes(Csv("name,shape", "\"red juice\",slant-top-cap"));
        reshaped.Products.Select(product => product.Shape).ShouldBe([ProductShape.Box, ProductShape.SlantTopCap]);
        reshaped.Hash.ShouldNotBe(catalogue.Hash);
        Catalogue.Unpack(reshaped.Pack()).Products[1].Shape.ShouldBe(ProductShape.SlantTopCap);
    }

    [Fact]
    public void WithShapes_WithColoursOfCapAndTop_KeepsThem()
    {
        var capped = catalogue.WithShapes(Csv("name,shape,cap,topColour", "milk,gable-top-cap,#E8D820,", "\"red juice\",slant-top-cap,,#2BA3DC"));
        Catalogue.Unpack(capped.Pack()).Products.Select(product => (product.Cap, product.TopColour)).ShouldBe([("#e8d820", null), (null, "#2ba3dc")]);
    }

    [Theory]
    [InlineData("catalogue.malformed", "the columns are not name, shape", "sku,shape")]
    [InlineData("catalogue.malformed", "line 2: it names no product", "name,shape", "tea,box")]
    [InlineData("catalogue.malformed", "line 3: the product stands there twice", "name,shape", "milk,box", "milk,box")]
    [InlineData("catalogue.malformed", "expected a colour as #rrggbb", "name,shape,cap,topColour", "milk,gable-top-cap,yellow,")]
    [InlineData("catalogue.malformed", "line 2: it names no product", "name,shape,cap,topColour", "milk,gable-top-cap,#ffffff")]
    [InlineData("catalogue.unknown_shape", "gable-top-cap", "name,shape", "milk,gable-top-cup")]
    public void WithShapes_OfABrokenFile_NamesTheLine(string code, string says, params string[] lines)
    {
        var error = Should.Throw<CatalogueException>(() => catalogue.WithShapes(Csv(lines)));
        error.Code.ShouldBe(code);
        error.Message.ShouldContain(says);
    }

    private string Csv(params string[] lines)
    {
        var file = Path.Combine(folder, "shapes.csv");
        File.WriteAllLines(file, lines);
        return file;
    }
}
