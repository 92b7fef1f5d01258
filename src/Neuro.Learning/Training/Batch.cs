using Neuro.Learning.Dense;

namespace Neuro.Learning.Training;

/// <summary>Samples ready for a step.</summary>
/// <param name="Pixels">Bytes, <c>[Count, H, W, C]</c>.</param>
/// <param name="Labels">Class ids: one a sample of crops, one a step of signals; none of pictures.</param>
/// <param name="Pictures">What each picture shows; none of crops and signals.</param>
/// <param name="First">The number of the first sample among those of validation.</param>
internal sealed record Batch(byte[] Pixels, long[] Labels, int Count, IReadOnlyList<PictureLabels>? Pictures = null, int First = 0)
{
    /// <summary>The bytes of a sample.</summary>
    public Span<byte> Sample(int index) => Pixels.AsSpan(Pixels.Length / Count * index, Pixels.Length / Count);

    /// <summary>Samples <paramref name="from"/> up to, not including, <paramref name="to"/>.</summary>
    public Batch Part(int from, int to)
    {
        var (bytes, labels) = (Pixels.Length / Count, Labels.Length / Count);
        return new(Pixels[(from * bytes)..(to * bytes)], Labels[(from * labels)..(to * labels)], to - from, Pictures?.Skip(from).Take(to - from).ToList(), First + from);
    }
}
