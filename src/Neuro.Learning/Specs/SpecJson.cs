using System.Text.Json;
using System.Text.Json.Nodes;
using Neuro.Client.Api;

namespace Neuro.Learning.Specs;

/// <summary>Model specs in JSON: hostile until parsed, so every field is typed and bounded and no unknown field passes.</summary>
internal static class SpecJson
{
    public static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    private const int Version = 1;
    private const int MaxBytes = 1 << 20;
    private const int MaxChannels = 65_536;
    private const int MaxPad = 1024;
    private const int MaxRegions = 2000;
    private const int MaxInputs = 64;

    private const int Any = -1;

    /// <summary>How each type reads its own fields, after <c>name</c>, <c>type</c> and <c>inputs</c>; add a type here and every consumer's switch asks for it.</summary>
    private static readonly Dictionary<string, (int Inputs, Func<Fields, string, string[], Layer> Read)> Types = new()
    {
        ["conv2d"] = (1, Conv2d),
        ["conv_transpose2d"] = (1, (f, name, inputs) => new ConvTranspose2d(
            name, inputs, f.Whole("out", 1, MaxChannels), f.Sides("kernel", 1, 63), f.Sides("stride", 1, 16, 1), f.Sides("padding", 0, 63, 0), f.Flag("bias", true))),
        ["batch_norm"] = (1, (f, name, inputs) => new BatchNorm(name, inputs, f.Number("epsilon", 0, 1, BatchNorm.DefaultEpsilon))),
        ["frozen_batch_norm"] = (1, (f, name, inputs) => new FrozenBatchNorm(name, inputs, f.Number("epsilon", 0, 1, BatchNorm.DefaultEpsilon))),
        ["l2_norm"] = (1, (_, name, inputs) => new L2Norm(name, inputs)),
        ["relu"] = (1, (_, name, inputs) => new Relu(name, inputs)),
        ["relu6"] = (1, (_, name, inputs) => new Relu6(name, inputs)),
        ["silu"] = (1, (_, name, inputs) => new Silu(name, inputs)),
        ["sigmoid"] = (1, (_, name, inputs) => new Sigmoid(name, inputs)),
        ["tanh"] = (1, (_, name, inputs) => new Tanh(name, inputs)),
        ["max_pool"] = (1, MaxPool),
        ["avg_pool"] = (1, (f, name, inputs) => new AvgPool(name, inputs, f.Sides("kernel", 1, 63), f.Sides("stride", 1, 16, 1))),
        ["adaptive_avg_pool"] = (1, (f, name, inputs) => new AdaptiveAvgPool(name, inputs, f.Sides("size", 1, 64))),
        ["global_avg_pool"] = (1, (_, name, inputs) => new GlobalAvgPool(name, inputs)),
        ["max_unpool"] = (2, (_, name, inputs) => new MaxUnpool(name, inputs)),
        ["upsample"] = (1, (f, name, inputs) => new Upsample(name, inputs, f.Sides("size", 1, 2048), f.Choice<Interpolation>("mode"))),
        ["pad"] = (1, (f, name, inputs) => new Pad(name, inputs, f.Whole("top", 0, MaxPad, 0), f.Whole("left", 0, MaxPad, 0), f.Whole("bottom", 0, MaxPad, 0), f.Whole("right", 0, MaxPad, 0))),
        ["flatten"] = (1, (_, name, inputs) => new Flatten(name, inputs)),
        ["linear"] = (1, (f, name, inputs) => new Linear(name, inputs, f.Whole("out", 1, 1_000_000), f.Flag("bias", true))),
        ["dropout"] = (1, (f, name, inputs) => new Dropout(name, inputs, f.Share("rate"))),
        ["add"] = (2, (_, name, inputs) => new Add(name, inputs)),
        ["multiply"] = (2, (_, name, inputs) => new Multiply(name, inputs)),
        ["concat"] = (Any, (_, name, inputs) => new Concat(name, inputs)),
        ["proposals"] = (Any, (f, name, inputs) => new Proposals(
            name, inputs, f.Wholes("sizes", 1, 2048), f.Numbers("ratios", 0.01, 100), f.Whole("count", 1, MaxRegions, 1000), f.Whole("before", 1, 10 * MaxRegions, 1000), f.Number("overlap", 0, 1, 0.7))),
        ["detections"] = (3, (f, name, inputs) => new Detections(name, inputs, f.Whole("count", 1, MaxRegions, 100), f.Number("score", 0, 1, 0.05), f.Number("overlap", 0, 1, 0.5))),
        ["roi_align"] = (Any, (f, name, inputs) => new RoiAlign(name, inputs, f.Sides("size", 1, 64), f.Whole("sampling", 1, 8, 2))),
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
            var input = fields.Wholes("input", 1, 1 << 20);
            var task = fields.Has("task") ? fields.Choice<ModelTask>("task") : ModelTask.Classify;
            var (mean, deviation) = (ReadChannels(fields, "inputMean"), ReadChannels(fields, "inputDeviation"));
            var outputs = fields.Has("outputs") ? fields.Texts("outputs") : null;
            var (name, classes, layers) = (fields.Name("name"), fields.Whole("classes", 1, 100_000), fields.Items("layers").Select(ReadLayer).ToList());
            fields.Finish();
            return new(name, input, classes, layers, task, outputs, mean, deviation);
        }
        catch (JsonException e)
        {
            throw new NeuroException("model.invalid", $"The model spec is not JSON: {e.Message}");
        }
    }

    /// <summary>The JSON schema of specs, made by the reader itself, so that the two cannot differ.</summary>
    public static string Schema()
    {
        var name = new JsonObject { ["type"] = "string", ["pattern"] = Fields.NameText };
        var numbers = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "number" }, ["description"] = "A number for each channel." };
        var definitions = new JsonObject();
        foreach (var (type, (inputs, read)) in Types)
        {
            var (properties, required) = Fields.Describe(fields => read(fields, "layer", []));
            var (least, most) = inputs == Any ? (2, MaxInputs) : (inputs, inputs);
            properties.Insert(0, "name", name.DeepClone());
            properties.Insert(1, "type", new JsonObject { ["const"] = type });
            properties.Insert(2, "inputs", new JsonObject { ["type"] = "array", ["items"] = name.DeepClone(), ["minItems"] = least, ["maxItems"] = most });
            definitions[type] = Object(properties, [.. new[] { "name", "type", "inputs" }.Select(field => (JsonNode)field), .. required.Select(field => field!.DeepClone())]);
        }

        var spec = Object(
            new()
            {
                ["version"] = new JsonObject { ["const"] = Version },
                ["name"] = name.DeepClone(),
                ["input"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1 }, ["minItems"] = 3, ["maxItems"] = 3, ["description"] = "[C, H, W]" },
                ["classes"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 100_000 },
                ["task"] = new JsonObject { ["enum"] = Array(Enum.GetValues<ModelTask>(), task => task.Name()), ["default"] = ModelTask.Classify.Name() },
                ["outputs"] = new JsonObject { ["type"] = "object", ["additionalProperties"] = name.DeepClone(), ["description"] = "The name of each output and its layer; the only layer that no other reads is logits if left out." },
                ["inputMean"] = numbers.DeepClone(),
                ["inputDeviation"] = numbers,
                ["layers"] = new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = new JsonObject { ["oneOf"] = Array(Types.Keys, type => new JsonObject { ["$ref"] = $"#/$defs/{type}" }) } },
            },
            ["version", "name", "input", "classes", "layers"]);
        spec.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        spec.Insert(1, "$id", $"urn:neuro:model:{Version}");
        spec.Insert(2, "title", "Neuro model spec");
        spec["$defs"] = definitions;
        return spec.ToJsonString(Readable).ReplaceLineEndings("\n") + "\n";

        static JsonObject Object(JsonObject properties, JsonArray required) => new() { ["type"] = "object", ["properties"] = properties, ["required"] = required, ["additionalProperties"] = false };
    }

    private static float[]? ReadChannels(Fields fields, string name) => fields.Has(name) ? [.. fields.Numbers(name, -1e9, 1e9).Select(value => (float)value)] : null;

    private static Layer ReadLayer(JsonElement element, int index)
    {
        var fields = new Fields(element, $"$.layers[{index}]");
        var (name, type) = (fields.Name("name"), fields.Text("type"));
        if (!Types.TryGetValue(type, out var known))
        {
            throw new NeuroException("model.unknown_layer", $"Layer '{name}' has the type '{type}', which is not known; {Nearest.Sentence(type, Types.Keys)} Known types: {string.Join(", ", Types.Keys)}.");
        }

        var inputs = fields.Items("inputs").Select(input => input.ValueKind == JsonValueKind.String ? input.GetString()! : throw Fields.Wrong(fields.Path + ".inputs", input, "names of layers")).ToArray();
        if (known.Inputs == Any ? inputs.Length is < 2 or > MaxInputs : inputs.Length != known.Inputs)
        {
            throw new NeuroException("model.invalid",
                $"Layer '{name}' ({type}) has {inputs.Length} inputs; expected {(known.Inputs == Any ? $"2 to {MaxInputs}" : $"{known.Inputs}")}.");
        }

        var layer = known.Read(fields, name, inputs);
        fields.Finish();
        return layer;
    }

    private static Conv2d Conv2d(Fields f, string name, string[] inputs) => new(
        name, inputs, f.Whole("out", 1, MaxChannels), f.Sides("kernel", 1, 63), f.Sides("stride", 1, 16, 1), f.Sides("padding", 0, 63, 0), f.Whole("groups", 1, MaxChannels, 1), f.Flag("bias", true),
        f.Sides("dilation", 1, MaxPad, 1), f.Has("weights") ? f.Name("weights") : null);

    private static MaxPool MaxPool(Fields fields, string name, string[] inputs)
    {
        var kernel = fields.Sides("kernel", 1, 63);
        var stride = fields.Sides("stride", 1, 16, 1);
        var padding = fields.Sides("padding", 0, 31, 0);
        // libtorch and ONNX both refuse a window that could lie in the padding alone.
        return padding.Height <= kernel.Height / 2 && padding.Width <= kernel.Width / 2
            ? new(name, inputs, kernel, stride, padding, fields.Flag("ceil", false))
            : throw new NeuroException("model.invalid", $"The model spec is not valid: {fields.Path}.padding is {padding}; expected at most half the kernel, {kernel}.");
    }

    public static JsonObject Write(ModelSpec spec)
    {
        var json = new JsonObject
        {
            ["version"] = Version,
            ["name"] = spec.Name,
            ["input"] = Array(spec.Input, side => side),
            ["classes"] = spec.Classes,
            ["layers"] = Array(spec.Layers, WriteLayer),
        };
        // What a spec of one classifier does without is not written, so that its hash stays what it was before there was more.
        if (spec.Task != ModelTask.Classify)
        {
            json["task"] = spec.Task.Name();
        }

        if (spec.Outputs.Count > 1 || spec.Outputs.Values.Single() != spec.Layers[^1].Name)
        {
            json["outputs"] = new JsonObject(spec.Outputs.Select(output => KeyValuePair.Create(output.Key, (JsonNode?)output.Value)));
        }

        if (spec.InputMean.Any(value => value != ModelSpec.DefaultMean) || spec.InputDeviation.Any(value => value != ModelSpec.DefaultDeviation))
        {
            json["inputMean"] = Array(spec.InputMean, value => value);
            json["inputDeviation"] = Array(spec.InputDeviation, value => value);
        }

        return json;
    }

    private static JsonObject WriteLayer(Layer layer)
    {
        var json = new JsonObject { ["name"] = layer.Name, ["type"] = layer.Type, ["inputs"] = Array(layer.Inputs, input => input) };
        foreach (var (name, value) in FieldsOf(layer))
        {
            json[name] = value;
        }

        return json;
    }

    private static IEnumerable<(string Name, JsonNode Value)> FieldsOf(Layer layer) => layer switch
    {
        Conv2d c => [
            ("out", c.Out), ("kernel", Sides(c.Kernel)), ("stride", Sides(c.Stride)), ("padding", Sides(c.Padding)), ("groups", c.Groups), ("bias", c.Bias),
            .. Unless(c.Dilation == 1, "dilation", Sides(c.Dilation)), .. Unless(c.Shared is null, "weights", c.Shared ?? "")],
        ConvTranspose2d c => [("out", c.Out), ("kernel", Sides(c.Kernel)), ("stride", Sides(c.Stride)), ("padding", Sides(c.Padding)), ("bias", c.Bias)],
        BatchNorm b => Unless(b.Epsilon == BatchNorm.DefaultEpsilon, "epsilon", b.Epsilon),
        FrozenBatchNorm b => Unless(b.Epsilon == BatchNorm.DefaultEpsilon, "epsilon", b.Epsilon),
        MaxPool p => [("kernel", Sides(p.Kernel)), ("stride", Sides(p.Stride)), ("padding", Sides(p.Padding)), .. Unless(!p.Ceil, "ceil", true)],
        AvgPool p => [("kernel", Sides(p.Kernel)), ("stride", Sides(p.Stride))],
        AdaptiveAvgPool p => [("size", Sides(p.Size))],
        Upsample u => [("size", Sides(u.Size)), ("mode", u.Mode.ToString().ToLowerInvariant())],
        Pad p => [("top", p.Top), ("left", p.Left), ("bottom", p.Bottom), ("right", p.Right)],
        Linear l => [("out", l.Out), .. Unless(l.Bias, "bias", false)],
        Dropout d => [("rate", d.Rate)],
        Proposals p => [("sizes", Array(p.Sizes, size => size)), ("ratios", Array(p.Ratios, ratio => ratio)), ("count", p.Count), ("before", p.Before), ("overlap", p.Overlap)],
        Detections d => [("count", d.Count), ("score", d.Score), ("overlap", d.Overlap)],
        RoiAlign r => [("size", Sides(r.Size)), ("sampling", r.Sampling)],
        _ => [],
    };

    /// <summary>A field that is written only where it says something new, so that older specs keep their hash.</summary>
    private static (string, JsonNode)[] Unless(bool usual, string name, JsonNode value) => usual ? [] : [(name, value)];

    private static JsonNode Sides(Pair pair) => pair.IsSquare ? pair.Height : new JsonArray(pair.Height, pair.Width);

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode> write) => new([.. items.Select(write)]);

    /// <summary>The same value with sorted keys and no white space: what is hashed.</summary>
    public static string Canonical(JsonNode node) => Sorted(node).ToJsonString();

    private static JsonNode Sorted(JsonNode node) => node switch
    {
        JsonObject o => new JsonObject(o.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, pair.Value is null ? null : Sorted(pair.Value)))),
        JsonArray a => new JsonArray([.. a.Select(item => item is null ? null : Sorted(item))]),
        _ => node.DeepClone(),
    };
}
