namespace Neuro.Notebooks.Engine;

/// <summary>Whether a cell is ready to run when somebody presses Enter at its end.</summary>
/// <param name="Indent">The spaces with which the next line begins; empty unless the cell is incomplete.</param>
public sealed record Completeness(CompletenessStatus Status, string Indent);

public enum CompletenessStatus
{
    Complete,
    Incomplete,
    Invalid,
}
