using Microsoft.ML.OnnxRuntime;
using Neuro.Client.Api;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using static TorchSharp.torch;

namespace Neuro.Learning.Exchange;

/// <summary>Runs the same random pictures through our own forward pass and through OnnxRuntime.</summary>
internal static class ModelCheck
{
    /// <summary>Largest difference allowed, relative to the largest number of the output or to 1.</summary>
    public const double Tolerance = 1e-4;

    private const int Pictures = 2;

    /// <summary>Checks an exported file; gives the largest difference.</summary>
    /// <exception cref="NeuroException"><c>onnx.differs</c>, <c>onnx.not_runnable</c>.</exception>
    public static double Exported(ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights, byte[] onnx)
    {
        var pixels = Pixels(spec, Pictures);
        var own = Own(spec, weights, pixels);
        var other = Onnx(() => new InferenceSession(onnx, Quiet()), OnnxExporter.Input, Planes(spec, pixels), [Pictures, .. spec.Input.Select(side => (long)side)], [.. spec.Outputs.Keys]);
        return spec.Outputs.Keys.Max(output => Compare(spec.Name, output, own[output], other[output]));
    }

    /// <summary>Bytes as the network reads them, <c>[N, H, W, C]</c>, drawn from a fixed seed.</summary>
    public static byte[] Pixels(ModelSpec spec, int pictures = Pictures)
    {
        var bytes = new byte[pictures * spec.Input[0] * spec.Input[1] * spec.Input[2]];
        new Random(20_231).NextBytes(bytes);
        return bytes;
    }

    /// <summary>The same pictures as numbers, <c>[N, C, H, W]</c>.</summary>
    public static float[] Planes(ModelSpec spec, byte[] pixels)
    {
        var (channels, plane) = (spec.Input[0], spec.Input[1] * spec.Input[2]);
        var planes = new float[pixels.Length];
        for (var i = 0; i < planes.Length; i++)
        {
            planes[(i / (channels * plane) * channels + i % channels) * plane + i / channels % plane] = pixels[i];
        }

        return planes;
    }

    public static Dictionary<string, float[]> Own(ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights, byte[] pixels)
    {
        TorchRuntime.Load();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = new Network(spec, weights);
        var outputs = network.Outputs(tensor(pixels, [pixels.Length / (spec.Input[0] * spec.Input[1] * spec.Input[2]), spec.Input[1], spec.Input[2], spec.Input[0]]), bfloat16: false);
        return outputs.ToDictionary(output => output.Key, output => Network.Values(output.Value).Values);
    }

    /// <summary>What OnnxRuntime gives for each of <paramref name="outputs"/>.</summary>
    public static Dictionary<string, float[]> Onnx(Func<InferenceSession> open, string inputName, float[] values, long[] shape, IReadOnlyList<string> outputs)
    {
        try
        {
            using var session = open();
            using var input = OrtValue.CreateTensorValueFromMemory(values, shape);
            using var run = new RunOptions();
            using var results = session.Run(run, [inputName], [input], outputs);
            return outputs.Select((name, i) => (name, Values: results[i].GetTensorDataAsSpan<float>().ToArray())).ToDictionary(pair => pair.name, pair => pair.Values);
        }
        catch (OnnxRuntimeException e)
        {
            throw new NeuroException("onnx.not_runnable", $"OnnxRuntime cannot run the model: {e.Message}");
        }
    }

    public static SessionOptions Quiet() => new() { IntraOpNumThreads = 2, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

    /// <summary>The largest difference, relative to the largest number or to 1.</summary>
    /// <exception cref="NeuroException"><c>onnx.differs</c></exception>
    public static double Compare(string model, string output, float[] own, float[] other)
    {
        if (own.Length != other.Length)
        {
            throw new NeuroException("onnx.differs",
                $"The output '{output}' of '{model}' has {own.Length:N0} numbers here and {other.Length:N0} in OnnxRuntime; the two do not compute the same.");
        }

        var scale = Math.Max(1, own.Max(value => (double)MathF.Abs(value)));
        var largest = own.Zip(other, (a, b) => Math.Abs((double)a - b) is var difference && double.IsNaN(difference) ? double.PositiveInfinity : difference).Max() / scale;
        return largest <= Tolerance
            ? largest
            : throw new NeuroException("onnx.differs",
                $"The output '{output}' of '{model}' differs by {largest:G3} of its largest number from what OnnxRuntime gives; at most {Tolerance:G3} is allowed.");
    }
}
