namespace Neuro.Interactive.Formatting;

/// <summary>How a contract type is shown that is a row of a table, alone or with others.</summary>
internal abstract class TableSource<T> : FormatterSource<T>
    where T : notnull
{
    protected abstract ListTable<T> Table(IReadOnlyList<T> values);

    protected override string ToText(T value) => Table([value]).ToText();

    protected override Html ToHtml(T value) => Table([value]).ToHtml();

    protected override string? ToText(IReadOnlyList<T> values) => Table(values).ToText();

    protected override Html? ToHtml(IReadOnlyList<T> values) => Table(values).ToHtml();
}
