using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Learning.Compression;

/// <summary>One of the models that compression leaves, as an ONNX file in a model's folder.</summary>
/// <param name="Name">What was done to it: <c>recogniser-2x int8</c>.</param>
/// <param name="File">Of the folder.</param>
public sealed record CompressedModel(string Name, ModelSpec Spec, string Folder, string File)
{
    /// <summary>The file of a quantised model, beside the one in fp32.</summary>
    public const string Int8File = "model.int8.onnx";

    public long Bytes => new FileInfo(Path.Combine(Folder, File)).Length;

    /// <summary>The model ready to name pictures.</summary>
    /// <param name="threads">Threads of OnnxRuntime.</param>
    /// <param name="views">How far each view of a picture is enlarged.</param>
    public Classifier Load(int threads, IReadOnlyList<double>? views = null) => Classifier.Load(Folder, threads, views, File);

    /// <summary>Median time of one sample in OnnxRuntime.</summary>
    public TimeSpan Latency(int threads) => Exchange.Latency.Measure(Spec, System.IO.File.ReadAllBytes(Path.Combine(Folder, File)), threads);

    /// <summary>The share of the held-back samples that it names right.</summary>
    public double Accuracy(CropData data, int threads)
    {
        using var model = Load(threads);
        return HeldOut.Outcomes(model, data).Average(outcome => outcome.Right ? 1.0 : 0);
    }
}
