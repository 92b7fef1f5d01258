using static Neuro.Learning.Training.Figures.Svg;

namespace Neuro.Learning.Training.Figures;

/// <summary>A count for each class, as lying bars.</summary>
internal static class BarFigure
{
    private const int Width = 640, Left = 190, Right = 70, Top = 44, Row = 18;

    public static string Draw(string title, IReadOnlyList<string> names, IReadOnlyList<int> counts)
    {
        var most = Math.Max(1, counts.Max());
        return Document(Width, Top + (Row * names.Count) + 12, title, names.SelectMany((name, i) =>
        {
            var (y, length) = (Top + (Row * i), (double)counts[i] / most * (Width - Left - Right));
            return new[]
            {
                Text(Left - 6, y + 12, Short(name, 26), "end"),
                Box(Left, y + 2, length, Row - 4, Colour(0), 1, Line($"{name}: {counts[i]:N0}")),
                Text(Left + length + 6, y + 12, Line($"{counts[i]:N0}"), colour: counts[i] == 0 ? "#c53030" : "#4a5568"),
            };
        }));
    }
}
