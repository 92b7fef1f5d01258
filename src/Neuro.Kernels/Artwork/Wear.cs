using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Artwork;

/// <summary>What handling leaves on a face: scuffed edges and corners, scratches, dents, a crease.</summary>
internal static class Wear
{
    private const int LargestSize = 1024;

    // Under the print is board.
    private static readonly Colour Board = new(226, 220, 208);

    /// <summary>Colours to lay over a face; the alpha says by how much they replace the print.</summary>
    /// <param name="size">Edge in texels, 16 to 1024.</param>
    /// <param name="look">Same look, same wear; looks are lightly worn more often than badly.</param>
    /// <returns>RGBA8, red in the lowest byte, <paramref name="size"/>² texels; mostly transparent.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Another size.</exception>
    public static uint[] Overlay(int size, ulong look)
    {
        if (size is < 16 or > LargestSize)
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, $"Wear is drawn on 16 to {LargestSize} texels.");
        }

        var random = new CounterRandom(look, 0, 61);
        var severity = (float)random.NextUnit();
        severity *= severity;
        var sheet = new Sheet(size);
        for (var dent = random.NextIndex(1 + (int)(3.5f * severity)); dent > 0; dent--)
        {
            Dent(sheet, ref random);
        }

        if (random.NextUnit() < 0.15 + 0.5 * severity)
        {
            Crease(sheet, ref random);
        }

        for (var scratch = random.NextIndex(2 + (int)(12 * severity)); scratch > 0; scratch--)
        {
            Scratch(sheet, ref random);
        }

        for (var edge = 0; edge < 4; edge++)
        {
            Scuff(sheet, edge, 0.15f + 0.85f * severity, ref random);
        }

        return sheet.Texels;
    }

    /// <summary>A shallow bowl under light from the upper left: dark where it falls away from the light, light where it rises.</summary>
    private static void Dent(Sheet sheet, ref CounterRandom random)
    {
        var size = sheet.Size;
        var (x, y) = ((float)random.NextUniform(0.1, 0.9) * size, (float)random.NextUniform(0.1, 0.9) * size);
        var (across, down) = ((float)random.NextUniform(0.04, 0.12) * size, (float)random.NextUniform(0.04, 0.12) * size);
        var depth = (float)random.NextUniform(0.3, 0.8);
        for (var row = Math.Max(0, (int)(y - down)); row < Math.Min(size, y + down); row++)
        {
            for (var column = Math.Max(0, (int)(x - across)); column < Math.Min(size, x + across); column++)
            {
                var (u, v) = ((column + 0.5f - x) / across, (row + 0.5f - y) / down);
                var rest = 1 - u * u - v * v;
                if (rest > 0)
                {
                    var light = depth * (u + 2 * v) * rest;
                    sheet.Lay(column, row, light > 0 ? Colour.White : Colour.Black, Math.Abs(light) * (light > 0 ? 0.35f : 0.45f));
                }
            }
        }
    }

    /// <summary>A fold right across: light on the ridge, dark beside it, broken print here and there.</summary>
    private static void Crease(Sheet sheet, ref CounterRandom random)
    {
        var size = sheet.Size;
        var (from, to) = ((float)random.NextUniform(0.1, 0.9) * size, (float)random.NextUniform(0.1, 0.9) * size);
        var upright = random.NextIndex(2) == 0;
        var strength = (float)random.NextUniform(0.15, 0.45);
        for (var along = 0; along < size; along++)
        {
            var middle = from + (to - from) * along / size;
            for (var step = -3; step <= 3; step++)
            {
                var across = (int)middle + step;
                var distance = across + 0.5f - middle;
                var share = strength / (1 + distance * distance);
                var broken = step == 0 && random.NextIndex(6) == 0;
                sheet.Lay(upright ? across : along, upright ? along : across, broken ? Board : distance < 0 ? Colour.White : Colour.Black, broken ? 0.7f : share);
            }
        }
    }

    /// <summary>A thin bright line, soft at its ends.</summary>
    private static void Scratch(Sheet sheet, ref CounterRandom random)
    {
        var size = sheet.Size;
        var (x, y) = ((float)random.NextUnit() * size, (float)random.NextUnit() * size);
        var (runX, runY) = ((float)random.NextUniform(-0.25, 0.25) * size, (float)random.NextUniform(-0.25, 0.25) * size);
        var strength = (float)random.NextUniform(0.25, 0.7);
        var steps = 1 + (int)Math.Max(Math.Abs(runX), Math.Abs(runY));
        var steep = Math.Abs(runY) > Math.Abs(runX);
        for (var step = 0; step <= steps; step++)
        {
            var t = step / (float)steps;
            var (atX, atY) = (x + runX * t, y + runY * t);
            var share = strength * Math.Min(1, 6 * Math.Min(t, 1 - t));

            // Shared between the two texels that the line passes between.
            var place = steep ? atX : atY;
            var beyond = place - MathF.Floor(place);
            var (column, row) = ((int)MathF.Floor(atX), (int)MathF.Floor(atY));
            sheet.Lay(column, row, Colour.White, share * (1 - beyond));
            sheet.Lay(column + (steep ? 1 : 0), row + (steep ? 0 : 1), Colour.White, share * beyond);
        }
    }

    /// <summary>Rubbed board along an edge, in patches, most of it at the corners.</summary>
    private static void Scuff(Sheet sheet, int edge, float severity, ref CounterRandom random)
    {
        const int Patches = 16;
        var size = sheet.Size;
        Span<float> depths = stackalloc float[Patches + 1];
        foreach (ref var depth in depths)
        {
            depth = Math.Max(0, (float)random.NextUniform(-1.2, 1)) * 0.02f;
        }

        depths[0] += (float)random.NextUnit() * 0.03f;
        depths[Patches] += (float)random.NextUnit() * 0.03f;
        var reach = severity * size;
        for (var along = 0; along < size; along++)
        {
            var place = (along + 0.5f) / size * Patches;
            var patch = Math.Min((int)place, Patches - 1);
            var depth = reach * (depths[patch] + (depths[patch + 1] - depths[patch]) * (place - patch));
            for (var inwards = 0; inwards < depth; inwards++)
            {
                var grain = 0.45f + 0.55f * (random.NextBits() & 255) / 255f;
                var far = edge is 1 or 3 ? size - 1 - inwards : inwards;
                sheet.Lay(edge < 2 ? far : along, edge < 2 ? along : far, Board, grain * Math.Min(1, depth - inwards));
            }
        }
    }

    /// <summary>Transparent texels on which layers are laid; what falls outside is left out.</summary>
    private sealed class Sheet(int size)
    {
        public int Size => size;

        public uint[] Texels { get; } = new uint[size * size];

        public void Lay(int x, int y, Colour colour, float share)
        {
            if ((uint)x >= (uint)size || (uint)y >= (uint)size)
            {
                return;
            }

            // Porter and Duff's over (1984), colours not multiplied by alpha.
            ref var texel = ref Texels[y * size + x];
            var under = (texel >> 24) / 255f * (1 - share);
            var alpha = share + under;
            if (alpha <= 0)
            {
                return;
            }

            var mixed = Colour.FromTexel(texel).Mix(colour, share / alpha);
            texel = mixed.Texel & 0xFFFFFF | (uint)(255 * Math.Min(alpha, 1) + 0.5f) << 24;
        }
    }
}
