using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Neuro.Notebooks.Documents;

/// <summary>Reads notebook files; hostile until checked: size, depth, doubled names, and every member that the program relies on.</summary>
internal static class NotebookReader
{
    private const long LargestFile = 200L * 1024 * 1024;
    public const int Deepest = 128;

    public static JsonObject Empty() => new()
    {
        ["cells"] = new JsonArray(),
        ["metadata"] = new JsonObject
        {
            ["kernelspec"] = new JsonObject { ["display_name"] = "C# (Neuro)", ["language"] = "C#", ["name"] = Jupyter.KernelSpec.OurName },
            ["language_info"] = new JsonObject { ["file_extension"] = ".cs", ["mimetype"] = "text/x-csharp", ["name"] = "C#" },
        },
        ["nbformat"] = 4,
        ["nbformat_minor"] = 5,
    };

    public static Notebook Read(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new NotebookException("notebook.missing", $"There is no notebook {path}.");
        }

        return file.Length > LargestFile
            ? throw new NotebookException("notebook.too_large", $"{path} has {file.Length >> 20} MB; a notebook may have {LargestFile >> 20} MB. Clear the outputs of its largest cells.")
            : Parse(path, file.Name);
    }

    private static Notebook Parse(string path, string name)
    {
        if (NotebookFormats.Of(path) is var format && format == NotebookFormat.Ipynb)
        {
            return Parse(File.ReadAllBytes(path), name);
        }

        try
        {
            return Notebook.Parse(File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true)), format, name);
        }
        catch (DecoderFallbackException broken)
        {
            throw new NotebookException("notebook.unsupported", $"{name}: the bytes at {broken.Index} are no UTF-8. Save it as UTF-8.");
        }
    }

    public static Notebook Parse(ReadOnlyMemory<byte> utf8, string name)
    {
        var bytes = utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
        Walk(bytes.Span, name);
        JsonNode? parsed;
        try
        {
            parsed = JsonNode.Parse(bytes.Span, documentOptions: new() { MaxDepth = Deepest, AllowDuplicateProperties = false });
        }
        catch (JsonException broken)
        {
            throw NotJson(name, "", broken);
        }

        if (parsed is not JsonObject root)
        {
            throw new NotebookException("notebook.unsupported", $"{name}: the file is {Kind(parsed)}; a notebook is an object with cells.");
        }

        return Checked(root, name);
    }

    /// <summary>The notebook over its JSON, once every member that the program relies on is as it should be.</summary>
    public static Notebook Checked(JsonObject root, string name)
    {
        if (Whole(root["nbformat"]) is not 4)
        {
            throw new NotebookException("notebook.unsupported", $"{name}: nbformat is {root["nbformat"]?.ToJsonString() ?? "missing"}; this program reads format 4. `jupyter nbconvert --to notebook --nbformat 4` converts it.");
        }

        if (root["nbformat_minor"] is { } minor && Whole(minor) is null)
        {
            throw new NotebookException("notebook.unsupported", $"{name}: nbformat_minor is {minor.ToJsonString()}; expected a whole number.");
        }

        if (root["cells"] is not JsonArray cells)
        {
            throw new NotebookException("notebook.unsupported", $"{name}: cells is {Kind(root["cells"])}; expected a list.");
        }

        return new(root, [.. cells.Select((cell, i) => Cell(cell, i, name))]);
    }

    private static NotebookCell Cell(JsonNode? node, int index, string name)
    {
        NotebookException wrong(string what) => new("notebook.broken_cell", $"{name}: cell {index + 1}: {what}");

        if (node is not JsonObject cell)
        {
            throw wrong($"it is {Kind(node)}; expected an object.");
        }

        var kind = cell["cell_type"] is JsonValue type && type.GetValueKind() == JsonValueKind.String && Enum.TryParse<CellKind>(type.GetValue<string>(), ignoreCase: true, out var known) && Enum.IsDefined(known)
            ? known
            : throw wrong($"cell_type is {cell["cell_type"]?.ToJsonString() ?? "missing"}; expected code, markdown or raw.");
        if (MultilineText.Read(cell["source"]) is null)
        {
            throw wrong($"source is {Kind(cell["source"])}; expected text or a list of lines.");
        }

        if (cell["id"] is { } id && id.GetValueKind() != JsonValueKind.String)
        {
            throw wrong($"id is {Kind(id)}; expected text.");
        }

        if (cell["metadata"] is not (null or JsonObject))
        {
            throw wrong($"metadata is {Kind(cell["metadata"])}; expected an object.");
        }

        if (cell["execution_count"] is { } count && Whole(count) is null)
        {
            throw wrong($"execution_count is {count.ToJsonString()}; expected a whole number or null.");
        }

        if (kind == CellKind.Code && cell["outputs"] is { } outputs)
        {
            CheckOutputs(outputs, wrong);
        }

        return NotebookCell.Over(cell, kind);
    }

    private static void CheckOutputs(JsonNode outputs, Func<string, NotebookException> wrong)
    {
        if (outputs is not JsonArray list)
        {
            throw wrong($"outputs is {Kind(outputs)}; expected a list.");
        }

        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is not JsonObject output || output["output_type"] is not JsonValue type || type.GetValueKind() != JsonValueKind.String)
            {
                throw wrong($"output {i + 1} is {Kind(list[i])} without output_type; expected stream, display_data, execute_result or error.");
            }

            var fault = type.GetValue<string>() switch
            {
                "stream" when MultilineText.Read(output["text"]) is null => "its text is " + Kind(output["text"]),
                "display_data" or "execute_result" when output["data"] is not JsonObject => "its data is " + Kind(output["data"]),
                "stream" or "display_data" or "execute_result" or "error" => null,
                var other => $"its output_type is '{other}'",
            };
            if (fault is not null)
            {
                throw wrong($"output {i + 1}: {fault}; that is no output of format 4.");
            }
        }
    }

    /// <summary>Reads every token once, so that what breaks, or is text that no string can hold, is found here and with the number of its cell.</summary>
    private static void Walk(ReadOnlySpan<byte> utf8, string name)
    {
        var (cell, inCells) = (0, false);
        var reader = new Utf8JsonReader(utf8, new() { MaxDepth = Deepest });
        try
        {
            while (reader.Read())
            {
                if (reader is { CurrentDepth: 1, TokenType: JsonTokenType.PropertyName })
                {
                    inCells = reader.ValueTextEquals("cells"u8);
                }

                cell += inCells && reader is { CurrentDepth: 2, TokenType: JsonTokenType.StartObject } ? 1 : 0;
                if (reader is { ValueIsEscaped: true, TokenType: JsonTokenType.String or JsonTokenType.PropertyName })
                {
                    reader.GetString();
                }
            }
        }
        catch (JsonException broken)
        {
            throw NotJson(name, Place(), broken);
        }
        catch (InvalidOperationException)
        {
            throw new NotebookException("notebook.not_json", $"{name}: {Place()}a text holds half a surrogate pair (\\uD800 to \\uDFFF alone), which is no character.");
        }

        string Place() => inCells && cell > 0 ? $"in cell {cell}: " : "";
    }

    private static NotebookException NotJson(string name, string place, JsonException broken) =>
        new("notebook.not_json", $"{name}: {place}not JSON at line {broken.LineNumber + 1}: {FirstSentence(broken.Message)}");

    private static int? Whole(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out var whole) ? whole : null;

    private static string Kind(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "missing",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        _ => "true or false",
    };

    private static string FirstSentence(string message) => message.Split(" LineNumber")[0].Split(" Path:")[0];
}
