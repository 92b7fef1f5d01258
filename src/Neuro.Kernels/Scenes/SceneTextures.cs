using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Scenes;

/// <summary>Collects the textures of a scene, each once, and each no finer than the picture can show.</summary>
internal sealed class SceneTextures
{
    // Fitted textures live as long as the catalogue's texture they were made from: the same few sizes come back in every image.
    private static readonly ConditionalWeakTable<Texture, ConcurrentDictionary<(int Across, int Down), uint[]>> Fitted = [];

    private readonly List<uint[]> pieces = [];
    private readonly Dictionary<(Texture, int, int), int> offsets = [];
    private int length;

    /// <summary>Adds texels as they are and says where they begin.</summary>
    public int Add(uint[] texels)
    {
        var offset = length;
        pieces.Add(texels);
        length += texels.Length;
        return offset;
    }

    /// <summary>Adds a texture halved <paramref name="across"/> times in width and <paramref name="down"/> times in height: a carton is narrower than it is high, its picture is square.</summary>
    public int Add(Texture texture, int across, int down)
    {
        if (!offsets.TryGetValue((texture, across, down), out var offset))
        {
            offset = Add(Fit(texture, across, down));
            offsets.Add((texture, across, down), offset);
        }

        return offset;
    }

    /// <summary>All textures one after another.</summary>
    public uint[] ToArray()
    {
        // A packet's lanes that paint nothing read texel 0, so there is always one.
        var all = new uint[Math.Max(length, 1)];
        var at = 0;
        foreach (var piece in pieces)
        {
            piece.CopyTo(all, at);
            at += piece.Length;
        }

        return all;
    }

    /// <summary>How often a side of <paramref name="texels"/> is halved until it has about one texel for each of <paramref name="pixels"/>.</summary>
    public static int Halvings(int texels, double pixels)
    {
        var halvings = 0;
        // A ratio of √2 is the middle between one halving too few and one too many.
        while (texels > 2 && texels > pixels * 1.41421356)
        {
            texels /= 2;
            halvings++;
        }

        return halvings;
    }

    private static uint[] Fit(Texture texture, int across, int down)
    {
        var common = Math.Min(across, down);
        return across == down
            ? texture.Mips[common]
            : Fitted.GetOrCreateValue(texture).GetOrAdd((across, down), _ => Narrow(texture.Mips[common], texture.Size >> common, across - common, down - common));
    }

    private static uint[] Narrow(uint[] square, int size, int across, int down)
    {
        var (columns, rows) = (1 << across, 1 << down);
        var (width, height) = (size / columns, size / rows);
        var narrow = new uint[width * height];
        var half = (uint)(columns * rows / 2);
        var count = (uint)(columns * rows);
        for (var i = 0; i < narrow.Length; i++)
        {
            uint red = half, green = half, blue = half;
            for (var k = 0; k < columns * rows; k++)
            {
                var texel = square[((((i / width) * rows) + (k / columns)) * size) + ((i % width) * columns) + (k % columns)];
                red += texel & 255;
                green += (texel >> 8) & 255;
                blue += (texel >> 16) & 255;
            }

            narrow[i] = (red / count) | (green / count << 8) | (blue / count << 16) | 0xFF000000;
        }

        return narrow;
    }
}
