using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Scenes;

/// <summary>How one copy's print differs from its catalogue picture: a colour matrix and an exponent.</summary>
/// <remarks>On the encoded values c: (M · c) clamped to 0…1, to the power <see cref="Gamma"/>. M turns the hue and scales the saturation around the luma of Rec. 601, then each channel's gain.</remarks>
internal readonly record struct PrintColour(float[] Matrix, float Gamma)
{
    private static readonly double[] Luma = [0.299, 0.587, 0.114];

    public static PrintColour Draw(ColourKnobs knobs, ref CounterRandom random)
    {
        var saturation = knobs.Saturation.Sample(ref random);
        var hue = knobs.Hue.Sample(ref random) * Math.PI / 180;
        var gain = knobs.Gain.Sample(ref random);
        var (cos, sin) = (saturation * PortableMath.Cos(hue), saturation * PortableMath.Sin(hue) / Math.Sqrt(3));
        var matrix = new float[9];
        for (var row = 0; row < 3; row++)
        {
            var scale = gain * knobs.ChannelGain.Sample(ref random);
            for (var column = 0; column < 3; column++)
            {
                var chroma = (row == column ? 1 : 0) - Luma[column];
                // The turn about the grey axis: e × c for e = (1, 1, 1) / √3.
                var turn = row == column ? 0 : (column - row + 3) % 3 == 1 ? -1 : 1;
                matrix[(3 * row) + column] = (float)(scale * (Luma[column] + (cos * chroma) + (sin * turn)));
            }
        }

        return new PrintColour(matrix, (float)knobs.Gamma.Sample(ref random));
    }

    /// <summary>Writes itself into a primitive.</summary>
    public void Apply(ref Primitive solid)
    {
        (solid.RedR, solid.RedG, solid.RedB) = (Matrix[0], Matrix[1], Matrix[2]);
        (solid.GreenR, solid.GreenG, solid.GreenB) = (Matrix[3], Matrix[4], Matrix[5]);
        (solid.BlueR, solid.BlueG, solid.BlueB) = (Matrix[6], Matrix[7], Matrix[8]);
        solid.Gamma = Gamma;
    }

    /// <summary>The linear colour that this copy shows where the picture has <paramref name="texel"/> (RGBA8).</summary>
    public (float Red, float Green, float Blue) Linear(uint texel)
    {
        var (red, green, blue) = (texel & 255, (texel >> 8) & 255, (texel >> 16) & 255);
        var (m, gamma) = (Matrix, Gamma);
        return (Channel(0), Channel(3), Channel(6));

        float Channel(int row)
        {
            var mixed = ((m[row] * red) + (m[row + 1] * green) + (m[row + 2] * blue)) / 255;
            return (float)PortableMath.Power(Math.Clamp(mixed, 0, 1), gamma * Shading.Decoding);
        }
    }
}
