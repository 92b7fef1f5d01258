using System.Security.Cryptography;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Learning.Dense;

/// <summary>Synthetic tones in 256 µ-law codes (ITU-T G.711), for a model that predicts each next code from those before it (van den Oord et al. 2016).</summary>
/// <remarks>A tone is three to five harmonics of a pitch between 1/64 and 1/16 of a step, each fainter than the one below, with a little noise. All follow from the seed.</remarks>
public sealed class ToneSet : TrainingData
{
    private const int Codes = 256;
    private const double Mu = Codes - 1;
    private const int ValidationBatch = 8;
    private const double Noise = 0.01;

    private readonly byte[][] training;
    private readonly byte[][] held;

    /// <param name="count">Tones; a tenth is held back where there are four or more.</param>
    /// <param name="steps">Of each: the model's.</param>
    /// <param name="seed">Of the tones.</param>
    public ToneSet(int count, int steps, ulong seed)
    {
        Trainer.InRange("signals", count, 2, 1_000_000);
        Trainer.InRange("steps", steps, 8, 1 << 16);
        byte[][] tones = [.. Enumerable.Range(0, count).Select(number => Tone(steps, SplitMix.For(seed, (ulong)number)))];
        var back = HeldBack([.. Enumerable.Range(0, count)], seed);
        (Size, training, held) = (steps, [.. tones.Where((_, i) => !back.Contains(i))], [.. tones.Where((_, i) => back.Contains(i))]);
        Hash = Convert.ToHexStringLower(SHA256.HashData(tones.SelectMany(tone => tone).ToArray()));
    }

    /// <summary>The codes by their numbers.</summary>
    public override IReadOnlyList<string> ClassNames { get; } = [.. Enumerable.Range(0, Codes).Select(code => $"{code}")];

    public override int Size { get; }

    public override string Hash { get; }

    public override int ValidationSamples => held.Length;

    /// <summary>Entropy of a code that is drawn without looking at those before it, nats: what a model that has learnt nothing but how frequent codes are loses.</summary>
    public double Entropy => -ClassCounts.Where(count => count > 0).Select(count => (double)count / (training.Length * Size)).Sum(share => share * Math.Log(share));

    internal override int PerEpoch => training.Length;

    internal override int LeastPart => 1;

    internal override IReadOnlyList<int> ClassCounts
    {
        get
        {
            var counts = new int[Codes];
            foreach (var code in training.SelectMany(tone => tone))
            {
                counts[code]++;
            }

            return counts;
        }
    }

    internal override void Check(ModelSpec spec)
    {
        Require(spec.Task == ModelTask.Signal, "model.not_trainable", $"The model '{spec.Name}' is made to {spec.Task.Name()}; tones train models of signals, such as wavenet.");
        Require(spec.Input[0] == 1 && spec.Input[2] == Size, "training.size_mismatch",
            $"The model reads {spec.Input[0]} signals of {spec.Input[2]} steps, but there is one of {Size} steps. Make both with the same size.");
        Require(spec.Classes == Codes, "training.classes_mismatch", $"The model tells {spec.Classes} codes apart; there are {Codes}. Make it for {Codes} classes.");
    }

    internal override IEnumerable<Batch> Epoch(TrainingOptions options, int epoch)
    {
        var order = Shuffled(training.Length, options.Seed, epoch);
        var count = Math.Min(options.BatchSize, order.Length);
        for (var i = 0; i < BatchesPerEpoch(options); i++)
        {
            yield return BatchOf([.. order.AsSpan(i * count, count).ToArray().Select(tone => training[tone])], 0);
        }
    }

    internal override IEnumerable<Batch> Validation() => held.Chunk(ValidationBatch).Select((tones, i) => BatchOf(tones, i * ValidationBatch));

    /// <summary>Each step is labelled with the code after it; the last is not.</summary>
    private static Batch BatchOf(byte[][] tones, int first) => new(
        [.. tones.SelectMany(tone => tone)],
        [.. tones.SelectMany(tone => tone.Skip(1).Select(code => (long)code).Append(PlaceClassification.Unlabelled))], tones.Length, First: first);

    private static byte[] Tone(int steps, SplitMix random)
    {
        var (pitch, harmonics) = (2 * Math.PI / random.Uniform(16, 64), 3 + random.Below(3));
        (double Loudness, double Phase)[] parts = [.. Enumerable.Range(1, harmonics).Select(k => (random.Uniform(0.3f, 1f) / k, 2 * Math.PI * random.Unit()))];
        var loudest = parts.Sum(part => part.Loudness) + (4 * Noise);
        return [.. Enumerable.Range(0, steps).Select(t => Encode(
            (parts.Select((part, k) => part.Loudness * Math.Sin(((k + 1) * pitch * t) + part.Phase)).Sum() + (Noise * random.Normal())) / loudest))];
    }

    /// <summary>sgn(x) · ln(1 + µ |x|) / ln(1 + µ), −1 to 1 as 0 to 255.</summary>
    internal static byte Encode(double value)
    {
        var held = Math.Clamp(value, -1, 1);
        return (byte)Math.Round((Math.CopySign(Math.Log(1 + (Mu * Math.Abs(held))) / Math.Log(1 + Mu), held) + 1) / 2 * Mu);
    }
}
