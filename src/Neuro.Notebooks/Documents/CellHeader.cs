using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Neuro.Notebooks.Documents;

/// <summary>What a cell has besides kind, source and outputs, as the JSON that a text format keeps beside it.</summary>
/// <remarks><c>{"id":"a1","tags":["parameters"],"metadata":{…}}</c>. Left out: an empty object, and the id that the cell would get anyway.</remarks>
internal static class CellHeader
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly HashSet<string> Elsewhere = ["cell_type", "source", "outputs", "execution_count"];

    /// <summary>Null when there is nothing to say.</summary>
    public static JsonObject? Of(NotebookCell cell, int place)
    {
        var header = new JsonObject();
        foreach (var (name, value) in cell.Node.Where(member => !Elsewhere.Contains(member.Key)))
        {
            header[name] = value?.DeepClone();
        }

        if (cell.Id == Notebook.IdOf(cell.Source, place))
        {
            header.Remove("id");
        }

        if (header["metadata"] is JsonObject metadata && metadata["tags"] is JsonArray tags)
        {
            metadata.Remove("tags");
            header["tags"] = tags;
        }

        if (header["metadata"] is null or JsonObject { Count: 0 })
        {
            header.Remove("metadata");
        }

        return header.Count == 0 ? null : header;
    }

    public static string Text(JsonObject header) => header.ToJsonString(Compact);

    /// <summary>Null for text that is no JSON object; members that a text format says otherwise are not taken.</summary>
    public static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: new() { MaxDepth = NotebookReader.Deepest, AllowDuplicateProperties = false }) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The cell as .ipynb has it; whether its members are sound is checked with the whole notebook.</summary>
    public static JsonObject Node(CellKind kind, string source, JsonObject? header)
    {
        var node = NotebookCell.Create(kind, source).Node;
        foreach (var (name, value) in header?.Where(member => !Elsewhere.Contains(member.Key)) ?? [])
        {
            if (name != "tags")
            {
                node[name] = value?.DeepClone();
            }
        }

        if (header?["tags"] is { } tags && (node["metadata"] ??= new JsonObject()) is JsonObject metadata)
        {
            metadata["tags"] = tags.DeepClone();
        }

        return node;
    }
}
