namespace Neuro.Kernels.Recipes;

/// <summary>A square picture with its mip chain, as a kernel reads it.</summary>
public sealed class Texture
{
    private Texture(int size, uint[][] mips)
    {
        Size = size;
        Mips = mips;
    }

    /// <summary>Edge of level 0 in texels, a power of two.</summary>
    public int Size { get; }

    /// <summary>Level 0 first, down to one texel; RGBA8, red in the lowest byte, row-major from the top left.</summary>
    public uint[][] Mips { get; }

    /// <summary>Memory that all levels take.</summary>
    public long Bytes => Mips.Sum(mip => (long)sizeof(uint) * mip.Length);

    /// <summary>Builds the mip chain of a <paramref name="size"/>² picture by 2×2 box filtering.</summary>
    /// <exception cref="ArgumentException">The size is no power of two, or the texels are not size².</exception>
    public static Texture FromTexels(int size, uint[] texels)
    {
        if (!int.IsPow2(size) || texels.Length != size * size)
        {
            throw new ArgumentException($"A texture of size {size} needs a power of two and {size * size} texels; there are {texels.Length}.");
        }

        var mips = new List<uint[]> { texels };
        for (var edge = size / 2; edge >= 1; edge /= 2)
        {
            mips.Add(Halve(mips[^1], edge));
        }

        return new Texture(size, [.. mips]);
    }

    private static uint[] Halve(uint[] fine, int edge)
    {
        var coarse = new uint[edge * edge];
        for (var y = 0; y < edge; y++)
        {
            for (var x = 0; x < edge; x++)
            {
                var at = 4 * y * edge + 2 * x;
                coarse[y * edge + x] = Mean(fine[at], fine[at + 1], fine[at + 2 * edge], fine[at + 2 * edge + 1]);
            }
        }

        return coarse;
    }

    private static uint Mean(uint a, uint b, uint c, uint d)
    {
        // Two channels at a time: each has 16 bits of room, and four bytes with the rounding half need ten.
        const uint Low = 0x00FF00FF;
        const uint Half = 0x00020002;
        var even = (a & Low) + (b & Low) + (c & Low) + (d & Low) + Half;
        var odd = ((a >> 8) & Low) + ((b >> 8) & Low) + ((c >> 8) & Low) + ((d >> 8) & Low) + Half;
        return ((even >> 2) & Low) | (((odd >> 2) & Low) << 8);
    }
}
