namespace Neuro.Notebooks.Documents;

/// <summary>How a notebook is written down.</summary>
public enum NotebookFormat
{
    /// <summary>.ipynb: JSON with outputs (nbformat 4).</summary>
    Ipynb,

    /// <summary>.dib: text of .NET Interactive, a line such as <c>#!csharp</c> above each cell.</summary>
    Dib,

    /// <summary>.csx: a C# script, a line <c>// %%</c> above each cell.</summary>
    Csx,

    /// <summary>.cs: a program of one file (.NET 10), a line <c>// %%</c> above each cell.</summary>
    Cs,
}

public static class NotebookFormats
{
    /// <summary>The format that a file's name says.</summary>
    /// <exception cref="NotebookException"><c>notebook.unsupported</c>: another ending.</exception>
    public static NotebookFormat Of(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".ipynb" => NotebookFormat.Ipynb,
        ".dib" => NotebookFormat.Dib,
        ".csx" => NotebookFormat.Csx,
        ".cs" => NotebookFormat.Cs,
        var other => throw new NotebookException("notebook.unsupported", $"{path} ends in '{other}'; notebooks end in .ipynb, .dib, .csx or .cs."),
    };

    /// <summary>Only .ipynb has a place for what cells showed.</summary>
    public static bool KeepsOutputs(this NotebookFormat format) => format == NotebookFormat.Ipynb;
}
