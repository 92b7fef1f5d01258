using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Exchange;
using Neuro.Learning.Training;

namespace Neuro.Learning.Tests.Training;

public sealed class SceneStreamTests : IDisposable
{
    private static readonly TrainingOptions Options = new() { Epochs = 3, BatchSize = 8, Threads = 2, Seed = 7, Precision = Precision.Float32 };
    private static readonly StreamOptions Small = new() { Window = 24, Start = 8, Reuse = 2, SamplesPerEpoch = 48, ValidationScenes = 4 };

    private readonly string folder = Directory.CreateTempSubdirectory("neuro-stream-").FullName;
    private readonly Catalogue catalogue;

    public SceneStreamTests()
    {
        var products = Path.Combine(folder, "catalogue");
        FromShardsTests.Rendered.WriteCatalogue(products);
        catalogue = Catalogue.Load(products);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Epoch_OfTheSameSeed_DrawsTheSameWhateverTheThreads()
    {
        using var one = Stream(Small with { Threads = 1 });
        using var three = Stream(Small with { Threads = 3 });
        one.Hash.ShouldBe(three.Hash);
        Drawn(one, 0).ShouldBe(Drawn(three, 0));
        Drawn(one, 1).ShouldBe(Drawn(three, 1));
    }

    [Fact]
    public void Epoch_BegunInTheMiddle_DrawsWhatItWouldHaveDrawn()
    {
        using var whole = Stream(Small);
        using var resumed = Stream(Small);
        var all = Enumerable.Range(0, 3).Select(epoch => Drawn(whole, epoch)).ToList();
        Drawn(resumed, 2).ShouldBe(all[2]);
        // And back: another training on the same stream.
        Drawn(resumed, 0).ShouldBe(all[0]);
    }

    [Fact]
    public void Epoch_AfterEpoch_MovesOnByFreshScenes()
    {
        using var stream = Stream(Small);
        // 18 steps of 8 samples, each scene drawn twice: 72 scenes come in after the first 8.
        for (var epoch = 0; epoch < 3; epoch++)
        {
            foreach (var draw in stream.Draws(Options, epoch))
            {
                draw.Samples.Count.ShouldBe(8);
                draw.Backdrops.ShouldNotBeEmpty();
            }
        }

        stream.Scenes.ShouldBeInRange(8 + 68, 8 + 72 + 64);
    }

    [Fact]
    public void Train_StoppedAndResumed_GivesTheWeightsOfAnUninterruptedRun()
    {
        var (whole, stopped) = (Path.Combine(folder, "whole"), Path.Combine(folder, "stopped"));
        using (var stream = Stream(Small))
        {
            Trainer.Train(Pictures.Spec, stream, Options, whole, cancel: TestContext.Current.CancellationToken);
        }

        using (var stream = Stream(Small))
        using (var stop = new CancellationTokenSource())
        {
            var points = new Stopping(point => point.ValidationAccuracy is not null && point.Epoch == 2, stop);
            Should.Throw<OperationCanceledException>(() => Trainer.Train(Pictures.Spec, stream, Options, stopped, points, stop.Token));
        }

        using (var stream = Stream(Small))
        {
            Trainer.Train(Pictures.Spec, stream, Options, stopped, cancel: TestContext.Current.CancellationToken).ResumedFrom.ShouldBe(2);
        }

        Weights(stopped).ShouldBe(Weights(whole));
    }

    [Fact]
    public void Train_FromAFinishedModelOfAnotherSize_StartsFromItsWeights()
    {
        using var stream = Stream(Small);
        var first = Path.Combine(folder, "first");
        Trainer.Train(Pictures.Spec, stream, Options with { Epochs = 1 }, first, cancel: TestContext.Current.CancellationToken);
        var larger = Neuro.Learning.Zoo.Zoo.SmallCnn(3, 64, [8, 16, 16, 16]);
        using var large = Stream(Small, 64);
        Trainer.Train(larger, large, Options with { Epochs = 1, LearningRate = 1e-8 }, Path.Combine(folder, "second"), cancel: TestContext.Current.CancellationToken, start: first);
        Weights(Path.Combine(folder, "second"), "stem-conv.weight").Zip(Weights(first, "stem-conv.weight")).Max(pair => Math.Abs(pair.First - pair.Second)).ShouldBeLessThan(1e-5f);
    }

    [Fact]
    public void Epoch_WhereNothingIsLargeEnough_SaysWhatToDo()
    {
        using var stream = Stream(Small with { Limits = new() { Side = 4000 } });
        Should.Throw<NeuroException>(() => Drawn(stream, 0)).Code.ShouldBe("training.empty");
    }

    [Fact]
    public void Epoch_OfARecipeForAnotherCatalogue_IsTheBuildersError()
    {
        using var stream = new SceneStream(catalogue, [(Shelf with { Catalogue = new string('0', 64) }, 1)], Pictures.Size, 3, Small);
        Should.Throw<RecipeException>(() => Drawn(stream, 0)).Code.ShouldBe("recipe.catalogue_mismatch");
    }

    [Theory]
    [InlineData("training.no_recipes", 0, 24)]
    [InlineData("training.out_of_range", 1, 4)]
    public void Stream_WithWrongOptions_IsRefused(string code, double share, int window) =>
        Should.Throw<NeuroException>(() => new SceneStream(catalogue, [(Shelf, share)], Pictures.Size, 3, Small with { Window = window })).Code.ShouldBe(code);

    private Recipe Shelf => ShelfRecipe.Default(catalogue) with { Width = 96, Height = 96 };

    private SceneStream Stream(StreamOptions options, int size = Pictures.Size) => new(
        catalogue, [(Shelf, 1), (HandheldRecipe.Default(catalogue) with { Width = 64, Height = 64 }, 2)], size, seed: 3, options with { Limits = options.Limits.Side == 20 ? new() { Side = 10 } : options.Limits });

    private static List<string> Drawn(SceneStream stream, int epoch) =>
        [.. stream.Draws(Options, epoch).SelectMany(draw => draw.Samples.Select(sample => $"{sample.Number} {sample.Crop.ClassId} {sample.Crop.Image} {sample.Crop.Rgba.Aggregate(17L, (hash, value) => unchecked((hash * 31) + value))} {draw.Backdrops.Count}"))];

    private static float[] Weights(string folder, string? name = null) =>
        [.. Safetensors.Read(Path.Combine(folder, ModelFolder.Weights)).Tensors.Where(tensor => name is null || tensor.Key == name).OrderBy(tensor => tensor.Key, StringComparer.Ordinal).SelectMany(tensor => tensor.Value.Values)];

    private sealed class Stopping(Func<TrainingPoint, bool> when, CancellationTokenSource stop) : IProgress<TrainingPoint>
    {
        public void Report(TrainingPoint point)
        {
            if (when(point))
            {
                stop.Cancel();
            }
        }
    }
}
