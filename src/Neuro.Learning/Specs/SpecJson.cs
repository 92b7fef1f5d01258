using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Neuro.Client.Api;

namespace Neuro.Learning.Specs;

/// <summary>Model specs in JSON: hostile until parsed, so every field is typed and bounded and no unknown field passes.</summary>
internal static partial class SpecJson
{
    public static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    private const int Version = 1;
    private const int MaxBytes = 1 << 20;

    /// <summary>How each type reads its own fields, after <c>name</c>, <c>type</c> and <c>inputs</c>; add a type here and every consumer's switch asks for it.</summary>
    private static readonly Dictionary<string, (int Inputs, Func<Fields, string, string[], Layer> Read)> Types = new()
    {
        ["conv2d"] = (1, (f, name, inputs) => new Conv2d(name, inputs, f.Whole("out", 1, 65_536), f.Whole("kernel", 1, 63), f.Whole("stride", 1, 16, 1), f.Whole("padding", 0, 31, 0), f.Whole("groups", 1, 65_536, 1), f.Flag("bias", true))),
        ["batch_norm"] = (1, (_, name, inputs) => new BatchNorm(name, inputs)),
        ["relu"] = (1, (_, name, inputs) => new Relu(name, inputs)),
        ["max_pool"] = (1, (f, name, inputs) => MaxPool(f, name, inputs)),
        ["avg_pool"] = (1, (f, name, inputs) => new AvgPool(name, inputs, f.Whole("kernel", 1, 63), f.Whole("stride", 1, 16, 1))),
        ["global_avg_pool"] = (1, (_, name, inputs) => new GlobalAvgPool(name, inputs)),
        ["flatten"] = (1, (_, name, inputs) => new Flatten(name, inputs)),
        ["linear"] = (1, (f, name, inputs) => new Linear(name, inputs, f.Whole("out", 1, 1_000_000))),
        ["dropout"] = (1, (f, name, inputs) => new Dropout(name, inputs, f.Share("rate"))),
        ["add"] = (2, (_, name, inputs) => new Add(name, inputs)),
    };

    public static ModelSpec Read(string json)
    {
        if (json.Length > MaxBytes)
        {
            throw new NeuroException("model.invalid", $"The model spec is {json.Length:N0} characters long; at most {MaxBytes:N0} are read.");
        }

        try
        {
            using var document = JsonDocument.Parse(json, new() { MaxDepth = 8 });
            var fields = new Fields(document.RootElement, "$");
            fields.Whole("version", Version, Version);
            var input = fields.Items("input").Select((item, i) => item.TryGetIntValue() ?? throw Fields.Wrong($"$.input[{i}]", item, "a whole number")).ToArray();
            var spec = new ModelSpec(fields.Name("name"), input, fields.Whole("classes", 2, 100_000), [.. fields.Items("layers").Select(ReadLayer)]);
            fields.Finish();
            return spec;
        }
        catch (JsonException e)
        {
            throw new NeuroException("model.invalid", $"The model spec is not JSON: {e.Message}");
        }
    }

    private static Layer ReadLayer(JsonElement element, int index)
    {
        var fields = new Fields(element, $"$.layers[{index}]");
        var (name, type) = (fields.Name("name"), fields.Text("type"));
        if (!Types.TryGetValue(type, out var known))
        {
            throw new NeuroException("model.unknown_layer", $"Layer '{name}' has the type '{type}', which is not known; {Nearest.Sentence(type, Types.Keys)} Known types: {string.Join(", ", Types.Keys)}.");
        }

        var inputs = fields.Items("inputs").Select(input => input.ValueKind == JsonValueKind.String ? input.GetString()! : throw Fields.Wrong(fields.Path + ".inputs", input, "names of layers")).ToArray();
        if (inputs.Length != known.Inputs)
        {
            throw new NeuroException("model.invalid", $"Layer '{name}' ({type}) has {inputs.Length} inputs; expected {known.Inputs}.");
        }

        var layer = known.Read(fields, name, inputs);
        fields.Finish();
        return layer;
    }

    private static MaxPool MaxPool(Fields fields, string name, string[] inputs)
    {
        var kernel = fields.Whole("kernel", 1, 63);
        // libtorch and ONNX both refuse a window that could lie in the padding alone.
        return new(name, inputs, kernel, fields.Whole("stride", 1, 16, 1), fields.Whole("padding", 0, kernel / 2, 0));
    }

    public static JsonObject Write(ModelSpec spec) => new()
    {
        ["version"] = Version,
        ["name"] = spec.Name,
        ["input"] = new JsonArray([.. spec.Input.Select(side => (JsonNode)side)]),
        ["classes"] = spec.Classes,
        ["layers"] = new JsonArray([.. spec.Layers.Select(WriteLayer)]),
    };

    private static JsonObject WriteLayer(Layer layer)
    {
        var json = new JsonObject { ["name"] = layer.Name, ["type"] = layer.Type, ["inputs"] = new JsonArray([.. layer.Inputs.Select(input => (JsonNode)input)]) };
        foreach (var (name, value) in FieldsOf(layer))
        {
            json[name] = value;
        }

        return json;
    }

    private static (string Name, JsonNode Value)[] FieldsOf(Layer layer) => layer switch
    {
        Conv2d c => [("out", c.Out), ("kernel", c.Kernel), ("stride", c.Stride), ("padding", c.Padding), ("groups", c.Groups), ("bias", c.Bias)],
        MaxPool p => [("kernel", p.Kernel), ("stride", p.Stride), ("padding", p.Padding)],
        AvgPool p => [("kernel", p.Kernel), ("stride", p.Stride)],
        Linear l => [("out", l.Out)],
        Dropout d => [("rate", d.Rate)],
        _ => [],
    };

    /// <summary>The same value with sorted keys and no white space: what is hashed.</summary>
    public static string Canonical(JsonNode node) => Sorted(node).ToJsonString();

    private static JsonNode Sorted(JsonNode node) => node switch
    {
        JsonObject o => new JsonObject(o.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, pair.Value is null ? null : Sorted(pair.Value)))),
        JsonArray a => new JsonArray([.. a.Select(item => item is null ? null : Sorted(item))]),
        _ => node.DeepClone(),
    };

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
    private static partial Regex NamePattern();

    private static int? TryGetIntValue(this JsonElement element) => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var value) ? value : null;

    /// <summary>The fields of one JSON object, each taken once, with its path for errors.</summary>
    private sealed class Fields
    {
        private readonly Dictionary<string, JsonElement> left = [];

        public Fields(JsonElement element, string path)
        {
            Path = path;
            foreach (var property in element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : throw Wrong(path, element, "an object"))
            {
                if (!left.TryAdd(property.Name, property.Value))
                {
                    throw new NeuroException("model.invalid", $"The model spec is not valid: {path}.{property.Name} stands there twice.");
                }
            }
        }

        public string Path { get; }

        public static NeuroException Wrong(string path, JsonElement? found, string expected)
        {
            var text = found?.GetRawText() ?? "missing";
            return new("model.invalid", $"The model spec is not valid: {path} is {(text.Length > 60 ? text[..60] + "…" : text)}; expected {expected}.");
        }

        public int Whole(string name, int low, int high, int? otherwise = null) => Take(name) is { } value
            ? value.TryGetIntValue() is { } whole && whole >= low && whole <= high ? whole : throw Wrong($"{Path}.{name}", value, low == high ? $"{low}" : $"a whole number from {low} to {high}")
            : otherwise ?? throw Wrong($"{Path}.{name}", null, $"a whole number from {low} to {high}");

        public bool Flag(string name, bool otherwise) => Take(name) is not { } value
            ? otherwise
            : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong($"{Path}.{name}", value, "true or false");

        public double Share(string name) => Take(name) is { ValueKind: JsonValueKind.Number } value && value.GetDouble() is >= 0 and < 1 and var share
            ? share
            : throw Wrong($"{Path}.{name}", null, "a number from 0 up to, but not, 1");

        public string Text(string name) => Take(name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Wrong($"{Path}.{name}", null, "text");

        public string Name(string name) => Text(name) is var text && NamePattern().IsMatch(text)
            ? text
            : throw new NeuroException("model.invalid", $"The model spec is not valid: {Path}.{name} must start with a letter and hold at most 64 letters, digits, '-' and '_'.");

        public IEnumerable<JsonElement> Items(string name) => Take(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : throw Wrong($"{Path}.{name}", null, "a list");

        public void Finish()
        {
            if (left.Count > 0)
            {
                throw new NeuroException("model.invalid", $"The model spec is not valid: {Path} has no field '{left.Keys.First()}'.");
            }
        }

        private JsonElement? Take(string name) => left.Remove(name, out var value) ? value : null;
    }
}
