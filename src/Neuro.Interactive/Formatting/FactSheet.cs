namespace Neuro.Interactive.Formatting;

/// <summary>What one thing is like: names and values, said once, as lines of text and as a table.</summary>
internal sealed class FactSheet(string title)
{
    private readonly List<(string Name, string Text, Html Html)> facts = [];

    public FactSheet Add(string name, string text, Html? html = null)
    {
        facts.Add((name, text, html ?? Html.Text(text)));
        return this;
    }

    /// <summary>Only where there is something to say.</summary>
    public FactSheet AddIf(string name, string? text, Html? html = null) => text is { Length: > 0 } ? Add(name, text, html) : this;

    public string ToText()
    {
        var width = facts.Select(fact => fact.Name.Length).DefaultIfEmpty().Max();
        return string.Join('\n', facts.Select(fact => $"  {fact.Name.PadRight(width)}  {fact.Text}").Prepend(title));
    }

    public Html ToHtml() => Html.Of(
        $"""
        <table class="neuro-table neuro-properties" aria-label="{title}"><tbody>
        {Html.Join(facts.Select(fact => Html.Of($"<tr><th scope=\"row\">{fact.Name}</th><td>{fact.Html}</td></tr>")), "\n")}
        </tbody></table>
        """);
}
