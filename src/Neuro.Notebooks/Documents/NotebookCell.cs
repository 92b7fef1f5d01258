using System.Text.Json.Nodes;

namespace Neuro.Notebooks.Documents;

public enum CellKind
{
    Code,
    Markdown,
    Raw,
}

/// <summary>One cell, a view over its JSON.</summary>
public sealed class NotebookCell
{
    private NotebookCell(JsonObject node, CellKind kind) => (Node, Kind) = (node, kind);

    public CellKind Kind { get; }

    public string Id
    {
        get => (string?)Node["id"] ?? "";
        internal set => Node["id"] = value;
    }

    public string Source
    {
        get => MultilineText.Read(Node["source"]) ?? "";
        set => Node["source"] = MultilineText.Write(value);
    }

    public JsonObject Metadata => (JsonObject)(Node["metadata"] ??= new JsonObject());

    /// <summary>The tags of the cell; <c>parameters</c> marks the one that a run may override.</summary>
    public IReadOnlyList<string> Tags => Node["metadata"]?["tags"] is JsonArray tags ? [.. tags.OfType<JsonValue>().Select(tag => tag.ToString())] : [];

    public int? ExecutionCount
    {
        get => (int?)Node["execution_count"];
        set => Node["execution_count"] = value;
    }

    /// <summary>The outputs as nbformat has them; a cell that is not code has none.</summary>
    public JsonArray Outputs => Kind == CellKind.Code ? (JsonArray)(Node["outputs"] ??= new JsonArray()) : [];

    internal JsonObject Node { get; }

    internal static NotebookCell Over(JsonObject node, CellKind kind) => new(node, kind);

    internal static NotebookCell Create(CellKind kind, string source)
    {
        var node = new JsonObject { ["cell_type"] = kind.ToString().ToLowerInvariant(), ["execution_count"] = null, ["id"] = "", ["metadata"] = new JsonObject(), ["outputs"] = new JsonArray() };
        if (kind != CellKind.Code)
        {
            node.Remove("execution_count");
            node.Remove("outputs");
        }

        return new(node, kind) { Source = source };
    }
}
