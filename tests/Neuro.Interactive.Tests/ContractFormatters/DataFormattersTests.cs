using Neuro.Interactive.Formatting;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Interactive.Tests.ContractFormatters;

public sealed class DataFormattersTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-card-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Dataset_ShowsWhatNamesIt() => Shown.Matches(Samples.Dataset);

    [Fact]
    public void Datasets_AreOneTable() => Shown.Matches(new[] { Samples.Dataset, Samples.Dataset with { Name = "shelf-8", Seed = 8 } });

    [Fact]
    public void Card_ShowsSamplesHistogramAndAudit() => Shown.Matches(Samples.Card);

    [Fact]
    public void Card_WithWrongLabels_SaysHowMany() => Shown.Matches(Samples.WrongCard);

    [Fact]
    public void Catalogue_ShowsEveryProductWithItsPicture() => Shown.Matches(Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop")));

    [Fact]
    public void Preview_ShowsEveryMapWithSeedAndIndex() => Shown.Matches(Samples.Preview);

    [Fact]
    public void Sweep_ShowsAPictureForEachValue()
    {
        var (recipe, catalogue) = Small();
        var sweep = KnobSweep.Render(recipe, catalogue, "light.intensity", seed: 11, index: 2, 0.1, Distribution.Uniform(0.3, 0.5), 2);
        sweep.Steps.Select(step => Convert.ToHexString(step.Jpeg)).Distinct().Count().ShouldBe(3);
        Shown.Matches(sweep);
    }

    [Fact]
    public void Sweep_OfNoKnob_NamesTheNearest()
    {
        var (recipe, catalogue) = Small();
        Should.Throw<RecipeException>(() => KnobSweep.Render(recipe, catalogue, "light.intensty", 1, 0, 1)).Message.ShouldContain("light.intensity");
    }

    [Fact]
    public void Recipe_ShowsTheKnobsThatDiffer()
    {
        var text = ShownBy(new ShelfRecipe { Catalogue = Samples.Hash(7) }.With("row.missing", Distribution.Uniform(0.1, 0.3)).With("width", 320).With("photo.gamma", 1), MimeTypes.PlainText);
        Snapshot.Match(text);
    }

    [Fact]
    public void Recipe_WithoutChanges_SaysSo() => ShownBy(new TabletopRecipe { Catalogue = Samples.Hash(7) }, MimeTypes.PlainText).ShouldContain("Every knob is at its default.");

    [Fact]
    public void Recipe_AsHtml_HasItsJsonAndHash()
    {
        var recipe = new HandheldRecipe { Catalogue = Samples.Hash(7) }.With("hold.hand", 0.5);
        var html = ShownBy(recipe, MimeTypes.Html);
        html.ShouldContain("hold.hand");
        html.ShouldContain(recipe.Hash[..12]);
        html.ShouldContain("&quot;skin&quot;");
    }

    private static string ShownBy(Recipe recipe, string mime)
    {
        using var writer = new StringWriter();
        new RecipeFormatters().CreateTypeFormatters().Cast<TypeFormatter>().Single(formatter => formatter.MimeType == mime).Format(recipe, writer).ShouldBeTrue();
        return writer.ToString();
    }

    [Fact]
    public void Preview_OfTheBundledCatalogue_HasPicturesOfTheRecipesSize()
    {
        var (recipe, catalogue) = Small();
        var preview = ScenePreview.Render(recipe, catalogue, seed: 11, index: 2);
        preview.Labels.Instances.ShouldNotBeEmpty();
        foreach (var picture in new[] { preview.Rgb, preview.Boxes, preview.Mask, preview.Depth })
        {
            var decoded = Codec.Decode(picture, "preview");
            (decoded.Width, decoded.Height).ShouldBe((recipe.Width, recipe.Height));
        }

        ScenePreview.Render(recipe, catalogue, seed: 11, index: 2).Rgb.ShouldBe(preview.Rgb);
        ScenePreview.Render(recipe, catalogue, seed: 12, index: 2).Rgb.ShouldNotBe(preview.Rgb);
    }

    [Fact]
    public void Open_OfRenderedShards_AuditsEveryImage()
    {
        var (recipe, catalogue) = Small();
        var shards = new[] { 0, 2 }.Select(first => Path.Combine(folder, $"{first}.tar")).ToList();
        var objects = shards.Select((path, i) => DatasetRenderer.RenderShard(recipe, catalogue, 3, 2 * i, 2, path, null, TestContext.Current.CancellationToken)).Sum(shard => shard.Objects);
        var card = DatasetCard.Open(Samples.Dataset with { RecipeHash = recipe.Hash, Seed = 3, Count = 4 }, shards);
        (card.AuditedImages, card.Audit).ShouldBe((4, new Audit(objects, 0)));
        card.ClassHistogram.Sum().ShouldBe(objects);
        card.Samples.Select(sample => sample.Index).ShouldBe([0, 1, 2, 3]);
        Should.Throw<ArgumentException>(() => DatasetCard.Open(Samples.Dataset, shards)).Message.ShouldContain("DownloadAsync");
    }

    [Fact]
    public void Smaller_OfAChequerboard_IsGrey()
    {
        var board = new Image(5, 4, [.. Enumerable.Range(0, 20).SelectMany(at => Enumerable.Repeat((byte)((at % 5 + at / 5) % 2 * 200), 3))]);
        var small = Thumbnails.Smaller(board, 2);
        (small.Width, small.Height).ShouldBe((2, 2));
        small.Rgb.ShouldAllBe(value => value == 100);
    }

    private static (ShelfRecipe Recipe, Catalogue Catalogue) Small()
    {
        var catalogue = Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop"));
        return (ShelfRecipe.Default(catalogue) with { Width = 160, Height = 120 }, catalogue);
    }
}
