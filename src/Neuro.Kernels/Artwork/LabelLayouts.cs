using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Artwork;

/// <summary>How brand, variety and picture are laid out on a label; one style per brand.</summary>
internal static class LabelLayouts
{
    private delegate void Layout(Pen pen, float w, float h, LabelDescription label, Scatter scatter);

    private static readonly Dictionary<string, Layout> Styles = new()
    {
        ["banner"] = Banner,
        ["arch"] = Arch,
        ["diagonal"] = Diagonal,
        ["stripes"] = Stripes,
        ["window"] = Window,
        ["bands"] = Bands,
        ["split"] = Split,
        ["sun"] = Sun,
        ["frame"] = Frame,
        ["wave"] = Wave,
    };

    // Where each style has room, as shares of width and height.
    private static readonly Dictionary<string, (float X, float Y)> BadgePlaces = new() { ["diagonal"] = (0.20f, 0.785f), ["window"] = (0.84f, 0.89f), ["split"] = (0.82f, 0.80f), ["frame"] = (0.80f, 0.80f), ["wave"] = (0.20f, 0.88f) };

    public static IReadOnlyCollection<string> Names => Styles.Keys;

    /// <summary>Draws a front of <paramref name="w"/> × <paramref name="h"/> pixels at the pen's origin.</summary>
    public static void Draw(Pen pen, float w, float h, LabelDescription label)
    {
        Styles[label.Style](pen, w, h, label, new Scatter(label.Seed));
        if (label.Badge is { } badge)
        {
            var (x, y) = BadgePlaces.GetValueOrDefault(label.Style, (0.80f, 0.46f));
            Badge(pen.Moved(x * w, y * h), 0.15f * Math.Min(w, h), badge, label);
        }
    }

    /// <summary>Lines that look like fine print, and a bar code.</summary>
    public static void DrawFinePrint(Pen pen, float w, float h, LabelDescription label, int half)
    {
        var random = new Scatter(label.Seed * 31 + half);
        pen.Rectangle(0, 0, w, h, Colour.Black.Mix(label.GroundColour, 0.93f));
        var ink = Colour.Black.Mix(label.InkColour, 0.8f);
        for (var y = 0.12f * h; y < 0.62f * h; y += 0.045f * h)
        {
            pen.Rectangle(0.15f * w, y, (0.35f + 0.35f * random.NextSingle()) * w, 0.016f * h, ink);
        }

        BarCode(pen.Moved(0.14f * w, 0.70f * h), 0.72f * w, 0.18f * h, random);
    }

    private static void Banner(Pen pen, float w, float h, LabelDescription label, Scatter scatter)
    {
        pen.Gradient(0, 0, w, h, label.GroundColour, label.GroundColour.Mix(label.AccentColour, 0.45f));
        var ink = label.InkColour;
        var accent = label.AccentColour;
        pen.Rectangle(0, 0, w, 0.06f * h, accent);
        pen.Rectangle(0, 0.10f * h, w, 0.15f * h, ink);
        StrokeFont.Draw(pen, label.Brand, w / 2, 0.175f * h, 0.09f * h, 0.86f * w, Colour.White, 0.2f);
        LabelMotifs.Draw(pen, label.Motif, 0.42f * w, 0.60f * h, 0.34f * w, label.AccentColour, scatter);
        LabelMotifs.Draw(pen, label.Motif, 0.74f * w, 0.72f * h, 0.22f * w, label.AccentColour, scatter);
        StrokeFont.Draw(pen, label.Word, w / 2, 0.335f * h, 0.062f * h, 0.84f * w, Colour.Black.Mix(label.AccentColour, 0.62f), 0.18f);
        Foot(pen, w, h, label, scatter);
    }

    private static void Arch(Pen pen, float w, float h, LabelDescription label, Scatter scatter)
    {
        var ground = label.GroundColour;
        var accent = label.AccentColour;
        var ink = label.InkColour;
        pen.Rectangle(0, 0, w, h, ground);
        pen.Oval(w / 2, 1.02f * h, 0.95f * w, 0.52f * h, accent);
        for (var drop = 0; drop < 9; drop++)
        {
            pen.Circle(scatter.NextSingle() * w, (0.40f + 0.10f * scatter.NextSingle()) * h, (0.008f + 0.012f * scatter.NextSingle()) * h, accent);
        }

        StrokeFont.Draw(pen, label.Brand, w / 2, 0.17f * h, 0.13f * h, 0.80f * w, label.InkColour, 0.24f);
        pen.Rectangle(0.10f * w, 0.27f * h, 0.80f * w, 0.008f * h, ink);
        StrokeFont.Draw(pen, label.Word, w / 2, 0.335f * h, 0.07f * h, 0.72f * w, Colour.Black.Mix(label.AccentColour, 0.55f), 0.16f);
        LabelMotifs.Draw(pen, label.Motif, 0.5f * w, 0.64f * h, 0.36f * w, label.AccentColour.Mix(Colour.White, 0.35f), scatter);
        Foot(pen, w, h, label, scatter);
    }

    private static void Diagonal(Pen pen, float w, float h, LabelDescription label, Scatter scatter)
    {
        pen.Gradient(0, 0, w, h, label.AccentColour, Colour.Black.Mix(label.AccentColour, 0.7f));
        var ground = label.GroundColour;
        pen.Polygon(ground, (0, 0.42f * h), (w, 0.20f * h), (w, 0.55f * h), (0, 0.77f * h));
        var band = pen.Moved(w / 2, 0.485f * h).Along(w, -0.22f * h).Moved(-w / 2, -0.485f * h);
        StrokeFont.Draw(band, label.Brand, w / 2, 0.455f * h, 0.16f * h, 0.90f * w, label.InkColour, 0.25f);
        StrokeFont.Draw(band, label.Word, w / 2, 0.60f * h, 0.085f * h, 0.66f * w, Colour.Black.Mix(label.AccentColour, 0.75f), 0.2f);
        LabelMotifs.Draw(pen, label.Motif, 0.30f * w, 0.20f * h, 0.22f * Math.Min(w, h), label.AccentColour.Mix(Colour.White, 0.45f), scatter);
        LabelMotifs.Draw(pen, label.Motif, 0.72f * w, 0.80f * h, 0.26f * Math.Min(w, h), label.AccentColour.Mix(Colour.White, 0.45f), scatter);
        StrokeFont.Draw(pen, label.Amount, 0.24f * w, 0.92f * h, 0.06f * h, 0.3f * w, Colour.White);
    }

    private static void Stripes(Pen pen, float w, float h, LabelDescription label, Scatter scatter)
    {
        var ground = label.GroundColour;
        var accent = label.AccentColour;
        var ink = label.InkColour;
        pen.Rectangle(0, 0, w, h, ground);
        const int Count = 9;
        for (var stripe = 0; stripe < Count; stripe += 2)
        {
            pen.Rectangle(stripe * w / Count, 0, w / Count, h, accent);
        }

        pen.RoundRectangle(0.08f * w, 0.16f * h, 0.84f * w, 0.70f * h, 0.06f * w, ink);
        pen.RoundRectangle(0.105f * w, 0.16f * h + 0.025f * w, 0.79f * w, 0.70f * h - 0.05f * w, 0.05f * w, ground);
        StrokeFont.Draw(pen, label.Brand, w / 2, 0.29f * h, 0.13f * h, 0.70f * w, label.InkColour, 0.22f);
        LabelMotifs.Draw(pen, label.Motif, w / 2, 0.53f * h, 0.17f * Math.Min(1.6f * w, h), label.AccentColour, scatter);
        pen.Rectangle(0.105f * w, 0.69f * h, 0.79f * w, 0.12f * h, accent);
        StrokeFont.Draw(pen, label.Word, w / 2, 0.75f * h, 0.085f * h, 0.70f * w, Colour.White, 0.18f);
        pen.RoundRectangle(0.32f * w, 0.895f * h, 0.36f * w, 0.08f * h, 0.02f * h, ground);
        StrokeFont.Draw(pen, label.Amount, w / 2, 0.935f * h, 0.05f * h, 0.3f * w, label.InkColour);
    }

    private static void Window(Pen pen, float w, float h, LabelDescription label, Scatter scatter)
    {
        pen.Gradient(0, 0, w, h, label.InkColour, Colour.Black.Mix(label.InkColour, 0.75f));
        var accent = label.AccentColour;
        var ground = label.GroundColour;
        pen.Oval(w / 2, 0.62f * h, 0.42f * w, 0.26f * h, accent);
        pen.Oval(w / 2, 0.62f * h, 0.38f * w, 0.232f * h, ground);
        for (var piece = 0; piece < 5; piece++)
        {
            var angle = piece * 1.2566f + scatter.NextSingle();
            LabelMotifs.Draw(pen, label.Motif, w / 2 + 0.20f * w * (float)PortableMath.Cos(angle), 0.62f * h + 0.12f * h * (float)PortableMath.Sin(angle), 0.12f * Math.Min(w, h), label.AccentColour, scatter);
        }

        StrokeFont.Draw(pen, label.Brand, w / 2, 0.14f * h, 0.12f * h, 0.84f * w, label.GroundColour, 0.22f);
        pen.Polygon(accent, (0.08f * w, 0.235f * h), (0.92f * w, 0.235f * h), (0.86f * w, 0.285f * h), (0.92f * w, 0.335f * h), (0.08f * w, 0.335f * h), (0.14f * w, 0.285f * h));
        StrokeFont.Draw(pen, label.Word, w / 2, 0.285f * h, 0.062f * h, 0.64f * w, Colour.White, 0.18f);
        StrokeFont.Draw(pen, label.Amount, 0.5f * w, 0.94f * h, 0.045f * h, 0.3f * w, label.GroundColour);
    }

    private static void Bands(Pen pen, float w, float h, LabelDescription label, Scatter scatter)
    {
        var ground = label.GroundColour;
        var accent = label.AccentColour;
        var ink = label.InkColour;
        pen.Rectangle(0, 0, w, h, ground);
        pen.Rectangle(0, 0, w, 0.07f * h, ink);
        pen.Rectangle(0, 0.80f * h, w, 0.20f * h, accent);
        pen.Rectangle(0, 0.775f * h, w, 0.012f * h, ink);
        LabelMotifs.Draw(pen, label.Motif, 0.76f * w, 0.46f * h, 0.26f * Math.Min(w, h), label.AccentColour, scatter);
        pen.Oval(0.36f * w, 0.34f * h, 0.33f * w, 0.20f * h, ink);
        StrokeFont.Draw(pen, label.Brand, 0.36f * w, 0.34f * h, 0.16f * h, 0.52f * w, label.GroundColour, 0.2f);
        StrokeFont.Draw(pen, label.Word, 0.36f * w, 0.66f * h, 0.12f * h, 0.56f * w, Colour.Black.Mix(label.AccentColour, 0.6f), 0.17f);
        StrokeFont.Draw(pen, label.Amount, 0.5f * w, 0.90f * h, 0.09f * h, 0.5f * w, Colour.White);
    }

    private static void Split(Pen pen, float w, float h, LabelDescription label, Scatter scatter)
    {
        pen.Rectangle(0, 0, w, h, label.GroundColour);
        pen.Rectangle(0, 0, 0.32f * w, h, label.AccentColour);
        pen.Rectangle(0.32f * w, 0, 0.02f * w, h, label.InkColour);
        StrokeFont.Draw(pen.Moved(0.16f * w, h / 2).Turned(-Math.PI / 2), label.Brand, 0, 0, 0.19f * w, 0.86f * h, Colour.White, 0.22f);
        LabelMotifs.Draw(pen, label.Motif, 0.66f * w, 0.40f * h, 0.25f * Math.Min(w, h), label.AccentColour, scatter);
        StrokeFont.Draw(pen, label.Word, 0.66f * w, 0.16f * h, 0.07f * h, 0.58f * w, label.InkColour, 0.18f);
        LabelMotifs.Draw(pen, label.Motif, 0.52f * w, 0.68f * h, 0.12f * Math.Min(w, h), label.AccentColour.Mix(Colour.White, 0.3f), scatter);
        StrokeFont.Draw(pen, label.Amount, 0.66f * w, 0.93f * h, 0.045f * h, 0.4f * w, label.InkColour);
    }

    private static void Sun(Pen pen, float w, float h, LabelDescription label, Scatter scatter)
    {
        const int Rays = 20;
        pen.Rectangle(0, 0, w, h, label.AccentColour);
        for (var ray = 0; ray < Rays; ray += 2)
        {
            var (from, to) = (ray * 2 * Math.PI / Rays, (ray + 1) * 2 * Math.PI / Rays);
            var reach = w + h;
            pen.Moved(w / 2, 0.60f * h).Polygon(
                label.AccentColour.Mix(Colour.White, 0.22f),
                (0, 0), (reach * (float)PortableMath.Cos(from), reach * (float)PortableMath.Sin(from)), (reach * (float)PortableMath.Cos(to), reach * (float)PortableMath.Sin(to)));
        }

        pen.Circle(w / 2, 0.60f * h, 0.32f * Math.Min(w, h), label.GroundColour);
        LabelMotifs.Draw(pen, label.Motif, w / 2, 0.60f * h, 0.22f * Math.Min(w, h), label.AccentColour, scatter);
        pen.RoundRectangle(0.06f * w, 0.07f * h, 0.88f * w, 0.17f * h, 0.03f * h, label.InkColour);
        StrokeFont.Draw(pen, label.Brand, w / 2, 0.155f * h, 0.11f * h, 0.78f * w, label.GroundColour, 0.22f);
        StrokeFont.Draw(pen, label.Word, w / 2, 0.30f * h, 0.06f * h, 0.8f * w, Colour.White, 0.19f);
        StrokeFont.Draw(pen, label.Amount, w / 2, 0.94f * h, 0.045f * h, 0.4f * w, Colour.White);
    }

    private static void Frame(Pen pen, float w, float h, LabelDescription label, Scatter scatter)
    {
        var edge = 0.05f * Math.Min(w, h);
        pen.Rectangle(0, 0, w, h, label.InkColour);
        pen.Rectangle(edge, edge, w - 2 * edge, h - 2 * edge, label.AccentColour);
        pen.Rectangle(1.3f * edge, 1.3f * edge, w - 2.6f * edge, h - 2.6f * edge, label.InkColour);
        LabelMotifs.Draw(pen, label.Motif, w / 2, 0.24f * h, 0.17f * Math.Min(w, h), label.AccentColour, scatter);
        foreach (var y in (ReadOnlySpan<float>)[0.40f, 0.60f])
        {
            pen.Rectangle(0.16f * w, y * h, 0.68f * w, 0.006f * h, label.AccentColour);
            pen.Circle(w / 2, y * h, 0.016f * h, label.AccentColour);
        }

        StrokeFont.Draw(pen, label.Brand, w / 2, 0.50f * h, 0.12f * h, 0.72f * w, label.GroundColour, 0.15f);
        StrokeFont.Draw(pen, label.Word, w / 2, 0.70f * h, 0.055f * h, 0.66f * w, label.AccentColour.Mix(Colour.White, 0.4f), 0.15f);
        StrokeFont.Draw(pen, label.Amount, w / 2, 0.87f * h, 0.04f * h, 0.4f * w, label.GroundColour, 0.15f);
    }

    private static void Wave(Pen pen, float w, float h, LabelDescription label, Scatter scatter)
    {
        pen.Gradient(0, 0, w, h, label.GroundColour, label.AccentColour);
        pen.Smooth(label.InkColour, (-0.3f * w, -0.3f * h), (1.3f * w, -0.3f * h), (1.3f * w, 0.26f * h), (0.72f * w, 0.48f * h), (0.36f * w, 0.22f * h), (-0.3f * w, 0.44f * h));
        StrokeFont.Draw(pen, label.Brand, w / 2, 0.14f * h, 0.12f * h, 0.84f * w, Colour.White, 0.24f);
        foreach (var (x, y, size) in (ReadOnlySpan<(float, float, float)>)[(0.30f, 0.70f, 0.19f), (0.72f, 0.64f, 0.23f), (0.52f, 0.82f, 0.16f)])
        {
            LabelMotifs.Draw(pen, label.Motif, x * w, y * h, size * Math.Min(w, h), label.AccentColour.Lighter(y > 0.8f ? -0.2f : 0.15f), scatter);
        }

        StrokeFont.Draw(pen, label.Word, w / 2, 0.44f * h, 0.07f * h, 0.8f * w, Colour.Black.Mix(label.InkColour, 0.8f), 0.2f);
        StrokeFont.Draw(pen, label.Amount, 0.76f * w, 0.94f * h, 0.05f * h, 0.36f * w, Colour.White);
    }

    private static void Foot(Pen pen, float w, float h, LabelDescription label, Scatter scatter)
    {
        var ink = Colour.Black.Mix(label.InkColour, 0.9f);
        StrokeFont.Draw(pen, label.Amount, 0.20f * w, 0.945f * h, 0.045f * h, 0.28f * w, Colour.Black.Mix(label.InkColour, 0.9f));
        for (var line = 0; line < 3; line++)
        {
            pen.Rectangle(0.46f * w, (0.92f + 0.018f * line) * h, (0.28f + 0.18f * scatter.NextSingle()) * w, 0.007f * h, ink);
        }
    }

    private static void Badge(Pen pen, float radius, string text, LabelDescription label)
    {
        const int Points = 14;
        var star = new Colour(255, 213, 79);
        pen.Polygon(star, [.. Enumerable.Range(0, 2 * Points).Select(i =>
        {
            var r = (i & 1) == 0 ? radius : 0.84f * radius;
            var angle = i * MathF.PI / Points;
            return (r * (float)PortableMath.Cos(angle), r * (float)PortableMath.Sin(angle));
        })]);
        StrokeFont.Draw(pen, text, 0, 0, 0.62f * radius, 1.4f * radius, Colour.Black.Mix(label.InkColour, 0.8f), 0.2f);
    }

    private static void BarCode(Pen pen, float width, float height, Scatter random)
    {
        pen.Rectangle(0, 0, width, height, Colour.White);
        for (var x = 0.06f * width; x < 0.94f * width - 3;)
        {
            var bar = 1 + random.Next(3);
            pen.Rectangle(x, 0.08f * height, bar, 0.84f * height, Colour.Black);
            x += bar + 1 + random.Next(3);
        }
    }
}
