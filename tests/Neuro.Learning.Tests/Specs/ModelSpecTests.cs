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

    /// <summary>Computed before specs had tasks, outputs and sides: what was published under a hash keeps it.</summary>
    [Fact]
    public void Hash_SpecOfTheFirstVersion_IsWhatItWas() =>
        Neuro.Learning.Zoo.Zoo.SmallCnn(31).Hash.ShouldBe("2bd25dda126e9f1ba3b0a48c2fd71cc0cd31ffe2f7cf6065bfee37dc39ed32d3");

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
    [InlineData("model.shape_mismatch", "only their channels may differ", """{"name":"p","type":"max_pool","inputs":["input"],"kernel":2,"stride":2}""", """{"name":"a","type":"concat","inputs":["input","p"]}""")]
    [InlineData("model.shape_mismatch", "needs weights [3, 3, 1, 1] with bias; those of 'c' are [3, 3, 3, 3] with bias", """{"name":"a","type":"relu","inputs":["input"]}""", """{"name":"b","type":"conv2d","inputs":["a"],"out":3,"kernel":1,"weights":"c"}""", """{"name":"c","type":"conv2d","inputs":["b"],"out":3,"kernel":3,"padding":1}""")]
    [InlineData("model.invalid", "'a', which is no conv2d with weights of its own", """{"name":"a","type":"relu","inputs":["input"]}""", """{"name":"b","type":"conv2d","inputs":["a"],"out":3,"kernel":1,"weights":"a"}""")]
    [InlineData("model.invalid", "expected a max_pool layer whose windows do not overlap", """{"name":"a","type":"max_pool","inputs":["input"],"kernel":3,"stride":2}""", """{"name":"b","type":"max_unpool","inputs":["a","a"]}""")]
    [InlineData("model.shape_mismatch", "expected regions [R, 4]", """{"name":"a","type":"roi_align","inputs":["input","input"],"size":7}""")]
    [InlineData("model.shape_mismatch", "expected 4: objectness and boxes of 2 levels", """{"name":"a","type":"proposals","inputs":["input","input"],"sizes":[32,64],"ratios":[1]}""")]
    [InlineData("model.shape_mismatch", "[3, 8, 8] is larger than size 4", """{"name":"a","type":"upsample","inputs":["input"],"size":4,"mode":"nearest"}""")]
    [InlineData("model.invalid", "expected one of nearest, bilinear", """{"name":"a","type":"upsample","inputs":["input"],"size":16,"mode":"cubic"}""")]
    [InlineData("model.invalid", "$.layers[0].kernel[1] is 64; expected a whole number from 1 to 63", """{"name":"a","type":"conv2d","inputs":["input"],"out":4,"kernel":[3,64]}""")]
    [InlineData("model.invalid", "or two, [h, w]", """{"name":"a","type":"conv2d","inputs":["input"],"out":4,"kernel":[3]}""")]
    [InlineData("model.too_large", "1,000,000,000 activations", """{"name":"a","type":"conv_transpose2d","inputs":["input"],"out":65536,"kernel":16,"stride":16}""", """{"name":"b","type":"conv_transpose2d","inputs":["a"],"out":65536,"kernel":16,"stride":16}""")]
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
    [InlineData("""{"version":1,"name":"x","input":[3,8,8],"classes":2,"task":"fly","layers":[]}""")]
    [InlineData("""{"version":1,"name":"x","input":[3,8,8],"classes":3,"task":"segment","outputs":{"logits":"b"},"layers":[{"name":"a","type":"relu","inputs":["input"]}]}""")]
    [InlineData("""{"version":1,"name":"x","input":[3,8,8],"classes":3,"task":"segment","outputs":{"mask":"a"},"layers":[{"name":"a","type":"relu","inputs":["input"]}]}""")]
    [InlineData("""{"version":1,"name":"x","input":[3,8,8],"classes":3,"task":"segment","outputs":{"logits":"a","more":"a"},"layers":[{"name":"a","type":"relu","inputs":["input"]}]}""")]
    [InlineData("""{"version":1,"name":"x","input":[3,8,8],"classes":3,"task":"segment","inputMean":[1],"layers":[{"name":"a","type":"relu","inputs":["input"]}]}""")]
    [InlineData("""{"version":1,"name":"x","input":[3,8,8],"classes":3,"task":"segment","inputDeviation":[1,0,1],"layers":[{"name":"a","type":"relu","inputs":["input"]}]}""")]
    [InlineData("""{"version":1,"name":"../x","input":[3,8,8],"classes":2,"layers":[]}""")]
    [InlineData("""{"version":1,"name":"x","input":[3,8,8],"classes":2,"layers":[null]}""")]
    public void Parse_NotASpec_IsInvalid(string json) =>
        Should.Throw<NeuroException>(() => ModelSpec.Parse(json)).Code.ShouldBe("model.invalid");

    [Fact]
    public void Parse_DetectorWithoutBoxes_SaysWhichOutputIsMissing()
    {
        var error = Should.Throw<NeuroException>(() => ModelSpec.Parse("""
            {"version":1,"name":"x","input":[3,8,8],"classes":3,"task":"detect","outputs":{"class.0":"a"},"layers":[{"name":"a","type":"relu","inputs":["input"]}]}
            """));

        error.Code.ShouldBe("model.invalid");
        error.Message.ShouldContain("asks for an output 'box.0'");
    }

    private static string Spec(params string[] layers) =>
        $$"""{"version":1,"name":"test","input":[3,8,8],"classes":2,"layers":[{{string.Join(",", layers)}}]}""";
}
