using Neuro.Interactive.Figures;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;

namespace Neuro.Interactive.Tests.Figures;

/// <summary>The page of labels shows what the code draws now.</summary>
public sealed class LabelFiguresTests
{
    private const int LargestFile = 60_000;

    // Mean difference of a channel in steps of 1/255; a moved box or another light is several.
    private const double Tolerance = 1;

    private static readonly Lazy<IReadOnlyList<(string Name, Image Picture)>> Figures = new(() =>
    {
        var catalogue = Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop"));
        return LabelFigures.Draw(LabelFigures.Scene(catalogue), catalogue, LabelFigures.Seed, index: 0);
    });

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder, "*.png").Select(Path.GetFileNameWithoutExtension).Order().OfType<string>()];

    private static string Folder => Path.Combine(Repository.Root, "docs", "labels");

    [Theory]
    [MemberData(nameof(Names))]
    public void Draw_EachFigure_IsTheOneOnThePage(string name)
    {
        var shown = File.ReadAllBytes(Path.Combine(Folder, name + ".png"));
        var now = Figures.Value.Single(figure => figure.Name == name);

        shown.Length.ShouldBeLessThanOrEqualTo(LargestFile);
        Difference(Codec.Decode(shown, name), Codec.Decode(LabelFigures.Png(name, now.Picture), name))
            .ShouldBeLessThan(Tolerance, $"docs/labels/{name}.png is stale: run `neuro generators labels --catalogue datasets/corner-shop --out docs/labels` and look at it.");
    }

    [Fact]
    public void Page_ShowsEveryFigureAndNoOther()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "labels.md"));
        Names.Select(row => row.Data).ShouldBe(Figures.Value.Select(figure => figure.Name), ignoreOrder: true);
        Figures.Value.ShouldAllBe(figure => page.Contains($"(labels/{figure.Name}.png)", StringComparison.Ordinal));
    }

    [Fact]
    public void Draw_EveryFigureOfLabels_DiffersFromItsGround()
    {
        var distinct = Figures.Value.Select(figure => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(figure.Picture.Rgb))).Distinct().Count();
        distinct.ShouldBe(Figures.Value.Count);
    }

    [Fact]
    public void Encode_FewColours_AreKeptExactly()
    {
        var colours = new byte[][] { [0, 0, 0], [255, 255, 255], [200, 40, 90] };
        var image = new Image(7, 5, [.. Enumerable.Range(0, 35).SelectMany(at => colours[at % 3])]);
        Codec.Decode(OverlayPng.Encode(image, 3), "palette").Rgb.ShouldBe(image.Rgb);
    }

    [Fact]
    public void Encode_AnyPicture_StaysNearIt()
    {
        var photo = Figures.Value.Single(figure => figure.Name == "colours").Picture;
        var few = Difference(Codec.Decode(OverlayPng.Encode(photo, 16), "few"), photo);
        var many = Difference(Codec.Decode(OverlayPng.Encode(photo, 256), "many"), photo);
        many.ShouldBeLessThan(few);
        many.ShouldBeLessThan(4);
    }

    private static double Difference(Image a, Image b)
    {
        (a.Width, a.Height).ShouldBe((b.Width, b.Height));
        return a.Rgb.Zip(b.Rgb).Average(pair => Math.Abs(pair.First - pair.Second));
    }
}
