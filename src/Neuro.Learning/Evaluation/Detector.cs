using Neuro.Client.Api;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;
using Neuro.Learning.Dense;
using Neuro.Learning.Detection;
using Neuro.Learning.Exchange;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using static TorchSharp.torch;

namespace Neuro.Learning.Evaluation;

/// <summary>A finished model that finds objects, by boxes or with their pixels. It runs in libtorch, which computes by regions too.</summary>
public sealed class Detector : IDisposable
{
    private readonly ModelSpec spec;
    private readonly Network network;
    private readonly DetectionHead head;

    private Detector(ModelSpec spec, ModelCard card, Network network) =>
        (this.spec, this.network, head, Name, Classes) = (spec, network, DetectionHead.Of(spec), card.Name, spec.HasBackground ? [.. card.Classes.Skip(1)] : card.Classes);

    public string Name { get; }

    /// <summary>Names by class id; the background is none.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Side in pixels of what the model sees.</summary>
    public int Size => spec.Input[1];

    /// <param name="folder">As <see cref="Trainer"/> leaves it.</param>
    /// <exception cref="NeuroException"><c>model.missing</c>, <c>model.invalid</c>, <c>weights.*</c>, <c>torch.*</c>.</exception>
    public static Detector Load(string folder)
    {
        var (spec, card) = ModelFolder.ReadWithoutOnnx(folder);
        if (spec.Task is not (ModelTask.Detect or ModelTask.Instances) || spec.Input[1] != spec.Input[2])
        {
            throw new NeuroException("model.invalid", $"The model in {folder} is made to {spec.Task.Name()} at {spec.Input[2]} × {spec.Input[1]}; one that finds objects in square pictures is expected.");
        }

        TorchRuntime.Load();
        return new(spec, card, new(spec, Safetensors.Read(Path.Combine(folder, ModelFolder.Weights)).Tensors, TorchRuntime.Device));
    }

    /// <summary>The objects of a picture of any size, in its pixels, the surest first; masks are as fine as the model's input.</summary>
    public IReadOnlyList<DetectedObject> Detect(Image picture)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var box = Letterbox.Of(picture, Size);
        var pixels = tensor(box.Pixels(picture), [1, Size, Size, 3], device: TorchRuntime.Device);
        var found = head.Detect(network, pixels, bfloat16: false, DetectionHead.Measured)[0];
        return [.. found.OrderByDescending(one => one.Score).Select(one => one with { Box = box.Out(one.Box, picture), Mask = one.Mask is null ? null : Enlarged(one.Mask, box, picture) })];
    }

    /// <summary>Compares what is found with labels; a detector of one class looks at all labels as that class.</summary>
    /// <param name="pictures">Class ids are the model's, unless it has one class.</param>
    /// <param name="done">How many pictures have been seen.</param>
    /// <param name="cancel">Stops between two pictures.</param>
    /// <exception cref="NeuroException"><c>evaluation.empty</c>, <c>evaluation.object_invalid</c>.</exception>
    public DetectionMetrics Measure(IEnumerable<(Image Picture, IReadOnlyList<LabelledObject> Labels)> pictures, IProgress<int>? done = null, CancellationToken cancel = default)
    {
        var samples = new List<DetectionSample>();
        foreach (var (picture, labels) in pictures)
        {
            cancel.ThrowIfCancellationRequested();
            samples.Add(new(labels, Detect(picture)));
            done?.Report(samples.Count);
        }

        return samples.Count > 0
            ? DetectionMetrics.Of(samples, new() { ClassAgnostic = Classes.Count == 1, MaxDetections = [1, 10, 100, DetectionHead.Measured.Kept] })
            : throw new NeuroException("evaluation.empty", "There are no pictures; there is nothing to measure.");
    }

    public void Dispose() => network.Dispose();

    private static RunLength Enlarged(RunLength mask, Letterbox box, Image picture)
    {
        var (small, large, scale) = (mask.Decode(), new bool[picture.Width * picture.Height], box.Side / box.Region.Side);
        for (var i = 0; i < large.Length; i++)
        {
            var (x, y) = (((i % picture.Width) + 0.5 - box.Region.Left) * scale, ((i / picture.Width) + 0.5 - box.Region.Top) * scale);
            large[i] = small[(Math.Min(box.Side - 1, (int)y) * box.Side) + Math.Min(box.Side - 1, (int)x)];
        }

        return RunLength.Encode(picture.Width, picture.Height, large);
    }
}
