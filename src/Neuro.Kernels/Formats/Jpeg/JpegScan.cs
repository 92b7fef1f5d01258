using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Neuro.Kernels.Formats.Jpeg;

/// <summary>The entropy-coded bytes of a picture (T.81, annex F.1.2): bits gather in a word, high ones first, and are stuffed as they leave it.</summary>
internal struct JpegScan(byte[] bytes)
{
    private const int ZeroRun = 0xF0;
    private const int EndOfBlock = 0x00;

    // Each coefficient its longest code, then the word that was under way and the end; any of these bytes may be stuffed.
    private const int McuRoom = 2 * ((2 * JpegTransform.Pairs * 64 * JpegHuffman.LongestEntry / 8) + (2 * sizeof(ulong)));

    private static readonly ulong[] Sequences = MakeSequences();
    private static readonly byte[] Places = MakePlaces();

    private ulong word;
    private int free = 64;
    private int y, cb, cr;

    /// <summary>From the shared pool, and when it grows another of that: who ends the scan returns it.</summary>
    public byte[] Bytes { get; private set; } = bytes;

    /// <summary>How many are written.</summary>
    public int Length { get; set; }

    /// <summary>Writes what <see cref="JpegTransform.Mcu"/> makes.</summary>
    public void Mcu(ReadOnlySpan<short> coefficients, ReadOnlySpan<ulong> present)
    {
        if (Bytes.Length - Length < McuRoom)
        {
            Grow();
        }

        var (dc, ac) = (JpegTables.LuminanceDc.Entries, JpegTables.LuminanceAc.Entries);
        Block(coefficients, present[0], ref y, dc, ac);
        Block(coefficients[8..], present[1], ref y, dc, ac);
        Block(coefficients[JpegTransform.PairLength..], present[2], ref y, dc, ac);
        Block(coefficients[(JpegTransform.PairLength + 8)..], present[3], ref y, dc, ac);
        (dc, ac) = (JpegTables.ChrominanceDc.Entries, JpegTables.ChrominanceAc.Entries);
        Block(coefficients[(2 * JpegTransform.PairLength)..], present[4], ref cb, dc, ac);
        Block(coefficients[((2 * JpegTransform.PairLength) + 8)..], present[5], ref cr, dc, ac);
    }

    /// <summary>Fills the last byte with ones and closes the picture; all its bytes.</summary>
    public byte[] End()
    {
        Put(ref word, ref free, 0x7F, 7);
        for (var rest = word << free; free <= 56; free += 8, rest <<= 8)
        {
            PutByte((byte)(rest >> 56));
        }

        Bytes[Length++] = 0xFF;
        Bytes[Length++] = 0xD9;
        return Bytes.AsSpan(0, Length).ToArray();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Block(ReadOnlySpan<short> coefficients, ulong present, ref int predictor, uint[] dc, uint[] ac)
    {
        // Copies, for registers: a field has to be in memory for each code.
        var (word, free) = (this.word, this.free);
        ref var values = ref MemoryMarshal.GetReference(coefficients);
        ref var places = ref MemoryMarshal.GetArrayDataReference(Places);

        var mean = values - (values >> 15);
        PutValue(ref word, ref free, mean - predictor + ((mean - predictor) >> 31), 0, dc);
        predictor = mean;

        var last = 0;
        for (var left = InZigzag(present) & ~1UL; left != 0; left &= left - 1)
        {
            var at = BitOperations.TrailingZeroCount(left);
            var zeros = at - last - 1;
            for (; zeros > 15; zeros -= 16)
            {
                PutEntry(ref word, ref free, ac[ZeroRun], 0);
            }

            PutValue(ref word, ref free, Unsafe.Add(ref values, (nint)Unsafe.Add(ref places, (nint)at)), zeros, ac);
            last = at;
        }

        if (last < 63)
        {
            PutEntry(ref word, ref free, ac[EndOfBlock], 0);
        }

        (this.word, this.free) = (word, free);
    }

    /// <summary>Bits of a block row by row, put into zigzag order four by four.</summary>
    private static ulong InZigzag(ulong present)
    {
        ref var sequences = ref MemoryMarshal.GetArrayDataReference(Sequences);
        var sequence = 0UL;
        for (var nibble = 0; nibble < 16; nibble++)
        {
            sequence |= Unsafe.Add(ref sequences, (nint)((nibble * 16) + ((int)(present >> (nibble * 4)) & 15)));
        }

        return sequence;
    }

    /// <param name="value">In ones' complement.</param>
    /// <param name="zeros">Before it, at most 15.</param>
    /// <param name="entries">By both.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PutValue(ref ulong word, ref int free, int value, int zeros, uint[] entries)
    {
        var size = 32 - BitOperations.LeadingZeroCount((uint)(value ^ value >> 31));
        PutEntry(ref word, ref free, entries[zeros << 4 | size], (uint)value & ((1u << size) - 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PutEntry(ref ulong word, ref int free, uint entry, uint bits) =>
        Put(ref word, ref free, JpegHuffman.Code(entry) | bits, JpegHuffman.Length(entry));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put(ref ulong word, ref int free, uint bits, int length)
    {
        free -= length;
        if (free >= 0)
        {
            word = word << length | bits;
            return;
        }

        PutWord(word << (length + free) | bits >> -free);
        word = bits;
        free += 64;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PutWord(ulong full)
    {
        const ulong Ones = 0x0101_0101_0101_0101;

        // A byte 0xFF has a top bit that is gone when one is added; a carry from the byte below gives no more than a false alarm.
        if ((full & ~(full + Ones) & (Ones << 7)) == 0)
        {
            BinaryPrimitives.WriteUInt64BigEndian(Bytes.AsSpan(Length), full);
            Length += sizeof(ulong);
            return;
        }

        for (var shift = 56; shift >= 0; shift -= 8)
        {
            PutByte((byte)(full >> shift));
        }
    }

    private void PutByte(byte value)
    {
        Bytes[Length++] = value;
        if (value == 0xFF)
        {
            Bytes[Length++] = 0;
        }
    }

    private void Grow()
    {
        var more = ArrayPool<byte>.Shared.Rent((2 * Bytes.Length) + McuRoom);
        Bytes.AsSpan(0, Length).CopyTo(more);
        ArrayPool<byte>.Shared.Return(Bytes);
        Bytes = more;
    }

    private static ulong[] MakeSequences()
    {
        var sequences = new ulong[16 * 16];
        for (var at = 0; at < 64; at++)
        {
            var place = JpegTables.Zigzag[at];
            for (var nibble = 0; nibble < 16; nibble++)
            {
                sequences[(place / 4 * 16) + nibble] |= (ulong)(nibble >> (place % 4) & 1) << at;
            }
        }

        return sequences;
    }

    private static byte[] MakePlaces()
    {
        var places = new byte[64];
        for (var at = 0; at < places.Length; at++)
        {
            places[at] = (byte)((JpegTables.Zigzag[at] / 8 * JpegTransform.Edge) + (JpegTables.Zigzag[at] % 8));
        }

        return places;
    }
}
