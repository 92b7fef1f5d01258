namespace Neuro.Interactive.Formatting.Charts;

/// <summary>A grid of values, darker where they are larger: a confusion matrix, say.</summary>
public sealed record Heatmap : Chart
{
    private const int Top = 56;

    public required IReadOnlyList<string> Rows { get; init; }

    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>[row][column], not below zero.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Values { get; init; }

    public string RowLabel { get; init; } = "";

    public string ColumnLabel { get; init; } = "";

    /// <summary>As large as the cells and the names need, and wide enough for the title.</summary>
    protected override (int Width, int Height) Size => (
        Math.Max(Left + CellSize * Values.Select(row => row.Count).DefaultIfEmpty().Max() + 16, 24 + 9 * Title.Length),
        Top + CellSize * Math.Max(1, Values.Count) + 16 + (int)(0.87 * Room(Columns)));

    private int CellSize => Math.Clamp(480 / Math.Max(1, Values.Count), 14, 44);

    private int Left => 20 + Room(Rows);

    /// <summary>The length of the longest name, in pixels.</summary>
    private static int Room(IReadOnlyList<string> names) => (int)(6.4 * names.Select(name => Short(name).Length).DefaultIfEmpty(2).Max());

    public override string ToText()
    {
        var filled = Values.SelectMany((row, r) => row.Select((value, c) => (Row: r, Column: c, Value: value))).Where(cell => cell.Value > 0).OrderByDescending(cell => cell.Value).Take(10);
        return string.Join('\n', filled.Select(cell => $"{Name(Rows, cell.Row)} → {Name(Columns, cell.Column)}: {Number(cell.Value)}").Prepend($"{Values.Count} × {Columns.Count}; the largest:"));
    }

    protected override Html Drawing()
    {
        var size = CellSize;
        var most = Values.SelectMany(row => row).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        var bottom = Top + size * Values.Count;
        var cells = Values.SelectMany((row, r) => row.Select((value, c) => Cell(r, c, value, most > 0 && double.IsFinite(value) ? Math.Clamp(value / most, 0, 1) : 0, size)));
        var rows = Values.Select((_, r) => Html.Of($"""<text x="{Left - 6}" y="{Top + size * r + size / 2 + 4}" text-anchor="end" font-size="11" fill="currentColor">{Short(Name(Rows, r))}</text>"""));
        var columns = Columns.Select((name, c) => Html.Of(
            $"""<text transform="translate({Left + size * c + size / 2 + 4} {bottom + 8}) rotate(-60)" text-anchor="end" font-size="11" fill="currentColor">{Short(name)}</text>"""));
        return Html.Of(
            $"""
            <text x="12" y="16" font-size="14" font-weight="600" fill="currentColor">{Title}</text><text x="12" y="36" fill="currentColor">{RowLabel}{(ColumnLabel.Length > 0 ? $" ↓   {ColumnLabel} →" : "")}</text>
            {cells}
            {rows}{columns}
            """);
    }

    private Html Cell(int row, int column, double value, double share, int size)
    {
        var (x, y) = (Left + size * column, Top + size * row);
        var number = size >= 22 && value > 0 ? Html.Of($"""<text x="{x + size / 2}" y="{y + size / 2 + 4}" text-anchor="middle" font-size="10" fill="{(share > 0.55 ? "#ffffff" : "currentColor")}">{Number(value)}</text>""") : Html.Empty;
        return Html.Of(
            $"""<rect x="{x}" y="{y}" width="{size - 1}" height="{size - 1}" fill="#2563b8" fill-opacity="{0.06 + 0.94 * share:0.##}"><title>{Name(Rows, row)} → {Name(Columns, column)}: {Number(value)}</title></rect>{number}""");
    }

    private static string Name(IReadOnlyList<string> names, int at) => at < names.Count ? names[at] : $"{at}";

    private static string Short(string name) => name.Length <= 20 ? name : string.Concat(name.AsSpan(0, 19), "…");
}
