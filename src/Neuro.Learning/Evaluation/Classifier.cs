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
    private static readonly double[] Zooms = [1, 1.12, 1.25];

    private readonly InferenceSession session;
    private readonly ModelSpec spec;

    private Classifier(InferenceSession session, ModelSpec spec, string name, IReadOnlyList<string> classes) =>
        (this.session, this.spec, Name, Classes) = (session, spec, name, classes);

    public string Name { get; }

    public IReadOnlyList<string> Classes { get; }

    /// <summary>SHA-256 of the model's canonical spec.</summary>
    public string SpecHash => spec.Hash;

    /// <summary>Side in pixels of what the model sees.</summary>
    public int Size => spec.Input[1];

    /// <param name="folder">As <c>Trainer</c> leaves it or <see cref="ModelPackage.Unpack"/> writes it.</param>
    /// <param name="threads">Threads of OnnxRuntime.</param>
    /// <exception cref="NeuroException"><c>model.missing</c>, <c>model.invalid</c>.</exception>
    public static Classifier Load(string folder, int threads = 2)
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
            return new(new InferenceSession(Path.Combine(folder, ModelFolder.Onnx), options), spec, card.Name, card.Classes);
        }
        catch (OnnxRuntimeException e)
        {
            throw new NeuroException("model.invalid", $"{Path.Combine(folder, ModelFolder.Onnx)} cannot be run: {e.Message}");
        }
    }

    /// <summary>Probabilities <c>[pictures][classes]</c>. Each picture is seen whole, whatever its size; a picture that is not square is padded with its edges.</summary>
    public float[][] Predict(IReadOnlyList<Image> images) =>
        [.. images.Chunk(BatchSize).SelectMany(PredictBatch)];

    public void Dispose() => session.Dispose();

    private float[][] PredictBatch(Image[] images)
    {
        var result = images.Select(_ => new float[Classes.Count]).ToArray();
        foreach (var zoom in Zooms)
        {
            var logits = Run([.. images.Select(image => Resampler.Square(image, Square.Whole(image, zoom), Size))]);
            for (var i = 0; i < images.Length; i++)
            {
                AddSoftmax(logits.AsSpan(i * Classes.Count, Classes.Count), result[i], 1f / Zooms.Length);
            }
        }

        return result;
    }

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

    private static void AddSoftmax(ReadOnlySpan<float> logits, float[] probabilities, float share)
    {
        var highest = float.NegativeInfinity;
        foreach (var logit in logits)
        {
            highest = Math.Max(highest, logit);
        }

        var sum = 0f;
        foreach (var logit in logits)
        {
            sum += MathF.Exp(logit - highest);
        }

        for (var i = 0; i < logits.Length; i++)
        {
            probabilities[i] += share * MathF.Exp(logits[i] - highest) / sum;
        }
    }
}
