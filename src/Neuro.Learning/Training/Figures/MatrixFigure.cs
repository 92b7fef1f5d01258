using static Neuro.Learning.Training.Figures.Svg;

namespace Neuro.Learning.Training.Figures;

/// <summary>How often each class was taken for each: rows are what it is, columns what it was taken for.</summary>
internal static class MatrixFigure
{
    private const int Top = 52, Letters = 20, LetterWidth = 7;

    /// <param name="values">[actual][predicted]; empty cells, which are most where classes are many, are not drawn.</param>
    public static string Draw(string title, IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<double>> values)
    {
        var cell = Math.Clamp(640 / names.Count, 12, 40);
        var room = 12 + (LetterWidth * names.Max(name => Math.Min(Letters, name.Length)));
        var most = values.SelectMany(row => row).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        var side = cell * names.Count;
        return Document(room + Math.Max(side, 260) + 16, Top + side + room, title,
        [
            Text(12, 40, "actual ↓   predicted →"),
            Box(room, Top, side, side, "#edf2f7", 1, ""),
            .. values.SelectMany((row, r) => row.SelectMany((value, c) => value > 0 ? Cell(r, c, value) : [])),
            .. names.SelectMany((name, i) => new[]
            {
                Text(room - 6, Top + (cell * (i + 0.5)) + 4, Short(name, Letters), "end", size: 11),
                Text(room + (cell * (i + 0.5)) + 4, Top + side + 8, Short(name, Letters), "end", size: 11, turn: -60),
            }),
        ]);

        IEnumerable<string> Cell(int row, int column, double value)
        {
            var (x, y, share) = (room + (cell * column), Top + (cell * row), value / most);
            yield return Box(x, y, cell - 1, cell - 1, row == column ? Colour(0) : Colour(1), 0.1 + (0.9 * share), Line($"{names[row]} → {names[column]}: {value:G3}"));
            if (cell >= 24)
            {
                yield return Text(x + (cell / 2.0), y + (cell / 2.0) + 4, Line($"{value:G3}"), "middle", share > 0.5 ? "#ffffff" : "#1a202c", 10);
            }
        }
    }
}
