using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Neuro.Client.Api;
using Neuro.Kernels.Formats;
using Neuro.Learning.Exchange;
using Neuro.Learning.Imaging;
using Neuro.Learning.Specs;

namespace Neuro.Learning.Evaluation;

/// <summary>A finished model that names what a picture shows. It runs in OnnxRuntime and needs no libtorch.</summary>
public sealed class Classifier : IDisposable
{
    private const int BatchSize = 32;

    /// <summary>How far each view is enlarged: the whole picture, then two closer ones; their probabilities are averaged.</summary>
    public static readonly IReadOnlyList<double> ThreeViews = [1, 1.12, 1.25];

    /// <summary>The whole picture alone.</summary>
    public static readonly IReadOnlyList<double> OneView = [1];

    private readonly InferenceSession session;
    private readonly ModelSpec spec;
    private readonly IReadOnlyList<double> views;

    private Classifier(InferenceSession session, ModelSpec spec, string name, IReadOnlyList<string> classes, IReadOnlyList<double> views) =>
        (this.session, this.spec, Name, Classes, this.views) = (session, spec, name, classes, views);

    public string Name { get; }

    public IReadOnlyList<string> Classes { get; }

    /// <summary>SHA-256 of the model's canonical spec.</summary>
    public string SpecHash => spec.Hash;

    /// <summary>Side in pixels of what the model sees.</summary>
    public int Size => spec.Input[1];

    /// <param name="folder">As <c>Trainer</c> leaves it or <see cref="ModelPackage.Unpack"/> writes it.</param>
    /// <param name="threads">Threads of OnnxRuntime.</param>
    /// <param name="views">How far each view of a picture is enlarged; <see cref="ThreeViews"/> if left out.</param>
    /// <param name="file">The ONNX file of the folder; a quantised one stands beside the one in fp32.</param>
    /// <exception cref="NeuroException"><c>model.missing</c>, <c>model.invalid</c>.</exception>
    public static Classifier Load(string folder, int threads = 2, IReadOnlyList<double>? views = null, string file = ModelFolder.Onnx)
    {
        var (spec, card) = ModelFolder.Read(folder);
        if (spec.Task != ModelTask.Classify)
        {
            throw new NeuroException("model.invalid", $"The model in {folder} is made to {spec.Task.ToString().ToLowerInvariant()}; one that classifies is expected.");
        }

        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        // Threads that spin between calls would take the cores from whoever else works on this machine.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        try
        {
            return new(new InferenceSession(Path.Combine(folder, file), options), spec, card.Name, card.Classes, views ?? ThreeViews);
        }
        catch (OnnxRuntimeException e)
        {
            throw new NeuroException("model.invalid", $"{Path.Combine(folder, file)} cannot be run: {e.Message}");
        }
    }

    /// <summary>Probabilities <c>[pictures][classes]</c>. Each picture is seen whole, whatever its size; a picture that is not square is padded with its edges.</summary>
    public float[][] Predict(IReadOnlyList<Image> images) =>
        [.. images.Chunk(BatchSize).SelectMany(PredictBatch)];

    public void Dispose() => session.Dispose();

    private float[][] PredictBatch(Image[] images)
    {
        var result = images.Select(_ => new float[Classes.Count]).ToArray();
        foreach (var zoom in views)
        {
            var probabilities = Probabilities([.. images.Select(image => Resampler.Square(image, Square.Whole(image, zoom), Size))]);
            for (var i = 0; i < images.Length; i++)
            {
                for (var k = 0; k < Classes.Count; k++)
                {
                    result[i][k] += probabilities[i][k] / views.Count;
                }
            }
        }

        return result;
    }

    /// <summary>Probabilities <c>[N][classes]</c> of pictures <c>[size, size, 3]</c>.</summary>
    internal float[][] Probabilities(byte[][] pictures) => [.. Run(pictures).Chunk(Classes.Count).Select(logits =>
    {
        TensorPrimitives.SoftMax(logits, logits);
        return logits;
    })];

    /// <summary>Logits <c>[N · classes]</c> of pictures <c>[size, size, 3]</c>.</summary>
    internal float[] Run(byte[][] pictures)
    {
        var plane = Size * Size;
        var pixels = new float[pictures.Length * 3 * plane];
        for (var n = 0; n < pictures.Length; n++)
        {
            for (var i = 0; i < 3 * plane; i++)
            {
                pixels[(n * 3 + i % 3) * plane + i / 3] = pictures[n][i];
            }
        }

        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [pictures.Length, 3, Size, Size]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [OnnxExporter.Input], [input], [OnnxExporter.Output]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
