using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Neuro.Client.Api;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;

namespace Neuro.Learning.LocalSgd;

/// <summary>What a part's inner steps changed: trained weights as int8 with a scale for each tensor, running statistics as they are, and the loss of every step.</summary>
/// <remarks>
/// A file of it has the length that follows from spec and steps, so one that is cut off or padded is refused before a number is read: magic, round, part and steps (32 bits each), the spec's SHA-256, the
/// weights in the order of the spec (of a trained one its scale and its int8 values, of a statistic its fp32 values), the losses. Little-endian. What rounding leaves is not carried into the next round
/// (error feedback): the part may be another node's then.
/// </remarks>
public sealed class WeightDelta
{
    private const ulong Magic = 0x3144_4F43_4F4C_4944; // "DILOCOD1"
    private const int HeaderBytes = 8 + (3 * 4) + 32;

    // In a step Adam moves a weight by at most (1 − β₁) / √(1 − β₂) = 3.16 learning rates (Kingma and Ba 2015, section 2.1); what is left is room for weight decay.
    private const double MostRatesAStep = 4;

    // Of so few numbers even unrelated ones are often alike.
    private const int FewestChanges = 15;

    private readonly IReadOnlyList<Weight> layout;
    private readonly float[] scales;
    private readonly sbyte[][] steps;
    private readonly float[][] statistics;

    private WeightDelta(ModelSpec spec, int round, int part, float[] losses)
    {
        (Spec, Round, Part, Losses, layout) = (spec, round, part, losses, WeightLayout.Of(spec));
        (scales, steps, statistics) = (new float[layout.Count], new sbyte[layout.Count][], new float[layout.Count][]);
    }

    public ModelSpec Spec { get; }

    public int Round { get; }

    public int Part { get; }

    /// <summary>The loss before each step.</summary>
    public IReadOnlyList<float> Losses { get; }

    /// <summary>Bytes of the file of a whole delta.</summary>
    public static long Length(ModelSpec spec, int steps) => WeightLayout.Of(spec).Sum(weight => weight.Trained ? 4 + weight.Count : 4L * weight.Count) + HeaderBytes + (4L * steps);

    internal static WeightDelta Between(ModelSpec spec, int round, int part, IReadOnlyDictionary<string, TensorValues> before, IReadOnlyDictionary<string, TensorValues> after, float[] losses)
    {
        var delta = new WeightDelta(spec, round, part, losses);
        for (var i = 0; i < delta.layout.Count; i++)
        {
            var weight = delta.layout[i];
            if (!weight.Trained)
            {
                delta.statistics[i] = after[weight.Name].Values;
                continue;
            }

            var change = new float[weight.Count];
            TensorPrimitives.Subtract(after[weight.Name].Values, before[weight.Name].Values, change);
            (delta.scales[i], delta.steps[i]) = Quantised(change);
        }

        return delta;
    }

    /// <summary>Reads a stranger's file.</summary>
    /// <exception cref="NeuroException"><c>delta.invalid</c>: what is wrong with it, and what was expected.</exception>
    public static WeightDelta Read(string path, ModelSpec spec, DilocoPlan plan, int round, int part)
    {
        var (expected, found) = (Length(spec, plan.Steps), new FileInfo(path).Length);
        Require(found == expected, $"it has {found} bytes; one of '{spec.Name}' over {plan.Steps} steps has {expected}");
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        Require(BinaryPrimitives.ReadUInt64LittleEndian(bytes) == Magic, "it does not begin as a delta does");
        var (itsRound, itsPart, itsSteps) = (Whole(bytes, 8), Whole(bytes, 12), Whole(bytes, 16));
        Require((itsRound, itsPart, itsSteps) == (round, part, plan.Steps), $"it is of round {itsRound}, part {itsPart}, {itsSteps} steps; expected round {round}, part {part}, {plan.Steps} steps");
        Require(bytes[20..HeaderBytes].SequenceEqual(Convert.FromHexString(spec.Hash)), $"it is of another model than '{spec.Name}'");
        var losses = MemoryMarshal.Cast<byte, float>(bytes[^(4 * plan.Steps)..]).ToArray();
        Require(losses.All(float.IsFinite), "a loss is not a finite number");
        var delta = new WeightDelta(spec, round, part, losses);
        bytes = bytes[HeaderBytes..];
        for (var i = 0; i < delta.layout.Count; i++)
        {
            bytes = delta.Read(bytes, i, plan.Steps * plan.LearningRate * MostRatesAStep);
        }

        return delta;
    }

    /// <summary>Writes its file.</summary>
    public void Write(string path) => AtomicFile.Write(path, stream =>
    {
        var header = new byte[HeaderBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), Round);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), Part);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), Losses.Count);
        Convert.FromHexString(Spec.Hash).CopyTo(header.AsSpan(20));
        stream.Write(header);
        for (var i = 0; i < layout.Count; i++)
        {
            if (layout[i].Trained)
            {
                stream.Write(MemoryMarshal.AsBytes(scales.AsSpan(i, 1)));
                stream.Write(MemoryMarshal.AsBytes(steps[i].AsSpan()));
            }
            else
            {
                stream.Write(MemoryMarshal.AsBytes(statistics[i].AsSpan()));
            }
        }

        stream.Write(MemoryMarshal.AsBytes(Losses.ToArray().AsSpan()));
    });

    /// <summary>The cosine between the changes that two deltas make to trained weights, −1 … 1; 1 where neither changes any.</summary>
    public double Cosine(WeightDelta other)
    {
        var (product, own, its) = (0.0, 0.0, 0.0);
        for (var i = 0; i < layout.Count; i++)
        {
            if (layout[i].Trained)
            {
                var (a, b) = (Change(i), other.Change(i));
                product += TensorPrimitives.Dot<float>(a, b);
                own += TensorPrimitives.SumOfSquares<float>(a);
                its += TensorPrimitives.SumOfSquares<float>(b);
            }
        }

        return own == 0 && its == 0 ? 1 : own == 0 || its == 0 ? 0 : product / Math.Sqrt(own * its);
    }

    /// <summary>How far each loss that both have is from the other's, as a share of it.</summary>
    public IReadOnlyList<double> Apart(WeightDelta other) => Apart(Losses, other.Losses);

    internal static IReadOnlyList<double> Apart(IEnumerable<float> own, IEnumerable<float> its) =>
        [.. own.Zip(its, (mine, another) => (double)Math.Abs(mine - another) / Math.Max(1e-3, Math.Abs(mine)))];

    /// <summary>How far the ups and downs from step to step in the second half of the losses are the other's, −1 … 1; 1 where there are too few to tell.</summary>
    /// <remarks>A batch is harder or easier for whoever computes it, however weights have drifted; who has not computed it does not know.</remarks>
    public double Echo(WeightDelta other) => Echo([.. Losses], [.. other.Losses]);

    internal static double Echo(ReadOnlySpan<float> own, ReadOnlySpan<float> its)
    {
        var count = Math.Min(own.Length, its.Length);
        var (a, b) = (Changes(own[(count / 2)..count]), Changes(its[(count / 2)..count]));
        if (a.Length < FewestChanges)
        {
            return 1;
        }

        var (product, squares) = (TensorPrimitives.Dot<float>(a, b), Math.Sqrt((double)TensorPrimitives.SumOfSquares<float>(a) * TensorPrimitives.SumOfSquares<float>(b)));
        return squares > 0 ? product / squares : a.SequenceEqual(b) ? 1 : 0;
    }

    private static float[] Changes(ReadOnlySpan<float> losses)
    {
        var changes = new float[Math.Max(0, losses.Length - 1)];
        if (changes.Length > 0)
        {
            TensorPrimitives.Subtract(losses[1..], losses[..^1], changes);
        }

        return changes;
    }

    /// <summary>Adds a share of it to sums by name: of the change of trained weights, of the statistics themselves.</summary>
    internal void AddTo(IReadOnlyDictionary<string, float[]> sums, float share)
    {
        for (var i = 0; i < layout.Count; i++)
        {
            var sum = sums[layout[i].Name];
            TensorPrimitives.MultiplyAdd<float>(layout[i].Trained ? Change(i) : statistics[i], share, sum, sum);
        }
    }

    /// <summary>The nearest int8 for each number, and the scale by which they are multiplied: the largest is ±127.</summary>
    internal static (float Scale, sbyte[] Values) Quantised(float[] values)
    {
        var scale = Math.Abs(TensorPrimitives.MaxMagnitude<float>(values)) / sbyte.MaxValue;
        return (scale, scale == 0 ? new sbyte[values.Length] : [.. values.Select(value => (sbyte)Math.Clamp(MathF.Round(value / scale), -sbyte.MaxValue, sbyte.MaxValue))]);
    }

    private float[] Change(int index)
    {
        var change = new float[layout[index].Count];
        TensorPrimitives.ConvertTruncating<sbyte, float>(steps[index], change);
        TensorPrimitives.Multiply(change, scales[index], change);
        return change;
    }

    private ReadOnlySpan<byte> Read(ReadOnlySpan<byte> bytes, int index, double most)
    {
        var (name, count) = (layout[index].Name, (int)layout[index].Count);
        if (!layout[index].Trained)
        {
            statistics[index] = MemoryMarshal.Cast<byte, float>(bytes[..(4 * count)]).ToArray();
            Require(Array.TrueForAll(statistics[index], float.IsFinite), $"'{name}' holds a number that is not finite");
            Require(!name.EndsWith(".running_var", StringComparison.Ordinal) || Array.TrueForAll(statistics[index], variance => variance >= 0), $"'{name}' holds a negative variance");
            return bytes[(4 * count)..];
        }

        scales[index] = BinaryPrimitives.ReadSingleLittleEndian(bytes);
        Require(float.IsFinite(scales[index]) && scales[index] >= 0, FormattableString.Invariant($"the scale of '{name}' is {scales[index]}"));
        steps[index] = MemoryMarshal.Cast<byte, sbyte>(bytes.Slice(4, count)).ToArray();
        var largest = steps[index].Max(step => Math.Abs((int)step)) * (double)scales[index];
        Require(largest <= most, FormattableString.Invariant($"it changes a weight of '{name}' by {largest:0.###}; its steps can change one by at most {most:0.###}"));
        return bytes[(4 + count)..];
    }

    private static int Whole(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);

    private static void Require(bool holds, string wrong)
    {
        if (!holds)
        {
            throw new NeuroException("delta.invalid", $"The delta cannot be used: {wrong}. Send what the inner steps of this shard leave.");
        }
    }
}
