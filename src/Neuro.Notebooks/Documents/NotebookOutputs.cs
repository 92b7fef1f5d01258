using System.Text.Json;
using System.Text.Json.Nodes;
using Neuro.Interactive.Formatting;

namespace Neuro.Notebooks.Documents;

/// <summary>Outputs as nbformat 4 stores them, both ways.</summary>
internal static class NotebookOutputs
{
    public static JsonObject Stream(string name, string text) => new() { ["name"] = name, ["output_type"] = "stream", ["text"] = MultilineText.Write(text) };

    public static JsonObject Display(MimeBundle bundle) => new() { ["data"] = Data(bundle), ["metadata"] = new JsonObject(), ["output_type"] = "display_data" };

    public static JsonObject Result(MimeBundle bundle, int count) =>
        new() { ["data"] = Data(bundle), ["execution_count"] = count, ["metadata"] = new JsonObject(), ["output_type"] = "execute_result" };

    public static JsonObject Error(string name, string message, IEnumerable<string> traceback) =>
        new() { ["ename"] = name, ["evalue"] = message, ["output_type"] = "error", ["traceback"] = new JsonArray([.. traceback.Select(line => JsonValue.Create(line))]) };

    /// <summary>The forms of a value; progress is for eyes on a screen and is left out.</summary>
    public static JsonObject Data(MimeBundle bundle)
    {
        var data = new JsonObject();
        foreach (var (mime, content) in bundle.Where(form => form.Key != MimeTypes.Progress))
        {
            data[mime] = IsJson(mime) ? JsonNode.Parse(content) : mime.StartsWith("image/", StringComparison.Ordinal) && mime != MimeTypes.Svg ? content : MultilineText.Write(content);
        }

        return data;
    }

    /// <summary>The forms that an output's data holds; what is neither text nor JSON of a JSON type is left out.</summary>
    public static MimeBundle Bundle(JsonObject data) => MimeBundle.Of(data
        .Select(form => KeyValuePair.Create(form.Key, IsJson(form.Key) ? form.Value?.ToJsonString() : MultilineText.Read(form.Value)))
        .Where(form => form.Value is not null)
        .Select(form => KeyValuePair.Create(form.Key, form.Value!)));

    private static bool IsJson(string mime) => mime == "application/json" || mime.EndsWith("+json", StringComparison.Ordinal);
}
