using Neuro.Client.Api;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.Recognition;
using Neuro.Learning.Tests.Training;
using Neuro.Learning.Training;

namespace Neuro.Learning.Tests.Recognition;

using Recognition = Neuro.Learning.Recognition.Recognition;

public sealed class RecognitionTests : IDisposable
{
    private static readonly RecognitionPlan Plan = new() { Name = "tiny", Stages = [new(64, 2, 5e-3), new(72, 1, 2e-3)], SamplesPerEpoch = 256, BatchSize = 16, Scenes = 120, ThresholdScenes = 60 };

    private readonly string folder = Directory.CreateTempSubdirectory("neuro-recognition-").FullName;
    private readonly Catalogue catalogue;

    public RecognitionTests()
    {
        var products = Path.Combine(folder, "catalogue");
        FromShardsTests.Rendered.WriteCatalogue(products);
        catalogue = Catalogue.Load(products);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Train_ThreeColours_AreToldApartInPicturesOfAnotherGenerator()
    {
        var shares = new List<double>();
        var trained = Recognition.Train(catalogue, Plan, 1, Path.Combine(folder, "run"), new ImmediateProgress<RecognitionProgress>(step => shares.Add(step.Done)), Cancel);
        (trained.Samples, trained.Scenes).ShouldBe((768, 192));
        trained.Model.Spec.Input.ShouldBe([3, 72, 72]);
        trained.Model.Card.Recipes.ShouldNotBeNull().Count.ShouldBe(2); // Products in a hand, and shelves.
        trained.Model.Card.Metrics.ShouldNotBeNull()["top1"].ShouldBe(trained.Model.Card.Epochs[^1].ValidationAccuracy!.Value);
        shares.ShouldBeInOrder();
        shares[^1].ShouldBe(1, 1e-9);

        var shard = Path.Combine(folder, "table.tar");
        DatasetRenderer.RenderShard(HandheldRecipe.Default(catalogue) with { Width = 128, Height = 128 }, catalogue, 99, 0, 60, shard, null, Cancel);
        using var model = Classifier.Load(trained.Model.Folder, views: Classifier.OneView);
        var score = Evaluator.Evaluate(model, LabelledImages.FromShards([shard], model.Classes), cancel: Cancel);
        score.Top1.ShouldBeGreaterThan(0.8);
        Recognition.Threshold(model, catalogue, Plan, 0.9, 1).ShouldBeInRange(0.34, 1);
    }

    [Fact]
    public void Train_StoppedInAnyStageAndBegunAgain_GivesTheSameModel()
    {
        var (whole, stopped, plan) = (Path.Combine(folder, "whole"), Path.Combine(folder, "stopped"), Plan with { SamplesPerEpoch = 64, Scenes = 40, Handheld = 1 });
        Recognition.Train(catalogue, plan, 2, whole, null, Cancel);
        // Told at the end of the first epoch and of the first stage, so at the latest the next step stops.
        foreach (var share in new[] { 0.3, 0.6 })
        {
            using var stop = new CancellationTokenSource();
            Should.Throw<OperationCanceledException>(() => Recognition.Train(catalogue, plan, 2, stopped, new ImmediateProgress<RecognitionProgress>(step =>
            {
                if (step.Done >= share)
                {
                    stop.Cancel();
                }
            }), stop.Token));
        }

        Recognition.Train(catalogue, plan, 2, stopped, null, Cancel);
        Bytes(stopped).ShouldBe(Bytes(whole));
    }

    [Fact]
    public void Of_EachAblation_ChangesWhatIsRenderedOrHowItIsSeenAndIsAValidRecipe()
    {
        var stage = Plan.Stages[0];
        var whole = Plan.Mix(catalogue, stage);
        foreach (var ablation in Ablation.All)
        {
            var (plan, products) = (Plan with { Without = ablation }, ablation.Of(catalogue));
            var mix = plan.Mix(products, stage);
            mix.Select(part => part.Share).ShouldBe(whole.Select(part => part.Share));
            mix.ShouldAllBe(part => Recipe.Parse(part.Recipe.ToJson()).Hash == part.Recipe.Hash);
            (mix[0].Recipe.Hash != whole[0].Recipe.Hash || products.Hash != catalogue.Hash).ShouldBeTrue(ablation.Name);
            using var stream = new SceneStream(products, mix, stage.Size, 1, plan.Stream(stage) with { ValidationScenes = 3 });
            stream.ValidationSamples.ShouldBeGreaterThan(0, ablation.Name);
        }
    }

    [Fact]
    public void Of_AnUnknownSetting_NamesThoseThereAre() =>
        Should.Throw<NeuroException>(() => RecognitionPlan.Of("fast")).Message.ShouldContain("quick or best");

    private static byte[] Bytes(string run) => File.ReadAllBytes(Path.Combine(run, "model", ModelFolder.Weights));
}
