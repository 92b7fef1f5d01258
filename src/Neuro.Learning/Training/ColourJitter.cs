using System.Numerics;

namespace Neuro.Learning.Training;

/// <summary>One draw of a colour change: saturation and hue in a 3×3 matrix, a gain for each channel, contrast about the middle, and a gamma.</summary>
internal readonly record struct ColourJitter(float Saturation, float Hue, Vector3 Gain, float Contrast, float Gamma)
{
    // Rec. 601 luma: what stays when saturation goes.
    private static readonly Vector3 Luma = new(0.299f, 0.587f, 0.114f);

    /// <summary>How a product's print differs from its catalogue picture; on top of what the recipe has varied, anew each time the sample is seen.</summary>
    /// <remarks>Mostly near, and once in seven far: a yellowish green of the catalogue can be emerald in the shop.</remarks>
    public static ColourJitter Product(ref SplitMix random)
    {
        var hue = random.Chance(0.15) ? 0.45f : 0.085f;
        return new(
            MathF.Exp(random.Uniform(-0.85f, 0.6f)),
            (float)random.Normal() * hue,
            random.Uniform(0.7f, 1.12f) * new Vector3(random.Uniform(0.92f, 1.07f), random.Uniform(0.92f, 1.07f), random.Uniform(0.92f, 1.07f)),
            random.Uniform(0.85f, 1.25f),
            random.Uniform(0.7f, 1.35f));
    }

    /// <summary>How a phone and a shop's light differ from the renderer's.</summary>
    public static ColourJitter Scene(ref SplitMix random)
    {
        var blue = random.Chance(0.6) ? random.Uniform(0.72f, 1f) : 1f;
        return new(random.Uniform(0.9f, 1.1f), 0, random.Uniform(0.88f, 1.15f) * new Vector3(1, random.Uniform(0.97f, 1.03f), blue), random.Uniform(0.85f, 1.15f), random.Uniform(0.85f, 1.2f));
    }

    /// <summary>Changes three planes in 0..1 in place; only as far as <paramref name="mask"/> says where there is one.</summary>
    public void Apply(float[][] planes, float[]? mask)
    {
        var (red, green, blue) = Rows();
        var (r, g, b) = (planes[0], planes[1], planes[2]);
        var i = 0;
        for (; i <= r.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var (x, y, z) = (new Vector<float>(r, i), new Vector<float>(g, i), new Vector<float>(b, i));
            var share = mask is null ? Vector<float>.One : new Vector<float>(mask, i);
            Blend(x, Curve(red.X * x + red.Y * y + red.Z * z), share).CopyTo(r, i);
            Blend(y, Curve(green.X * x + green.Y * y + green.Z * z), share).CopyTo(g, i);
            Blend(z, Curve(blue.X * x + blue.Y * y + blue.Z * z), share).CopyTo(b, i);
        }

        // Sides are multiples of 8, so that only sizes below one vector come here.
        for (; i < r.Length; i++)
        {
            var colour = new Vector3(r[i], g[i], b[i]);
            var share = mask is null ? 1 : mask[i];
            r[i] += share * (Curve(new Vector<float>(Vector3.Dot(red, colour)))[0] - r[i]);
            g[i] += share * (Curve(new Vector<float>(Vector3.Dot(green, colour)))[0] - g[i]);
            b[i] += share * (Curve(new Vector<float>(Vector3.Dot(blue, colour)))[0] - b[i]);
        }
    }

    private static Vector<float> Blend(Vector<float> from, Vector<float> to, Vector<float> share) => from + share * (to - from);

    private Vector<float> Curve(Vector<float> value)
    {
        var contrasted = Vector.Clamp((value - new Vector<float>(0.5f)) * Contrast + new Vector<float>(0.5f), new Vector<float>(1e-4f), Vector<float>.One);
        return Vector.Exp(Vector.Log(contrasted) * Gamma);
    }

    /// <summary>Hue turns about the grey axis (Rodrigues), saturation stretches away from it, gains scale the rows.</summary>
    private (Vector3 Red, Vector3 Green, Vector3 Blue) Rows()
    {
        var (sin, cos) = MathF.SinCos(Hue);
        var (third, root) = ((1 - cos) / 3, sin / MathF.Sqrt(3));
        var (same, next, previous) = (cos + third, third - root, third + root);
        return (Row(new(same, next, previous), Gain.X), Row(new(previous, same, next), Gain.Y), Row(new(next, previous, same), Gain.Z));
    }

    private Vector3 Row(Vector3 turned, float gain) => gain * (Saturation * turned + (1 - Saturation) * Luma);
}
