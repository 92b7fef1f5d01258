namespace Neuro.Kernels.Formats.Jpeg;

/// <summary>A Huffman code (T.81, annex C) with the bits that follow it.</summary>
internal sealed class JpegHuffman
{
    /// <summary>The longest code of a coefficient and its bits: 16 + 10 for AC, at most 11 + 11 for DC.</summary>
    public const int LongestEntry = 26;

    private const int LengthBits = 5;

    /// <param name="id">Class and destination, as DHT states them.</param>
    /// <param name="counts">How many codes there are of 1 to 16 bits.</param>
    /// <param name="symbols">What they stand for, shortest code first.</param>
    public JpegHuffman(byte id, byte[] counts, byte[] symbols)
    {
        Segment = [id, .. counts, .. symbols];
        uint code = 0;
        for (int bits = 1, at = 0; bits <= 16; bits++, code <<= 1)
        {
            for (var last = at + counts[bits - 1]; at < last; at++, code++)
            {
                var size = symbols[at] & 15;
                Entries[symbols[at]] = code << (size + LengthBits) | (uint)(bits + size);
            }
        }
    }

    /// <summary>The body of a DHT segment.</summary>
    public byte[] Segment { get; }

    /// <summary>By symbol (zeros before it · 16 + size): the code, room for <c>size</c> bits of the coefficient, and the length of both in five.</summary>
    public uint[] Entries { get; } = new uint[256];

    public static int Length(uint entry) => (int)(entry & ((1 << LengthBits) - 1));

    public static uint Code(uint entry) => entry >> LengthBits;
}
