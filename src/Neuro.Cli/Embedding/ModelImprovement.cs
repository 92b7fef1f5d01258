using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Interactive.Magics;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.Improvement;
using Neuro.Learning.Training;

namespace Neuro.Cli.Embedding;

/// <summary>What <c>#!neuro-improve</c> trains with: <see cref="Improver"/> on pictures that the magic orders.</summary>
internal static class ModelImprovement
{
    /// <exception cref="NeuroException"><c>improve.pictures_unknown</c>, and as <see cref="Improver.RunAsync"/>.</exception>
    public static async Task<(string Folder, ImprovementReport Report)> RunAsync(
        ImproveRequest asked, Func<int, Recipe, Task<IReadOnlyList<string>>> order, IProgress<ImprovementReport> progress, CancellationToken cancel)
    {
        var folder = Path.Combine(DataFolder.Path, "improved", Guid.CreateVersion7().ToString("N"));
        var model = asked.Model;
        if (!Directory.Exists(model))
        {
            model = Path.Combine(folder, "round-0");
            ModelPackage.Unpack(await File.ReadAllBytesAsync(asked.Model, cancel), model);
        }

        var size = SavedModel.Open(model).Spec.Input[1];
        var plan = new ImprovementPlan { Rounds = asked.Rounds, Seed = asked.Seed };
        plan = plan with { Training = plan.Training with { Epochs = asked.Epochs, Seed = asked.Seed } };
        return await Improver.RunAsync(model, asked.Recipe, asked.Catalogue, Pictures(asked), plan, folder, Ordered, progress, cancel);

        async Task<TrainingData> Ordered(int round, Proposal proposal) =>
            CropSet.FromShards(await order(round, proposal.Recipe), size, asked.Seed, cancel: cancel);
    }

    private static LabelledImages Pictures(ImproveRequest asked) => asked.Pictures switch
    {
        LabelledImages ready => ready,
        IReadOnlyList<string> shards => LabelledImages.FromShards(shards, [.. asked.Catalogue.Products.Select(product => product.Name)]),
        var other => throw new NeuroException("improve.pictures_unknown", $"The pictures are a {other.GetType().Name}; expected LabelledImages, such as LabelledImages.FromCsv gives, or a dataset."),
    };
}
