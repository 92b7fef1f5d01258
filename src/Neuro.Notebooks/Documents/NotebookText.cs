using System.Text.Json.Nodes;

namespace Neuro.Notebooks.Documents;

/// <summary>What the text formats share: lines, the members of the notebook itself, and the way back to a checked notebook.</summary>
internal static class NotebookText
{
    /// <summary>The lines of a file; its last line end belongs to the last line. Ends of \r\n are read as \n.</summary>
    public static string[] Lines(string text)
    {
        var lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    /// <summary>A cell's lines without the empty line that separates it from the next one.</summary>
    public static IEnumerable<string> WithoutSeparator(IReadOnlyList<string> lines, bool isLast) => !isLast && lines is [.., ""] ? lines.Take(lines.Count - 1) : lines;

    /// <summary>The members of the notebook besides its cells; null when they are those of a new one.</summary>
    public static JsonObject? Rest(JsonObject root)
    {
        var (rest, usual) = (root.DeepClone().AsObject(), NotebookReader.Empty());
        rest.Remove("cells");
        usual.Remove("cells");
        return JsonNode.DeepEquals(rest, usual) ? null : rest;
    }

    /// <exception cref="NotebookException">What was written beside the cells cannot be.</exception>
    public static Notebook Notebook(JsonObject? rest, IEnumerable<JsonObject> cells, string name)
    {
        var root = (rest ?? NotebookReader.Empty()).DeepClone().AsObject();
        root.Remove("cells");
        root.Insert(0, "cells", new JsonArray([.. cells]));
        return NotebookReader.Checked(root, name);
    }
}
