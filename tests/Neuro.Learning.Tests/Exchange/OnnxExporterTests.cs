using Microsoft.ML.OnnxRuntime;
using Neuro.Client.Api;
using Neuro.Learning.Exchange;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using static TorchSharp.torch;

namespace Neuro.Learning.Tests.Exchange;

public sealed class OnnxExporterTests
{
    [Fact]
    public void Export_SmallCnn_GivesTheLogitsOfLibtorch() => CheckLogits(Neuro.Learning.Zoo.Zoo.SmallCnn(7, 64));

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
        var spec = Neuro.Learning.Zoo.Zoo.SmallCnn(7, 64);

        var error = Should.Throw<NeuroException>(() => OnnxExporter.Export(spec, new Dictionary<string, TensorValues>()));

        error.Code.ShouldBe("weights.mismatch");
        error.Message.ShouldContain("stem-conv.weight");
    }

    private static void CheckLogits(ModelSpec spec)
    {
        TorchRuntime.Load();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var size = spec.Input[1];
        var random = new Random(1);
        var bytes = new byte[2 * size * size * 3];
        random.NextBytes(bytes);
        using var network = new Network(spec, Scrambled(spec, random));

        var expected = network.Forward(tensor(bytes, [2, size, size, 3]), bfloat16: false).data<float>().ToArray();
        var actual = RunOnnx(OnnxExporter.Export(spec, network.Weights()), bytes, size);

        expected.Max(Math.Abs).ShouldBeGreaterThan(0.01f);
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            actual[i].ShouldBe(expected[i], 1e-4 * Math.Max(1, Math.Abs(expected[i])));
        }
    }

    /// <summary>Weights in which nothing is zero or one, so that a swapped or forgotten tensor shows.</summary>
    private static Dictionary<string, TensorValues> Scrambled(ModelSpec spec, Random random)
    {
        using var initial = new Network(spec, 3);
        return initial.Weights().ToDictionary(pair => pair.Key, pair => new TensorValues(pair.Value.Shape,
            [.. pair.Value.Values.Select(value => value + (pair.Key.EndsWith("running_var", StringComparison.Ordinal) ? 0.5f * random.NextSingle() : 0.2f * (random.NextSingle() - 0.5f) / MathF.Sqrt(pair.Value.Values.Length)))]));
    }

    private static float[] RunOnnx(byte[] model, byte[] interleaved, int size)
    {
        var planes = new float[interleaved.Length];
        for (var i = 0; i < interleaved.Length; i++)
        {
            var (sample, pixel, channel) = (i / (3 * size * size), i / 3 % (size * size), i % 3);
            planes[(sample * 3 + channel) * size * size + pixel] = interleaved[i];
        }

        using var session = new InferenceSession(model);
        using var input = OrtValue.CreateTensorValueFromMemory(planes, [2, 3, size, size]);
        using var options = new RunOptions();
        using var outputs = session.Run(options, [OnnxExporter.Input], [input], [OnnxExporter.Output]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
