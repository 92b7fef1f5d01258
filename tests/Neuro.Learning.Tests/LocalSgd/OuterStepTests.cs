using Neuro.Client.Api;
using Neuro.Learning.Exchange;
using Neuro.Learning.LocalSgd;
using Neuro.Learning.Tests.Training;
using Neuro.Learning.Training;

namespace Neuro.Learning.Tests.LocalSgd;

public sealed class OuterStepTests : IDisposable
{
    private static readonly DilocoPlan Plan = new(Parts: 2, Rounds: 3, Steps: 5, Seed: 1);
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-outer-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Apply_TwoRounds_AreNesterovAsPublished()
    {
        var (first, second) = (new[] { Deltas.Of(Plan, 0, 0, 1), Deltas.Of(Plan, 0, 1, 2) }, new[] { Deltas.Of(Plan, 1, 0, 3), Deltas.Of(Plan, 1, 1, 4) });
        OuterStep.Apply(Pictures.Spec, Plan, null, null, first, File("w1"), File("v1"));
        OuterStep.Apply(Pictures.Spec, Plan, File("w1"), File("v1"), second, File("w2"), File("v2"));

        var (start, after) = (Network.Initial(Pictures.Spec, Plan.Seed), Safetensors.Read(File("w2")).Tensors);
        var (one, two) = (Mean(first), Mean(second));
        foreach (var weight in WeightLayout.Of(Pictures.Spec))
        {
            // Written out, μ = 1 − 1/2: W₂ = W₀ + (Δ₁ + μ Δ₁) + (Δ₂ + μ (μ Δ₁ + Δ₂)).
            var (a, b) = (one[weight.Name], two[weight.Name]);
            var expected = weight.Trained
                ? start[weight.Name].Values.Select((value, i) => value + (1.5f * a[i]) + ((0.5f * 0.5f * a[i]) + (1.5f * b[i])))
                : b;
            after[weight.Name].Values.Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-5f, weight.Name);
        }
    }

    [Fact]
    public void Apply_SameDeltas_GivesTheSameBytes()
    {
        WeightDelta[] deltas = [Deltas.Of(Plan, 0, 0, 1), Deltas.Of(Plan, 0, 1, 2)];
        OuterStep.Apply(Pictures.Spec, Plan, null, null, deltas, File("a"), File("av"));
        OuterStep.Apply(Pictures.Spec, Plan, null, null, deltas, File("b"), File("bv"));
        System.IO.File.ReadAllBytes(File("a")).ShouldBe(System.IO.File.ReadAllBytes(File("b")));
        System.IO.File.ReadAllBytes(File("av")).ShouldBe(System.IO.File.ReadAllBytes(File("bv")));
    }

    [Fact]
    public void Apply_WeightsCutOff_SaysWhichFile()
    {
        OuterStep.Apply(Pictures.Spec, Plan, null, null, [Deltas.Of(Plan, 0, 0, 1)], File("w1"), File("v1"));
        System.IO.File.WriteAllBytes(File("w1"), System.IO.File.ReadAllBytes(File("w1"))[..^9]);
        var broken = Should.Throw<NeuroException>(() => OuterStep.Apply(Pictures.Spec, Plan, File("w1"), File("v1"), [Deltas.Of(Plan, 1, 0, 1)], File("w2"), File("v2")));
        (broken.Code, broken.Message).ShouldSatisfyAllConditions(it => it.Code.ShouldBe("weights.invalid"), it => it.Message.ShouldContain(File("w1")));
    }

    private static Dictionary<string, float[]> Mean(IReadOnlyList<WeightDelta> deltas)
    {
        var mean = WeightLayout.Of(Pictures.Spec).ToDictionary(weight => weight.Name, weight => new float[weight.Count]);
        deltas.ToList().ForEach(delta => delta.AddTo(mean, 1f / deltas.Count));
        return mean;
    }

    private string File(string name) => Path.Combine(folder, name);
}
