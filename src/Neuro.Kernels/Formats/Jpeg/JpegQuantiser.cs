using System.Numerics;

namespace Neuro.Kernels.Formats.Jpeg;

/// <summary>Division by the 64 steps of a quantisation table, rounded, halves away from zero: two multiplications that keep the upper 16 bits.</summary>
/// <remarks>
/// The divisor is d = <see cref="JpegTransform.Scale"/> · step, the numerator n = |coefficient| + d/2. With 2ʲ ≤ d &lt; 2ʲ⁺¹ and m = ⌈2¹⁶⁺ʲ / d⌉,
/// ⌊n · m / 2¹⁶⁺ʲ⌋ = ⌊n / d⌋ for all n &lt; 2¹⁵ (Granlund and Montgomery 1994, theorem 4.2), and, as a test shows, for the few larger ones of DC.
/// </remarks>
internal sealed class JpegQuantiser
{
    private readonly byte[] steps = new byte[64];

    /// <param name="table">A table of annex K.</param>
    /// <param name="quality">1 to 100; scales the table as the Independent JPEG Group does.</param>
    public JpegQuantiser(ReadOnlySpan<byte> table, int quality)
    {
        var percent = quality < 50 ? 5000 / quality : 200 - (2 * quality);
        for (var at = 0; at < steps.Length; at++)
        {
            steps[at] = (byte)Math.Clamp(((table[at] * percent) + 50) / 100, 1, 255);
            (Half[at], Reciprocal[at], Shift[at]) = Divisor(JpegTransform.Scale * steps[at]);
        }
    }

    /// <summary>d / 2.</summary>
    public ushort[] Half { get; } = new ushort[64];

    /// <summary>m.</summary>
    public ushort[] Reciprocal { get; } = new ushort[64];

    /// <summary>2¹⁶⁻ʲ.</summary>
    public ushort[] Shift { get; } = new ushort[64];

    public static (ushort Half, ushort Reciprocal, ushort Shift) Divisor(int d)
    {
        // A power of two would need m = 2¹⁶; half of it divides it just as exactly.
        var j = BitOperations.Log2((uint)d - 1);
        return ((ushort)(d / 2), (ushort)(((1 << (16 + j)) + d - 1) / d), (ushort)(1 << (16 - j)));
    }

    public byte[] InZigzag()
    {
        var sequence = new byte[64];
        for (var at = 0; at < sequence.Length; at++)
        {
            sequence[at] = steps[JpegTables.Zigzag[at]];
        }

        return sequence;
    }
}
