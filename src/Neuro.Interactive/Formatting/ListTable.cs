using Neuro.Client.Tokens;

namespace Neuro.Interactive.Formatting;

/// <summary>Several values of one type as one table: the columns are said once and come out as text and as HTML.</summary>
internal sealed class ListTable<T>(string caption, IReadOnlyList<T> rows)
{
    private readonly List<Column> columns = [];

    private sealed record Column(string Head, IReadOnlyList<string> Texts, IReadOnlyList<Html> Cells, bool IsNumber)
    {
        public int Width { get; } = Texts.Select(text => text.Length).Append(Head.Length).Max();
    }

    public ListTable<T> Words(string head, Func<T, string> text, Func<T, Html>? html = null) => Add(head, text, html, isNumber: false);

    public ListTable<T> Number(string head, Func<T, string> text, Func<T, Html>? html = null) => Add(head, text, html, isNumber: true);

    /// <summary>Amounts with the same number of decimals, so that their points stand under each other; <paramref name="signed"/> writes a plus too.</summary>
    public ListTable<T> Amounts(string head, Func<T, Ntk> amount, bool signed = false)
    {
        var decimals = rows.Select(row => Wording.Decimals(amount(row))).DefaultIfEmpty().Max();
        return Number(head, row => (signed && amount(row) > Ntk.Zero ? "+" : "") + Wording.Digits(amount(row), decimals));
    }

    /// <summary>Moments in UTC, which the head says once; they do not wrap.</summary>
    public ListTable<T> Moments(string head, Func<T, DateTimeOffset> at) =>
        Words($"{head}, UTC", row => Short(at(row)), row => Html.Of($"<span style=\"white-space:nowrap\">{Short(at(row))}</span>"));

    public string ToText()
    {
        var lines = new List<string> { caption, Line(column => column.Head), Line(column => new string('─', column.Width)) };
        lines.AddRange(rows.Select((_, i) => Line(column => column.Texts[i])));
        return string.Join('\n', lines);
    }

    public Html ToHtml() => Html.Of(
        $"""
        <div style="overflow-x:auto"><table class="neuro-table"><caption>{caption}</caption>
        <thead><tr>{columns.Select(Head)}</tr></thead>
        <tbody>
        {Html.Join(rows.Select((_, i) => Html.Of($"<tr>{columns.Select(column => Cell(column, i))}</tr>")), "\n")}
        </tbody></table></div>
        """);

    private ListTable<T> Add(string head, Func<T, string> text, Func<T, Html>? html, bool isNumber)
    {
        var texts = rows.Select(text).ToList();
        columns.Add(new(head, texts, html is null ? [.. texts.Select(Html.Text)] : [.. rows.Select(html)], isNumber));
        return this;
    }

    private static string Short(DateTimeOffset at) => Wording.Moment(at)[..^" UTC".Length];

    private string Line(Func<Column, string> cell) => string.Join("  ", columns.Select(column => column.IsNumber ? cell(column).PadLeft(column.Width) : cell(column).PadRight(column.Width))).TrimEnd();

    private static Html Head(Column column) => column.IsNumber
        ? Html.Of($"<th scope=\"col\" style=\"text-align:right\">{column.Head}</th>")
        : Html.Of($"<th scope=\"col\">{column.Head}</th>");

    private static Html Cell(Column column, int row) => column.IsNumber
        ? Html.Of($"<td class=\"neuro-number\" style=\"white-space:nowrap\">{column.Cells[row]}</td>")
        : Html.Of($"<td>{column.Cells[row]}</td>");
}
