using Neuro.Client.Api;
using Neuro.Learning.Specs;

namespace Neuro.Learning.Tests.Specs;

public sealed class ModelSpecTests
{
    [Fact]
    public void Parse_OfToJson_IsIdentity()
    {
        var spec = Neuro.Learning.Zoo.Zoo.SmallCnn(31);

        var again = ModelSpec.Parse(spec.ToJson());

        again.ShouldBe(spec);
        again.Hash.ShouldBe(spec.Hash);
        again.Parameters.ShouldBe(spec.Parameters);
    }

    [Fact]
    public void Hash_OtherWhiteSpaceAndKeyOrder_IsTheSame()
    {
        var a = ModelSpec.Parse(Spec("""{"name":"f","type":"flatten","inputs":["input"]}""", """{"name":"l","type":"linear","inputs":["f"],"out":2}"""));
        var b = ModelSpec.Parse("""{ "classes": 2, "input": [3, 8, 8], "name": "test", "layers": [ {"inputs":["input"], "type":"flatten", "name":"f"}, {"out": 2, "type":"linear", "inputs":["f"], "name":"l"} ], "version": 1 }""");

        b.Hash.ShouldBe(a.Hash);
    }

    [Fact]
    public void Counts_ConvolutionAndLinear_AreTheSumsByHand()
    {
        var spec = ModelSpec.Parse(Spec(
            """{"name":"c","type":"conv2d","inputs":["input"],"out":4,"kernel":3,"stride":2,"padding":1,"bias":true}""",
            """{"name":"f","type":"flatten","inputs":["c"]}""",
            """{"name":"l","type":"linear","inputs":["f"],"out":2}"""));

        spec.ShapeOf("c").ToString().ShouldBe("[4, 4, 4]");
        spec.Parameters.ShouldBe(4 * 3 * 9 + 4 + 64 * 2 + 2);
        spec.Macs.ShouldBe(64 * 27 + 64 * 2);
    }

    [Fact]
    public void Parse_LayersInAnyOrder_AreSorted()
    {
        var spec = ModelSpec.Parse(Spec("""{"name":"l","type":"linear","inputs":["f"],"out":2}""", """{"name":"f","type":"flatten","inputs":["input"]}"""));

        spec.Layers.Select(layer => layer.Name).ShouldBe(["f", "l"]);
    }

    [Theory]
    [InlineData("model.unknown_layer", "'conv2d'", """{"name":"a","type":"conv_2d","inputs":["input"],"out":4,"kernel":3}""")]
    [InlineData("model.invalid", "did you mean 'input'", """{"name":"a","type":"relu","inputs":["imput"]}""")]
    [InlineData("model.invalid", "no field 'kernal'", """{"name":"a","type":"max_pool","inputs":["input"],"kernel":2,"kernal":2}""")]
    [InlineData("model.invalid", "$.layers[0].out is -4; expected a whole number from 1 to 65536", """{"name":"a","type":"conv2d","inputs":["input"],"out":-4,"kernel":3}""")]
    [InlineData("model.invalid", "two layers are named 'a'", """{"name":"a","type":"relu","inputs":["input"]}""", """{"name":"a","type":"relu","inputs":["input"]}""")]
    [InlineData("model.invalid", "has 1 inputs; expected 2", """{"name":"a","type":"add","inputs":["input"]}""")]
    [InlineData("model.cycle", "'a', 'b'", """{"name":"a","type":"relu","inputs":["b"]}""", """{"name":"b","type":"relu","inputs":["a"]}""")]
    [InlineData("model.shape_mismatch", "Layer 'l' (linear): expected a flat input, found [3, 8, 8]", """{"name":"l","type":"linear","inputs":["input"],"out":2}""")]
    [InlineData("model.shape_mismatch", "input is [3, 8, 8] but p is [3, 4, 4]", """{"name":"p","type":"max_pool","inputs":["input"],"kernel":2,"stride":2}""", """{"name":"a","type":"add","inputs":["input","p"]}""")]
    [InlineData("model.shape_mismatch", "kernel 11 is larger than [3, 8, 8] with padding 1", """{"name":"a","type":"conv2d","inputs":["input"],"out":4,"kernel":11,"padding":1}""")]
    [InlineData("model.shape_mismatch", "must divide", """{"name":"a","type":"conv2d","inputs":["input"],"out":4,"kernel":1,"groups":2}""")]
    [InlineData("model.shape_mismatch", "gives [192]; expected [2]", """{"name":"f","type":"flatten","inputs":["input"]}""")]
    [InlineData("model.too_large", "500,000,000 parameters", """{"name":"f","type":"flatten","inputs":["input"]}""", """{"name":"a","type":"linear","inputs":["f"],"out":1000000}""", """{"name":"b","type":"linear","inputs":["a"],"out":1000000}""")]
    public void Parse_Wrong_NamesLayerValueAndCode(string code, string says, params string[] layers)
    {
        var error = Should.Throw<NeuroException>(() => ModelSpec.Parse(Spec(layers)));

        error.Code.ShouldBe(code);
        error.Message.ShouldContain(says);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":1,"name":"x","input":[3,8],"classes":2,"layers":[]}""")]
    [InlineData("""{"version":1,"name":"x","input":[3,8,1e9],"classes":2,"layers":[]}""")]
    [InlineData("""{"version":2,"name":"x","input":[3,8,8],"classes":2,"layers":[]}""")]
    [InlineData("""{"version":1,"name":"../x","input":[3,8,8],"classes":2,"layers":[]}""")]
    [InlineData("""{"version":1,"name":"x","input":[3,8,8],"classes":2,"layers":[null]}""")]
    public void Parse_NotASpec_IsInvalid(string json) =>
        Should.Throw<NeuroException>(() => ModelSpec.Parse(json)).Code.ShouldBe("model.invalid");

    private static string Spec(params string[] layers) =>
        $$"""{"version":1,"name":"test","input":[3,8,8],"classes":2,"layers":[{{string.Join(",", layers)}}]}""";
}
