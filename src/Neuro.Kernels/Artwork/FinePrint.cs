using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Artwork;

/// <summary>What stands on the sides of a package: words too small to read, a table, marks. All measures are millimetres.</summary>
internal static class FinePrint
{
    private static readonly string[] Headings = ["INGREDIENTS", "STORAGE", "ABOUT US", "HOW TO USE", "GOOD TO KNOW", "RECIPE"];

    // Digits and a unit; what they measure is not said.
    private static readonly string[] Units = [" G", " G", " MG", " %", ""];

    /// <summary>A heading and lines of words of uneven length, as many as there is room for.</summary>
    public static void Text(Pen pen, float width, float height, Colour ink, ref CounterRandom random)
    {
        var line = Math.Clamp(height / 14, 1.5f, 2.6f);
        StrokeFont.Draw(pen, Headings[random.NextIndex(Headings.Length)], width / 2, line, 1.3f * line, 0.9f * width, ink, 0.2f);
        var y = 2.4f * line;
        while (y + line <= height)
        {
            // A paragraph's last line is short.
            var end = random.NextUnit() < 0.18;
            Line(pen.Moved(0, y), end ? width * (float)random.NextUniform(0.2, 0.7) : width, line, ink, ref random);
            y += end ? 1.9f * line : 1.25f * line;
        }
    }

    /// <summary>A framed table: a dark heading, then names on the left and numbers on the right between thin rules.</summary>
    public static void Table(Pen pen, float width, float height, Colour ink, Colour ground, ref CounterRandom random)
    {
        var rows = Math.Clamp((int)(height / 3.2f), 3, 14);
        var row = Math.Min(height / rows, 4.5f);
        var rule = 0.12f * row;
        pen.Rectangle(0, 0, width, rows * row, ink);
        pen.Rectangle(rule, row, width - 2 * rule, (rows - 1) * row - rule, ground);
        StrokeFont.Draw(pen, "NUTRITION", width / 2, row / 2, 0.55f * row, 0.9f * width, ground, 0.18f);
        for (var i = 1; i < rows; i++)
        {
            pen.Rectangle(0, i * row, width, 0.5f * rule, ink);
            Line(pen.Moved(0.05f * width, i * row + 0.25f * row), width * (float)random.NextUniform(0.2, 0.5), 0.6f * row, ink, ref random);
            StrokeFont.Draw(pen, random.NextIndex(90) + (random.NextUnit() < 0.5 ? "." + random.NextIndex(10) : "") + Units[random.NextIndex(Units.Length)], 0.8f * width, (i + 0.52f) * row, 0.5f * row, 0.3f * width, ink, 0.14f);
        }
    }

    /// <summary>Three arrows that chase each other around a triangle.</summary>
    public static void LoopMark(Pen pen, float size, Colour ink)
    {
        for (var side = 0; side < 3; side++)
        {
            var arm = pen.Moved(size / 2, 0.55f * size).Turned(side * 2 * Math.PI / 3);
            arm.Stroke(ink, 0.09f * size, (-0.28f * size, 0.2f * size), (0.1f * size, 0.2f * size));
            arm.Polygon(ink, (0.08f * size, 0.08f * size), (0.28f * size, 0.2f * size), (0.08f * size, 0.32f * size));
        }
    }

    private static void Line(Pen pen, float width, float height, Colour ink, ref CounterRandom random)
    {
        var advance = 0.52f * height;
        for (var x = 0f; x + advance <= width; x += advance)
        {
            for (var letters = 2 + random.NextIndex(9); letters > 0 && x + advance <= width; letters--, x += advance)
            {
                // Letters are as high as an x; one in four rises above, and narrow ones leave a lighter spot.
                var tall = random.NextIndex(4) == 0;
                pen.Rectangle(x, tall ? 0 : 0.28f * height, advance * (random.NextIndex(4) == 0 ? 0.4f : 0.72f), tall ? 0.8f * height : 0.52f * height, ink);
            }
        }
    }
}
