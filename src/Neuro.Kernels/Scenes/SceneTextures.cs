using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Scenes;

/// <summary>Collects the textures of a scene, each once, each no finer than the picture can show, and each with its coarser levels.</summary>
internal sealed class SceneTextures
{
    private const int MaxLevels = 6;

    // Narrowed textures live as long as the catalogue's texture they were made from. All sizes of one proportion are ends of one chain.
    private static readonly ConditionalWeakTable<Texture, ConcurrentDictionary<int, uint[]>> Chains = [];

    private readonly List<ReadOnlyMemory<uint>> pieces = [];
    private readonly Dictionary<(Texture, int, int), Print> prints = [];
    private int length;

    /// <summary>Adds a texture halved <paramref name="across"/> times in width and <paramref name="down"/> times in height: a carton is narrower than it is high, its picture is square.</summary>
    public Print Add(Texture texture, int across, int down)
    {
        if (!prints.TryGetValue((texture, across, down), out var print))
        {
            print = Fit(texture, across, down);
            prints.Add((texture, across, down), print);
        }

        return print;
    }

    /// <summary>Adds texels as they are and says where they begin.</summary>
    private int Add(ReadOnlyMemory<uint> texels)
    {
        var offset = length;
        pieces.Add(texels);
        length += texels.Length;
        return offset;
    }

    /// <summary>Texels of all of them.</summary>
    public int Count => Math.Max(length, 1);

    /// <summary>All textures one after another, in an array from the shared pool: it may be longer.</summary>
    public uint[] ToArray()
    {
        // A packet's lanes that paint nothing read texel 0, so there is always one.
        var all = ArrayPool<uint>.Shared.Rent(Count);
        var at = 0;
        foreach (var piece in pieces)
        {
            piece.Span.CopyTo(all.AsSpan(at));
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

    private Print Fit(Texture texture, int across, int down)
    {
        var chain = Chains.GetOrCreateValue(texture).GetOrAdd(across - down, difference => Chain(texture, difference));
        var (width, height) = (texture.Size >> across, texture.Size >> down);
        // The finer levels of the chain come first: as many as both sides are halved.
        var begin = 0;
        var (columns, rows) = (texture.Size >> Math.Max(across - down, 0), texture.Size >> Math.Max(down - across, 0));
        for (; columns > width; columns = Math.Max(1, columns / 2), rows = Math.Max(1, rows / 2))
        {
            begin += columns * rows;
        }

        var (end, levels) = (begin, 0);
        for (; levels < MaxLevels && end < chain.Length; levels++, columns = Math.Max(1, columns / 2), rows = Math.Max(1, rows / 2))
        {
            end += columns * rows;
        }

        return new Print(Add(chain.AsMemory(begin, end - begin)), width, height, levels);
    }

    /// <summary>All levels one after another, down to one texel, of a texture that is narrowed in width (<paramref name="difference"/> &gt; 0) or height.</summary>
    private static uint[] Chain(Texture texture, int difference)
    {
        var (columns, rows) = (texture.Size >> Math.Max(difference, 0), texture.Size >> Math.Max(-difference, 0));
        var level = Narrowed(texture.Mips[0], texture.Size, texture.Size / columns, texture.Size / rows);
        var levels = new List<uint[]> { level };
        while (columns > 1 || rows > 1)
        {
            level = Narrowed(level, columns, columns > 1 ? 2 : 1, rows > 1 ? 2 : 1);
            (columns, rows) = (Math.Max(1, columns / 2), Math.Max(1, rows / 2));
            levels.Add(level);
        }

        return [.. levels.SelectMany(texels => texels)];
    }

    /// <summary>Means of <paramref name="columns"/> × <paramref name="rows"/> texels.</summary>
    private static uint[] Narrowed(uint[] texels, int stride, int columns, int rows)
    {
        var width = stride / columns;
        var narrow = new uint[texels.Length / columns / rows];
        var half = (uint)(columns * rows / 2);
        var count = (uint)(columns * rows);
        for (var i = 0; i < narrow.Length; i++)
        {
            uint red = half, green = half, blue = half, alpha = half;
            for (var k = 0; k < columns * rows; k++)
            {
                var texel = texels[((((i / width) * rows) + (k / columns)) * stride) + ((i % width) * columns) + (k % columns)];
                red += texel & 255;
                green += (texel >> 8) & 255;
                blue += (texel >> 16) & 255;
                alpha += texel >> 24;
            }

            narrow[i] = (red / count) | (green / count << 8) | (blue / count << 16) | (alpha / count << 24);
        }

        return narrow;
    }
}

/// <summary>A texture in a scene.</summary>
/// <param name="Begin">Its first texel.</param>
/// <param name="Width">Texels in a row of the finest level.</param>
/// <param name="Height">Rows of the finest level.</param>
/// <param name="Levels">How many follow each other.</param>
internal readonly record struct Print(int Begin, int Width, int Height, int Levels);
