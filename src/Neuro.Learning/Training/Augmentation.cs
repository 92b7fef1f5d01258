using System.Numerics;

namespace Neuro.Learning.Training;

/// <summary>Makes of a stored crop one of the pictures that a phone could have taken of it.</summary>
/// <remarks>
/// Ranges follow what was measured to carry over from synthetic to real photos: framing and rotation, what lies behind it, the product's own colours apart from the scene's
/// (print on a shelf is not the catalogue's colour), then exposure, white balance, gamma, blur, noise, and a covered part. Never mirrored: packages carry text.
/// All draws come from the given random numbers, so a sample is a function of (seed, epoch, index).
/// </remarks>
internal sealed class Augmentation(int side, int size, Variations varied = Variations.All)
{
    /// <summary>The share of the plain view's side that a product's longer side takes.</summary>
    public const double PlainFill = 0.75;

    /// <summary>How often a product is seen before another shelf, rather than on its own.</summary>
    private const float BackdropShare = 0.7f;

    private readonly float[][] planes = [.. Enumerable.Range(0, 4).Select(_ => new float[size * size])];
    private readonly float[][] behind = [.. Enumerable.Range(0, 4).Select(_ => new float[size * size])];
    private readonly float[] scratch = new float[size * size];

    /// <summary>Writes RGB bytes <c>[size, size, 3]</c>.</summary>
    /// <param name="backdrops">What may be put behind the product.</param>
    public void Apply(Crop crop, IReadOnlyList<byte[]> backdrops, SplitMix random, Span<byte> output)
    {
        Warp.Sample(crop.Rgba, side, planes, size, Framing(ref random));
        if (varied.HasFlag(Variations.Colour))
        {
            ColourJitter.Product(ref random).Apply(planes, planes[3]);
        }

        if (varied.HasFlag(Variations.Backdrop) && backdrops.Count > 0 && random.Chance(BackdropShare))
        {
            PutBehind(backdrops[random.Below(backdrops.Count)], ref random);
        }

        if (varied.HasFlag(Variations.Light))
        {
            ColourJitter.Scene(ref random).Apply(planes, null);
        }

        if (varied.HasFlag(Variations.Blur) && random.Chance(0.3))
        {
            Blur(random.Uniform(0.05f, 0.25f));
        }

        if (random.Chance(0.15))
        {
            Erase(ref random);
        }

        Finish(ref random, output);
    }

    /// <summary>The plain view of one crop, <c>[size, size, 3]</c>.</summary>
    public byte[] Plain(Crop crop)
    {
        var pixels = new byte[size * size * 3];
        Plain(crop, pixels);
        return pixels;
    }

    /// <summary>The plain view that validation uses: upright, the product three quarters of the height.</summary>
    public void Plain(Crop crop, Span<byte> output)
    {
        Warp.Sample(crop.Rgba, side, planes, size, new(side / 2f, side / 2f, (float)(side * Crop.Fill / PlainFill), 0, 1));
        var none = default(SplitMix);
        Finish(ref none, output, noise: 0);
    }

    /// <summary>Lifts the product off its shelf, as if it were held before another one.</summary>
    private void PutBehind(byte[] backdrop, ref SplitMix random)
    {
        var window = side * random.Uniform(0.35f, 1f);
        var room = (side - window) / 2;
        Warp.Sample(backdrop, side, behind, size, new(side / 2f + random.Uniform(-room, room), side / 2f + random.Uniform(-room, room), window, (float)random.Normal() * 0.3f, 1));
        for (var c = 0; c < 3; c++)
        {
            Blend(behind[c], planes[c], planes[3]);
        }
    }

    /// <summary>Puts <paramref name="behind"/> into <paramref name="front"/> where the mask is open.</summary>
    private static void Blend(float[] behind, float[] front, float[] mask)
    {
        for (var i = 0; i < front.Length; i++)
        {
            front[i] = behind[i] + mask[i] * (front[i] - behind[i]);
        }
    }

    private View Framing(ref SplitMix random)
    {
        var window = (float)(side * Crop.Fill) / random.Uniform(0.6f, 1.15f);
        var room = 0.12f * window;
        return new(
            side / 2f + random.Uniform(-room, room),
            side / 2f + random.Uniform(-room, room),
            window,
            (float)Math.Clamp(random.Normal() * 0.28, -1, 1),
            MathF.Exp(random.Uniform(-0.12f, 0.12f)));
    }

    /// <summary>Three-tap blur, both ways; <paramref name="weight"/> is that of each neighbour. At a row's end the neighbour is the next row's first: one faint column, and no branch in the loop.</summary>
    private void Blur(float weight)
    {
        foreach (var plane in planes.AsSpan(0, 3))
        {
            Blur(plane, scratch, weight, 1);
            Blur(scratch, plane, weight, size);
        }
    }

    private static void Blur(float[] from, float[] to, float weight, int step)
    {
        var (centre, last) = (1 - 2 * weight, from.Length - step);
        from.AsSpan(0, step).CopyTo(to);
        from.AsSpan(last).CopyTo(to.AsSpan(last));
        var i = step;
        for (; i <= last - Vector<float>.Count; i += Vector<float>.Count)
        {
            var sides = new Vector<float>(from, i - step) + new Vector<float>(from, i + step);
            (centre * new Vector<float>(from, i) + weight * sides).CopyTo(to, i);
        }

        for (; i < last; i++)
        {
            to[i] = centre * from[i] + weight * (from[i - step] + from[i + step]);
        }
    }

    /// <summary>A rectangle of one colour over a part, as a hand, a tag or a neighbour would cover it (random erasing, Zhong et al. 2020).</summary>
    private void Erase(ref SplitMix random)
    {
        var (width, height) = ((int)(size * random.Uniform(0.1f, 0.45f)), (int)(size * random.Uniform(0.1f, 0.45f)));
        var (left, top) = (random.Below(size - width), random.Below(size - height));
        foreach (var plane in planes.AsSpan(0, 3))
        {
            var value = random.Uniform(0.05f, 0.95f);
            for (var y = top; y < top + height; y++)
            {
                plane.AsSpan(y * size + left, width).Fill(value);
            }
        }
    }

    private void Finish(ref SplitMix random, Span<byte> output) => Finish(ref random, output, random.Uniform(0, 6f / 255));

    private void Finish(ref SplitMix random, Span<byte> output, float noise)
    {
        for (int i = 0, o = 0; i < size * size; i++, o += 3)
        {
            // One draw holds three numbers of 21 bits, uniform with the wanted deviation: the sum over a kernel is normal soon enough.
            var draw = noise > 0 ? random.Next() : 0;
            for (var c = 0; c < 3; c++)
            {
                var grain = noise > 0 ? (((draw >> (21 * c)) & 0x1fffff) / (float)0x1fffff - 0.5f) * 3.46f * noise : 0;
                output[o + c] = (byte)Math.Clamp((planes[c][i] + grain) * 255 + 0.5f, 0, 255);
            }
        }
    }
}
