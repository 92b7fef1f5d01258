using SkiaSharp;

namespace Neuro.Kernels.Artwork;

/// <summary>How brand, variety and picture are laid out on a label; one style per brand.</summary>
internal static class LabelLayouts
{
    private delegate void Layout(SKCanvas canvas, float w, float h, LabelDescription label, Random scatter);

    private static readonly Dictionary<string, Layout> Styles = new()
    {
        ["banner"] = Banner,
        ["arch"] = Arch,
        ["diagonal"] = Diagonal,
        ["stripes"] = Stripes,
        ["window"] = Window,
        ["bands"] = Bands,
    };

    // Where each style has room, as shares of width and height.
    private static readonly Dictionary<string, (float X, float Y)> BadgePlaces = new() { ["diagonal"] = (0.20f, 0.785f), ["window"] = (0.84f, 0.89f) };

    public static IReadOnlyCollection<string> Names => Styles.Keys;

    /// <summary>Draws a front of <paramref name="w"/> × <paramref name="h"/> pixels at the canvas's origin.</summary>
    public static void Draw(SKCanvas canvas, float w, float h, LabelDescription label)
    {
        Styles[label.Style](canvas, w, h, label, new Random(label.Seed));
        if (label.Badge is { } badge)
        {
            var (x, y) = BadgePlaces.GetValueOrDefault(label.Style, (0.80f, 0.46f));
            Badge(canvas, new SKPoint(x * w, y * h), 0.15f * Math.Min(w, h), badge, label);
        }
    }

    /// <summary>Lines that look like fine print, and a bar code.</summary>
    public static void DrawFinePrint(SKCanvas canvas, float w, float h, LabelDescription label, int half)
    {
        var random = new Random(label.Seed * 31 + half);
        using var fill = Fill(Shade(label.GroundColour, 0.93f));
        canvas.DrawRect(0, 0, w, h, fill);
        using var ink = Fill(Shade(label.InkColour, 0.8f));
        for (var y = 0.12f * h; y < 0.62f * h; y += 0.045f * h)
        {
            canvas.DrawRect(0.15f * w, y, (0.35f + 0.35f * random.NextSingle()) * w, 0.016f * h, ink);
        }

        BarCode(canvas, new SKRect(0.14f * w, 0.70f * h, 0.86f * w, 0.88f * h), random);
    }

    private static void Banner(SKCanvas canvas, float w, float h, LabelDescription label, Random scatter)
    {
        Gradient(canvas, new SKRect(0, 0, w, h), label.GroundColour, Mix(label.GroundColour, label.AccentColour, 0.45f));
        using var ink = Fill(label.InkColour);
        using var accent = Fill(label.AccentColour);
        canvas.DrawRect(0, 0, w, 0.06f * h, accent);
        canvas.DrawRect(0, 0.10f * h, w, 0.15f * h, ink);
        StrokeFont.Draw(canvas, label.Brand, new SKPoint(w / 2, 0.175f * h), 0.09f * h, 0.86f * w, SKColors.White, 0.2f);
        LabelMotifs.Draw(canvas, label.Motif, new SKPoint(0.42f * w, 0.60f * h), 0.34f * w, label.AccentColour, scatter);
        LabelMotifs.Draw(canvas, label.Motif, new SKPoint(0.74f * w, 0.72f * h), 0.22f * w, label.AccentColour, scatter);
        StrokeFont.Draw(canvas, label.Word, new SKPoint(w / 2, 0.335f * h), 0.062f * h, 0.84f * w, Shade(label.AccentColour, 0.62f), 0.18f);
        Foot(canvas, w, h, label, scatter);
    }

    private static void Arch(SKCanvas canvas, float w, float h, LabelDescription label, Random scatter)
    {
        using var ground = Fill(label.GroundColour);
        using var accent = Fill(label.AccentColour);
        using var ink = Fill(label.InkColour);
        canvas.DrawRect(0, 0, w, h, ground);
        canvas.DrawOval(new SKPoint(w / 2, 1.02f * h), new SKSize(0.95f * w, 0.52f * h), accent);
        for (var drop = 0; drop < 9; drop++)
        {
            canvas.DrawCircle(scatter.NextSingle() * w, (0.40f + 0.10f * scatter.NextSingle()) * h, (0.008f + 0.012f * scatter.NextSingle()) * h, accent);
        }

        StrokeFont.Draw(canvas, label.Brand, new SKPoint(w / 2, 0.17f * h), 0.13f * h, 0.80f * w, label.InkColour, 0.24f);
        canvas.DrawRect(0.10f * w, 0.27f * h, 0.80f * w, 0.008f * h, ink);
        StrokeFont.Draw(canvas, label.Word, new SKPoint(w / 2, 0.335f * h), 0.07f * h, 0.72f * w, Shade(label.AccentColour, 0.55f), 0.16f);
        LabelMotifs.Draw(canvas, label.Motif, new SKPoint(0.5f * w, 0.64f * h), 0.36f * w, Mix(label.AccentColour, SKColors.White, 0.35f), scatter);
        Foot(canvas, w, h, label, scatter);
    }

    private static void Diagonal(SKCanvas canvas, float w, float h, LabelDescription label, Random scatter)
    {
        Gradient(canvas, new SKRect(0, 0, w, h), label.AccentColour, Shade(label.AccentColour, 0.7f));
        using var ground = Fill(label.GroundColour);
        Polygon(canvas, ground, (0, 0.42f * h), (w, 0.20f * h), (w, 0.55f * h), (0, 0.77f * h));
        canvas.Save();
        canvas.RotateRadians(MathF.Atan2(-0.22f * h, w), w / 2, 0.485f * h);
        StrokeFont.Draw(canvas, label.Brand, new SKPoint(w / 2, 0.455f * h), 0.16f * h, 0.90f * w, label.InkColour, 0.25f);
        StrokeFont.Draw(canvas, label.Word, new SKPoint(w / 2, 0.60f * h), 0.085f * h, 0.66f * w, Shade(label.AccentColour, 0.75f), 0.2f);
        canvas.Restore();
        LabelMotifs.Draw(canvas, label.Motif, new SKPoint(0.30f * w, 0.20f * h), 0.22f * Math.Min(w, h), Mix(label.AccentColour, SKColors.White, 0.45f), scatter);
        LabelMotifs.Draw(canvas, label.Motif, new SKPoint(0.72f * w, 0.80f * h), 0.26f * Math.Min(w, h), Mix(label.AccentColour, SKColors.White, 0.45f), scatter);
        StrokeFont.Draw(canvas, label.Amount, new SKPoint(0.24f * w, 0.92f * h), 0.06f * h, 0.3f * w, SKColors.White);
    }

    private static void Stripes(SKCanvas canvas, float w, float h, LabelDescription label, Random scatter)
    {
        using var ground = Fill(label.GroundColour);
        using var accent = Fill(label.AccentColour);
        using var ink = Fill(label.InkColour);
        canvas.DrawRect(0, 0, w, h, ground);
        const int Count = 9;
        for (var stripe = 0; stripe < Count; stripe += 2)
        {
            canvas.DrawRect(stripe * w / Count, 0, w / Count, h, accent);
        }

        var panel = new SKRect(0.08f * w, 0.16f * h, 0.92f * w, 0.86f * h);
        canvas.DrawRoundRect(panel, 0.06f * w, 0.06f * w, ink);
        panel.Inflate(-0.025f * w, -0.025f * w);
        canvas.DrawRoundRect(panel, 0.05f * w, 0.05f * w, ground);
        StrokeFont.Draw(canvas, label.Brand, new SKPoint(w / 2, 0.29f * h), 0.13f * h, 0.70f * w, label.InkColour, 0.22f);
        LabelMotifs.Draw(canvas, label.Motif, new SKPoint(w / 2, 0.53f * h), 0.17f * Math.Min(1.6f * w, h), label.AccentColour, scatter);
        canvas.DrawRect(panel.Left, 0.69f * h, panel.Width, 0.12f * h, accent);
        StrokeFont.Draw(canvas, label.Word, new SKPoint(w / 2, 0.75f * h), 0.085f * h, 0.70f * w, SKColors.White, 0.18f);
        canvas.DrawRoundRect(new SKRect(0.32f * w, 0.895f * h, 0.68f * w, 0.975f * h), 6, 6, ground);
        StrokeFont.Draw(canvas, label.Amount, new SKPoint(w / 2, 0.935f * h), 0.05f * h, 0.3f * w, label.InkColour);
    }

    private static void Window(SKCanvas canvas, float w, float h, LabelDescription label, Random scatter)
    {
        Gradient(canvas, new SKRect(0, 0, w, h), label.InkColour, Shade(label.InkColour, 0.75f));
        using var accent = Fill(label.AccentColour);
        using var ground = Fill(label.GroundColour);
        canvas.DrawOval(new SKPoint(w / 2, 0.62f * h), new SKSize(0.42f * w, 0.26f * h), accent);
        canvas.DrawOval(new SKPoint(w / 2, 0.62f * h), new SKSize(0.38f * w, 0.232f * h), ground);
        for (var piece = 0; piece < 5; piece++)
        {
            var angle = piece * 1.2566f + scatter.NextSingle();
            LabelMotifs.Draw(canvas, label.Motif, new SKPoint(w / 2 + 0.20f * w * MathF.Cos(angle), 0.62f * h + 0.12f * h * MathF.Sin(angle)), 0.12f * Math.Min(w, h), label.AccentColour, scatter);
        }

        StrokeFont.Draw(canvas, label.Brand, new SKPoint(w / 2, 0.14f * h), 0.12f * h, 0.84f * w, label.GroundColour, 0.22f);
        Polygon(canvas, accent, (0.08f * w, 0.235f * h), (0.92f * w, 0.235f * h), (0.86f * w, 0.285f * h), (0.92f * w, 0.335f * h), (0.08f * w, 0.335f * h), (0.14f * w, 0.285f * h));
        StrokeFont.Draw(canvas, label.Word, new SKPoint(w / 2, 0.285f * h), 0.062f * h, 0.64f * w, SKColors.White, 0.18f);
        StrokeFont.Draw(canvas, label.Amount, new SKPoint(0.5f * w, 0.94f * h), 0.045f * h, 0.3f * w, label.GroundColour);
    }

    private static void Bands(SKCanvas canvas, float w, float h, LabelDescription label, Random scatter)
    {
        using var ground = Fill(label.GroundColour);
        using var accent = Fill(label.AccentColour);
        using var ink = Fill(label.InkColour);
        canvas.DrawRect(0, 0, w, h, ground);
        canvas.DrawRect(0, 0, w, 0.07f * h, ink);
        canvas.DrawRect(0, 0.80f * h, w, 0.20f * h, accent);
        canvas.DrawRect(0, 0.775f * h, w, 0.012f * h, ink);
        LabelMotifs.Draw(canvas, label.Motif, new SKPoint(0.76f * w, 0.46f * h), 0.26f * Math.Min(w, h), label.AccentColour, scatter);
        canvas.DrawOval(new SKPoint(0.36f * w, 0.34f * h), new SKSize(0.33f * w, 0.20f * h), ink);
        StrokeFont.Draw(canvas, label.Brand, new SKPoint(0.36f * w, 0.34f * h), 0.16f * h, 0.52f * w, label.GroundColour, 0.2f);
        StrokeFont.Draw(canvas, label.Word, new SKPoint(0.36f * w, 0.66f * h), 0.12f * h, 0.56f * w, Shade(label.AccentColour, 0.6f), 0.17f);
        StrokeFont.Draw(canvas, label.Amount, new SKPoint(0.5f * w, 0.90f * h), 0.09f * h, 0.5f * w, SKColors.White);
    }

    private static void Foot(SKCanvas canvas, float w, float h, LabelDescription label, Random scatter)
    {
        using var ink = Fill(Shade(label.InkColour, 0.9f));
        StrokeFont.Draw(canvas, label.Amount, new SKPoint(0.20f * w, 0.945f * h), 0.045f * h, 0.28f * w, Shade(label.InkColour, 0.9f));
        for (var line = 0; line < 3; line++)
        {
            canvas.DrawRect(0.46f * w, (0.92f + 0.018f * line) * h, (0.28f + 0.18f * scatter.NextSingle()) * w, 0.007f * h, ink);
        }
    }

    private static void Badge(SKCanvas canvas, SKPoint centre, float radius, string text, LabelDescription label)
    {
        const int Points = 14;
        using var star = Fill(new SKColor(255, 213, 79));
        Polygon(canvas, star, [.. Enumerable.Range(0, 2 * Points).Select(i =>
        {
            var r = (i & 1) == 0 ? radius : 0.84f * radius;
            var angle = i * MathF.PI / Points;
            return (centre.X + r * MathF.Cos(angle), centre.Y + r * MathF.Sin(angle));
        })]);
        StrokeFont.Draw(canvas, text, centre, 0.62f * radius, 1.4f * radius, Shade(label.InkColour, 0.8f), 0.2f);
    }

    private static void BarCode(SKCanvas canvas, SKRect area, Random random)
    {
        using var white = Fill(SKColors.White);
        using var black = Fill(SKColors.Black);
        canvas.DrawRect(area, white);
        area.Inflate(-0.06f * area.Width, -0.08f * area.Height);
        for (var x = area.Left; x < area.Right - 3;)
        {
            var bar = 1 + random.Next(3);
            canvas.DrawRect(x, area.Top, bar, area.Height, black);
            x += bar + 1 + random.Next(3);
        }
    }

    private static void Gradient(SKCanvas canvas, SKRect area, SKColor from, SKColor to)
    {
        using var shader = SKShader.CreateLinearGradient(new SKPoint(0, area.Top), new SKPoint(0, area.Bottom), [from, to], SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = shader };
        canvas.DrawRect(area, paint);
    }

    private static void Polygon(SKCanvas canvas, SKPaint paint, params (float X, float Y)[] corners)
    {
        using var path = LabelMotifs.Closed([.. corners.Select(c => new SKPoint(c.X, c.Y))]);
        canvas.DrawPath(path, paint);
    }

    private static SKPaint Fill(SKColor colour) => new() { Color = colour, IsAntialias = true };

    private static SKColor Shade(SKColor colour, float by) => Mix(SKColors.Black, colour, by);

    private static SKColor Mix(SKColor from, SKColor to, float share)
    {
        byte Channel(byte a, byte b) => (byte)(a + (b - a) * share + 0.5f);
        return new SKColor(Channel(from.Red, to.Red), Channel(from.Green, to.Green), Channel(from.Blue, to.Blue));
    }
}
