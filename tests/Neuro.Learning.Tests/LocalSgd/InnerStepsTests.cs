using Neuro.Client.Api;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.LocalSgd;
using Neuro.Learning.Tests.Training;
using Neuro.Learning.Training;
using Neuro.Testing;

namespace Neuro.Learning.Tests.LocalSgd;

public sealed class InnerStepsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-inner-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Run_Twice_GivesTheSameBits()
    {
        var (plan, crops) = (new DilocoPlan(2, 2, 6, 1), Pictures.Crops(96));
        Run(crops, plan, 0, 1).Write(File("a"));
        Run(crops, plan, 0, 1).Write(File("b"));
        System.IO.File.ReadAllBytes(File("a")).ShouldBe(System.IO.File.ReadAllBytes(File("b")));
    }

    [Fact]
    public void Run_AWindow_HasTheLossesOfTheWhole()
    {
        var (plan, crops) = (new DilocoPlan(2, 2, 6, 1), Pictures.Crops(96));
        var whole = Run(crops, plan, 0, 0);
        var window = Run(crops, plan, 0, 0, steps: 2);
        window.Losses.ShouldBe(whole.Losses.Take(2));
    }

    [Fact]
    public void Part_OfASet_IsEachCropOnceOverAllParts()
    {
        var (plan, crops) = (new DilocoPlan(3, 1, 1, 1), Pictures.Crops(50));
        Enumerable.Range(0, 3).SelectMany(part => InnerSteps.Part(crops, plan, part).Known).ShouldBe(crops.Training, ignoreOrder: true);
    }

    [Fact]
    public void Part_MorePartsThanCrops_IsRefused() =>
        Should.Throw<NeuroException>(() => InnerSteps.Part(Pictures.Crops(8), new(20, 1, 1, 1), 0)).Code.ShouldBe("training.empty");

    [Fact]
    public void Scenes_OfAPart_GiveTheSameBitsAgainAndOthersInAnotherRound()
    {
        var catalogue = Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop"));
        var recipe = HandheldRecipe.Default(catalogue) with { Width = 64, Height = 64 };
        var (plan, spec) = (new DilocoPlan(2, 2, 2, 1), Neuro.Learning.Zoo.Zoo.SmallCnn(catalogue.Products.Count, 32, [8, 16, 16, 16]));
        var (one, again, other) = (Losses(0), Losses(0), Losses(1));
        again.ShouldBe(one);
        other.ShouldNotBe(one);

        IReadOnlyList<float> Losses(int round)
        {
            using var scenes = InnerSteps.Scenes(catalogue, recipe, 32, plan, round, 0);
            return InnerSteps.Run(spec, scenes, plan, round, 0, null, cancel: Cancel).Losses;
        }
    }

    [Fact]
    public void Rounds_OfTwoParts_LearnAndLeaveAModelThatIsMeasured()
    {
        var (plan, crops) = (new DilocoPlan(Parts: 2, Rounds: 6, Steps: 8, Seed: 1), Pictures.Crops(192));
        var (weights, momentum) = ((string?)null, (string?)null);
        for (var round = 0; round < plan.Rounds; round++)
        {
            var deltas = Enumerable.Range(0, plan.Parts).Select(part => Run(crops, plan, round, part, weights)).ToList();
            OuterStep.Apply(Pictures.Spec, plan, weights, momentum, deltas, File($"w{round}"), File($"v{round}"));
            (weights, momentum) = (File($"w{round}"), File($"v{round}"));
        }

        var accuracy = OuterStep.Finish(Pictures.Spec, plan, weights!, crops, File("model"));
        accuracy.ShouldNotBeNull().ShouldBeGreaterThan(0.9);
        ModelPackage.Unpack(ModelPackage.Pack(File("model")), File("unpacked"));
        using var model = Classifier.Load(File("unpacked"));
        HeldOut.Accuracy(model, crops).ShouldBe(accuracy);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static WeightDelta Run(CropSet crops, DilocoPlan plan, int round, int part, string? weights = null, int? steps = null) =>
        InnerSteps.Run(Pictures.Spec, InnerSteps.Part(crops, plan, part), plan, round, part, weights, steps, cancel: Cancel);

    private string File(string name) => Path.Combine(folder, name);
}
