using System.Collections.Concurrent;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Artwork;

/// <summary>Fronts of packages that are in no catalogue.</summary>
/// <remarks>A shelf needs dozens in every image, so there are <see cref="Looks"/> of them, each drawn when it is first asked for.</remarks>
internal static class UnknownLabel
{
    /// <summary>How many differ.</summary>
    public const int Looks = 512;

    private const int LargestSize = 256;

    private static readonly ConcurrentDictionary<(int Look, int Size), uint[]> Drawn = [];

    /// <summary>The front that belongs to a look; do not write to it.</summary>
    /// <param name="look">Any number; taken modulo <see cref="Looks"/>.</param>
    /// <param name="size">Edge in texels, a power of two up to 256.</param>
    /// <returns>RGBA8, <paramref name="size"/>² texels.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Another size.</exception>
    public static uint[] Draw(ulong look, int size)
    {
        if (!int.IsPow2(size) || size > LargestSize)
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, $"A label is drawn on a power of two up to {LargestSize} texels.");
        }

        return Drawn.GetOrAdd(((int)(look % Looks), size), static place => Paint((ulong)place.Look, place.Size));
    }

    /// <summary>What the label of a look says and how it is laid out.</summary>
    public static LabelDescription Describe(ulong look)
    {
        var random = new CounterRandom(look, 0, 21);
        var hue = random.NextUnit();
        var ground = Colour.FromHue(hue + random.NextUniform(-0.1, 0.1), random.NextIndex(3) == 0 ? random.NextUniform(0.3, 0.6) : random.NextUniform(0.02, 0.2), random.NextUniform(0.85, 1));
        var ink = Colour.FromHue(hue + random.NextUniform(0.3, 0.7), random.NextUniform(0.4, 1), random.NextUniform(0.12, 0.5));
        var accent = Colour.FromHue(hue + random.NextUniform(-0.15, 0.15), random.NextUniform(0.5, 1), random.NextUniform(0.45, 0.95));
        return new LabelDescription(
            MadeUpWords.Brand(ref random),
            MadeUpWords.Variety(ref random),
            LabelLayouts.Names.ElementAt(random.NextIndex(LabelLayouts.Names.Count)),
            LabelMotifs.Names.ElementAt(random.NextIndex(LabelMotifs.Names.Count)),
            ground.ToString(),
            ink.ToString(),
            accent.ToString(),
            MadeUpWords.Amount(ref random),
            random.NextIndex(5) == 0 ? "NEW" : null,
            (int)look);
    }

    private static uint[] Paint(ulong look, int size)
    {
        // Drawn in a package's proportions, so that letters are not too wide once the square lies on it.
        var random = new CounterRandom(look, 0, 22);
        var height = (float)(100 / random.NextUniform(0.4, 0.9));
        var canvas = new Canvas(size, size, Colour.White);
        LabelLayouts.Draw(canvas.Pen.Scaled(size / 100f, size / height), 100, height, Describe(look));
        return canvas.Texels;
    }
}
