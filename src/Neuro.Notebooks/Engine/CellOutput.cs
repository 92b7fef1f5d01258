using Neuro.Interactive.Formatting;

namespace Neuro.Notebooks.Engine;

/// <summary>Something that a cell shows while it runs, in order.</summary>
public abstract record CellOutput;

/// <summary>Text written to the console.</summary>
public sealed record StreamOutput(bool IsError, string Text) : CellOutput;

/// <summary>A displayed value; <paramref name="Id"/> is what its updates go by.</summary>
public sealed record DisplayOutput(string Id, MimeBundle Bundle) : CellOutput;

/// <summary>Another value in the place of a displayed one.</summary>
public sealed record DisplayUpdate(string Id, MimeBundle Bundle) : CellOutput;

/// <summary>What the cell has shown so far goes away; with <paramref name="Wait"/> only when the next output comes.</summary>
public sealed record ClearOutput(bool Wait) : CellOutput;

/// <summary>The value of the cell's last expression.</summary>
public sealed record ResultOutput(MimeBundle Bundle) : CellOutput;

/// <summary>Why the cell stopped.</summary>
public sealed record ErrorOutput(CellError Error) : CellOutput;

/// <summary>What went wrong, for people first.</summary>
/// <param name="Name">The exception's type, its stable code, or the compiler's number.</param>
/// <param name="Message">One line without the name.</param>
/// <param name="Line">The one line to show in red.</param>
/// <param name="Excerpt">What belongs beneath it: the source line and a caret, or the way out.</param>
/// <param name="Details">Everything, with the stack: only on request.</param>
public sealed record CellError(string Name, string Message, string Line, IReadOnlyList<string> Excerpt, string Details)
{
    private const string Red = "\u001b[31m", Plain = "\u001b[0m";

    /// <summary>As notebooks keep it and Jupyter shows it: the line in red, and what belongs beneath it.</summary>
    internal IReadOnlyList<string> Traceback => [Red + Line + Plain, .. Excerpt];
}

/// <summary>How a cell ended; <paramref name="Error"/> is null when it ran through.</summary>
public sealed record CellResult(int ExecutionCount, CellError? Error, TimeSpan Elapsed)
{
    public bool Succeeded => Error is null;
}
