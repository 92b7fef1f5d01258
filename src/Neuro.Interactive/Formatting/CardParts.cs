using Neuro.Client.Tokens;

namespace Neuro.Interactive.Formatting;

/// <summary>The pieces that the cards of contracts share.</summary>
internal static class CardParts
{
    /// <summary>A number that matters, large, between what it is and what to know about it.</summary>
    public static Html Tile(string label, string value, string note = "") => Tile(label, Html.Text(value), note);

    /// <summary>An amount to two decimals, as large numbers are read; all its digits where the mouse rests on it.</summary>
    public static Html Tile(string label, Ntk amount, string note = "") => Tile(
        label, Html.Of($"""<span style="white-space:nowrap" title="{Wording.Amount(amount)}">{Wording.Rounded(amount)} <span style="font-size:.65em">NTK</span></span>"""), note);

    private static Html Tile(string label, Html value, string note) => Html.Of(
        $"""<div style="flex:1 1 9em;max-width:15em"><div class="neuro-quiet">{label}</div><div style="font-size:1.6em;font-weight:600;font-variant-numeric:tabular-nums;line-height:1.3;overflow-wrap:anywhere">{value}</div><div class="neuro-quiet" style="font-size:.9em">{note.Replace(" %", "\u00A0%")}</div></div>""");

    /// <summary>Tiles in a row, four on a page, two on a phone.</summary>
    public static Html Tiles(params IEnumerable<Html> tiles) => Html.Of($"<div style=\"display:flex;flex-wrap:wrap;gap:.6em 1.5em;margin:.3em 0 .6em\">{tiles}</div>");

    /// <summary>Charts side by side on a page, one above the other where it is narrow.</summary>
    public static Html Charts(params IEnumerable<Html> charts) => Html.Of(
        $"<div style=\"display:grid;grid-template-columns:repeat(auto-fit,minmax(min(380px,100%),1fr));gap:.6em 1em;max-width:60em\">{charts}</div>");

    /// <summary>Four pictures in one row on a page, fewer where it is narrow.</summary>
    public static Html Row(params IEnumerable<Html> pictures) => Html.Of(
        $"<div style=\"display:grid;grid-template-columns:repeat(auto-fit,minmax(min(190px,100%),1fr));gap:.6em\">{pictures}</div>");

    public static Html Sentences(IEnumerable<string> sentences) => Html.Of(
        $"<ul style=\"margin:.2em 0;padding-left:1.2em\">{sentences.Select(sentence => Html.Of($"<li>{sentence}</li>"))}</ul>");

    public static Html Heading(string text) => Html.Of($"<h5 style=\"margin:.8em 0 .2em;font-size:1em\">{text}</h5>");

    /// <summary>What only some want to read; opens without a script.</summary>
    public static Html Fold(string summary, Html content) => Html.Of($"<details><summary>{summary}</summary>{content}</details>");

    public static Html Preformatted(string text) => Html.Of($"<pre style=\"overflow:auto;max-height:24em\">{text}</pre>");

    /// <summary>Something wrong, in the colour for it.</summary>
    public static Html Bad(string text) => Html.Of($"<span class=\"neuro-bad\">{text}</span>");

    /// <summary>A share drawn as a short bar behind its percentage.</summary>
    public static Html ShareBar(double share) => share > 0
        ? Html.Of($"""<span style="display:inline-block;width:6em;height:.7em;border-radius:3px;background:var(--n-line,#d5dae1);vertical-align:middle;overflow:hidden"><span style="display:block;height:100%;width:{Math.Clamp(share, 0, 1) * 100:0.#}%;background:var(--n-accent,#2563b8)"></span></span> {Wording.Percent(share)}""")
        : Html.Of($"<span class=\"neuro-quiet\">not chosen</span>");
}
