using System.Collections.Concurrent;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Scenes;

/// <summary>The print of price tags: a price, two lines of text, a bar code.</summary>
internal static class PriceTagPrint
{
    /// <value>How many differ.</value>
    public const int Looks = 24;

    private const int Size = 64;

    // Seven segments of each digit, from the top clockwise, the middle last.
    private static readonly int[] Segments = [0b0111111, 0b0000110, 0b1011011, 0b1001111, 0b1100110, 0b1101101, 0b1111101, 0b0000111, 0b1111111, 0b1101111];
    private static readonly ConcurrentDictionary<int, Texture> Drawn = [];

    public static Texture Of(int look) => Drawn.GetOrAdd(look, Draw);

    private static Texture Draw(int look)
    {
        var random = new CounterRandom((ulong)look, 0, 41);
        var texels = new uint[Size * Size];
        Array.Fill(texels, random.NextUnit() < 0.25 ? 0xFF30D8F8 : 0xFFF2F4F4);
        var ink = random.NextUnit() < 0.3 ? 0xFF2020B0 : 0xFF202020;
        Fill(texels, 4, 6, 20 + random.NextIndex(14), 4, 0xFF404040);
        Fill(texels, 4, 14, 12 + random.NextIndex(18), 4, 0xFF606060);
        for (var bar = 0; bar < 14; bar++)
        {
            Fill(texels, 4 + (2 * bar), 44, random.NextIndex(2) + 1, 14, 0xFF202020);
        }

        Digit(texels, 34, 22, 10, 34, random.NextIndex(10), ink);
        Digit(texels, 46, 22, 6, 18, random.NextIndex(10), ink);
        Digit(texels, 54, 22, 6, 18, 9, ink);
        return Texture.FromTexels(Size, texels);
    }

    private static void Digit(uint[] texels, int left, int top, int width, int height, int digit, uint ink)
    {
        const int Thick = 2;
        var half = height / 2;
        (int X, int Y, int W, int H)[] places =
        [
            (left, top, width, Thick), (left + width - Thick, top, Thick, half), (left + width - Thick, top + half, Thick, half),
            (left, top + height - Thick, width, Thick), (left, top + half, Thick, half), (left, top, Thick, half), (left, top + half - 1, width, Thick),
        ];
        for (var segment = 0; segment < places.Length; segment++)
        {
            if ((Segments[digit] >> segment & 1) != 0)
            {
                Fill(texels, places[segment].X, places[segment].Y, places[segment].W, places[segment].H, ink);
            }
        }
    }

    private static void Fill(uint[] texels, int left, int top, int width, int height, uint colour)
    {
        for (var y = Math.Max(0, top); y < Math.Min(Size, top + height); y++)
        {
            for (var x = Math.Max(0, left); x < Math.Min(Size, left + width); x++)
            {
                texels[(y * Size) + x] = colour;
            }
        }
    }
}
