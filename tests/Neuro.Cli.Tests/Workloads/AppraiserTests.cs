using System.Text.Json.Nodes;
using Neuro.Backend.Listings;
using Neuro.Cli.Embedding;
using Neuro.Cli.Workloads;
using Neuro.Client.Data;
using Neuro.Client.Market;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Cli.Tests.Workloads;

/// <summary>What the platform measures of, and shows of, what is put on offer.</summary>
public sealed class AppraiserTests : IDisposable
{
    private readonly Catalogue catalogue = Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop"));
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-appraise-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Dataset_IsCountedFromItsShards_AndShownSmallWithAMark()
    {
        var recipe = ShelfRecipe.Default(catalogue) with { Width = 320, Height = 240 };
        var card = DatasetRenderer.RenderFolder(recipe, catalogue, 3, 14, folder, new Progress<int>(), Cancel);
        var shards = Directory.GetFiles(folder, "*.tar").Order().Select(file => new ArtifactRef(file, new FileInfo(file).Length, file, "application/x-tar")).ToList();
        var dataset = new DatasetManifest(Guid.NewGuid(), "shelves", recipe.Hash, 3, 999, JsonNode.Parse(recipe.ToJson())!.AsObject(), catalogue.Hash, shards, Guid.NewGuid(), default);

        var seen = await new Appraiser().DatasetAsync(dataset, path => path, Cancel);

        (seen.Card.Images, seen.Card.Objects, seen.Card.Classes, seen.Card.Width, seen.Card.Height).ShouldBe((14, card.Objects, catalogue.Products.Count, 320, 240));
        seen.Card.Bytes.ShouldBe(shards.Sum(shard => shard.Bytes));
        seen.Card.Labels.ShouldBe(BuiltInGenerators.Listings[0].Labels);
        var sheet = Sheet(seen, "dataset");
        (sheet.Width, sheet.Height).ShouldBe((652, 368));

        // The first picture as it is, small, is not what is shown: the mark changes it, and not beyond recognition.
        var plain = Kernels.Artwork.PreviewSheet.Draw([Dataset.Open(shards.Select(shard => shard.Sha256)).Image(0).Decode()], 160, " ");
        var differences = Enumerable.Range(0, 3 * 160 * 120).Select(at => Math.Abs(plain.Rgb[at] - sheet.Rgb[(3 * (at / 3 / 160) * sheet.Width) + (at % (3 * 160))])).ToList();
        differences.Count(difference => difference > 25).ShouldBeInRange(differences.Count / 25, differences.Count / 2);
    }

    [Theory]
    [MemberData(nameof(Generators))]
    public async Task Generator_IsShownByAFewOfItsScenes(string name)
    {
        var tar = Path.Combine(folder, "catalogue.tar");
        await File.WriteAllBytesAsync(tar, catalogue.Pack(), Cancel);
        var recipe = JsonNode.Parse(BuiltInGenerators.DefaultOf(name)(catalogue).ToJson())!.AsObject();
        var seen = await new Appraiser().GeneratorAsync(new GeneratorListing("mine", 1, "t", "", "MIT", ["boxes"], recipe), _ => tar, Cancel);
        seen.Card.Classes.ShouldBe(catalogue.Products.Count);
        seen.Card.Labels.ShouldBe(["boxes"]);
        Sheet(seen, name).Width.ShouldBe(652);
    }

    public static TheoryData<string> Generators => [.. BuiltInGenerators.Names];

    private static Image Sheet(Appraisal seen, string name)
    {
        seen.Preview!.Length.ShouldBeInRange(10_000, Appraisal.LargestPreview);
        if (Environment.GetEnvironmentVariable("NEURO_PREVIEWS") is { } look)
        {
            File.WriteAllBytes(Path.Combine(look, name + ".jpg"), seen.Preview);
        }

        return Codec.Decode(seen.Preview, name);
    }
}
