using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace Neuro.Kernels.Recipes;

/// <summary>A recipe to JSON and back. The input may come from a stranger: length, depth and every value are bounded.</summary>
internal static class RecipeJson
{
    public const int MaxHashLength = 128;
    private const int MaxLength = 256 * 1024;

    public static T Read<T>(string json, string generator)
        where T : Recipe => (T)Read(json, new Dictionary<string, Type> { [generator] = typeof(T) });

    public static Recipe Read(string json, IReadOnlyDictionary<string, Type> generators)
    {
        if (json.Length > MaxLength)
        {
            throw new RecipeException("recipe.malformed", "$", $"{json.Length} characters long", $"at most {MaxLength}");
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            return Read(document.RootElement, generators);
        }
        catch (JsonException notJson)
        {
            var where = string.Create(CultureInfo.InvariantCulture, $"not JSON at line {notJson.LineNumber + 1}, column {notJson.BytePositionInLine + 1}");
            throw new RecipeException("recipe.malformed", "$", where, "an object of knobs");
        }
    }

    public static string Write(Recipe recipe, bool canonical)
    {
        var text = new StringBuilder();
        WriteObject(recipe, text, canonical, 1, ("generator", $"\"{recipe.Generator}\""), ("version", Recipe.Version.ToString(CultureInfo.InvariantCulture)));
        return text.ToString();
    }

    public static RecipeException Wrong(JsonElement json, string path, string expected) => new("recipe.wrong_type", path, Shown(json), expected);

    /// <summary>What stands there, as written, cut short.</summary>
    public static string Shown(JsonElement json)
    {
        var raw = json.GetRawText();
        return raw.Length <= 40 ? raw : raw[..37] + "…";
    }

    private static Recipe Read(JsonElement root, IReadOnlyDictionary<string, Type> generators)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(root, "$", "an object");
        }

        var generator = Fixed(root, "generator", [.. generators.Keys]);
        Fixed(root, "version", [Recipe.Version.ToString(CultureInfo.InvariantCulture)]);
        if (!root.TryGetProperty("catalogue", out _))
        {
            throw new RecipeException("recipe.missing_property", "$.catalogue", "missing", "the catalogue's hash");
        }

        var recipe = Generators.New(generators[generator]);
        Fill(recipe, root, "$", "generator", "version");
        return recipe.Samples is 1 or 4 ? recipe : throw new RecipeException("recipe.out_of_range", "$.samples", $"{recipe.Samples}", "1 or 4");
    }

    private static string Fixed(JsonElement root, string name, IReadOnlyList<string> expected)
    {
        if (!root.TryGetProperty(name, out var value))
        {
            throw new RecipeException("recipe.missing_property", $"$.{name}", "missing", string.Join(" or ", expected));
        }

        return expected.Contains(value.ToString()) ? value.ToString() : throw new RecipeException("recipe.out_of_range", $"$.{name}", Shown(value), string.Join(" or ", expected));
    }

    private static void Fill(object target, JsonElement json, string path, params string[] read)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(json, path, "an object");
        }

        var properties = Knobs.Properties(target.GetType()).ToDictionary(Knobs.Name);
        var seen = new HashSet<string>();
        foreach (var member in json.EnumerateObject())
        {
            var at = $"{path}.{member.Name}";
            if (!seen.Add(member.Name))
            {
                throw new RecipeException("recipe.malformed", at, "there twice", "one value");
            }

            if (read.Contains(member.Name))
            {
                continue;
            }

            if (!properties.TryGetValue(member.Name, out var property))
            {
                throw new RecipeException("recipe.unknown_property", at, "unknown", Knobs.Nearest(member.Name, properties.Keys));
            }

            if (Knobs.IsGroup(property))
            {
                // The group of a new recipe is its own, with the generator's defaults.
                Fill(property.GetValue(target)!, member.Value, at);
            }
            else
            {
                property.SetValue(target, Value(property, member.Value, at));
            }
        }
    }

    private static object Value(PropertyInfo property, JsonElement json, string path) => property switch
    {
        { Name: nameof(Recipe.Catalogue) } => json.ValueKind == JsonValueKind.String && json.GetString() is { Length: <= MaxHashLength } text ? text : throw Wrong(json, path, "a hash"),
        { Name: nameof(Recipe.Maps) } => Maps(json, path),
        _ when property.PropertyType == typeof(int) => (int)DistributionJson.Number(json, path, Knobs.Allowed(property)!),
        _ => DistributionJson.Read(json, path, Knobs.Allowed(property)!),
    };

    private static IReadOnlyList<string> Maps(JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() > Recipe.KnownMaps.Count)
        {
            throw Wrong(json, path, $"a list of {string.Join(", ", Recipe.KnownMaps)}");
        }

        var maps = new List<string>();
        foreach (var item in json.EnumerateArray())
        {
            var map = item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Wrong(item, $"{path}[{maps.Count}]", "a name");
            if (!Recipe.KnownMaps.Contains(map) || maps.Contains(map))
            {
                throw new RecipeException("recipe.out_of_range", $"{path}[{maps.Count}]", Shown(item), maps.Contains(map) ? "each map once" : Knobs.Nearest(map, Recipe.KnownMaps));
            }

            maps.Add(map);
        }

        return Recipe.AlwaysMaps.All(maps.Contains) ? maps : throw new RecipeException("recipe.out_of_range", path, Shown(json), $"{string.Join(" and ", Recipe.AlwaysMaps)} among them");
    }

    private static void WriteObject(object source, StringBuilder text, bool canonical, int depth, params (string Name, string Json)[] first)
    {
        var members = first.ToList();
        foreach (var property in Knobs.Properties(source.GetType()))
        {
            var member = new StringBuilder();
            switch (property.GetValue(source))
            {
                case null:
                    continue;
                case Distribution distribution:
                    member.Append(DistributionJson.Write(distribution));
                    break;
                case int whole:
                    member.Append(CultureInfo.InvariantCulture, $"{whole}");
                    break;
                case string or IReadOnlyList<string>:
                    member.Append(JsonSerializer.Serialize(property.GetValue(source)));
                    break;
                case var group:
                    WriteObject(group, member, canonical, depth + 1);
                    break;
            }

            members.Add((Knobs.Name(property), member.ToString()));
        }

        if (canonical)
        {
            members.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        }

        var (line, end, colon) = canonical ? ("", "", ":") : ($"\n{new string(' ', 2 * depth)}", $"\n{new string(' ', 2 * (depth - 1))}", ": ");
        text.Append('{').AppendJoin(',', members.Select(member => $"{line}\"{member.Name}\"{colon}{member.Json}")).Append(end).Append('}');
    }
}
