using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace Neuro.Kernels.Recipes;

/// <summary>A recipe to JSON and back. The properties of the records are the schema, <see cref="AllowedAttribute"/> the ranges.</summary>
internal static class ShelfRecipeJson
{
    private const int MaxLength = 64 * 1024;
    private const int MaxOptions = 64;
    private const int MaxNesting = 4;

    public static ShelfRecipe Read(string json)
    {
        if (json.Length > MaxLength)
        {
            throw new RecipeException("recipe.malformed", "$", $"{json.Length} characters long", $"at most {MaxLength}");
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw Wrong(root, "$", "an object");
            }

            Fixed(root, "generator", ShelfRecipe.Generator);
            Fixed(root, "version", ShelfRecipe.Version.ToString(CultureInfo.InvariantCulture));
            if (!root.TryGetProperty("catalogue", out _))
            {
                throw new RecipeException("recipe.missing_property", "$.catalogue", "missing", "the catalogue's hash");
            }

            var recipe = new ShelfRecipe { Catalogue = "" };
            Fill(recipe, root, "$", "generator", "version");
            return recipe.Samples is 1 or 4 ? recipe : throw new RecipeException("recipe.out_of_range", "$.samples", $"{recipe.Samples}", "1 or 4");
        }
        catch (JsonException notJson)
        {
            var where = string.Create(CultureInfo.InvariantCulture, $"not JSON at line {notJson.LineNumber + 1}, column {notJson.BytePositionInLine + 1}");
            throw new RecipeException("recipe.malformed", "$", where, "an object of knobs");
        }
    }

    public static string Write(ShelfRecipe recipe, bool canonical)
    {
        var text = new StringBuilder();
        WriteObject(recipe, text, canonical, 1, ("generator", $"\"{ShelfRecipe.Generator}\""), ("version", ShelfRecipe.Version.ToString(CultureInfo.InvariantCulture)));
        return text.ToString();
    }

    private static void Fixed(JsonElement root, string name, string expected)
    {
        if (!root.TryGetProperty(name, out var value))
        {
            throw new RecipeException("recipe.missing_property", $"$.{name}", "missing", expected);
        }

        if (value.ToString() != expected)
        {
            throw new RecipeException("recipe.out_of_range", $"$.{name}", Shown(value), expected);
        }
    }

    private static void Fill(object target, JsonElement json, string path, params string[] read)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(json, path, "an object");
        }

        var properties = Properties(target.GetType()).ToDictionary(Name);
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
                throw new RecipeException("recipe.unknown_property", at, "unknown", Nearest(member.Name, properties.Keys));
            }

            property.SetValue(target, Value(property, target, member.Value, at));
        }
    }

    private static object Value(PropertyInfo property, object owner, JsonElement json, string path)
    {
        var allowed = property.GetCustomAttribute<AllowedAttribute>();
        if (property.PropertyType == typeof(string))
        {
            return json.ValueKind == JsonValueKind.String && json.GetString() is { Length: <= 128 } text ? text : throw Wrong(json, path, "a hash");
        }

        if (property.PropertyType == typeof(int))
        {
            var whole = new AllowedAttribute(allowed!.Least, allowed.Most) { Whole = true };
            return (int)Number(json, path, whole);
        }

        if (property.PropertyType == typeof(Distribution))
        {
            return Distribute(json, path, allowed!, 0);
        }

        var group = Activator.CreateInstance(property.PropertyType)!;
        Fill(group, json, path);
        return group;
    }

    private static Distribution Distribute(JsonElement json, string path, AllowedAttribute allowed, int nesting)
    {
        if (json.ValueKind == JsonValueKind.Number)
        {
            return Number(json, path, allowed);
        }

        if (json.ValueKind != JsonValueKind.Object || json.EnumerateObject().Count() != 1)
        {
            throw Wrong(json, path, $"{allowed}, or an object with one of uniform, normal, choice");
        }

        var member = json.EnumerateObject().Single();
        var at = $"{path}.{member.Name}";
        switch (member.Name)
        {
            case "uniform":
                var (from, to) = Pair(member.Value, at, "[from, to]");
                var low = Number(from, $"{at}[0]", allowed);
                var high = Number(to, $"{at}[1]", allowed);
                return low <= high ? Distribution.Uniform(low, high) : throw new RecipeException("recipe.out_of_range", at, Shown(member.Value), "the smaller number first");
            case "normal":
                var (mean, sigma) = Pair(member.Value, at, "[mean, sigma]");
                return new Distribution.Bell(
                    Number(mean, $"{at}[0]", new AllowedAttribute(allowed.Least, allowed.Most)),
                    Number(sigma, $"{at}[1]", new AllowedAttribute(0, allowed.Most - allowed.Least)))
                {
                    Least = allowed.Least,
                    Most = allowed.Most,
                };
            case "choice":
                if (member.Value.ValueKind != JsonValueKind.Array || member.Value.GetArrayLength() is 0 or > MaxOptions || nesting == MaxNesting)
                {
                    throw Wrong(member.Value, at, $"a list of 1 to {MaxOptions} numbers or distributions, at most {MaxNesting} lists within each other");
                }

                return Distribution.Choice([.. member.Value.EnumerateArray().Select((option, i) => Distribute(option, $"{at}[{i}]", allowed, nesting + 1))]);
            default:
                throw new RecipeException("recipe.unknown_property", at, "unknown", Nearest(member.Name, ["uniform", "normal", "choice"]));
        }
    }

    private static (JsonElement First, JsonElement Second) Pair(JsonElement json, string path, string form) =>
        json.ValueKind == JsonValueKind.Array && json.GetArrayLength() == 2 ? (json[0], json[1]) : throw Wrong(json, path, form);

    private static double Number(JsonElement json, string path, AllowedAttribute allowed)
    {
        if (json.ValueKind != JsonValueKind.Number || !json.TryGetDouble(out var value))
        {
            throw Wrong(json, path, allowed.ToString());
        }

        var fits = value >= allowed.Least && value <= allowed.Most && (!allowed.Whole || Math.Floor(value) == value);
        return fits ? value : throw new RecipeException("recipe.out_of_range", path, Shown(json), allowed.ToString());
    }

    private static RecipeException Wrong(JsonElement json, string path, string expected) => new("recipe.wrong_type", path, Shown(json), expected);

    private static string Shown(JsonElement json)
    {
        var raw = json.GetRawText();
        return raw.Length <= 40 ? raw : raw[..37] + "…";
    }

    private static void WriteObject(object source, StringBuilder text, bool canonical, int depth, params (string Name, string Json)[] first)
    {
        var members = first.ToList();
        foreach (var property in Properties(source.GetType()))
        {
            var member = new StringBuilder();
            switch (property.GetValue(source)!)
            {
                case Distribution distribution:
                    WriteDistribution(distribution, member);
                    break;
                case int whole:
                    member.Append(CultureInfo.InvariantCulture, $"{whole}");
                    break;
                case string hash:
                    member.Append(JsonSerializer.Serialize(hash));
                    break;
                case var group:
                    WriteObject(group, member, canonical, depth + 1);
                    break;
            }

            members.Add((Name(property), member.ToString()));
        }

        if (canonical)
        {
            members.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        }

        var (line, end, colon) = canonical ? ("", "", ":") : ($"\n{new string(' ', 2 * depth)}", $"\n{new string(' ', 2 * (depth - 1))}", ": ");
        text.Append('{').AppendJoin(',', members.Select(member => $"{line}\"{member.Name}\"{colon}{member.Json}")).Append(end).Append('}');
    }

    private static void WriteDistribution(Distribution distribution, StringBuilder text)
    {
        switch (distribution)
        {
            case Distribution.Constant constant:
                text.Append(CultureInfo.InvariantCulture, $"{constant.Value:R}");
                break;
            case Distribution.UniformRange uniform:
                text.Append(CultureInfo.InvariantCulture, $"{{\"uniform\":[{uniform.From:R},{uniform.To:R}]}}");
                break;
            case Distribution.Bell normal:
                text.Append(CultureInfo.InvariantCulture, $"{{\"normal\":[{normal.Mean:R},{normal.Sigma:R}]}}");
                break;
            case Distribution.OneOf choice:
                text.Append("{\"choice\":[");
                for (var i = 0; i < choice.Options.Count; i++)
                {
                    text.Append(i == 0 ? "" : ",");
                    WriteDistribution(choice.Options[i], text);
                }

                text.Append("]}");
                break;
        }
    }

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(property => property.CanWrite);

    private static string Name(PropertyInfo property) => JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    private static string Nearest(string given, IEnumerable<string> known) => string.Join(" or ", Spelling.Nearest(given, known).Take(3));
}
