using System.Formats.Tar;
using System.Text;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Tests.Catalogues;

public sealed class CatalogueTests : IDisposable
{
    private static readonly byte[] Picture = Codec.Png(new Image(8, 16, [.. Enumerable.Repeat((byte)90, 3 * 8 * 16)]));
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_CornerShop_HasTwentyProductsOfFiveShapes()
    {
        var shop = CornerShop.Catalogue;

        shop.Name.ShouldBe("corner-shop");
        shop.Products.Count.ShouldBe(20);
        shop.Products.Select(product => product.Shape).Distinct().Count().ShouldBe(5);
        shop.Products.Where(product => product.Shape.IsRound()).ShouldAllBe(product => product.DepthMm == product.WidthMm);
    }

    [Fact]
    public void Unpack_OfPack_IsTheSameCatalogue()
    {
        var shop = CornerShop.Catalogue;

        var again = Catalogue.Unpack(shop.Pack());

        again.Hash.ShouldBe(shop.Hash);
        again.Products.ShouldBe(shop.Products);
        again.Artwork(3).Mips[0].ShouldBe(shop.Artwork(3).Mips[0]);
        again.Pack().ShouldBe(shop.Pack());
    }

    [Fact]
    public void Hash_OtherPicture_IsAnother()
    {
        WriteCatalogue(One("milk"));
        var before = Catalogue.Load(folder.Path).Hash;

        folder.Write("pictures/milk.png", Codec.Png(new Image(8, 16, [.. Enumerable.Repeat((byte)91, 3 * 8 * 16)])));

        Catalogue.Load(folder.Path).Hash.ShouldNotBe(before);
    }

    [Theory]
    [InlineData("", "catalogue.empty", "lists no products")]
    [InlineData("""{"sku":"milk","shape":"box","widthMm":0,"heightMm":200,"depthMm":70,"picture":"pictures/milk.png"}""", "catalogue.size_out_of_range", "milk: widthMm is 0")]
    [InlineData("""{"sku":"milk","shape":"box","widthMm":70,"heightMm":1e9,"depthMm":70,"picture":"pictures/milk.png"}""", "catalogue.size_out_of_range", "heightMm is 1E+09")]
    [InlineData("""{"sku":"milk","shape":"cone","widthMm":70,"heightMm":200,"depthMm":70,"picture":"pictures/milk.png"}""", "catalogue.unknown_shape", "$.products[0].shape (milk) is \"cone\"")]
    [InlineData("""{"sku":"milk","shape":"box","widthMm":70,"heightMm":200,"picture":"pictures/milk.png"}""", "catalogue.malformed", "needs depthMm")]
    [InlineData("""{"sku":"milk","shape":"box","widthMm":70,"heightMm":200,"depthMm":70,"picture":"../secret.png"}""", "catalogue.picture_path", "'../secret.png' is not allowed")]
    [InlineData("""{"sku":"milk","shape":"box","widthMm":70,"heightMm":200,"depthMm":70,"picture":"/etc/passwd"}""", "catalogue.picture_path", "'/etc/passwd' is not allowed")]
    [InlineData("""{"sku":"milk","shape":"box","widthMm":70,"heightMm":200,"depthMm":70,"picture":"pictures/none.png"}""", "catalogue.picture_missing", "pictures/none.png, a picture of milk, is not in")]
    [InlineData("""{"sku":"milk","shape":"gabletop-cap","widthMm":70,"heightMm":200,"depthMm":70,"picture":"pictures/milk.png"}""", "catalogue.unknown_shape", "\"gabletop-cap\"; expected gable-top-cap or gable-top")]
    [InlineData("""{"sku":"milk","shape":"box","widthMm":70,"heightMm":200,"depthMm":70}""", "catalogue.malformed", "$.products[0] (milk) needs a picture of its front.")]
    [InlineData("""{"sku":"milk","shape":"jar","widthMm":70,"heightMm":200,"faces":{"top":"pictures/milk.png"}}""", "catalogue.malformed", "needs a picture of its front or its wrap.")]
    [InlineData("""{"sku":"milk","shape":"jar","widthMm":70,"heightMm":200,"faces":{"left":"pictures/milk.png"}}""", "catalogue.malformed", "$.products[0].faces.left (milk) is no face of a jar; expected front, top, bottom, wrap.")]
    [InlineData("""{"sku":"milk","shape":"box","widthMm":70,"heightMm":200,"depthMm":70,"faces":{"wrap":"pictures/milk.png"}}""", "catalogue.malformed", "faces.wrap (milk) is no face of a box; expected front, back, left, right, top, bottom.")]
    [InlineData("""{"sku":"milk","shape":"box","widthMm":70,"heightMm":200,"depthMm":70,"picture":"pictures/milk.png","faces":{"front":"pictures/milk.png"}}""", "catalogue.malformed", "gives its front twice")]
    [InlineData("""{"sku":"milk","shape":"box","widthMm":70,"heightMm":200,"depthMm":70,"picture":"pictures/milk.png","faces":{"left":"pictures/../../x.png"}}""", "catalogue.picture_path", "'pictures/../../x.png' is not allowed")]
    [InlineData("""{"sku":"milk","shape":"box","widthMm":70,"heightMm":200,"depthMm":70,"picture":"pictures/milk.png","faces":{"left":"side.png"}}""", "catalogue.picture_missing", "side.png, a picture of milk, is not in")]
    [InlineData("""{"sku":"milk","shape":"box","widthMm":70,"heightMm":200,"depthMm":70,"picture":"pictures/milk.png","finish":"clear"}""", "catalogue.malformed", "only a bottle or jar has one")]
    [InlineData("""{"sku":"milk","shape":"jar","widthMm":70,"heightMm":200,"picture":"pictures/milk.png","finish":"frosted"}""", "catalogue.malformed", "finish (milk) is \"frosted\"; expected")]
    [InlineData("""{"sku":"milk","shape":"jar","widthMm":70,"heightMm":200,"picture":"pictures/milk.png","tint":"green"}""", "catalogue.malformed", "tint (milk) is \"green\"; expected a colour as #rrggbb.")]
    [InlineData("""{"sku":"milk","shape":"box","widthMm":NaN,"heightMm":200,"depthMm":70,"picture":"pictures/milk.png"}""", "catalogue.malformed", "line 1")]
    [InlineData("""{"sku":"milk","shape":"box","widthMm":1e999,"heightMm":200,"depthMm":70,"picture":"pictures/milk.png"}""", "catalogue.size_out_of_range", "milk: widthMm is")]
    [InlineData("null", "catalogue.malformed", "$.products[0].sku is missing")]
    [InlineData("""{"sku":"milk","colour":"red"}""", "catalogue.malformed", "$.products[0].colour")]
    public void Load_ProductThatCannotBeUsed_SaysWhich(string product, string code, string says)
    {
        WriteCatalogue(product);

        var error = Should.Throw<CatalogueException>(() => Catalogue.Load(folder.Path));

        error.Code.ShouldBe(code);
        error.Message.ShouldContain(says);
    }

    [Fact]
    public void Load_SkuTwice_SaysWhich()
    {
        WriteCatalogue(One("milk") + "," + One("milk"));

        Should.Throw<CatalogueException>(() => Catalogue.Load(folder.Path)).Message.ShouldBe("The sku milk stands 2 times in the catalogue; give each product its own.");
    }

    [Fact]
    public void Load_ZipAsPicture_SaysWhatWasFound()
    {
        WriteCatalogue(One("milk"));
        folder.Write("pictures/milk.png", [(byte)'P', (byte)'K', 3, 4, 20, 0]);

        var error = Should.Throw<CatalogueException>(() => Catalogue.Load(folder.Path));

        error.Code.ShouldBe("catalogue.picture_unreadable");
        error.Message.ShouldBe("pictures/milk.png is not a picture: it starts with 'PK\\x03\\x04'; expected PNG, JPEG or WebP.");
    }

    [Fact]
    public void Artwork_OfHalfAPicture_SaysThatItIsCutShort()
    {
        WriteCatalogue(One("milk"));
        folder.Write("pictures/milk.png", Picture[..(Picture.Length / 2)]);
        var catalogue = Catalogue.Load(folder.Path);

        for (var again = 0; again < 2; again++)
        {
            var error = Should.Throw<CatalogueException>(() => catalogue.Artwork(0));
            error.Code.ShouldBe("catalogue.picture_unreadable");
            error.Message.ShouldStartWith("pictures/milk.png begins like a picture but is cut short");
        }
    }

    [Fact]
    public void Unpack_HalfAPicture_SaysThatItIsCutShort()
    {
        WriteCatalogue(One("milk"));
        folder.Write("pictures/milk.png", Picture[..(Picture.Length / 2)]);
        var tar = Catalogue.Load(folder.Path).Pack();

        Should.Throw<CatalogueException>(() => Catalogue.Unpack(tar)).Message.ShouldStartWith("pictures/milk.png begins like a picture but is cut short");
    }

    [Theory]
    [InlineData(true, "pictures/milk.png has changed since the catalogue was loaded")]
    [InlineData(false, "pictures/milk.png has vanished since the catalogue was loaded")]
    public void Artwork_PictureWrittenOverOrGoneSinceLoad_IsRefused(bool writtenOver, string says)
    {
        WriteCatalogue(One("milk"));
        var catalogue = Catalogue.Load(folder.Path);
        if (writtenOver)
        {
            folder.Write("pictures/milk.png", Codec.Png(new Image(9, 16, new byte[3 * 9 * 16])));
        }
        else
        {
            File.Delete(folder.File("pictures/milk.png"));
        }

        foreach (var use in (Action[])[() => catalogue.Artwork(0), () => catalogue.Picture(0), () => catalogue.Pack(), () => _ = catalogue.Hash])
        {
            var error = Should.Throw<CatalogueException>(use);
            error.Code.ShouldBe("catalogue.picture_changed");
            error.Message.ShouldStartWith(says);
        }
    }

    [Fact]
    public void Hash_OfALoadedCatalogue_IsThatOfItsPackedBytes() =>
        CornerShop.Catalogue.Hash.ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(CornerShop.Catalogue.Pack())));

    [Fact]
    public void Load_FolderWithoutCatalogue_NamesTheFiles() =>
        Should.Throw<CatalogueException>(() => Catalogue.Load(folder.Path)).Message.ShouldEndWith("expected catalogue.json, products.csv or classes.csv there.");

    [Fact]
    public void Load_ClassesCsv_TakesProportionsFromTheCutOut()
    {
        folder.Write("classes.csv", "class_id,name,coarse,iconic\n1,Tall,x,tall.png\n0,Wide,x,wide.png\n");
        folder.Write("tall.png", Codec.Png(Carton.OnWhite(60, 180)));
        folder.Write("wide.png", Codec.Png(Carton.OnWhite(100, 150)));

        var catalogue = Catalogue.Load(folder.Path);

        catalogue.Products.Select(product => product.Sku).ShouldBe(["Wide", "Tall"]);
        catalogue.Products[1].HeightMm.ShouldBe(240);
        (catalogue.Products[1].WidthMm / catalogue.Products[1].HeightMm).ShouldBe(60f / 180, 0.04);
        (catalogue.Products[0].WidthMm / catalogue.Products[0].HeightMm).ShouldBe(100f / 150, 0.04);
        Catalogue.Unpack(catalogue.Pack()).Artwork(0).Mips[0].ShouldBe(catalogue.Artwork(0).Mips[0]);
    }

    [Fact]
    public void Load_ProductWithEveryProperty_KeepsThemThroughPack()
    {
        WriteCatalogue("""
            {"sku":"milk","shape":"gable-top-cap","widthMm":70,"heightMm":200,"depthMm":70,"picture":"pictures/milk.png","faces":{"top":"pictures/top.png","left":"pictures/side.png"},"family":"milks"},
            {"sku":"oil","shape":"bottle","widthMm":80,"heightMm":270,"faces":{"wrap":"pictures/milk.png"},"finish":"tinted","tint":"#00FF7f","contents":"#c0a020"},
            {"sku":"beans","shape":"cylinder","widthMm":75,"heightMm":110,"picture":"pictures/milk.png"}
            """);
        folder.Write("pictures/top.png", Picture);
        folder.Write("pictures/side.png", Picture);

        var catalogue = Catalogue.Load(folder.Path);

        var (milk, oil, beans) = (catalogue.Products[0], catalogue.Products[1], catalogue.Products[2]);
        milk.Faces.ShouldBe(new Dictionary<Face, string> { [Face.Front] = "pictures/milk.png", [Face.Left] = "pictures/side.png", [Face.Top] = "pictures/top.png" }, ignoreOrder: true);
        (milk.Shape, milk.Family, milk.Finish, milk.Tint).ShouldBe((ProductShape.GableTopCap, "milks", Finish.Opaque, null));
        (oil.Picture, oil.DepthMm, oil.Finish, oil.Tint, oil.Contents).ShouldBe(("pictures/milk.png", 80, Finish.Tinted, "#00ff7f", "#c0a020"));
        oil.Faces.Keys.ShouldBe([Face.Wrap]);
        beans.ShouldBe(new Product("beans", "beans", ProductShape.Cylinder, 75, 110, 75, "pictures/milk.png"));
        Catalogue.Unpack(catalogue.Pack()).Products.ShouldBe(catalogue.Products);
    }

    [Fact]
    public void Load_EveryShape_IsReadByItsSpelling()
    {
        string[] spelled = ["box", "brick-carton", "gable-top", "gable-top-cap", "slant-top-cap", "carton-bottle", "bottle", "jar", "can", "tub", "pillow-bag", "pouch", "cylinder"];
        WriteCatalogue(string.Join(',', spelled.Select(shape => One("milk").Replace("\"milk\"", $"\"{shape}\"").Replace("\"box\"", $"\"{shape}\""))));

        var catalogue = Catalogue.Load(folder.Path);

        catalogue.Products.Select(product => product.Shape).ShouldBe(Enum.GetValues<ProductShape>());
        Enumerable.Range(0, spelled.Length).ShouldAllBe(product => catalogue.Artwork(product, Face.Top).Size == Catalogue.ArtworkSize);
    }

    /// <summary>Hashes of catalogues stand in recipes and datasets: a new property must not change the bytes of a catalogue without it.</summary>
    [Fact]
    public void Pack_OfAnOldCatalogue_BeginsWithTheSameJsonAsEver()
    {
        WriteCatalogue(One("milk"));
        const string Json = """
            {
              "name": "test",
              "pictures": "full-frame",
              "products": [
                {
                  "sku": "milk",
                  "name": "milk",
                  "shape": "box",
                  "widthMm": 70,
                  "heightMm": 200,
                  "depthMm": 70,
                  "picture": "pictures/milk.png"
                }
              ]
            }

            """;

        Encoding.UTF8.GetString(Catalogue.Load(folder.Path).Pack().AsSpan(512, Json.Length)).ShouldBe(Json.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Confusables_FamilyOrBrandAndShape_LeaveOutTheProductItself()
    {
        WriteCatalogue(string.Join(',',
            Named("a", "Acme Milk", "milks"), Named("b", "Best Milk", "milks"),
            Named("c", "Acme Juice"), Named("d", "ACME Water"), Named("e", "Best Juice"), Named("f", "Acme Tea").Replace("\"box\"", "\"pouch\"")));

        var catalogue = Catalogue.Load(folder.Path);

        Enumerable.Range(0, 6).Select(catalogue.Confusables).ShouldBe([[1], [0], [3], [2], [], []]);
        catalogue.ConfusableGroups().Select((group, product) => (group, product)).ShouldAllBe(one => Enumerable.Range(0, 6).Count(other => catalogue.ConfusableGroups()[other] == one.group) == 1 + catalogue.Confusables(one.product).Count);
    }

    [Theory]
    [InlineData("name,iconic\nMilk,milk.png\n", "line 1: the columns are 'name,iconic'")]
    [InlineData("class_id,name,iconic\n", "lists no products")]
    [InlineData("class_id,name,iconic\n0,Milk\n", "line 2: it has 2 fields; the header has 3")]
    [InlineData("class_id,name,iconic\n0,\"Milk\",milk.png\n", "line 2: it holds a quotation mark")]
    [InlineData("class_id,name,iconic\n-1,Milk,milk.png\n", "line 2: class_id is '-1'")]
    [InlineData("class_id,name,iconic\n0,Milk,milk.png\n0,Juice,juice.png\n", "line 3: class_id 0 stands there a second time")]
    [InlineData("class_id,name,iconic\n0,Milk,milk.png\n2,Juice,juice.png\n", "has no class_id 1")]
    public void Load_ClassesCsvThatCannotBeUsed_SaysTheLine(string csv, string says)
    {
        folder.Write("classes.csv", csv);

        Should.Throw<CatalogueException>(() => Catalogue.Load(folder.Path)).Message.ShouldContain(says);
    }

    [Fact]
    public void Unpack_TarCutShort_IsAnErrorAtAnyLength()
    {
        WriteCatalogue(One("milk"));
        var tar = Catalogue.Load(folder.Path).Pack();

        for (var length = 0; length < tar.Length - 1024; length += 97)
        {
            Should.Throw<CatalogueException>(() => Catalogue.Unpack(tar[..length]));
        }
    }

    [Theory]
    [InlineData("../outside.png", TarEntryType.RegularFile, "catalogue.picture_path")]
    [InlineData("/etc/passwd", TarEntryType.RegularFile, "catalogue.picture_path")]
    [InlineData("link.png", TarEntryType.SymbolicLink, "catalogue.picture_path")]
    [InlineData("catalogue.json", TarEntryType.RegularFile, "catalogue.malformed")]
    public void Unpack_MemberThatDoesNotBelong_IsRefused(string name, TarEntryType type, string code)
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (entryName, entryType) in new[] { ("catalogue.json", TarEntryType.RegularFile), (name, type) })
            {
                var entry = new UstarTarEntry(entryType, entryName);
                if (entryType is TarEntryType.SymbolicLink)
                {
                    entry.LinkName = "/etc/passwd";
                }
                else
                {
                    entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes("{}"));
                }

                writer.WriteEntry(entry);
            }
        }

        Should.Throw<CatalogueException>(() => Catalogue.Unpack(tar.ToArray())).Code.ShouldBe(code);
    }

    [Fact]
    public void Unpack_DamagedBytes_NeverEscapesAsAnotherException()
    {
        WriteCatalogue(One("milk"));
        var tar = Catalogue.Load(folder.Path).Pack();
        var random = new Random(5);
        for (var trial = 0; trial < 300; trial++)
        {
            var damaged = (byte[])tar.Clone();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                Catalogue.Unpack(damaged).Products.Count.ShouldBe(1);
            }
            catch (CatalogueException error)
            {
                error.Message.ShouldNotBeNullOrWhiteSpace();
            }
        }
    }

    private static string Named(string sku, string name, string family = "") =>
        One("milk").Replace("\"sku\":\"milk\"", $"\"sku\":\"{sku}\",\"name\":\"{name}\",\"family\":\"{family}\"");

    private static string One(string sku) => $$"""{"sku":"{{sku}}","shape":"box","widthMm":70,"heightMm":200,"depthMm":70,"picture":"pictures/{{sku}}.png"}""";

    private void WriteCatalogue(string products)
    {
        folder.Write("catalogue.json", $$"""{"name":"test","products":[{{products}}]}""");
        folder.Write("pictures/milk.png", Picture);
    }
}
