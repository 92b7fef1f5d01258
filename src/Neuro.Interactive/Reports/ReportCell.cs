using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Reports;

/// <summary>A cell as a report prints it.</summary>
public abstract record ReportCell;

/// <summary>Markdown.</summary>
public sealed record ReportText(string Markdown) : ReportCell;

/// <summary>Code, folded away, with what it showed.</summary>
/// <param name="Label">What stands beside the fold: <c>In [3]</c>.</param>
public sealed record ReportCode(string Label, string Source, IReadOnlyList<ReportOutput> Outputs) : ReportCell;

public enum ReportOutputKind
{
    Value,
    Console,
    ConsoleError,
    Error,
}

/// <summary>One output of a cell.</summary>
public sealed record ReportOutput(ReportOutputKind Kind, MimeBundle Bundle);
