using Microsoft.ML.OnnxRuntime;
using Neuro.Client.Api;
using Neuro.Learning.Specs;

namespace Neuro.Learning.Exchange;

/// <summary>A model that was read from an ONNX file.</summary>
/// <param name="Difference">Largest difference from what OnnxRuntime gives for the file, relative to the largest output.</param>
/// <param name="Notes">What a person should know, such as a softmax that was left out.</param>
internal sealed record ImportedModel(ModelSpec Spec, IReadOnlyDictionary<string, TensorValues> Weights, double Difference, IReadOnlyList<string> Notes);

/// <summary>Reads an ONNX model as a spec and its weights.</summary>
internal static class OnnxImporter
{
    /// <summary>Reads the graph and the weights, and runs random pictures through the file in OnnxRuntime and through what was read of it: both must give the same.</summary>
    /// <exception cref="NeuroException"><c>onnx.*</c>, <c>model.*</c>.</exception>
    public static ImportedModel Import(string path, ModelImportOptions? options = null)
    {
        if (!File.Exists(path))
        {
            throw new NeuroException("model.missing", $"{path} is not there; give the path of an ONNX file.");
        }

        options ??= new();
        var file = OnnxFile.Read(path);
        var input = OnnxInput.Of(file, options);
        var translation = new OnnxTranslation(file, input);
        var (spec, weights) = translation.Run(Path.GetFileNameWithoutExtension(path), options);
        return new(spec, weights, Check(path, file, input, spec, weights, translation.Softmaxed, options), translation.Notes);
    }

    private static double Check(
        string path, OnnxFile file, OnnxInput input, ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights, IReadOnlySet<string> softmaxed, ModelImportOptions options)
    {
        var pixels = ModelCheck.Pixels(spec, input.Batch);
        var own = ModelCheck.Own(spec, weights, pixels);
        var values = input.IsChannelsLast ? [.. pixels.Select(value => (float)value)] : ModelCheck.Planes(spec, pixels);
        var plane = spec.Input[1] * spec.Input[2];
        for (var i = 0; i < values.Length; i++)
        {
            var channel = input.IsChannelsLast ? i % spec.Input[0] : i / plane % spec.Input[0];
            values[i] = (values[i] - (options.Mean?[channel] ?? 0)) / (options.Deviation?[channel] ?? 1);
        }

        long[] shape = input.IsChannelsLast ? [input.Batch, spec.Input[1], spec.Input[2], spec.Input[0]] : [input.Batch, .. spec.Input.Select(side => (long)side)];
        var other = ModelCheck.Onnx(() => new InferenceSession(path, ModelCheck.Quiet()), file.Input, values, shape, [.. spec.Outputs.Keys.Select(output => OutputOf(file, spec, output))]);
        return spec.Outputs.Keys.Max(output => ModelCheck.Compare(
            spec.Name, output, softmaxed.Contains(output) ? Softmax(own[output], spec.Classes) : own[output], other[OutputOf(file, spec, output)]));
    }

    /// <summary>The file's name of an output: ours where there are several, its only one otherwise.</summary>
    private static string OutputOf(OnnxFile file, ModelSpec spec, string output) => spec.Outputs.Count == 1 ? file.Outputs[0] : output;

    private static float[] Softmax(float[] logits, int classes)
    {
        var result = new float[logits.Length];
        for (var row = 0; row < logits.Length; row += classes)
        {
            var of = logits.AsSpan(row, classes).ToArray();
            var highest = of.Max();
            var sum = of.Sum(logit => Math.Exp(logit - highest));
            for (var i = 0; i < classes; i++)
            {
                result[row + i] = (float)(Math.Exp(of[i] - highest) / sum);
            }
        }

        return result;
    }
}

/// <summary>How the file's input lies: <c>[N, C, H, W]</c> or, as TensorFlow has it, <c>[N, H, W, C]</c>.</summary>
internal sealed record OnnxInput(int[] Shape, bool IsChannelsLast, int Batch)
{
    /// <exception cref="NeuroException"><c>onnx.unsupported_input</c></exception>
    public static OnnxInput Of(OnnxFile file, ModelImportOptions options)
    {
        var sides = file.InputShape;
        if (sides.Count != 4 || sides.Any(side => side > int.MaxValue))
        {
            throw Wrong("models that read [N, C, H, W] or [N, H, W, C] are imported");
        }

        var last = sides[3] == 3 && sides[1] != 3;
        var (height, width, channels) = last ? (sides[1], sides[2], sides[3]) : (sides[2], sides[3], sides[1]);
        if ((height == 0 || width == 0) && options.Size is null)
        {
            throw Wrong("its sides are open, so say the size");
        }

        var wrong = new[] { options.Mean, options.Deviation }.FirstOrDefault(numbers => numbers is not null && numbers.Count != channels);
        return channels == 0 ? throw Wrong("its channels must be fixed")
            : wrong is not null ? throw new NeuroException("onnx.unsupported_input",
                $"Mean or deviation has {wrong.Count} numbers; the ONNX file's input has {channels} channels, so give {channels}.")
            : new([(int)channels, (int)(height == 0 ? options.Size!.Value : height), (int)(width == 0 ? options.Size!.Value : width)], last, sides[0] == 0 ? 2 : (int)Math.Clamp(sides[0], 1, 16));

        NeuroException Wrong(string what) => new("onnx.unsupported_input",
            $"The ONNX file's input '{file.Input}' has the shape [{string.Join(", ", sides.Select(side => side == 0 ? "?" : $"{side}"))}]; {what}.");
    }
}
