using System.Globalization;
using System.Text.Json;

namespace Neuro.Interactive.Formatting;

/// <summary>How far long work on this machine is.</summary>
/// <param name="Fraction">0 to 1.</param>
[TypeFormatterSource(typeof(WorkProgressFormatters))]
internal sealed record WorkProgress(string Label, double Fraction, TimeSpan Elapsed)
{
    /// <summary>At the pace so far; null before there is a pace.</summary>
    public TimeSpan? Remaining => Fraction is > 0.01 and < 1 ? Elapsed * ((1 - Fraction) / Fraction) : null;
}

internal sealed class WorkProgressFormatters : FormatterSource<WorkProgress>
{
    protected override IEnumerable<(string Mime, Func<WorkProgress, string> Form)> OtherForms =>
    [
        (MimeTypes.Progress, now => JsonSerializer.Serialize(new { label = now.Label, fraction = now.Fraction, detail = Detail(now) })),
    ];

    protected override string ToText(WorkProgress now) => string.Create(CultureInfo.InvariantCulture, $"{now.Label}: {now.Fraction * 100:0} % · {Detail(now)}");

    protected override Html ToHtml(WorkProgress now) => HtmlParts.Progress(now.Label, now.Fraction, Detail(now));

    private static string Detail(WorkProgress now) => (now.Remaining is { } left ? $"about {Wording.Duration(left)} left · " : "") + Wording.Duration(now.Elapsed);
}
