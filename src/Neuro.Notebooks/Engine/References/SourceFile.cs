using Neuro.Client.Api;
using Neuro.Notebooks.Documents;

namespace Neuro.Notebooks.Engine.References;

/// <summary>A piece of code from a file, and what it is called in errors.</summary>
internal sealed record SourcePiece(string Text, string Path);

/// <summary>Reads the code of a script, a C# file or a notebook.</summary>
internal static class SourceFile
{
    private const long Most = 16 << 20;

    /// <param name="path">Relative to <paramref name="from"/> where that is a file, else to the current folder.</param>
    /// <param name="from">The path of the code that asks.</param>
    /// <exception cref="NeuroException"><c>file.missing</c>, <c>file.too_large</c>, <c>file.unsupported</c>.</exception>
    public static IReadOnlyList<SourcePiece> Read(string path, string from)
    {
        var full = Locate(path, from);
        if (new FileInfo(full).Length > Most)
        {
            throw new NeuroException("file.too_large", $"{full} has {new FileInfo(full).Length} bytes; code is read from files of up to {Most}.");
        }

        return Path.GetExtension(full).ToLowerInvariant() switch
        {
            ".cs" or ".csx" => [new(File.ReadAllText(full), full)],
            ".ipynb" or ".dib" => [.. Notebook.Read(full).Cells.Where(cell => cell.Kind == CellKind.Code).Select((cell, i) => new SourcePiece(cell.Source, $"{full}[{i + 1}]"))],
            var other => throw new NeuroException("file.unsupported", $"{path} ends in '{other}'; code comes from .cs, .csx, .dib and .ipynb."),
        };
    }

    /// <exception cref="NeuroException"><c>file.missing</c>.</exception>
    public static string Locate(string path, string from)
    {
        var full = Path.GetFullPath(path, Path.IsPathRooted(from) ? Path.GetDirectoryName(from)! : Environment.CurrentDirectory);
        return File.Exists(full) ? full : throw new NeuroException("file.missing", $"There is no file {full}.\nA path is relative to the file that names it, or to {Environment.CurrentDirectory}.");
    }
}
