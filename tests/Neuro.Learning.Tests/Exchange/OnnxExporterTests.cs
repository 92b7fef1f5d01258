using Neuro.Client.Api;
using Neuro.Learning.Exchange;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using Model = Neuro.Learning.Zoo.Zoo;

namespace Neuro.Learning.Tests.Exchange;

public sealed class OnnxExporterTests
{
    [Fact]
    public void Export_SmallCnn_GivesTheLogitsOfLibtorch() => CheckLogits(Model.SmallCnn(7, 64));

    [Fact]
    public void Export_EveryLayerType_GivesTheLogitsOfLibtorch() => CheckLogits(ModelSpec.Parse("""
        {"version":1,"name":"all","input":[3,33,33],"classes":5,"layers":[
          {"name":"pixels","type":"conv2d","inputs":["input"],"out":6,"kernel":3,"stride":2,"padding":1,"groups":3,"bias":true},
          {"name":"norm","type":"batch_norm","inputs":["pixels"]},
          {"name":"relu","type":"relu","inputs":["norm"]},
          {"name":"side","type":"conv2d","inputs":["relu"],"out":6,"kernel":1,"bias":false},
          {"name":"sum","type":"add","inputs":["relu","side"]},
          {"name":"max","type":"max_pool","inputs":["sum"],"kernel":3,"stride":2,"padding":1},
          {"name":"avg","type":"avg_pool","inputs":["max"],"kernel":2,"stride":2},
          {"name":"conv","type":"conv2d","inputs":["avg"],"out":8,"kernel":3},
          {"name":"pool","type":"global_avg_pool","inputs":["conv"]},
          {"name":"flat","type":"flatten","inputs":["pool"]},
          {"name":"drop","type":"dropout","inputs":["flat"],"rate":0.5},
          {"name":"logits","type":"linear","inputs":["drop"],"out":5}]}
        """));

    [Fact]
    public void Export_MissingWeight_IsNamed()
    {
        var spec = Model.SmallCnn(7, 64);

        var error = Should.Throw<NeuroException>(() => OnnxExporter.Export(spec, new Dictionary<string, TensorValues>()));

        error.Code.ShouldBe("weights.mismatch");
        error.Message.ShouldContain("stem-conv.weight");
    }

    [Fact]
    public void Export_NewerLayerTypes_GiveTheLogitsOfLibtorch() => CheckLogits(ModelSpec.Parse("""
        {"version":1,"name":"newer","input":[3,33,29],"classes":5,"task":"segment","inputMean":[120,110,100],"inputDeviation":[60,50,40],"layers":[
          {"name":"a","type":"conv2d","inputs":["input"],"out":8,"kernel":[3,5],"stride":[2,1],"padding":[1,4],"dilation":[1,2]},
          {"name":"a6","type":"relu6","inputs":["a"]},
          {"name":"fixed","type":"frozen_batch_norm","inputs":["a6"],"epsilon":0.001},
          {"name":"pool","type":"max_pool","inputs":["fixed"],"kernel":3,"stride":2,"ceil":true},
          {"name":"b","type":"conv2d","inputs":["pool"],"out":8,"kernel":1},
          {"name":"b2","type":"conv2d","inputs":["b"],"out":8,"kernel":1,"weights":"b"},
          {"name":"silu","type":"silu","inputs":["b2"]},
          {"name":"unit","type":"l2_norm","inputs":["silu"]},
          {"name":"cells","type":"adaptive_avg_pool","inputs":["unit"],"size":[3,4]},
          {"name":"gates","type":"global_avg_pool","inputs":["cells"]},
          {"name":"gate","type":"sigmoid","inputs":["gates"]},
          {"name":"gated","type":"multiply","inputs":["unit","gate"]},
          {"name":"cells-large","type":"upsample","inputs":["cells"],"size":[7,13],"mode":"nearest"},
          {"name":"padded","type":"pad","inputs":["cells-large"],"top":1,"left":0,"bottom":0,"right":1},
          {"name":"both","type":"concat","inputs":["gated","padded"]},
          {"name":"small","type":"max_pool","inputs":["both"],"kernel":2,"stride":2},
          {"name":"back","type":"max_unpool","inputs":["small","small"]},
          {"name":"up","type":"conv_transpose2d","inputs":["back"],"out":5,"kernel":[3,2],"stride":2,"padding":[1,0],"bias":true},
          {"name":"tanh","type":"tanh","inputs":["up"]},
          {"name":"logits","type":"upsample","inputs":["tanh"],"size":[33,29],"mode":"bilinear"}]}
        """));

    /// <summary>The zoo in a size for a CPU, each with the layers that its family brings.</summary>
    [Theory]
    [InlineData("alexnet")]
    [InlineData("vgg16")]
    [InlineData("googlenet")]
    [InlineData("resnet18")]
    [InlineData("resnet50")]
    [InlineData("squeezenet1.1")]
    [InlineData("mobilenet-v2")]
    [InlineData("ssd300-vgg16")]
    [InlineData("yolo-nano")]
    [InlineData("fcn-resnet50")]
    [InlineData("segnet")]
    [InlineData("wavenet")]
    public void Export_ZooModel_GivesTheOutputsOfLibtorch(string model) => CheckLogits(model switch
    {
        "alexnet" => Model.AlexNet(5, 80, 0.125),
        "vgg16" => Model.Vgg16(5, 40, 0.125),
        "googlenet" => Model.GoogLeNet(5, 75, 0.25),
        "resnet18" => Model.ResNet18(5, 40, 0.25),
        "resnet50" => Model.ResNet50(5, 40, 0.25),
        "squeezenet1.1" => Model.SqueezeNet(5, 70, 0.25),
        "mobilenet-v2" => Model.MobileNetV2(5, 40, 0.25),
        "ssd300-vgg16" => Model.Ssd300(4, 300, 0.0625),
        "yolo-nano" => Model.YoloNano(4, 72),
        "fcn-resnet50" => Model.FcnResNet50(4, 44, 0.125),
        "segnet" => Model.SegNet(4, 50, 0.125),
        _ => Model.WaveNet(256, 70, layers: 4),
    });

    [Fact]
    public void Export_ModelOfRegions_IsRefusedWithTheLayer()
    {
        var spec = Model.MaskRcnn(4, 64, 0.125);
        var weights = WeightLayout.Of(spec).ToDictionary(weight => weight.Name, weight => new TensorValues(weight.Shape, new float[weight.Count]));

        var error = Should.Throw<NeuroException>(() => OnnxExporter.Export(spec, weights));

        error.Code.ShouldBe("model.not_exportable");
        error.Message.ShouldContain("'rpn.proposals' (proposals)");
    }

    private static void CheckLogits(ModelSpec spec)
    {
        TorchRuntime.Load();
        using var initial = new Network(spec, 3);
        var weights = Scrambled(initial.Weights(), new Random(1));

        ModelCheck.Exported(spec, weights, OnnxExporter.Export(spec, weights)).ShouldBeLessThanOrEqualTo(ModelCheck.Tolerance);

        var outputs = ModelCheck.Own(spec, weights, ModelCheck.Pixels(spec));
        outputs.Keys.ShouldBe(spec.Outputs.Keys);
        outputs.ShouldAllBe(output => output.Value.Max() - output.Value.Min() > 0.01f);
    }

    /// <summary>Weights in which nothing is zero or one, so that a swapped or forgotten tensor shows.</summary>
    private static Dictionary<string, TensorValues> Scrambled(Dictionary<string, TensorValues> weights, Random random) =>
        weights.ToDictionary(pair => pair.Key, pair => new TensorValues(pair.Value.Shape,
            [.. pair.Value.Values.Select(value => value + (pair.Key.EndsWith("running_var", StringComparison.Ordinal) ? 0.5f * random.NextSingle() : 0.2f * (random.NextSingle() - 0.5f)))]));
}
