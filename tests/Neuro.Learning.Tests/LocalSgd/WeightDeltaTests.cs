using System.Buffers.Binary;
using CsCheck;
using Neuro.Client.Api;
using Neuro.Learning.Exchange;
using Neuro.Learning.LocalSgd;
using Neuro.Learning.Tests.Training;
using Neuro.Learning.Training;

namespace Neuro.Learning.Tests.LocalSgd;

public sealed class WeightDeltaTests : IDisposable
{
    private const int HeaderBytes = 52;
    private static readonly DilocoPlan Plan = new(Parts: 2, Rounds: 3, Steps: 5, Seed: 1);
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-delta-").FullName;

    private string Whole => Path.Combine(folder, "delta");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Quantised_AnyNumbers_AreWithinHalfAScaleOfWhatTheyWere() => Gen.Float[-1e3f, 1e3f].Array[1, 200].Sample(values =>
    {
        var (scale, rounded) = WeightDelta.Quantised(values);
        values.Zip(rounded).ShouldAllBe(pair => Math.Abs(pair.First - (pair.Second * scale)) <= (scale / 2) + (1e-6f * Math.Abs(pair.First)));
    });

    [Fact]
    public void Quantised_Zeros_HaveTheScaleZero() => WeightDelta.Quantised([0, 0]).ShouldSatisfyAllConditions(result => result.Scale.ShouldBe(0), result => result.Values.ShouldBe([0, 0]));

    [Fact]
    public void Echo_OfLossesThatDriftedAndOfOnesThatAreMadeUp_TellsThemApart()
    {
        var random = new Random(1);
        float Near(float size) => size * ((float)random.NextDouble() - 0.5f);
        var own = Enumerable.Range(0, 200).Select(step => 3 * MathF.Exp(-step / 150f) + Near(0.2f)).ToArray();
        WeightDelta.Echo(own, own).ShouldBe(1, 1e-6);
        WeightDelta.Echo(own, [.. own.Select(loss => loss + Near(0.06f))]).ShouldBeGreaterThan(0.85);
        WeightDelta.Echo(own, [.. own.Select((_, step) => 3 * MathF.Exp(-step / 150f))]).ShouldBeInRange(-0.2, 0.2);
        WeightDelta.Echo(own, [.. own[..100], .. own[..100].Select(_ => 1.5f + Near(0.2f))]).ShouldBeInRange(-0.3, 0.3); // Half the steps, and the rest made up.
        WeightDelta.Echo(own, new float[200]).ShouldBe(0);
        WeightDelta.Echo(own.AsSpan(0, 20), new float[20]).ShouldBe(1); // Too few.
    }

    [Fact]
    public void Read_OfWrite_IsTheSameFileAndAQuarterOfTheWeights()
    {
        var delta = Written();
        var read = WeightDelta.Read(Whole, Pictures.Spec, Plan, round: 1, part: 0);
        read.Write(Path.Combine(folder, "again"));
        File.ReadAllBytes(Path.Combine(folder, "again")).ShouldBe(File.ReadAllBytes(Whole));
        (read.Round, read.Part, read.Cosine(delta)).ShouldBe((1, 0, read.Cosine(read)));
        new FileInfo(Whole).Length.ShouldBe(WeightDelta.Length(Pictures.Spec, Plan.Steps));
        new FileInfo(Whole).Length.ShouldBeLessThan((long)(1.2 * Pictures.Spec.Parameters) + 1000);
    }

    [Theory]
    [InlineData(2, 0, "it is of round 1, part 0, 5 steps; expected round 2, part 0, 5 steps")]
    [InlineData(1, 1, "it is of round 1, part 0, 5 steps; expected round 1, part 1, 5 steps")]
    public void Read_OfAnotherRoundOrPart_IsRefused(int round, int part, string because)
    {
        Written();
        Refusal(round, part).ShouldContain(because);
    }

    [Fact]
    public void Read_CutOffAnywhereOrPadded_IsRefused()
    {
        Written();
        var bytes = File.ReadAllBytes(Whole);
        Gen.Int[0, bytes.Length + 64].Where(length => length != bytes.Length).Sample(length =>
        {
            File.WriteAllBytes(Whole, [.. bytes.Take(length), .. new byte[Math.Max(0, length - bytes.Length)]]);
            return Refusal().Contains($"it has {length} bytes; one of", StringComparison.Ordinal);
        }, iter: 20, threads: 1);
    }

    [Fact]
    public void Read_ScaleThatIsNotANumber_IsRefused() => RefusalOf(bytes => BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(HeaderBytes), float.NaN)).ShouldContain("the scale of");

    [Fact]
    public void Read_ChangeBeyondWhatItsStepsCanMake_IsRefused() =>
        RefusalOf(bytes => BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(HeaderBytes), 10)).ShouldContain("its steps can change one by at most 0.057");

    [Fact]
    public void Read_LossThatIsNotANumber_IsRefused() => RefusalOf(bytes => BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(bytes.Length - 4), float.NaN)).ShouldContain("a loss is not a finite number");

    [Fact]
    public void Read_OfAnotherModel_IsRefused() => RefusalOf(bytes => bytes[30] ^= 1).ShouldContain("it is of another model");

    [Fact]
    public void Read_NegativeVariance_IsRefused()
    {
        var start = Network.Initial(Pictures.Spec, 1);
        var after = start.ToDictionary(pair => pair.Key, pair => pair.Key.EndsWith(".running_var", StringComparison.Ordinal) ? new TensorValues(pair.Value.Shape, new float[pair.Value.Values.Length].Select(_ => -1f).ToArray()) : pair.Value);
        WeightDelta.Between(Pictures.Spec, 1, 0, start, after, new float[Plan.Steps]).Write(Whole);
        Refusal().ShouldContain("a negative variance");
    }

    private string RefusalOf(Action<byte[]> spoil)
    {
        Written();
        var bytes = File.ReadAllBytes(Whole);
        spoil(bytes);
        File.WriteAllBytes(Whole, bytes);
        return Refusal();
    }

    private string Refusal(int round = 1, int part = 0)
    {
        var refused = Should.Throw<NeuroException>(() => WeightDelta.Read(Whole, Pictures.Spec, Plan, round, part));
        refused.Code.ShouldBe("delta.invalid");
        return refused.Message;
    }

    private WeightDelta Written()
    {
        var delta = Deltas.Of(Plan, round: 1, part: 0, seed: 3);
        delta.Write(Whole);
        return delta;
    }
}

/// <summary>Deltas whose changes are drawn.</summary>
internal static class Deltas
{
    public static WeightDelta Of(DilocoPlan plan, int round, int part, int seed)
    {
        var (random, start) = (new Random(seed), Network.Initial(Pictures.Spec, plan.Seed));
        var after = start.ToDictionary(pair => pair.Key, pair => new TensorValues(pair.Value.Shape, [.. pair.Value.Values.Select(value => value + (0.01f * random.NextSingle()))]));
        return WeightDelta.Between(Pictures.Spec, round, part, start, after, [.. Enumerable.Range(0, plan.Steps).Select(_ => random.NextSingle())]);
    }
}
