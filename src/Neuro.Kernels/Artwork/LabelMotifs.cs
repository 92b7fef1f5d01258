using SkiaSharp;

namespace Neuro.Kernels.Artwork;

/// <summary>Small pictures of what is inside, from circles, ovals and smooth outlines.</summary>
internal static class LabelMotifs
{
    private delegate void Motif(SKCanvas canvas, SKColor colour);

    // All are drawn in a square from −1 to 1.
    private static readonly Dictionary<string, Motif> Motifs = new()
    {
        ["citrus"] = Citrus,
        ["apple"] = Apple,
        ["mango"] = Mango,
        ["drop"] = Drop,
        ["vanilla"] = Flower,
        ["bean"] = Bean,
        ["honey"] = Honeycomb,
        ["berries"] = Berries,
        ["cherry"] = Cherries,
        ["leaf"] = Leaf,
        ["tomato"] = Tomato,
        ["chili"] = Chili,
        ["olive"] = Olives,
        ["rose"] = Rose,
        ["grain"] = Grain,
        ["star"] = Star,
    };

    public static IReadOnlyCollection<string> Names => Motifs.Keys;

    /// <summary>Draws with the given half size, turned a little by chance.</summary>
    public static void Draw(SKCanvas canvas, string motif, SKPoint centre, float radius, SKColor colour, Random scatter)
    {
        canvas.Save();
        canvas.Translate(centre.X, centre.Y);
        canvas.Scale(radius);
        canvas.RotateDegrees(24 * scatter.NextSingle() - 12);
        Motifs[motif](canvas, colour);
        canvas.Restore();
    }

    /// <summary>A closed polygon.</summary>
    public static SKPath Closed(params SKPoint[] corners)
    {
        using var builder = new SKPathBuilder();
        builder.AddPoly(corners, true);
        return builder.Detach();
    }

    private static void Citrus(SKCanvas canvas, SKColor colour)
    {
        Circle(canvas, 0, 0, 0.95f, colour);
        Circle(canvas, 0, 0, 0.82f, Light(colour, 0.85f));
        for (var wedge = 0; wedge < 8; wedge++)
        {
            var (a, b) = (wedge * MathF.PI / 4 + 0.08f, (wedge + 1) * MathF.PI / 4 - 0.08f);
            Smooth(canvas, Light(colour, 0.25f), (0.1f * MathF.Cos((a + b) / 2), 0.1f * MathF.Sin((a + b) / 2)), (0.74f * MathF.Cos(a), 0.74f * MathF.Sin(a)), (0.76f * MathF.Cos((a + b) / 2), 0.76f * MathF.Sin((a + b) / 2)), (0.74f * MathF.Cos(b), 0.74f * MathF.Sin(b)));
        }
    }

    private static void Apple(SKCanvas canvas, SKColor colour)
    {
        Circle(canvas, -0.32f, 0.1f, 0.62f, colour);
        Circle(canvas, 0.32f, 0.1f, 0.62f, colour);
        Oval(canvas, 0, 0.4f, 0.55f, 0.5f, colour);
        Oval(canvas, -0.42f, -0.1f, 0.14f, 0.24f, Light(colour, 0.6f));
        Stroke(canvas, new SKColor(93, 64, 55), 0.1f, (0, -0.4f), (0.08f, -0.9f));
        LeafAt(canvas, 0.36f, -0.72f, new SKColor(76, 140, 60));
    }

    private static void Mango(SKCanvas canvas, SKColor colour)
    {
        Smooth(canvas, colour, (-0.9f, 0.25f), (-0.45f, -0.6f), (0.35f, -0.8f), (0.9f, -0.2f), (0.6f, 0.65f), (-0.3f, 0.8f));
        Smooth(canvas, Light(colour, 0.4f), (-0.5f, -0.1f), (-0.1f, -0.55f), (0.35f, -0.55f), (0f, -0.2f));
        LeafAt(canvas, 0.55f, -0.72f, new SKColor(76, 140, 60));
    }

    private static void Drop(SKCanvas canvas, SKColor colour)
    {
        Smooth(canvas, colour, (0, -0.98f), (0.28f, -0.42f), (0.62f, 0.22f), (0.42f, 0.8f), (0, 0.95f), (-0.42f, 0.8f), (-0.62f, 0.22f), (-0.28f, -0.42f));
        Oval(canvas, -0.26f, 0.34f, 0.12f, 0.3f, Light(colour, 0.8f));
    }

    private static void Flower(SKCanvas canvas, SKColor colour)
    {
        for (var petal = 0; petal < 6; petal++)
        {
            canvas.Save();
            canvas.RotateDegrees(60 * petal);
            Oval(canvas, 0, -0.58f, 0.26f, 0.4f, petal % 2 == 0 ? Light(colour, 0.6f) : Light(colour, 0.4f));
            canvas.Restore();
        }

        Circle(canvas, 0, 0, 0.26f, colour);
        Stroke(canvas, new SKColor(78, 52, 46), 0.09f, (-0.7f, 0.95f), (-0.1f, 0.7f), (0.75f, 0.9f));
    }

    private static void Bean(SKCanvas canvas, SKColor colour)
    {
        foreach (var (x, y, turn) in ((float, float, float)[])[(-0.35f, -0.3f, -30), (0.4f, 0.1f, 25), (-0.2f, 0.55f, 70)])
        {
            canvas.Save();
            canvas.Translate(x, y);
            canvas.RotateDegrees(turn);
            Oval(canvas, 0, 0, 0.34f, 0.5f, colour);
            Stroke(canvas, Light(colour, 0.5f), 0.07f, (0, -0.42f), (0.08f, -0.1f), (-0.06f, 0.15f), (0, 0.42f));
            canvas.Restore();
        }
    }

    private static void Honeycomb(SKCanvas canvas, SKColor colour)
    {
        foreach (var (x, y) in ((float, float)[])[(0, 0), (0.66f, 0), (-0.66f, 0), (0.33f, 0.57f), (-0.33f, 0.57f), (0.33f, -0.57f), (-0.33f, -0.57f)])
        {
            using var cell = Closed([.. Enumerable.Range(0, 6).Select(i => new SKPoint(x + 0.34f * MathF.Sin(i * MathF.PI / 3), y + 0.34f * MathF.Cos(i * MathF.PI / 3)))]);
            using var fill = Fill(x == 0 ? Light(colour, 0.5f) : colour);
            canvas.DrawPath(cell, fill);
        }
    }

    private static void Berries(SKCanvas canvas, SKColor colour)
    {
        foreach (var (x, y) in ((float, float)[])[(-0.45f, 0.35f), (0.4f, 0.42f), (0, -0.05f), (-0.6f, -0.3f), (0.58f, -0.25f)])
        {
            Circle(canvas, x, y, 0.4f, colour);
            Circle(canvas, x, y - 0.06f, 0.14f, Light(colour, -0.45f));
            Oval(canvas, x - 0.16f, y - 0.14f, 0.07f, 0.1f, Light(colour, 0.6f));
        }

        LeafAt(canvas, 0.1f, -0.66f, new SKColor(76, 140, 60));
    }

    private static void Cherries(SKCanvas canvas, SKColor colour)
    {
        var stem = new SKColor(85, 120, 50);
        Stroke(canvas, stem, 0.08f, (-0.42f, 0.4f), (-0.2f, -0.3f), (0.2f, -0.85f));
        Stroke(canvas, stem, 0.08f, (0.48f, 0.45f), (0.45f, -0.2f), (0.2f, -0.85f));
        Circle(canvas, -0.42f, 0.45f, 0.45f, colour);
        Circle(canvas, 0.5f, 0.5f, 0.42f, Light(colour, -0.12f));
        Oval(canvas, -0.56f, 0.28f, 0.1f, 0.14f, Light(colour, 0.7f));
        LeafAt(canvas, 0.5f, -0.75f, stem);
    }

    private static void Leaf(SKCanvas canvas, SKColor colour)
    {
        foreach (var (turn, shade) in ((float, float)[])[(-40, -0.15f), (40, 0f), (0, 0.15f)])
        {
            canvas.Save();
            canvas.RotateDegrees(turn, 0, 0.8f);
            Smooth(canvas, Light(colour, shade), (0, 0.85f), (0.4f, 0.1f), (0.25f, -0.5f), (0, -0.9f), (-0.25f, -0.5f), (-0.4f, 0.1f));
            Stroke(canvas, Light(colour, 0.5f), 0.05f, (0, 0.75f), (0, -0.7f));
            canvas.Restore();
        }
    }

    private static void Tomato(SKCanvas canvas, SKColor colour)
    {
        Oval(canvas, 0, 0.15f, 0.9f, 0.78f, colour);
        Oval(canvas, -0.4f, -0.12f, 0.16f, 0.22f, Light(colour, 0.5f));
        foreach (var turn in (float[])[-60, -20, 20, 60])
        {
            canvas.Save();
            canvas.RotateDegrees(turn, 0, -0.55f);
            Oval(canvas, 0, -0.78f, 0.1f, 0.26f, new SKColor(60, 120, 50));
            canvas.Restore();
        }
    }

    private static void Chili(SKCanvas canvas, SKColor colour)
    {
        Smooth(canvas, colour, (-0.3f, -0.7f), (0.15f, -0.6f), (0.35f, 0.05f), (0.85f, 0.8f), (0.1f, 0.5f), (-0.3f, -0.1f));
        Stroke(canvas, new SKColor(60, 120, 50), 0.14f, (-0.1f, -0.7f), (-0.2f, -0.95f));
        Stroke(canvas, Light(colour, 0.5f), 0.06f, (-0.08f, -0.4f), (0.02f, 0f));
    }

    private static void Olives(SKCanvas canvas, SKColor colour)
    {
        foreach (var (x, y) in ((float, float)[])[(-0.4f, -0.2f), (0.45f, 0.05f), (-0.15f, 0.6f)])
        {
            Oval(canvas, x, y, 0.42f, 0.34f, colour);
            Circle(canvas, x + 0.24f, y, 0.12f, new SKColor(190, 60, 40));
            Oval(canvas, x - 0.14f, y - 0.14f, 0.12f, 0.06f, Light(colour, 0.6f));
        }
    }

    private static void Rose(SKCanvas canvas, SKColor colour)
    {
        LeafAt(canvas, -0.72f, 0.5f, new SKColor(76, 140, 60));
        LeafAt(canvas, 0.75f, 0.5f, new SKColor(76, 140, 60));
        for (var ring = 0; ring < 5; ring++)
        {
            var angle = 2.1f * ring;
            Circle(canvas, 0.1f * MathF.Cos(angle), 0.1f * MathF.Sin(angle), 0.85f - 0.17f * ring, Light(colour, ring % 2 == 0 ? 0 : 0.35f));
        }
    }

    private static void Grain(SKCanvas canvas, SKColor colour)
    {
        Stroke(canvas, Light(colour, -0.2f), 0.07f, (0, 0.98f), (0, -0.7f));
        for (var pair = 0; pair < 5; pair++)
        {
            foreach (var side in (int[])[-1, 1])
            {
                canvas.Save();
                canvas.Translate(0.2f * side, 0.42f - 0.3f * pair);
                canvas.RotateDegrees(32 * side);
                Oval(canvas, 0, 0, 0.14f, 0.26f, Light(colour, pair % 2 == 0 ? 0 : 0.25f));
                canvas.Restore();
            }
        }
    }

    private static void Star(SKCanvas canvas, SKColor colour)
    {
        using var path = Closed([.. Enumerable.Range(0, 10).Select(i => new SKPoint((i % 2 == 0 ? 0.95f : 0.42f) * MathF.Sin(i * MathF.PI / 5), -(i % 2 == 0 ? 0.95f : 0.42f) * MathF.Cos(i * MathF.PI / 5)))]);
        using var fill = Fill(colour);
        canvas.DrawPath(path, fill);
    }

    private static void LeafAt(SKCanvas canvas, float x, float y, SKColor colour)
    {
        canvas.Save();
        canvas.Translate(x, y);
        canvas.RotateDegrees(x < 0 ? -25 : 25);
        Oval(canvas, 0, 0, 0.34f, 0.15f, colour);
        canvas.Restore();
    }

    private static void Circle(SKCanvas canvas, float x, float y, float radius, SKColor colour) => Oval(canvas, x, y, radius, radius, colour);

    private static void Oval(SKCanvas canvas, float x, float y, float halfWidth, float halfHeight, SKColor colour)
    {
        using var fill = Fill(colour);
        canvas.DrawOval(x, y, halfWidth, halfHeight, fill);
    }

    private static void Stroke(SKCanvas canvas, SKColor colour, float width, params (float X, float Y)[] points)
    {
        using var paint = new SKPaint { Color = colour, IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = width, StrokeCap = SKStrokeCap.Round };
        foreach (var (a, b) in points.Zip(points.Skip(1)))
        {
            canvas.DrawLine(a.X, a.Y, b.X, b.Y, paint);
        }
    }

    /// <summary>A closed outline through the midpoints, bent at the points: a quadratic B-spline.</summary>
    private static void Smooth(SKCanvas canvas, SKColor colour, params (float X, float Y)[] points)
    {
        using var builder = new SKPathBuilder();
        var (x, y) = Middle(points[^1], points[0]);
        builder.MoveTo(x, y);
        for (var i = 0; i < points.Length; i++)
        {
            var (endX, endY) = Middle(points[i], points[(i + 1) % points.Length]);
            builder.QuadTo(points[i].X, points[i].Y, endX, endY);
        }

        builder.Close();
        using var path = builder.Detach();
        using var fill = Fill(colour);
        canvas.DrawPath(path, fill);
    }

    private static (float X, float Y) Middle((float X, float Y) a, (float X, float Y) b) => ((a.X + b.X) / 2, (a.Y + b.Y) / 2);

    private static SKPaint Fill(SKColor colour) => new() { Color = colour, IsAntialias = true };

    /// <summary>Towards white by a positive share, towards black by a negative one.</summary>
    private static SKColor Light(SKColor colour, float by)
    {
        byte Channel(byte value) => (byte)(by >= 0 ? value + (255 - value) * by : value * (1 + by));
        return new SKColor(Channel(colour.Red), Channel(colour.Green), Channel(colour.Blue));
    }
}
