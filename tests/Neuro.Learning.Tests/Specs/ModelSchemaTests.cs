using System.Text.Json.Nodes;
using Neuro.Learning.Specs;
using Neuro.Testing;

namespace Neuro.Learning.Tests.Specs;

public sealed class ModelSchemaTests
{
    [Fact]
    public void Schema_OfTheReader_IsThePublishedFile()
    {
        var (published, made) = (Path.Combine(Repository.Root, "docs", "model.schema.json"), Path.Combine(Repository.Root, "docs", "model.received.json"));
        if (File.Exists(published) && File.ReadAllText(published).ReplaceLineEndings("\n") == ModelSpec.Schema())
        {
            File.Delete(made);
            return;
        }

        File.WriteAllText(made, ModelSpec.Schema());
        Assert.Fail($"docs/model.schema.json is not what the reader asks for. If the reader is right, make it again: mv {made} {published}");
    }

    /// <summary>What is written must be what the schema knows, field by field.</summary>
    [Fact]
    public void ToJson_OfEveryZooModel_HasTheFieldsOfTheSchema()
    {
        var definitions = JsonNode.Parse(ModelSpec.Schema())!["$defs"]!.AsObject();
        var seen = new HashSet<string>();
        foreach (var (model, zoo) in Neuro.Learning.Zoo.Zoo.Models)
        {
            foreach (var layer in JsonNode.Parse(zoo.Build().ToJson())!["layers"]!.AsArray())
            {
                var definition = definitions[layer!["type"]!.GetValue<string>()].ShouldNotBeNull(model);
                seen.Add(layer["type"]!.GetValue<string>());
                var known = definition["properties"]!.AsObject().Select(property => property.Key).ToList();
                layer.AsObject().Select(field => field.Key).ShouldBeSubsetOf(known, model);
                definition["required"]!.AsArray().Select(field => field!.GetValue<string>()).ShouldBeSubsetOf(layer.AsObject().Select(field => field.Key), model);
            }
        }

        definitions.Select(definition => definition.Key).Except(seen).ShouldBe(["avg_pool"]);
    }
}
