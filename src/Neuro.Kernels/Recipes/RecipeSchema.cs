using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Neuro.Kernels.Recipes;

/// <summary>The JSON Schema (draft 2020-12) of recipes, made from their records.</summary>
/// <remarks>What a schema cannot say is left to <see cref="Recipe.Parse"/>: the order of a range's ends, one weight for each option, weights that are all 0.</remarks>
public static class RecipeSchema
{
    private const int LineLength = 150;
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Indented JSON: one of the generators' objects, with each knob's range, default and description.</summary>
    public static string Json()
    {
        var ranges = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        var generators = Generators.All.Select(generator => KeyValuePair.Create<string, JsonNode?>(generator.Key, Generator(generator.Key, generator.Value, ranges))).ToList();
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$id"] = string.Create(CultureInfo.InvariantCulture, $"urn:neuro:recipe:{Recipe.Version}"),
            ["title"] = "Neuro recipe",
            ["description"] = Docstrings.Of(typeof(Recipe)),
            ["oneOf"] = new JsonArray([.. generators.Select(generator => Ref(generator.Key))]),
            ["$defs"] = new JsonObject([.. generators, .. ranges.Select(range => KeyValuePair.Create(range.Key, (JsonNode?)range.Value))]),
        };
        return Text(schema, 0) + "\n";
    }

    private static JsonObject Generator(string name, Type type, SortedDictionary<string, JsonObject> ranges)
    {
        var schema = Group(Generators.New(type), ranges);
        var properties = (JsonObject)schema["properties"]!;
        properties.Insert(0, "generator", new JsonObject { ["const"] = name });
        properties.Insert(1, "version", new JsonObject { ["const"] = Recipe.Version });
        schema["required"] = new JsonArray("generator", "version", "catalogue");
        return schema;
    }

    private static JsonObject Group(object defaults, SortedDictionary<string, JsonObject> ranges) => Object(
        Docstrings.Of(defaults.GetType()),
        [.. Knobs.Properties(defaults.GetType()).Select(property => (Knobs.Name(property), Property(property, property.GetValue(defaults), ranges)))]);

    private static JsonObject Property(PropertyInfo property, object? value, SortedDictionary<string, JsonObject> ranges)
    {
        var schema = property switch
        {
            _ when Knobs.IsGroup(property) => Group(value!, ranges),
            { Name: nameof(Recipe.Catalogue) } => new JsonObject { ["type"] = "string", ["maxLength"] = RecipeJson.MaxHashLength },
            { Name: nameof(Recipe.Maps) } => Maps(),
            { Name: nameof(Recipe.Samples) } => new JsonObject { ["enum"] = new JsonArray(1, 4) },
            _ when property.PropertyType == typeof(int) => Number(Knobs.Allowed(property)!),
            _ => Range(Knobs.Allowed(property)!, ranges),
        };
        if (Docstrings.Of(property) is { } description)
        {
            schema["description"] = description;
        }

        if (Default(value) is { } standard)
        {
            schema["default"] = standard;
        }

        return schema;
    }

    private static JsonNode? Default(object? value) => value switch
    {
        Distribution distribution => JsonNode.Parse(DistributionJson.Write(distribution)),
        int whole => whole,
        IReadOnlyList<string> names => new JsonArray([.. names.Select(name => JsonValue.Create(name))]),
        _ => null,
    };

    private static JsonObject Maps() => new()
    {
        ["type"] = "array",
        ["items"] = new JsonObject { ["enum"] = new JsonArray([.. Recipe.KnownMaps.Select(map => JsonValue.Create(map))]) },
        ["uniqueItems"] = true,
        ["allOf"] = new JsonArray([.. Recipe.AlwaysMaps.Select(map => new JsonObject { ["contains"] = new JsonObject { ["const"] = map } })]),
    };

    // Knobs of the same range share one definition, which choices within it refer to.
    private static JsonObject Range(AllowedAttribute allowed, SortedDictionary<string, JsonObject> ranges)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{(allowed.Whole ? "whole" : "number")}-from-{allowed.Least}-to-{allowed.Most}");
        if (!ranges.ContainsKey(name))
        {
            ranges[name] = new JsonObject
            {
                ["description"] = $"{char.ToUpperInvariant(allowed.ToString()[0])}{allowed.ToString()[1..]}, or a distribution of such.",
                ["oneOf"] = new JsonArray([Number(allowed), .. Forms(allowed, name)]),
            };
        }

        return Ref(name);
    }

    private static IEnumerable<JsonObject> Forms(AllowedAttribute allowed, string self)
    {
        var any = new AllowedAttribute(allowed.Least, allowed.Most);
        var width = allowed.Most - allowed.Least;
        var positive = new AllowedAttribute(Math.Max(allowed.Least, DistributionJson.LeastRatio), allowed.Most) { Whole = allowed.Whole };
        var weight = new AllowedAttribute(0, DistributionJson.MaxWeight);
        yield return Form("uniform", "From, to: all alike.", Tuple(Number(allowed), Number(allowed)));
        yield return Form("normal", "Mean, sigma: draws beyond the allowed range are moved to its end.", Tuple(Number(any), Number(new AllowedAttribute(0, width))));
        yield return Form(
            "truncatedNormal",
            "Mean, sigma, least, most: nothing piles up at the ends.",
            Tuple(Number(any), Number(new AllowedAttribute(DistributionJson.LeastRatio, width)), Number(any), Number(any)));
        yield return Form("logUniform", "From, to: all ratios alike.", Tuple(Number(positive), Number(positive)));
        yield return Form("choice", "One of them, all alike.", List(1, Ref(self)));
        yield return Form("choice", "One of them, each as often as its weight says.", Object(null, [("of", List(1, Ref(self))), ("weights", List(1, Number(weight)))], required: true));
        yield return Form("curve", "Points [x, density]: the density runs straight from point to point.", List(2, Tuple(Number(any), Number(weight))));
    }

    private static JsonObject Form(string name, string description, JsonObject value) => Object(description, [(name, value)], required: true);

    private static JsonObject Number(AllowedAttribute allowed) => new()
    {
        ["type"] = allowed.Whole ? "integer" : "number",
        ["minimum"] = allowed.Least,
        ["maximum"] = allowed.Most,
    };

    private static JsonObject Tuple(params JsonObject[] items) => new()
    {
        ["type"] = "array",
        ["prefixItems"] = new JsonArray([.. items]),
        ["minItems"] = items.Length,
        ["maxItems"] = items.Length,
    };

    private static JsonObject List(int fewest, JsonObject items) => new()
    {
        ["type"] = "array",
        ["items"] = items,
        ["minItems"] = fewest,
        ["maxItems"] = DistributionJson.MaxOptions,
    };

    private static JsonObject Object(string? description, IReadOnlyList<(string Name, JsonObject Schema)> properties, bool required = false)
    {
        var schema = new JsonObject { ["type"] = "object" };
        if (description is not null)
        {
            schema["description"] = description;
        }

        schema["properties"] = new JsonObject(properties.Select(property => KeyValuePair.Create(property.Name, (JsonNode?)property.Schema)));
        schema["additionalProperties"] = false;
        if (required)
        {
            schema["required"] = new JsonArray([.. properties.Select(property => JsonValue.Create(property.Name))]);
        }

        return schema;
    }

    private static JsonObject Ref(string name) => new() { ["$ref"] = $"#/$defs/{name}" };

    // What fits a line stands on one: ten thousand lines of brackets are read by nobody.
    private static string Text(JsonNode? node, int depth)
    {
        var line = node?.ToJsonString(Readable) ?? "null";
        var inner = $"\n{new string(' ', 2 * (depth + 1))}";
        var outer = $"\n{new string(' ', 2 * depth)}";
        return node switch
        {
            JsonObject members when line.Length > LineLength => $"{{{inner}{string.Join($",{inner}", members.Select(member => $"\"{member.Key}\": {Text(member.Value, depth + 1)}"))}{outer}}}",
            JsonArray items when line.Length > LineLength => $"[{inner}{string.Join($",{inner}", items.Select(item => Text(item, depth + 1)))}{outer}]",
            _ => line,
        };
    }
}
