using Neuro.Learning.Exchange;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using static TorchSharp.torch;
using Model = Neuro.Learning.Zoo.Zoo;

namespace Neuro.Learning.Tests.Training;

public sealed class NetworkTests
{
    [Theory]
    [InlineData("segnet")]
    [InlineData("fcn")]
    [InlineData("yolo")]
    [InlineData("ssd")]
    [InlineData("wavenet")]
    public void Outputs_WhileTraining_GiveEveryWeightAGradient(string model)
    {
        TorchRuntime.Load();
        var spec = model switch
        {
            "segnet" => Model.SegNet(3, 32, 0.125),
            "fcn" => Model.FcnResNet50(3, 32, 0.125),
            "yolo" => Model.YoloNano(3, 64),
            "ssd" => Model.Ssd300(3, 300, 0.0625),
            _ => Model.WaveNet(16, 64, layers: 3),
        };
        using var scope = NewDisposeScope();
        using var network = new Network(spec, 4);
        using var random = new Generator(1);

        var outputs = network.Outputs(tensor(ModelCheck.Pixels(spec), [2, spec.Input[1], spec.Input[2], spec.Input[0]]), bfloat16: false, random);
        outputs.Values.Select(output => output.square().mean()).Aggregate((a, b) => a + b).backward();

        foreach (var (name, weight) in network.Trained)
        {
            weight.grad.ShouldNotBeNull(name).abs().sum().item<float>().ShouldBeGreaterThan(0, name);
        }
    }

    [Fact]
    public void Trained_FrozenNormalisation_IsLeftOut()
    {
        TorchRuntime.Load();
        var spec = ModelSpec.Parse("""
            {"version":1,"name":"frozen","input":[3,8,8],"classes":4,"task":"segment","layers":[
              {"name":"c","type":"conv2d","inputs":["input"],"out":4,"kernel":1},
              {"name":"n","type":"frozen_batch_norm","inputs":["c"]}]}
            """);
        using var network = new Network(spec, 1);

        network.Trained.Select(weight => weight.Key).ShouldBe(["c.weight", "c.bias"], ignoreOrder: true);
        spec.Parameters.ShouldBe(3 * 4 + 4);
    }
}
