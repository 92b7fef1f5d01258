using Neuro.Interactive.Formatting.Charts;

namespace Neuro.Interactive.Formatting;

/// <summary>Which classes a model takes for which: a row per actual class, what was right in one colour and what was wrong in another, each cell as strong as its share of the row.</summary>
internal sealed record ConfusionMatrix : Chart
{
    private const int Left = 196, Top = 78, RecallSpace = 52, BelowRows = 8;
    private const int LongestName = 28;
    private const double LetterWidth = 6.1;
    private const string Right = "#2563b8", Wrong = "#d9480f";

    private readonly IReadOnlyList<string> classes = [];

    /// <summary>The chart takes its size from them.</summary>
    public required IReadOnlyList<string> Classes
    {
        get => classes;
        init
        {
            classes = value;
            Width = Left + Cell * value.Count + RecallSpace;
            Height = Top + Cell * value.Count + BelowRows + (int)(Math.Min(LongestName, value.Select(name => name.Length).DefaultIfEmpty().Max()) * LetterWidth * 0.87) + 24;
        }
    }

    /// <summary>[actual][predicted].</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Counts { get; init; }

    private int Cell => Math.Clamp(700 / Math.Max(1, classes.Count), 22, 48);

    public override string ToText()
    {
        var (right, all) = (Counts.Select((row, i) => i < row.Count ? row[i] : 0).Sum(), Counts.Sum(row => row.Sum()));
        return $"{Classes.Count} classes, {all} pictures, {right} on the diagonal";
    }

    protected override Html Drawing() => Html.Of(
        $"""
        <text x="12" y="16" font-size="14" font-weight="600" fill="currentColor">{Title}</text>
        <text x="12" y="36" fill="currentColor">rows: actual · columns: predicted · shade: share of the row</text>
        <rect x="12" y="47" width="11" height="11" fill="{Right}"/><text x="28" y="57" fill="currentColor">right</text><rect x="70" y="47" width="11" height="11" fill="{Wrong}"/><text x="86" y="57" fill="currentColor">wrong</text>
        <text x="{Left + Cell * Classes.Count + RecallSpace - 8}" y="{Top - 6}" text-anchor="end" font-size="11" fill="currentColor">recall</text>
        {Enumerable.Range(0, Counts.Count).Select(Row)}
        {Classes.Select(Column)}
        """);

    private Html Row(int row)
    {
        var sum = Counts[row].Sum();
        var middle = Top + Cell * row + Cell / 2 + 4;
        var recall = sum == 0 ? "–" : Wording.Number(100.0 * Counts[row].ElementAtOrDefault(row) / sum, "0") + " %";
        return Html.Of(
            $"""
            <text x="{Left - 6}" y="{middle}" text-anchor="end" font-size="11" fill="currentColor">{Short(Name(row))}<title>{Name(row)}</title></text>{Counts[row].Select((count, column) => Square(row, column, count, sum))}<text x="{Left + Cell * Classes.Count + RecallSpace - 8}" y="{middle}" text-anchor="end" font-size="11" fill="currentColor">{recall}</text>

            """);
    }

    private Html Square(int row, int column, int count, int sum)
    {
        var share = sum == 0 ? 0 : (double)count / sum;
        var (x, y) = (Left + Cell * column, Top + Cell * row);
        if (count == 0)
        {
            return Html.Of($"""<rect x="{x}" y="{y}" width="{Cell - 1}" height="{Cell - 1}" fill="currentColor" fill-opacity="0.05"/>""");
        }

        return Html.Of(
            $"""<g><title>{Name(row)} → {Name(column)}: {count} of {sum}</title><rect x="{x}" y="{y}" width="{Cell - 1}" height="{Cell - 1}" fill="{(row == column ? Right : Wrong)}" fill-opacity="{0.2 + 0.8 * share:0.##}"/><text x="{x + (Cell - 1) / 2.0:0.#}" y="{y + Cell / 2 + 4}" text-anchor="middle" font-size="10" fill="{(share > 0.45 ? "#ffffff" : "currentColor")}">{count}</text></g>""");
    }

    private Html Column(string name, int column) => Html.Of(
        $"""<text transform="translate({Left + Cell * column + Cell / 2 + 3} {Top + Cell * Counts.Count + BelowRows + 4}) rotate(-60)" text-anchor="end" font-size="11" fill="currentColor">{Short(name)}<title>{name}</title></text>""");

    private string Name(int at) => at < Classes.Count ? Classes[at] : $"class {at}";

    private static string Short(string name) => name.Length <= LongestName ? name : string.Concat(name.AsSpan(0, LongestName - 1), "…");
}
