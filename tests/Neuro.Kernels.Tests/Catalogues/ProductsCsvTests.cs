using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Tests.Catalogues;

public sealed class ProductsCsvTests : IDisposable
{
    private const string Header = "sku,name,shape,widthMm,heightMm,depthMm,picture";
    private readonly TemporaryFolder folder = new();

    public ProductsCsvTests()
    {
        folder.Write("tall.png", Codec.Png(Carton.OnWhite(60, 180)));
        folder.Write("wide.png", Codec.Png(Carton.OnWhite(100, 150)));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_EveryColumn_IsWhatTheJsonWouldSay()
    {
        var catalogue = Load("""
            picture,sku,name,shape,depthMm,heightMm,widthMm,back,left,right,top,bottom,wrap,family,finish,tint,contents,cap,topColour
            tall.png,milk,"Milk, ""whole"", 1 l",gable-top-cap,70,240.5,71,wide.png,wide.png,wide.png,tall.png,tall.png,,milks,,,,#FF0000,#00FF00
            ,oil,Oil,bottle,,270,80,,,,,,wide.png,,tinted,#00ff00,#C0A020,,
            """);

        var (milk, oil) = (catalogue.Products[0], catalogue.Products[1]);
        (milk.Cap, milk.TopColour).ShouldBe(("#ff0000", "#00ff00"));
        (milk.Name, milk.Shape, milk.WidthMm, milk.HeightMm, milk.DepthMm, milk.Family).ShouldBe(("Milk, \"whole\", 1 l", ProductShape.GableTopCap, 71, 240.5f, 70, "milks"));
        milk.Faces.Keys.ShouldBe([Face.Front, Face.Back, Face.Left, Face.Right, Face.Top, Face.Bottom]);
        (oil.Picture, oil.DepthMm, oil.Finish, oil.Tint, oil.Contents, oil.Family).ShouldBe(("wide.png", 80, Finish.Tinted, "#00ff00", "#c0a020", null));
        Catalogue.Unpack(catalogue.Pack()).Products.ShouldBe(catalogue.Products);
    }

    [Fact]
    public void Load_SizesLeftOut_ComeFromTheCutOut()
    {
        var products = Load($"""
            {Header}
            a,A,box,,,,tall.png
            b,B,box,,,,wide.png
            c,C,box,50,,,wide.png
            d,D,box,,90,,tall.png
            e,E,box,30,90,20,tall.png
            f,F,cylinder,,100,,wide.png
            """).Products;

        products[0].HeightMm.ShouldBe(240);
        (products[0].WidthMm / products[0].HeightMm).ShouldBe(60 / 180f, 0.04);
        (products[1].HeightMm / products[0].HeightMm).ShouldBe(150 / 180f, 0.04);
        products[2].WidthMm.ShouldBe(50);
        products[2].HeightMm.ShouldBe(75, 3);
        products[3].HeightMm.ShouldBe(90);
        products[3].WidthMm.ShouldBe(30, 2);
        (products[4].WidthMm, products[4].HeightMm, products[4].DepthMm).ShouldBe((30, 90, 20));
        products[5].WidthMm.ShouldBe(100 / 1.5f / MathF.PI, 1.5);
        products[5].DepthMm.ShouldBe(products[5].WidthMm);
    }

    [Fact]
    public void Load_BothCsvs_TakesTheProducts()
    {
        folder.Write("classes.csv", "class_id,name,iconic\n0,Tall,tall.png\n");

        Load($"{Header}\nmilk,Milk,box,1,2,3,tall.png\n").Products.Single().Sku.ShouldBe("milk");
    }

    [Theory]
    [InlineData("sku,name\nmilk,Milk", "catalogue.malformed", "products.csv, line 1: there is no column shape; expected sku, name, shape, widthMm, heightMm, depthMm, picture.")]
    [InlineData($"{Header},famly\n", "catalogue.malformed", "products.csv, line 1: the column 'famly' is unknown; expected family")]
    [InlineData($"{Header},sku\n", "catalogue.malformed", "line 1: a column stands there twice")]
    [InlineData($"{Header}\n\n", "catalogue.empty", "products.csv lists no products")]
    [InlineData($"{Header}\nmilk,Milk\n", "catalogue.malformed", "products.csv, line 2: it has 2 fields; the header has 7.")]
    [InlineData($"{Header}\nmilk,\"Milk,box,1,2,3,tall.png\n", "catalogue.malformed", "line 2: the quotation mark in column 6 is not closed.")]
    [InlineData($"{Header}\nmilk,\"Milk\"y,box,1,2,3,tall.png\n", "catalogue.malformed", "line 2: after the closing quotation mark in column 11 comes 'y'; expected a comma.")]
    [InlineData($"{Header}\nmilk,Milk,box,\"7,5\",2,3,tall.png\n", "catalogue.malformed", "line 2: widthMm is '7,5'; expected millimetres, with a point before decimals.")]
    [InlineData($"{Header}\nmilk,Milk,box,NaN,20,30,tall.png\n", "catalogue.size_out_of_range", "milk: widthMm is NaN")]
    [InlineData($"{Header}\nmilk,Milk,box,10,Infinity,30,tall.png\n", "catalogue.size_out_of_range", "milk: heightMm is")]
    [InlineData($"{Header}\nmilk,Milk,box,0,20,30,tall.png\n", "catalogue.size_out_of_range", "milk: widthMm is 0")]
    [InlineData($"{Header}\nmilk,Milk,cone,10,20,30,tall.png\n", "catalogue.unknown_shape", "products.csv, line 2: shape (milk) is \"cone\"; expected can")]
    [InlineData($"{Header}\n,Milk,box,10,20,30,tall.png\n", "catalogue.malformed", "products.csv, line 2: sku is missing")]
    [InlineData($"{Header}\nmilk,Milk,box,10,20,30,\n", "catalogue.malformed", "products.csv, line 2 (milk) needs a picture of its front.")]
    [InlineData($"{Header}\nmilk,Milk,box,10,20,30,../tall.png\n", "catalogue.picture_path", "milk: the picture path '../tall.png' is not allowed")]
    [InlineData($"{Header},left\nmilk,Milk,box,10,20,30,tall.png,/etc/passwd\n", "catalogue.picture_path", "'/etc/passwd' is not allowed")]
    [InlineData($"{Header}\nmilk,Milk,box,10,20,30,none.png\n", "catalogue.picture_missing", "none.png, a picture of milk")]
    [InlineData($"{Header}\nmilk,Milk,box,10,20,30,tall.png\nmilk,Milk,box,10,20,30,tall.png\n", "catalogue.duplicate_sku", "The sku milk stands 2 times")]
    public void Load_CsvThatCannotBeUsed_SaysTheLineOrProduct(string csv, string code, string says)
    {
        var error = Should.Throw<CatalogueException>(() => Load(csv));

        error.Code.ShouldBe(code);
        error.Message.ShouldContain(says);
    }

    private Catalogue Load(string csv)
    {
        folder.Write("products.csv", csv);
        return Catalogue.Load(folder.Path);
    }
}
