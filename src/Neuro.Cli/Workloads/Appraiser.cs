using System.Text.Json;
using Neuro.Backend.Listings;
using Neuro.Cli.Embedding;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Market;
using Neuro.Client.Models;
using Neuro.Kernels.Artwork;
using Neuro.Kernels.Compute;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Cli.Workloads;

/// <summary>Looks at generators, datasets and models that are put on offer: opens the real thing, counts, and makes a small picture with a watermark.</summary>
internal sealed class Appraiser : IAppraiser
{
    private const string Mark = "NEURO PREVIEW";
    private const int Pictures = 12;
    private const int PictureWidth = 160;
    private const int Samples = 4;
    private const int Quality = 70;
    private const ulong Seed = 1;

    public Task<Appraisal> GeneratorAsync(GeneratorListing generator, Func<string, string> artifactPath, CancellationToken cancel) => Task.Run(
        () => Refused.AsNeuro(() =>
        {
            var recipe = Recipe.Parse(generator.Defaults.ToJsonString());
            var catalogue = Catalogue.Unpack(File.ReadAllBytes(artifactPath(recipe.Catalogue)));
            var names = catalogue.Products.Select(product => product.Name).ToList();
            var card = new AssetCard { Classes = names.Count, ClassNames = names, Width = recipe.Width, Height = recipe.Height, Labels = generator.Labels };
            return new Appraisal(card, Preview(Rendered(recipe, catalogue, cancel)));
        }),
        cancel);

    public Task<Appraisal> DatasetAsync(DatasetManifest dataset, Func<string, string> artifactPath, CancellationToken cancel) => Task.Run(
        () => Refused.AsNeuro(() =>
        {
            var opened = Dataset.Open(dataset.Shards.Select(shard => artifactPath(shard.Sha256)));
            var first = opened.Shards[0];
            var shown = Math.Min(Pictures, first.Count);
            var images = Enumerable.Range(0, shown).Select(number => opened.Image(first.First + (number * first.Count / shown))).ToList();
            var card = new AssetCard
            {
                Images = opened.Count,
                Objects = opened.Objects,
                Classes = opened.ClassNames.Count,
                ClassNames = opened.ClassNames,
                Width = images[0].Labels.Width,
                Height = images[0].Labels.Height,
                Labels = LabelsOf(dataset),
                Bytes = dataset.Bytes,
            };
            return new Appraisal(card, Preview([.. images.Select(image => image.Decode())]));
        }),
        cancel);

    public Task<Appraisal> ModelAsync(ModelManifest model, Func<string, string> artifactPath, CancellationToken cancel) => Task.Run(
        () =>
        {
            var folder = Directory.CreateTempSubdirectory("neuro-appraise-").FullName;
            try
            {
                ModelPackage.Unpack(File.ReadAllBytes(artifactPath(model.Package.Sha256)), folder);
                var spec = ModelSpec.Parse(File.ReadAllText(Path.Combine(folder, "spec.json")));
                var names = JsonSerializer.Deserialize<ModelCard>(File.ReadAllText(Path.Combine(folder, "card.json")), NeuroJson.Options)!.Classes;
                return new Appraisal(
                    new AssetCard { Classes = names.Count, ClassNames = names, ValidationAccuracy = model.ValidationAccuracy, Parameters = spec.Parameters, Bytes = model.Package.Bytes }, Preview: null);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        },
        cancel);

    private static List<Image> Rendered(Recipe recipe, Catalogue catalogue, CancellationToken cancel)
    {
        var height = Math.Clamp(recipe.Height * PictureWidth / recipe.Width, 16, 2 * PictureWidth);
        var small = recipe with { Width = PictureWidth, Height = height, Samples = Samples };
        using var backend = RenderBackends.Create();
        var pictures = new List<Image>(Pictures);
        for (var index = 0; index < Pictures; index++)
        {
            cancel.ThrowIfCancellationRequested();
            var frame = new Frame(PictureWidth, height);
            backend.Render(SceneBuilder.Build(small, catalogue, Seed, index), frame);
            pictures.Add(new Image(PictureWidth, height, frame.Rgb));
        }

        return pictures;
    }

    private static byte[] Preview(IReadOnlyList<Image> pictures) => Codec.Jpeg(PreviewSheet.Draw(pictures, PictureWidth, Mark), Quality);

    private static IReadOnlyList<string> LabelsOf(DatasetManifest dataset) =>
        dataset.Recipe["generator"] is { } node && node.GetValueKind() == JsonValueKind.String
            ? BuiltInGenerators.Listings.FirstOrDefault(one => one.Name == node.GetValue<string>())?.Labels ?? []
            : [];
}
