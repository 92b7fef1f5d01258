using System.Text.Json.Nodes;
using CsCheck;
using Neuro.Kernels.Recipes;
using Neuro.Testing;

namespace Neuro.Kernels.Tests.Recipes;

public sealed class RecipeSchemaTests
{
    private static readonly JsonObject Schema = (JsonObject)JsonNode.Parse(RecipeSchema.Json())!;

    [Fact]
    public void Json_OfTheseRecords_IsThePublishedFile()
    {
        var (published, made) = (Path.Combine(Repository.Root, "docs", "recipe.schema.json"), Path.Combine(Repository.Root, "docs", "recipe.received.json"));
        if (File.Exists(published) && File.ReadAllText(published).ReplaceLineEndings("\n") == RecipeSchema.Json())
        {
            File.Delete(made);
            return;
        }

        File.WriteAllText(made, RecipeSchema.Json());
        Assert.Fail($"docs/recipe.schema.json is not the schema of the recipe records. If they are right, make it again: mv {made} {published}");
    }

    [Fact]
    public void Json_EveryProperty_HasADescription()
    {
        foreach (var generator in Generators.All.Keys)
        {
            foreach (var (name, property) in Properties(Defs[generator]!).Where(property => property.Key is not ("generator" or "version")))
            {
                property!["description"]?.GetValue<string>().ShouldNotBeNullOrWhiteSpace($"{generator}.{name}");
                property["description"].ShouldNotBeNull($"{generator}.{name}");
                (property["properties"] is null ? [] : Properties(property)).ShouldAllBe(inner => inner.Value!["description"] != null && inner.Value["default"] != null);
            }
        }
    }

    [Fact]
    public void Json_AnyRecipe_FitsIt() => RandomRecipes.Any("abc").Sample(recipe => Fits(Schema, JsonNode.Parse(recipe.ToJson())));

    /// <summary>The schema refuses what the reader refuses for its form or range; order and sums are the reader's alone.</summary>
    [Theory]
    [InlineData("rows", "9")]
    [InlineData("rows", "2.5")]
    [InlineData("width", "15")]
    [InlineData("samples", "3")]
    [InlineData("maps", """["depth"]""")]
    [InlineData("maps", """["depth","ids","ids"]""")]
    [InlineData("maps", """["depth","ids","colour"]""")]
    [InlineData("version", "1")]
    [InlineData("generator", "\"handheld\"")]
    [InlineData("hold", "{}")]
    [InlineData("row", """{"gap":{"uniform":[0]}}""")]
    [InlineData("row", """{"gap":{"uniform":[0,1]}}""")]
    [InlineData("row", """{"gap":{"normal":[0,-1]}}""")]
    [InlineData("row", """{"gap":{"truncatedNormal":[0,0,0,0.1]}}""")]
    [InlineData("row", """{"gap":{"logUniform":[0,0.1]}}""")]
    [InlineData("row", """{"gap":{"choice":[]}}""")]
    [InlineData("row", """{"gap":{"choice":{"of":[0]}}}""")]
    [InlineData("row", """{"gap":{"curve":[[0,1]]}}""")]
    [InlineData("row", """{"gap":{"curve":[[0,1],[0.1,-1]]}}""")]
    [InlineData("row", """{"gap":{"unifrom":[0,0.1]}}""")]
    [InlineData("row", """{"gap":{"uniform":[0,0.1],"normal":[0,0.1]}}""")]
    [InlineData("row", """{"gab":0}""")]
    public void Json_RecipeThatCannotBeRead_DoesNotFitIt(string name, string value)
    {
        var recipe = (JsonObject)JsonNode.Parse(new ShelfRecipe { Catalogue = "abc" }.ToJson())!;
        recipe[name] = JsonNode.Parse(value);

        Should.Throw<RecipeException>(() => Recipe.Parse(recipe.ToJsonString()));
        Fits(Schema, recipe).ShouldBeFalse();
    }

    private static JsonObject Defs => (JsonObject)Schema["$defs"]!;

    private static JsonObject Properties(JsonNode schema) => (JsonObject)schema["properties"]!;

    /// <summary>The keywords of draft 2020-12 that the schema uses, and an error for any other.</summary>
    private static bool Fits(JsonObject schema, JsonNode? json) => schema.All(keyword => keyword.Key switch
    {
        "$schema" or "$id" or "$defs" or "title" or "description" or "default" => true,
        "$ref" => Fits((JsonObject)Defs[keyword.Value!.GetValue<string>().Split('/')[^1]]!, json),
        "oneOf" => keyword.Value!.AsArray().Count(option => Fits((JsonObject)option!, json)) == 1,
        "allOf" => keyword.Value!.AsArray().All(option => Fits((JsonObject)option!, json)),
        "const" => JsonNode.DeepEquals(keyword.Value, json),
        "enum" => keyword.Value!.AsArray().Any(option => JsonNode.DeepEquals(option, json)),
        "type" => IsA(keyword.Value!.GetValue<string>(), json),
        "minimum" => json is not JsonValue least || least.GetValue<double>() >= keyword.Value!.GetValue<double>(),
        "maximum" => json is not JsonValue most || most.GetValue<double>() <= keyword.Value!.GetValue<double>(),
        "maxLength" => json is not JsonValue text || text.GetValue<string>().Length <= keyword.Value!.GetValue<int>(),
        "minItems" => json is not JsonArray few || few.Count >= keyword.Value!.GetValue<int>(),
        "maxItems" => json is not JsonArray many || many.Count <= keyword.Value!.GetValue<int>(),
        "uniqueItems" => json is not JsonArray items || items.Select(item => item!.ToJsonString()).Distinct().Count() == items.Count,
        "items" => json is not JsonArray list || list.All(item => Fits((JsonObject)keyword.Value!, item)),
        "prefixItems" => json is not JsonArray tuple || tuple.Zip(keyword.Value!.AsArray()).All(pair => Fits((JsonObject)pair.Second!, pair.First)),
        "contains" => json is not JsonArray some || some.Any(item => Fits((JsonObject)keyword.Value!, item)),
        "properties" => json is not JsonObject members || members.All(member => keyword.Value![member.Key] is not JsonObject known || Fits(known, member.Value)),
        "additionalProperties" => json is not JsonObject closed || closed.All(member => Properties(schema).ContainsKey(member.Key)),
        "required" => json is not JsonObject needed || keyword.Value!.AsArray().All(name => needed.ContainsKey(name!.GetValue<string>())),
        _ => throw new NotSupportedException($"The schema uses {keyword.Key}, which this check does not know."),
    });

    private static bool IsA(string type, JsonNode? json) => type switch
    {
        "object" => json is JsonObject,
        "array" => json is JsonArray,
        "string" => json?.GetValueKind() is System.Text.Json.JsonValueKind.String,
        "number" => json?.GetValueKind() is System.Text.Json.JsonValueKind.Number,
        "integer" => json?.GetValueKind() is System.Text.Json.JsonValueKind.Number && double.IsInteger(json.GetValue<double>()),
        _ => throw new NotSupportedException(type),
    };
}
