using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>From linear light to bytes: gains, encoding, noise, quantisation.</summary>
[SkipLocalsInit]
internal static class Development
{
    /// <value>Standard deviation of the noise source, the sum of four random bytes.</value>
    public const float NoiseDeviation = 147.8f;

    /// <summary>Red, green, blue from the lowest byte on.</summary>
    /// <param name="red">Linear, 0 is black.</param>
    /// <param name="optics">Share of the light that the lens lets through.</param>
    /// <param name="pixel">Number of the pixel in the picture.</param>
    [MethodImpl(Inlining.Function)]
    public static TMask Colours<T, TMask>(in View view, T red, T green, T blue, T optics, TMask pixel)
        where T : unmanaged, IVector<T, TMask>
        where TMask : unmanaged, IMask<TMask> =>
        Channel(in view, red * optics, view.GainRed, pixel, 0)
        + TMask.ShiftLeft(Channel(in view, green * optics, view.GainGreen, pixel, 1), 8)
        + TMask.ShiftLeft(Channel(in view, blue * optics, view.GainBlue, pixel, 2), 16);

    /// <summary>A reflectance as pictures encode it, 0 to 255.</summary>
    [MethodImpl(Inlining.Function)]
    public static TMask Encoded<T, TMask>(T linear)
        where T : unmanaged, IVector<T, TMask>
        where TMask : unmanaged, IMask<TMask> =>
        T.Truncate((Numerics<T, TMask>.Power(Numerics<T, TMask>.Clamp01(linear), 1 / Shading.Decoding) * T.Constant(255)) + T.Constant(0.5f));

    /// <summary>A 32-bit mix with full avalanche (the finaliser of MurmurHash3, Appleby 2011).</summary>
    [MethodImpl(Inlining.Small)]
    public static TMask Hash<TMask>(TMask a)
        where TMask : unmanaged, IMask<TMask>
    {
        a ^= TMask.ShiftRight(a, 16);
        a *= TMask.Constant(unchecked((int)0x85ebca6b));
        a ^= TMask.ShiftRight(a, 13);
        a *= TMask.Constant(unchecked((int)0xc2b2ae35));
        return a ^ TMask.ShiftRight(a, 16);
    }

    [MethodImpl(Inlining.Small)]
    private static TMask Channel<T, TMask>(in View view, T light, float gain, TMask pixel, int channel)
        where T : unmanaged, IVector<T, TMask>
        where TMask : unmanaged, IMask<TMask>
    {
        var value = Numerics<T, TMask>.Power(Numerics<T, TMask>.Clamp01(light * T.Constant(gain)), view.Encoding) * T.Constant(255);
        if (view.Noise > 0)
        {
            var random = Hash((pixel * TMask.Constant(3)) + TMask.Constant(view.NoiseKey + channel));
            var low = TMask.Constant(255);
            var sum = (random & low) + (TMask.ShiftRight(random, 8) & low) + (TMask.ShiftRight(random, 16) & low) + TMask.ShiftRight(random, 24);
            value += (T.FromInt(sum) - T.Constant(510)) * T.Constant(view.Noise);
        }

        return T.Truncate(T.Max(T.Min(value, T.Constant(255)), T.Constant(0)) + T.Constant(0.5f));
    }
}
