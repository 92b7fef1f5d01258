using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Neuro.Kernels.Formats.Jpeg;

/// <summary>From the pixels of an MCU to its quantised coefficients, in integers: the same bits everywhere.</summary>
/// <remarks>
/// <para>Two blocks lie side by side, eight rows of sixteen: the upper two of Y, the lower two, Cb and Cr. A row of such a pair is one 256-bit vector.</para>
/// <para>A quantised coefficient is kept in ones' complement, whose low bits are what follows the code of a negative number (T.81, F.1.2.1).</para>
/// </remarks>
[SkipLocalsInit]
internal static class JpegTransform
{
    /// <summary>The edge of an MCU in pixels.</summary>
    public const int Edge = 16;

    /// <summary>Pairs of blocks in an MCU.</summary>
    public const int Pairs = 3;

    /// <summary>Coefficients in a pair.</summary>
    public const int PairLength = 8 * Edge;

    /// <summary>What a coefficient is multiplied by when it comes to be quantised: 8 for a transform without its normalisation, 4 for two more bits.</summary>
    public const int Scale = 8 << Gain;

    private const int Chroma = 2 * PairLength;

    // The most that leaves sixteen bits enough for a block that is all black.
    private const int Gain = 2;

    // Full-range BT.601 (JFIF) times 2¹⁵; each row's sum is exact, so that grey stays grey.
    private const int ColourBits = 15;
    private const short YR = 9798, YG = 19235, YB = 3735;
    private const short CbR = -5529, CbG = -10855, CbB = 16384;
    private const short CrR = 16384, CrG = -13720, CrB = -2664;
    private const int LumaOffset = (1 << (ColourBits - 1)) - (128 << ColourBits);

    // Of four pixels at once. One less than a half: pure blue would round to 128, which is beyond eight bits.
    private const int ChromaBits = ColourBits + 2;
    private const int ChromaOffset = (1 << (ChromaBits - 1)) - 1;

    // √2 cos(kπ/16) times 2¹⁴.
    private const int CosineBits = 14;
    private const short C1 = 22725, C2 = 21407, C3 = 19266, C5 = 12873, C6 = 8867, C7 = 4520;

    /// <summary>As many columns as fit, transformed at once.</summary>
    private interface IColumns<T>
        where T : struct, IColumns<T>
    {
        static abstract T operator +(T left, T right);

        static abstract T operator -(T left, T right);

        static abstract T operator <<(T value, int bits);

        /// <summary>(a · ca + b · cb) / 2^bits, rounded.</summary>
        static abstract T Dot(T a, T b, short ca, short cb, int bits);

        /// <summary>(a · ca + b · cb + c · cc + d · cd) / 2^bits, rounded.</summary>
        static abstract T Dot(T a, T b, T c, T d, short ca, short cb, short cc, short cd, int bits);
    }

    /// <summary>Transforms an MCU.</summary>
    /// <param name="rgb">RGB8 interleaved, from its upper left pixel to its lower right.</param>
    /// <param name="stride">From row to row, in bytes.</param>
    /// <param name="quality">What to divide by.</param>
    /// <param name="coefficients">Three pairs of blocks.</param>
    /// <param name="present">A bit for each coefficient that is not zero, [6], row by row.</param>
    /// <param name="vectors">Whether AVX2 may be used.</param>
    public static void Mcu(ReadOnlySpan<byte> rgb, int stride, JpegQuality quality, Span<short> coefficients, Span<ulong> present, bool vectors)
    {
        if (rgb.Length < ((Edge - 1) * stride) + (3 * Edge) || coefficients.Length < Pairs * PairLength || present.Length < 2 * Pairs)
        {
            throw new ArgumentException($"An MCU of {rgb.Length} bytes, {coefficients.Length} coefficients and {present.Length} masks is too short.");
        }

        if (vectors && Avx2.IsSupported)
        {
            ConvertVectors(ref MemoryMarshal.GetReference(rgb), stride, ref MemoryMarshal.GetReference(coefficients));
        }
        else
        {
            Convert(rgb, stride, coefficients);
        }

        for (var pair = 0; pair < Pairs; pair++)
        {
            var quantiser = pair < 2 ? quality.Luminance : quality.Chrominance;
            var two = coefficients.Slice(pair * PairLength, PairLength);
            var masks = present.Slice(2 * pair, 2);
            if (vectors && Avx2.IsSupported)
            {
                TransformVectors(ref MemoryMarshal.GetReference(two), quantiser, masks);
            }
            else
            {
                Transform(two, quantiser, masks);
            }
        }
    }

    private static void Convert(ReadOnlySpan<byte> rgb, int stride, Span<short> samples)
    {
        for (var at = 0; at < 64; at++)
        {
            var (row, column) = (at >> 3, at & 7);
            var (r, g, b) = (0, 0, 0);
            for (var pixel = 0; pixel < 4; pixel++)
            {
                var (y, x) = ((2 * row) + (pixel >> 1), (2 * column) + (pixel & 1));
                var from = rgb.Slice((y * stride) + (3 * x), 3);
                samples[(y * Edge) + x] = (short)(((from[0] * YR) + (from[1] * YG) + (from[2] * YB) + LumaOffset) >> ColourBits);
                (r, g, b) = (r + from[0], g + from[1], b + from[2]);
            }

            samples[Chroma + (row * Edge) + column] = (short)(((r * CbR) + (g * CbG) + (b * CbB) + ChromaOffset) >> ChromaBits);
            samples[Chroma + (row * Edge) + column + 8] = (short)(((r * CrR) + (g * CrG) + (b * CrB) + ChromaOffset) >> ChromaBits);
        }
    }

    private static void Transform(Span<short> pair, JpegQuantiser quantiser, Span<ulong> present)
    {
        Span<short> half = stackalloc short[PairLength];
        Pass(pair, half, Gain);
        Pass(half, pair, 0);
        present[0] = Quantise(pair, quantiser);
        present[1] = Quantise(pair[8..], quantiser);
    }

    /// <summary>Columns transformed, then made rows: done twice, the two-dimensional transform.</summary>
    private static void Pass(ReadOnlySpan<short> pair, Span<short> transposed, int gain)
    {
        Span<Column> column = stackalloc Column[8];
        for (var at = 0; at < Edge; at++)
        {
            for (var row = 0; row < 8; row++)
            {
                column[row] = new Column(pair[(row * Edge) + at]);
            }

            Cosines(ref column[0], ref column[1], ref column[2], ref column[3], ref column[4], ref column[5], ref column[6], ref column[7], gain);
            for (var row = 0; row < 8; row++)
            {
                transposed[((at & 7) * Edge) + (at & 8) + row] = (short)column[row].Value;
            }
        }
    }

    /// <summary>Quantises a block in place; which are not zero.</summary>
    private static ulong Quantise(Span<short> block, JpegQuantiser quantiser)
    {
        var present = 0UL;
        for (var at = 0; at < 64; at++)
        {
            ref var coefficient = ref block[(at >> 3 << 4) + (at & 7)];
            var sign = coefficient >> 15;
            var numerator = (uint)((coefficient ^ sign) - sign + quantiser.Half[at]);
            var quotient = (numerator * quantiser.Reciprocal[at] >> 16) * quantiser.Shift[at] >> 16;
            coefficient = (short)((int)quotient ^ sign);
            present |= (quotient == 0 ? 0UL : 1) << at;
        }

        return present;
    }

    /// <summary>√8 · 2^gain times the cosine transform of eight: even and odd part by symmetry, then the sums themselves, each rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Cosines<T>(ref T x0, ref T x1, ref T x2, ref T x3, ref T x4, ref T x5, ref T x6, ref T x7, int gain)
        where T : struct, IColumns<T>
    {
        var bits = CosineBits - gain;
        var (d0, d1, d2, d3) = (x0 - x7, x1 - x6, x2 - x5, x3 - x4);
        var (s0, s1, s2, s3) = (x0 + x7, x1 + x6, x2 + x5, x3 + x4);
        var (outer, inner) = (s0 + s3, s1 + s2);
        (s0, s1) = (s0 - s3, s1 - s2);
        x0 = (outer + inner) << gain;
        x4 = (outer - inner) << gain;
        x2 = T.Dot(s0, s1, C2, C6, bits);
        x6 = T.Dot(s0, s1, C6, -C2, bits);
        x1 = T.Dot(d0, d1, d2, d3, C1, C3, C5, C7, bits);
        x3 = T.Dot(d0, d1, d2, d3, C3, -C7, -C1, -C5, bits);
        x5 = T.Dot(d0, d1, d2, d3, C5, -C1, C7, C3, bits);
        x7 = T.Dot(d0, d1, d2, d3, C7, -C5, C3, -C1, bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ConvertVectors(ref byte rgb, int stride, ref short samples)
    {
        for (var row = 0; row < 8; row++)
        {
            var upper = Pixels.Load(ref rgb);
            var lower = Pixels.Load(ref Unsafe.Add(ref rgb, stride));
            upper.Luma().StoreUnsafe(ref samples, (nuint)(2 * row * Edge));
            lower.Luma().StoreUnsafe(ref samples, (nuint)(((2 * row) + 1) * Edge));
            (upper + lower).Chroma().StoreUnsafe(ref samples, (nuint)(Chroma + (row * Edge)));
            rgb = ref Unsafe.Add(ref rgb, 2 * stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransformVectors(ref short pair, JpegQuantiser quantiser, Span<ulong> present)
    {
        var x0 = new Columns(Vector256.LoadUnsafe(ref pair, 0 * Edge));
        var x1 = new Columns(Vector256.LoadUnsafe(ref pair, 1 * Edge));
        var x2 = new Columns(Vector256.LoadUnsafe(ref pair, 2 * Edge));
        var x3 = new Columns(Vector256.LoadUnsafe(ref pair, 3 * Edge));
        var x4 = new Columns(Vector256.LoadUnsafe(ref pair, 4 * Edge));
        var x5 = new Columns(Vector256.LoadUnsafe(ref pair, 5 * Edge));
        var x6 = new Columns(Vector256.LoadUnsafe(ref pair, 6 * Edge));
        var x7 = new Columns(Vector256.LoadUnsafe(ref pair, 7 * Edge));
        Cosines(ref x0, ref x1, ref x2, ref x3, ref x4, ref x5, ref x6, ref x7, Gain);
        Transpose(ref x0, ref x1, ref x2, ref x3, ref x4, ref x5, ref x6, ref x7);
        Cosines(ref x0, ref x1, ref x2, ref x3, ref x4, ref x5, ref x6, ref x7, 0);
        Transpose(ref x0, ref x1, ref x2, ref x3, ref x4, ref x5, ref x6, ref x7);
        var m0 = Quantise(x0, x1, 0, quantiser, ref pair);
        var m1 = Quantise(x2, x3, 2, quantiser, ref pair);
        var m2 = Quantise(x4, x5, 4, quantiser, ref pair);
        var m3 = Quantise(x6, x7, 6, quantiser, ref pair);
        present[0] = (ushort)m0 | (ulong)(ushort)m1 << 16 | (ulong)(ushort)m2 << 32 | (ulong)(ushort)m3 << 48;
        present[1] = m0 >> 16 | (ulong)(m1 >> 16) << 16 | (ulong)(m2 >> 16) << 32 | (ulong)(m3 >> 16) << 48;
    }

    /// <summary>Interleaving the halves of 64 values rotates the six bits of each one's place, row and column, by one: three times swaps the two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        ref Columns x0, ref Columns x1, ref Columns x2, ref Columns x3, ref Columns x4, ref Columns x5, ref Columns x6, ref Columns x7)
    {
        Interleave(ref x0, ref x1, ref x2, ref x3, ref x4, ref x5, ref x6, ref x7);
        Interleave(ref x0, ref x1, ref x2, ref x3, ref x4, ref x5, ref x6, ref x7);
        Interleave(ref x0, ref x1, ref x2, ref x3, ref x4, ref x5, ref x6, ref x7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(
        ref Columns x0, ref Columns x1, ref Columns x2, ref Columns x3, ref Columns x4, ref Columns x5, ref Columns x6, ref Columns x7)
    {
        var (a, b, c, d) = (x0, x1, x2, x3);
        (x0, x1) = (Columns.Low(a, x4), Columns.High(a, x4));
        (x2, x3) = (Columns.Low(b, x5), Columns.High(b, x5));
        (x4, x5) = (Columns.Low(c, x6), Columns.High(c, x6));
        (x6, x7) = (Columns.Low(d, x7), Columns.High(d, x7));
    }

    /// <summary>Stores two rows of a pair; which are not zero: sixteen bits for the left block, then sixteen for the right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Quantise(Columns upper, Columns lower, int row, JpegQuantiser quantiser, ref short pair)
    {
        var zeros = Avx2.PackSignedSaturate(Quantise(upper.Rows, row, quantiser, ref pair), Quantise(lower.Rows, row + 1, quantiser, ref pair));
        return ~zeros.ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Quantise(Vector256<short> coefficients, int row, JpegQuantiser quantiser, ref short pair)
    {
        var numerator = Vector256.Abs(coefficients).AsUInt16() + Both(quantiser.Half, row);
        var quotient = Avx2.MultiplyHigh(Avx2.MultiplyHigh(numerator, Both(quantiser.Reciprocal, row)), Both(quantiser.Shift, row)).AsInt16();
        (quotient ^ (coefficients >> 15)).StoreUnsafe(ref pair, (nuint)(row * Edge));
        return Vector256.Equals(quotient, Vector256<short>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Both(ushort[] table, int row)
    {
        var one = Vector128.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(table), (nuint)(row * 8));
        return Vector256.Create(one, one);
    }

    private readonly struct Column(int value) : IColumns<Column>
    {
        public int Value => value;

        public static Column operator +(Column left, Column right) => new(left.Value + right.Value);

        public static Column operator -(Column left, Column right) => new(left.Value - right.Value);

        public static Column operator <<(Column value, int bits) => new(value.Value << bits);

        public static Column Dot(Column a, Column b, short ca, short cb, int bits) => Dot(a, b, default, default, ca, cb, 0, 0, bits);

        public static Column Dot(Column a, Column b, Column c, Column d, short ca, short cb, short cc, short cd, int bits) =>
            new(((a.Value * ca) + (b.Value * cb) + (c.Value * cc) + (d.Value * cd) + (1 << (bits - 1))) >> bits);
    }

    /// <summary>A row of sixteen; the low half of the vector is the left block's.</summary>
    private readonly struct Columns(Vector256<short> rows) : IColumns<Columns>
    {
        public readonly Vector256<short> Rows = rows;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Columns operator +(Columns left, Columns right) => new(left.Rows + right.Rows);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Columns operator -(Columns left, Columns right) => new(left.Rows - right.Rows);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Columns operator <<(Columns value, int bits) => new(value.Rows << bits);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Columns Low(Columns a, Columns b) => new(Avx2.UnpackLow(a.Rows, b.Rows));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Columns High(Columns a, Columns b) => new(Avx2.UnpackHigh(a.Rows, b.Rows));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Columns Dot(Columns a, Columns b, short ca, short cb, int bits) =>
            Rounded(Sums(Low(a, b), ca, cb), Sums(High(a, b), ca, cb), bits);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Columns Dot(Columns a, Columns b, Columns c, Columns d, short ca, short cb, short cc, short cd, int bits) =>
            Rounded(Sums(Low(a, b), ca, cb) + Sums(Low(c, d), cc, cd), Sums(High(a, b), ca, cb) + Sums(High(c, d), cc, cd), bits);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<int> Sums(Columns interleaved, short ca, short cb) => Avx2.MultiplyAddAdjacent(interleaved.Rows, Alternating(ca, cb));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Columns Rounded(Vector256<int> low, Vector256<int> high, int bits)
        {
            var half = Vector256.Create(1 << (bits - 1));
            return new(Avx2.PackSignedSaturate((low + half) >> bits, (high + half) >> bits));
        }
    }

    /// <summary>Sixteen pixels of a row as pairs (R, G) and (B, 0): first 0–3 and 8–11, then 4–7 and 12–15, so that packing puts them in order.</summary>
    private readonly struct Pixels(Vector256<short> rg0, Vector256<short> b0, Vector256<short> rg4, Vector256<short> b4)
    {
        private readonly Vector256<short> rg0 = rg0, b0 = b0, rg4 = rg4, b4 = b4;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pixels operator +(Pixels upper, Pixels lower) =>
            new(upper.rg0 + lower.rg0, upper.b0 + lower.b0, upper.rg4 + lower.rg4, upper.b4 + lower.b4);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pixels Load(ref byte rgb)
        {
            var four0 = Vector256.Create(Vector128.LoadUnsafe(ref rgb), Vector128.LoadUnsafe(ref rgb, 24));

            // The last four from four bytes before them: the picture may end after them.
            var four4 = Vector256.Create(Vector128.LoadUnsafe(ref rgb, 12), Sse2.ShiftRightLogical128BitLane(Vector128.LoadUnsafe(ref rgb, 32), 4));
            return new(RedGreen(four0), Blue(four0), RedGreen(four4), Blue(four4));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<short> Luma()
        {
            var offset = Vector256.Create(LumaOffset);
            var (first, second) = (Weighted(rg0, b0, YR, YG, YB) + offset, Weighted(rg4, b4, YR, YG, YB) + offset);
            return Avx2.PackSignedSaturate(first >> ColourBits, second >> ColourBits);
        }

        /// <summary>Cb, then Cr, of each two pixels, these being sums of two.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<short> Chroma()
        {
            var alternating = Avx2.PackSignedSaturate(Averages(CbR, CbG, CbB), Averages(CrR, CrG, CrB));
            return Avx2.Permute4x64(alternating.AsInt64(), 0b_11_01_10_00).AsInt16();
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector256<int> Averages(short r, short g, short b) =>
            (Avx2.HorizontalAdd(Weighted(rg0, b0, r, g, b), Weighted(rg4, b4, r, g, b)) + Vector256.Create(ChromaOffset)) >> ChromaBits;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<int> Weighted(Vector256<short> rg, Vector256<short> b0, short r, short g, short b) =>
            Avx2.MultiplyAddAdjacent(rg, Alternating(r, g)) + Avx2.MultiplyAddAdjacent(b0, Alternating(b, 0));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<short> RedGreen(Vector256<byte> rgb) => Avx2.Shuffle(rgb, Vector256.Create(
            0, 255, 1, 255, 3, 255, 4, 255, 6, 255, 7, 255, 9, 255, 10, 255,
            0, 255, 1, 255, 3, 255, 4, 255, 6, 255, 7, 255, 9, 255, 10, 255)).AsInt16();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<short> Blue(Vector256<byte> rgb) => Avx2.Shuffle(rgb, Vector256.Create(
            2, 255, 255, 255, 5, 255, 255, 255, 8, 255, 255, 255, 11, 255, 255, 255,
            2, 255, 255, 255, 5, 255, 255, 255, 8, 255, 255, 255, 11, 255, 255, 255)).AsInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Alternating(short even, short odd) => Vector256.Create((ushort)even | odd << 16).AsInt16();
}
