namespace Neuro.Interactive.Magics;

/// <summary>What a magic may ask of the notebook, kernel or headless run it stands in.</summary>
public interface IMagicHost
{
    /// <summary>Stops with the cell.</summary>
    CancellationToken Cancellation { get; }

    /// <summary>The names of the variables of the session, in the order they were made.</summary>
    IReadOnlyCollection<string> VariableNames { get; }

    /// <summary>Shows a value under the cell.</summary>
    /// <returns>A handle that puts another value in the same place.</returns>
    IDisplayHandle Display(object? value);

    bool TryGetVariable(string name, out object? value);

    /// <summary>Makes a variable of the session, or gives it a new value.</summary>
    void SetVariable(string name, object? value);

    /// <summary>Runs code of the cell (C# and magics) and shows its outputs; an error in it comes out as an exception.</summary>
    Task RunAsync(MagicBody code);

    /// <summary>Asks whoever runs the cell for a line of text; null at the end of what there is to read.</summary>
    Task<string?> AskAsync(string prompt);

    /// <summary>Runs the code of a file (.cs, .csx, .ipynb) as if it stood in the cell.</summary>
    Task ImportAsync(string file);
}

/// <summary>A thing on the page that can change.</summary>
public interface IDisplayHandle
{
    void Update(object? value);
}

/// <summary>The lines of a cell that belong to a magic, and the line of the cell (from 1) on which they start.</summary>
public sealed record MagicBody(string Text, int FirstLine)
{
    public static readonly MagicBody None = new("", 1);
}
