namespace Neuro.Interactive.Formatting;

/// <summary>The one style sheet of all formatters.</summary>
/// <remarks>
/// A report carries it once in its head. In a notebook it travels with the first output of the session that needs it (and again with each
/// update of that same output, which would otherwise take it away); without it everything still reads, only plainer.
/// </remarks>
public static class HtmlStyle
{
    /// <summary>The sheet in its element, as it is put in front of an output.</summary>
    public const string Element = "<style>" + Sheet + "</style>";

    /// <summary>True when <paramref name="html"/> uses a class of the sheet.</summary>
    public static bool IsNeededBy(string html) => html.Contains("class=\"neuro-", StringComparison.Ordinal);

    public const string Sheet = """

        .neuro-table,.neuro-card,.neuro-figure,.neuro-progress{--n-ink:#1c2430;--n-quiet:#5b6675;--n-line:#d5dae1;--n-fill:#f5f7f9;--n-accent:#2563b8;--n-bad:#b3261e}
        @media (prefers-color-scheme:dark){.neuro-table,.neuro-card,.neuro-figure,.neuro-progress{--n-ink:#e6e9ee;--n-quiet:#a3adba;--n-line:#3b4450;--n-fill:#222932;--n-accent:#7fb2f5;--n-bad:#ff8a80}}
        .neuro-table{border-collapse:collapse;margin:.5em 0;font-variant-numeric:tabular-nums}
        .neuro-table caption{caption-side:top;text-align:left;font-weight:600;padding:.2em 0}
        .neuro-table th,.neuro-table td{border:0;border-bottom:1px solid var(--n-line);padding:.25em .9em .25em 0;text-align:left;vertical-align:top}
        .neuro-table th{font-weight:600}
        .neuro-table td.neuro-number{text-align:right;padding-right:.9em}
        .neuro-properties th{color:var(--n-quiet);font-weight:400}
        .neuro-quiet{color:var(--n-quiet)}
        .neuro-bad{color:var(--n-bad);font-weight:600}
        .neuro-card{border:1px solid var(--n-line);border-radius:8px;padding:.6em 1em;margin:.5em 0;overflow-x:auto}
        .neuro-card>h4{margin:.1em 0 .4em;font-size:1.05em}
        .neuro-grid{display:flex;flex-wrap:wrap;gap:1em;align-items:flex-start}
        .neuro-figure{margin:.3em 0;display:inline-block;max-width:100%}
        .neuro-figure figcaption{color:var(--n-quiet);font-size:.9em}
        .neuro-picture,.neuro-chart{max-width:100%;height:auto}
        .neuro-progress{margin:.5em 0}
        .neuro-progress progress{width:18em;max-width:50%;vertical-align:middle;accent-color:var(--n-accent)}
        
        """;
}
