namespace Neuro.Interactive.Formatting;

/// <summary>The few larger pieces that formatters are put together from.</summary>
public static class HtmlParts
{
    /// <summary>A table with a caption and column heads; cells that are numbers are set right.</summary>
    public static Html Table(string caption, IReadOnlyList<string> columns, IEnumerable<IEnumerable<object?>> rows) => Html.Of(
        $"<table class=\"neuro-table\"><caption>{caption}</caption><thead><tr>{columns.Select(Head)}</tr></thead><tbody>{rows.Select(Row)}</tbody></table>");

    /// <summary>Names and values, a line each: what one thing is like.</summary>
    public static Html Properties(string caption, IEnumerable<(string Name, object? Value)> properties) => Html.Of(
        $"<table class=\"neuro-table neuro-properties\"><caption>{caption}</caption><tbody>{properties.Select(Property)}</tbody></table>");

    /// <summary>A titled box around what belongs together.</summary>
    public static Html Card(string title, params IEnumerable<Html> body) => Html.Of(
        $"<section class=\"neuro-card\" aria-label=\"{title}\"><h4>{title}</h4>{body}</section>");

    /// <summary>Pieces side by side, wrapping where the line ends.</summary>
    public static Html Grid(params IEnumerable<Html> pieces) => Html.Of($"<div class=\"neuro-grid\">{pieces}</div>");

    /// <summary>Pictures side by side in columns of one width, as many as fit.</summary>
    public static Html Gallery(int narrowest, params IEnumerable<Html> pictures) => Html.Of(
        $"<div style=\"display:grid;grid-template-columns:repeat(auto-fill,minmax(min({narrowest}px,100%),1fr));gap:.6em\">{pictures}</div>");

    /// <summary>Something to look at with a line beneath it.</summary>
    public static Html Figure(Html content, string caption) => Html.Of($"<figure class=\"neuro-figure\">{content}<figcaption>{caption}</figcaption></figure>");

    /// <summary>An embedded picture; <paramref name="alt"/> says what a person would see.</summary>
    public static Html Picture(ReadOnlySpan<byte> encoded, string alt, string mime = MimeTypes.Png) => Html.Of(
        $"<img class=\"neuro-picture\" src=\"data:{mime};base64,{Convert.ToBase64String(encoded)}\" alt=\"{alt}\">");

    /// <summary>A bar filled to <paramref name="fraction"/> (0 to 1); a striped one where it is null, because nobody knows.</summary>
    public static Html Progress(string label, double? fraction, string detail)
    {
        var bar = fraction is { } known
            ? Html.Of($"<progress max=\"1\" value=\"{Math.Clamp(known, 0, 1):0.###}\" aria-label=\"{label}\"></progress> {Math.Clamp(known, 0, 1) * 100:0}\u00A0%")
            : Html.Of($"<progress aria-label=\"{label}\"></progress>");
        return Html.Of($"<div class=\"neuro-progress\"><div>{label}</div>{bar} <span class=\"neuro-quiet\">{detail}</span></div>");
    }

    private static Html Head(string column) => Html.Of($"<th scope=\"col\">{column}</th>");

    private static Html Row(IEnumerable<object?> cells) => Html.Of($"<tr>{cells.Select(Cell)}</tr>");

    private static Html Property((string Name, object? Value) property) => Html.Of($"<tr><th scope=\"row\">{property.Name}</th>{Cell(property.Value)}</tr>");

    private static Html Cell(object? value) => FormatterFallback.IsNumber(value)
        ? Html.Of($"<td class=\"neuro-number\">{FormatterFallback.Line(value)}</td>")
        : Html.Of($"<td>{value as Html ?? Html.Text(FormatterFallback.Line(value))}</td>");
}
