using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.Improvement;
using Neuro.Learning.Tests.Training;
using Neuro.Learning.Training;

namespace Neuro.Learning.Tests.Improvement;

public sealed class ImproverTests : IDisposable
{
    private static readonly TrainingOptions Brief = new() { Epochs = 1, BatchSize = 8, Threads = 2, Seed = 7, LearningRate = 1e-3, Precision = Precision.Float32 };
    private static readonly StreamOptions Small = new() { Window = 24, Start = 8, Reuse = 2, SamplesPerEpoch = 64, ValidationScenes = 0 };

    private readonly string folder = Directory.CreateTempSubdirectory("neuro-improver-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(0.6, 0.8, true, "Better by +")]
    [InlineData(0.8, 0.6, false, "Worse, −")]
    [InlineData(0.7, 0.7, false, "Not shown to be better, ")]
    public void Compare_TwoModels_KeepsTheNewOneWhereItIsSurelyBetter(double before, double after, bool kept, string verdict)
    {
        var (first, second) = (Watched.Of(400, 1, (_, _) => before), Watched.Of(400, 2, (_, _) => after));
        var outcome = Improver.Compare(first, second);
        outcome.Kept.ShouldBe(kept);
        outcome.Verdict.ShouldStartWith(verdict);
        outcome.Right.ShouldBe(second.Hits);
        (outcome.OnlyAfter - outcome.OnlyBefore).ShouldBe(second.Hits - first.Hits);
        outcome.Difference.ShouldBe((second.Hits - first.Hits) / 400.0, 1e-12);
        outcome.Difference.ShouldBeInRange(outcome.Low, outcome.High);
    }

    [Fact]
    public void Compare_OtherPictures_AreRefused() =>
        Should.Throw<NeuroException>(() => Improver.Compare(Watched.Of(5, 1, (_, _) => 1), Watched.Of(6, 1, (_, _) => 1))).Code.ShouldBe("evaluation.not_paired");

    /// <summary>Whatever the model says, it is right of bright pictures and wrong of dark ones, because they are labelled so.</summary>
    [Fact]
    public void Run_DarkPicturesWrong_AreFoundRenderedAndTrainedOnFromTheModelsWeights()
    {
        var products = Path.Combine(folder, "catalogue");
        FromShardsTests.Rendered.WriteCatalogue(products);
        var catalogue = Catalogue.Load(products);
        var recipe = HandheldRecipe.Default(catalogue) with { Width = 64, Height = 64, Scenery = new() { Shelf = 0, Fridge = 0, Plain = 1 } };
        string model;
        using (var stream = new SceneStream(catalogue, [(recipe, 1)], 32, 3, Small))
        {
            model = Trainer.Train(Learning.Zoo.Zoo.SmallCnn(3, 32, [8, 16]), stream, Brief with { Epochs = 2, LearningRate = 5e-3 }, Path.Combine(folder, "start"), cancel: Cancel).Folder;
        }

        var images = Pictures(catalogue, recipe, model);
        var told = new List<ImprovementReport>();
        var plan = new ImprovementPlan { Rounds = 1, Training = Brief, Stream = Small };

        var (kept, report) = Improver.Run(
            model, recipe, catalogue, images, plan, Path.Combine(folder, "loop"), new ImmediateProgress<ImprovementReport>(told.Add), Cancel);

        var round = report.Rounds.ShouldHaveSingleItem();
        round.Slices.ShouldContain(slice => slice.Name.StartsWith("pictures darker than"), $"{round.Right} of {report.Count} right, weak: {string.Join(", ", round.Slices)}");
        round.Changes.ShouldContain(change => change.Knob == "photo.exposure");
        var outcome = round.Outcome.ShouldNotBeNull();
        (kept, report.Right).ShouldBe(outcome.Kept ? (Path.Combine(folder, "loop", "round-1"), outcome.Right) : (model, round.Right));
        told.Select(one => one.Rounds[^1].Outcome is null).ShouldBe([true, false]);
        // It went on from those weights: eight steps of Adam move each by eight rates at most.
        Moved(Path.Combine(folder, "loop", "round-1"), model).ShouldBeInRange(1e-5, 8.5e-3);
    }

    private LabelledImages Pictures(Catalogue catalogue, HandheldRecipe recipe, string model)
    {
        using var classifier = Classifier.Load(model, views: Classifier.OneView);
        List<LabelledImage> all = [.. Labelled("bright", recipe.Photo.Exposure, 0), .. Labelled("dark", 0.1, 1)];
        return new("bright and dark", all.Count, () => all);

        IEnumerable<LabelledImage> Labelled(string name, Distribution exposure, int off)
        {
            var shard = Path.Combine(folder, $"{name}.tar");
            DatasetRenderer.RenderShard(recipe with { Photo = recipe.Photo with { Exposure = exposure } }, catalogue, 9, 0, 60, shard, null, Cancel);
            return [.. Evaluator.Predictions(classifier, LabelledImages.FromShards([shard], classifier.Classes))
                .Select(one => one.Image with { ClassId = (Array.IndexOf(one.Probabilities, one.Probabilities.Max()) + off) % 3 })];
        }
    }

    private static double Moved(string after, string before) => Stem(after).Zip(Stem(before), (a, b) => Math.Abs(a - b)).Max();

    private static float[] Stem(string folder) => Safetensors.Read(Path.Combine(folder, "model.safetensors")).Tensors["stem-conv.weight"].Values;
}
