using System.Globalization;
using System.Net;

namespace Neuro.Learning.Training;

/// <summary>What a finding means for the training.</summary>
public enum Verdict
{
    Good,

    /// <summary>It will run, but perhaps not be worth its price.</summary>
    Warning,

    /// <summary>It will not lead anywhere.</summary>
    Bad,
}

/// <param name="Check">What was looked at.</param>
/// <param name="Text">What was found, with its numbers, and what to do.</param>
public sealed record Finding(string Check, Verdict Verdict, string Text);

/// <summary>What was found before money is spent on a training.</summary>
/// <param name="Samples">That the whole training will learn from, each as often as it is seen.</param>
/// <param name="SamplesPerSecond">Measured on this machine, with the data at hand.</param>
/// <param name="Time">What the whole training will take at that speed; rendering is not in it.</param>
public sealed record PreflightReport(IReadOnlyList<Finding> Findings, long Samples, double SamplesPerSecond, TimeSpan Time)
{
    /// <summary>Whether nothing is bad.</summary>
    public bool IsReady => Findings.All(finding => finding.Verdict != Verdict.Bad);

    /// <summary>A line a finding.</summary>
    public string ToText() => string.Join('\n', Findings.Select(finding => $"{Mark(finding.Verdict)} {finding.Check}: {finding.Text}"));

    /// <summary>The same as a table.</summary>
    public string ToHtml() =>
        $"<table class=\"neuro-table\"><caption>{(IsReady ? "Ready to train" : "Not ready to train")}</caption>"
        + $"<tbody>{string.Concat(Findings.Select(Row))}</tbody></table>";

    public override string ToString() => ToText();

    internal static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Row(Finding finding) =>
        $"<tr><td{(finding.Verdict == Verdict.Good ? "" : " class=\"neuro-bad\"")}>{Mark(finding.Verdict)}</td>"
        + $"<th scope=\"row\">{WebUtility.HtmlEncode(finding.Check)}</th><td>{WebUtility.HtmlEncode(finding.Text)}</td></tr>";

    private static string Mark(Verdict verdict) => verdict switch { Verdict.Good => "✓", Verdict.Warning => "!", _ => "✗" };
}
