using Neuro.Kernels.Artwork;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Tests.Catalogues;

public sealed class BackgroundTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Background_OfAWidePicture_IsAllOfItInASquare()
    {
        Write("\"room.png\"");

        var background = Catalogue.Load(folder.Path).Background(0);

        background.Aspect.ShouldBe(1.5f);
        background.Texture.Size.ShouldBe(2 * Catalogue.ArtworkSize);
        var (texels, size) = (background.Texture.Mips[0], background.Texture.Size);
        (texels[0], texels[size - 1], texels[^1]).ShouldBe((0xFF0000FF, 0xFF00FF00, 0xFF00FF00));
    }

    [Fact]
    public void Background_AskedForTwice_IsDrawnOnceAndCountsAmongTheArtwork()
    {
        Write("\"room.png\"");
        var roomy = Catalogue.Load(folder.Path);
        var tight = Catalogue.Load(folder.Path, artworkBytes: 1);

        roomy.Background(0).ShouldBeSameAs(roomy.Background(0));
        var first = tight.Background(0);
        tight.Artwork(0);
        tight.Background(0).ShouldNotBeSameAs(first);
    }

    [Fact]
    public void Unpack_OfPack_KeepsTheBackgrounds()
    {
        Write("\"room.png\",\"milk.png\"");
        var catalogue = Catalogue.Load(folder.Path);

        var again = Catalogue.Unpack(catalogue.Pack());

        again.BackgroundCount.ShouldBe(2);
        again.Hash.ShouldBe(catalogue.Hash);
        again.Pack().ShouldBe(catalogue.Pack());
        foreach (var index in (int[])[0, 1])
        {
            again.Background(index).Aspect.ShouldBe(catalogue.Background(index).Aspect);
            again.Background(index).Texture.Mips[0].ShouldBe(catalogue.Background(index).Texture.Mips[0]);
        }
    }

    [Fact]
    public void Hash_OneBackgroundMoreOrAnotherPicture_IsAnother()
    {
        Write(null);
        var none = Catalogue.Load(folder.Path).Hash;
        Write("");
        var empty = Catalogue.Load(folder.Path).Hash;
        Write("\"room.png\"");
        var one = Catalogue.Load(folder.Path).Hash;
        folder.Write("room.png", Codec.Png(new Image(2, 2, new byte[12])));
        var other = Catalogue.Load(folder.Path).Hash;

        empty.ShouldBe(none);
        new[] { none, one, other }.Distinct().Count().ShouldBe(3);
    }

    /// <summary>Recipes and datasets name it.</summary>
    [Fact]
    public void Hash_OfTheCornerShop_IsWhatItWasBeforeThereWereBackgrounds()
    {
        CornerShop.Catalogue.BackgroundCount.ShouldBe(0);
        CornerShop.Catalogue.Hash.ShouldBe("4267347d744d61b04598627e72521547626fe7486fb6f3bc3371273c1fcfc41f");
    }

    [Theory]
    [InlineData("\"none.png\"", "catalogue.picture_missing", "none.png, a picture of the backgrounds, is not in")]
    [InlineData("\"../room.png\"", "catalogue.picture_path", "the backgrounds: the picture path '../room.png' is not allowed")]
    [InlineData("\"/etc/passwd\"", "catalogue.picture_path", "the picture path '/etc/passwd' is not allowed")]
    [InlineData("\"\"", "catalogue.picture_path", "the picture path '' is not allowed")]
    [InlineData("\"room.png\",null", "catalogue.malformed", "$.backgrounds[1] is null")]
    [InlineData("7", "catalogue.malformed", "$.backgrounds[0]")]
    [InlineData("\"catalogue.json\"", "catalogue.picture_unreadable", "catalogue.json is not a picture")]
    public void Load_BackgroundThatCannotBeUsed_SaysWhich(string backgrounds, string code, string says)
    {
        Write(backgrounds);

        var error = Should.Throw<CatalogueException>(() => Catalogue.Load(folder.Path));

        error.Code.ShouldBe(code);
        error.Message.ShouldContain(says);
    }

    [Fact]
    public void Load_MoreBackgroundsThanAreRead_SaysHowMany()
    {
        Write(string.Join(',', Enumerable.Repeat("\"room.png\"", 1000)));
        Catalogue.Load(folder.Path).BackgroundCount.ShouldBe(1000);

        Write(string.Join(',', Enumerable.Repeat("\"room.png\"", 1001)));
        Should.Throw<CatalogueException>(() => Catalogue.Load(folder.Path)).Message.ShouldBe("The catalogue lists 1001 backgrounds; at most 1000 are read.");
    }

    [Fact]
    public void Unpack_WithoutAListedBackground_SaysWhich()
    {
        Write(null);
        var tar = Catalogue.Load(folder.Path).Pack();
        Write("\"room.png\"");
        var whole = Catalogue.Load(folder.Path).Pack();

        // The document of one and the pictures of the other: its file is as many blocks long in both.
        var blocks = 512 + (((CatalogueDocument.Parse(whole.AsSpan(512, Length(whole))).ToJson().Length + 511) / 512) * 512);
        var rest = 512 + (((Length(tar) + 511) / 512) * 512);

        Should.Throw<CatalogueException>(() => Catalogue.Unpack([.. whole[..blocks], .. tar[rest..]])).Message.ShouldStartWith("room.png, a picture of the backgrounds, is not in the packed catalogue");
    }

    // A tar header's size, octal digits.
    private static int Length(byte[] tar) => Convert.ToInt32(System.Text.Encoding.ASCII.GetString(tar, 124, 11), 8);

    private void Write(string? backgrounds)
    {
        var list = backgrounds is null ? "" : $",\"backgrounds\":[{backgrounds}]";
        folder.Write("catalogue.json", $$"""{"products":[{"sku":"milk","shape":"box","widthMm":70,"heightMm":200,"depthMm":70,"picture":"milk.png"}]{{list}}}""");
        folder.Write("milk.png", Codec.Png(new Image(8, 16, [.. Enumerable.Repeat((byte)90, 3 * 8 * 16)])));
        // Red on the left, green on the right.
        folder.Write("room.png", Codec.Png(new Image(12, 8, [.. Enumerable.Range(0, 96).SelectMany(i => i % 12 < 6 ? new byte[] { 255, 0, 0 } : [0, 255, 0])])));
    }
}
