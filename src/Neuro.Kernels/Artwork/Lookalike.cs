using Neuro.Kernels.Recipes;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Artwork;

/// <summary>Fronts that could be of the same shop as a given one, but are of no product: what a detector must learn to leave alone.</summary>
internal static class Lookalike
{
    private const int Fewest = 2;
    private const double LeastDifference = 14;

    private delegate void Alteration(Front front, ref CounterRandom random);

    private static readonly Alteration[] Alterations = [TurnHue, RepaintGround, ReplaceMotif, ReplaceTitle, MoveBand, MirrorMotif];

    /// <summary>Alters a front in two or more ways, and until it differs by 14 of 255 a channel on average.</summary>
    /// <param name="front">The wanted product's.</param>
    /// <param name="look">Same look, same texels.</param>
    /// <param name="aspect">Width over height of the front in millimetres, so that what is drawn on the square is round on the package.</param>
    public static Texture Of(Texture front, ulong look, float aspect = 0.5f)
    {
        var random = new CounterRandom(look, 0, 31);
        var canvas = new Canvas(front.Size, front.Size, (uint[])front.Mips[0].Clone());
        var altered = new Front(canvas, Palette.Of(front), aspect);
        var order = (Alteration[])Alterations.Clone();
        var most = Fewest + random.NextIndex(2);
        for (var done = 0; done < order.Length && (done < most || Difference(front.Mips[0], canvas.Texels) < LeastDifference); done++)
        {
            var next = done + random.NextIndex(order.Length - done);
            (order[done], order[next]) = (order[next], order[done]);
            order[done](altered, ref random);
        }

        return Texture.FromTexels(front.Size, canvas.Texels);
    }

    private sealed record Front(Canvas Canvas, Palette Palette, float Aspect);

    /// <summary>Mean absolute difference a channel, 0 to 255.</summary>
    public static double Difference(uint[] a, uint[] b)
    {
        var sum = 0L;
        for (var i = 0; i < a.Length; i++)
        {
            var (x, y) = (Colour.FromTexel(a[i]), Colour.FromTexel(b[i]));
            sum += Math.Abs(x.Red - y.Red) + Math.Abs(x.Green - y.Green) + Math.Abs(x.Blue - y.Blue);
        }

        return sum / (3.0 * a.Length);
    }

    /// <summary>All hues turned by 60 to 180 degrees either way.</summary>
    private static void TurnHue(Front front, ref CounterRandom random)
    {
        var turn = random.NextUniform(1 / 6.0, 0.5) * (random.NextIndex(2) == 0 ? 1 : -1);
        Recolour(front.Canvas, colour =>
        {
            var (hue, saturation, value) = colour.ToHue();
            return Colour.FromHue(hue + turn, saturation, value);
        });
    }

    /// <summary>The most frequent colour becomes another; what is mixed with it moves along.</summary>
    private static void RepaintGround(Front front, ref CounterRandom random)
    {
        const int Reach = 90;
        var ground = front.Palette.Colours[0];
        var (hue, _, value) = ground.ToHue();
        var other = Colour.FromHue(hue + random.NextUniform(0.25, 0.75), random.NextUniform(0.25, 0.65), value < 0.4 ? random.NextUniform(0.4, 0.7) : random.NextUniform(0.65, 0.95));
        Recolour(front.Canvas, colour =>
        {
            var near = 1 - MathF.Sqrt(Palette.Distance(colour, ground)) / Reach;
            return near <= 0 ? colour : colour.Mix(other, Math.Min(1, 1.5f * near));
        });
    }

    /// <summary>A disc with another picture over the lower middle.</summary>
    private static void ReplaceMotif(Front front, ref CounterRandom random)
    {
        // A package one high.
        var pen = front.Canvas.Pen.Scaled(front.Canvas.Width / front.Aspect, front.Canvas.Height);
        var radius = (float)random.NextUniform(0.3, 0.44) * Math.Min(1, front.Aspect);
        var (x, y) = ((float)random.NextUniform(0.4, 0.6) * front.Aspect, (float)random.NextUniform(0.58, 0.68));
        var motif = LabelMotifs.Names.ElementAt(random.NextIndex(LabelMotifs.Names.Count));
        var plate = front.Palette.Colours[random.NextIndex(front.Palette.Colours.Count)].Lighter(0.55f);
        var colour = Colour.FromHue(random.NextUnit(), random.NextUniform(0.6, 0.95), random.NextUniform(0.45, 0.9));
        pen.Circle(x, y, radius, plate);
        LabelMotifs.Draw(pen, motif, x, y, 0.72f * radius, colour, new Scatter((int)(random.NextBits() >> 33)));
    }

    /// <summary>Other letters in the title's place and colour.</summary>
    private static void ReplaceTitle(Front front, ref CounterRandom random)
    {
        var name = MadeUpWords.Brand(ref random);
        var title = TitlePlace.Find(front.Canvas);
        front.Canvas.Pen.Rectangle(title.Left, title.Top, title.Width, title.Height, title.Ground);
        StrokeFont.Draw(front.Canvas.Pen, name, title.Left + title.Width / 2f, title.Top + title.Height / 2f, 0.8f * title.Height, 0.96f * title.Width, title.Ink, 0.22f);
    }

    /// <summary>The lower part rolls down, and what leaves at the foot comes in above it.</summary>
    private static void MoveBand(Front front, ref CounterRandom random)
    {
        var size = front.Canvas.Height;
        var from = (int)(random.NextUniform(0.3, 0.5) * size);
        var by = (int)(random.NextUniform(0.12, 0.3) * size);
        var texels = front.Canvas.Texels;
        var band = texels[(from * size)..];
        band.AsSpan(0, band.Length - by * size).CopyTo(texels.AsSpan((from + by) * size));
        band.AsSpan(band.Length - by * size).CopyTo(texels.AsSpan(from * size));
    }

    /// <summary>Left and right change places below the title.</summary>
    private static void MirrorMotif(Front front, ref CounterRandom random)
    {
        var size = front.Canvas.Width;
        for (var y = (int)(random.NextUniform(0.3, 0.5) * size); y < size; y++)
        {
            front.Canvas.Texels.AsSpan(y * size, size).Reverse();
        }
    }

    private static void Recolour(Canvas canvas, Func<Colour, Colour> map)
    {
        // Neighbours often are the same colour.
        var (known, mapped) = (0u, 0u);
        foreach (ref var texel in canvas.Texels.AsSpan())
        {
            if (texel != known)
            {
                (known, mapped) = (texel, map(Colour.FromTexel(texel)).Texel);
            }

            texel = mapped;
        }
    }
}
