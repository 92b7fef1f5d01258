using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Neuro.Client.Api;

namespace Neuro.Learning.Specs;

/// <summary>The fields of one JSON object, each taken once, with its path for errors.</summary>
internal sealed partial class Fields
{
    public const string NameText = "^[A-Za-z][A-Za-z0-9_.-]{0,127}$";

    private const int MaxList = 256;

    private readonly Dictionary<string, JsonElement> left = [];

    /// <summary>While a schema is made: what each field that is asked for may be.</summary>
    private readonly JsonObject? asked;

    private readonly JsonArray required = [];

    private Fields(JsonObject asked) => (this.asked, Path) = (asked, "$");

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

    /// <summary>The JSON schema of what a reader asks for, by running it on fields that answer anything.</summary>
    public static (JsonObject Properties, JsonArray Required) Describe(Action<Fields> read)
    {
        var fields = new Fields(new JsonObject());
        read(fields);
        return (fields.asked!, fields.required);
    }

    public int Whole(string name, int low, int high, int? otherwise = null) =>
        asked is not null ? Ask(name, Whole(low, high), otherwise, low)
        : Take(name) is { } value
            ? Whole(value) is { } whole && whole >= low && whole <= high ? whole : throw Wrong($"{Path}.{name}", value, low == high ? $"{low}" : $"a whole number from {low} to {high}")
        : otherwise ?? throw Wrong($"{Path}.{name}", null, $"a whole number from {low} to {high}");

    /// <summary>One number for both sides, or <c>[h, w]</c>.</summary>
    public Pair Sides(string name, int low, int high, int? otherwise = null)
    {
        if (asked is not null)
        {
            var two = new JsonObject { ["type"] = "array", ["items"] = Whole(low, high), ["minItems"] = 2, ["maxItems"] = 2, ["description"] = "[h, w]" };
            return Ask(name, new JsonObject { ["oneOf"] = new JsonArray(Whole(low, high), two) }, otherwise, low);
        }

        if (!left.TryGetValue(name, out var value) || value.ValueKind != JsonValueKind.Array)
        {
            return Whole(name, low, high, otherwise);
        }

        return Wholes(name, low, high) is [var height, var width]
            ? new(height, width)
            : throw Wrong($"{Path}.{name}", value, $"a whole number from {low} to {high}, or two, [h, w]");
    }

    public int[] Wholes(string name, int low, int high) => asked is not null
        ? Ask(name, List(Whole(low, high)), null, new[] { low })
        : [.. List(name).Select((item, i) => Whole(item) is { } whole && whole >= low && whole <= high ? whole : throw Wrong($"{Path}.{name}[{i}]", item, $"a whole number from {low} to {high}"))];

    public double Number(string name, double low, double high, double otherwise) =>
        asked is not null ? Ask(name, Number(low, high), otherwise, low) : Take(name) is { } value ? Number(value, name, low, high) : otherwise;

    public double[] Numbers(string name, double low, double high) =>
        asked is not null ? Ask(name, List(Number(low, high)), null, new[] { low }) : [.. List(name).Select((item, i) => Number(item, $"{name}[{i}]", low, high))];

    public T Choice<T>(string name)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Select(known => known.ToLowerInvariant()).ToList();
        if (asked is not null)
        {
            return Ask(name, new JsonObject { ["enum"] = new JsonArray([.. names.Select(known => (JsonNode)known)]) }, null, default(T));
        }

        var text = Text(name);
        return names.IndexOf(text) is >= 0 and var i
            ? Enum.GetValues<T>()[i]
            : throw new NeuroException("model.invalid", $"The model spec is not valid: {Path}.{name} is '{text}'; expected one of {string.Join(", ", names)}.");
    }

    /// <summary>An object of texts.</summary>
    public Dictionary<string, string> Texts(string name)
    {
        var (texts, inner) = (new Dictionary<string, string>(), new Fields(Take(name) ?? throw Wrong($"{Path}.{name}", null, "an object"), $"{Path}.{name}"));
        foreach (var key in inner.left.Keys.Take(MaxList).ToList())
        {
            texts[NamePattern().IsMatch(key) ? key : throw Wrong(inner.Path, null, "names of letters, digits, '-', '_' and '.'")] = inner.Text(key);
        }

        inner.Finish();
        return texts;
    }

    /// <summary>Whether a field that may be left out is there.</summary>
    public bool Has(string name) => asked is not null ? Ask(name, new JsonObject { ["type"] = "string", ["pattern"] = NameText }, "", false) : left.ContainsKey(name);

    public bool Flag(string name, bool otherwise) =>
        asked is not null ? Ask(name, new JsonObject { ["type"] = "boolean" }, otherwise, otherwise)
        : Take(name) is not { } value ? otherwise
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong($"{Path}.{name}", value, "true or false");

    public double Share(string name) =>
        asked is not null ? Ask(name, new JsonObject { ["type"] = "number", ["minimum"] = 0, ["exclusiveMaximum"] = 1 }, null, 0.0)
        : Take(name) is { ValueKind: JsonValueKind.Number } value && value.GetDouble() is >= 0 and < 1 and var share ? share
        : throw Wrong($"{Path}.{name}", null, "a number from 0 up to, but not, 1");

    public string Text(string name) => Take(name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Wrong($"{Path}.{name}", null, "text");

    public string Name(string name) => Text(name) is var text && NamePattern().IsMatch(text)
        ? text
        : throw new NeuroException("model.invalid",
            $"The model spec is not valid: {Path}.{name} must start with a letter and hold at most 128 letters, digits, '-', '_' and '.'.");

    public IEnumerable<JsonElement> Items(string name) =>
        Take(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : throw Wrong($"{Path}.{name}", null, "a list");

    public void Finish()
    {
        if (left.Count > 0)
        {
            throw new NeuroException("model.invalid", $"The model spec is not valid: {Path} has no field '{left.Keys.First()}'.");
        }
    }

    private JsonElement[] List(string name) =>
        Items(name).Take(MaxList + 1).ToArray() is { Length: >= 1 and <= MaxList } items ? items : throw Wrong($"{Path}.{name}", null, $"a list of 1 to {MaxList} numbers");

    private static int? Whole(JsonElement element) => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var value) ? value : null;

    private double Number(JsonElement element, string name, double low, double high) => element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var number) && number >= low && number <= high
        ? number
        : throw Wrong($"{Path}.{name}", element, FormattableString.Invariant($"a number from {low} to {high}"));

    [GeneratedRegex(NameText)]
    private static partial Regex NamePattern();

    private T Ask<T>(string name, JsonObject schema, JsonNode? otherwise, T answer)
    {
        if (otherwise is null)
        {
            required.Add(name);
        }
        else if (otherwise.ToString().Length > 0)
        {
            schema["default"] = otherwise;
        }

        asked![name] = schema;
        return answer;
    }

    private static JsonObject Whole(int low, int high) => new() { ["type"] = "integer", ["minimum"] = low, ["maximum"] = high };

    private static JsonObject Number(double low, double high) => new() { ["type"] = "number", ["minimum"] = low, ["maximum"] = high };

    private static JsonObject List(JsonObject item) => new() { ["type"] = "array", ["items"] = item, ["minItems"] = 1, ["maxItems"] = MaxList };

    private JsonElement? Take(string name) => left.Remove(name, out var value) ? value : null;
}
