using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Exchange;
using Neuro.Learning.Recognition;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Learning.Compression;

/// <summary>Which smaller models are made of one, and how long they learn.</summary>
public sealed record CompressionPlan
{
    /// <summary>How many times fewer multiply-accumulates each pruned model takes.</summary>
    /// <value>2 and 3</value>
    public IReadOnlyList<double> Reductions { get; init; } = [2, 3];

    /// <summary>Other models, for the same classes and size, that learn from the one's answers.</summary>
    public IReadOnlyList<ModelSpec> Pupils { get; init; } = [];

    /// <summary>How a pruned model learns on; its teacher is the whole one.</summary>
    /// <value>8 epochs, at half the learning rate of a new model.</value>
    public TrainingOptions FineTuning { get; init; } = new() { Epochs = 8, LearningRate = 1e-3 };

    /// <summary>How a pupil learns, from nothing.</summary>
    /// <value>16 epochs</value>
    public TrainingOptions Schooling { get; init; } = new() { Epochs = 16 };

    public QuantisationOptions Quantisation { get; init; } = new();

    /// <summary>Samples that ranges are calibrated on.</summary>
    /// <value>128</value>
    public int CalibrationPictures { get; init; } = 128;
}

/// <summary>Makes a finished classifier smaller and faster in each way there is: pruned and trained on, distilled into other models, and each of them
/// quantised.</summary>
public static class Compressor
{
    /// <summary>Whether this processor has instructions for int8 (VNNI), by which quantised models become faster.</summary>
    public static bool HasVnni => Processor.HasVnni;

    /// <summary>Rendered samples of a catalogue's products, as recognisers learn from.</summary>
    /// <param name="catalogue">The products; the model's classes.</param>
    /// <param name="size">Side in pixels of the model's input.</param>
    /// <param name="seed">Of the scenes; another than the model learnt from.</param>
    /// <param name="samplesPerEpoch">Samples between two checkpoints.</param>
    public static SceneStream Rendered(Catalogue catalogue, int size, ulong seed, int samplesPerEpoch)
    {
        var (plan, stage) = (RecognitionPlan.Quick with { SamplesPerEpoch = samplesPerEpoch }, new RecognitionStage(size, 1, 1e-3));
        return new(catalogue, plan.Mix(catalogue, stage), size, seed, plan.Stream(stage));
    }

    /// <summary>The model as it is, then each smaller one; every one in fp32 and in int8. A run that was stopped goes on where it was.</summary>
    /// <param name="model">Folder of a model that classifies.</param>
    /// <param name="data">What pruned models and pupils learn from, with the model's classes.</param>
    /// <param name="folder">For a folder for each model, by its name.</param>
    /// <param name="plan">What is made.</param>
    /// <param name="progress">The share that is done.</param>
    /// <param name="cancel">Stops between two steps.</param>
    /// <exception cref="NeuroException"><c>pruning.*</c>, <c>quantisation.*</c>, <c>distillation.*</c>, <c>training.*</c>, <c>model.*</c>.</exception>
    public static IReadOnlyList<CompressedModel> Run(
        string model, CropData data, string folder, CompressionPlan? plan = null, IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        plan ??= new();
        var (spec, card) = ModelFolder.Read(model);
        var weights = Safetensors.Read(Path.Combine(model, ModelFolder.Weights)).Tensors;
        // All that can be refused is, before anything is learnt.
        CheckFits(spec, card, data);
        var pruned = plan.Reductions.Select(reduction => Pruned(spec, weights, reduction)).ToList();
        CheckNames([spec.Name, .. pruned.Select(small => small.Spec.Name), .. plan.Pupils.Select(pupil => pupil.Name)]);
        Trainer.InRange("calibrationPictures", plan.CalibrationPictures, 1, 10_000);
        var pictures = Pictures(data, plan);
        var original = Path.Combine(folder, spec.Name);
        ModelFolder.Write(original, spec, weights, card);
        var made = new List<CompressedModel>(Both(original));
        var (all, done) = ((plan.FineTuning.Epochs * pruned.Count) + (plan.Schooling.Epochs * plan.Pupils.Count), 0);
        foreach (var small in pruned)
        {
            var start = Path.Combine(folder, small.Spec.Name, "start");
            ModelFolder.WriteWithoutOnnx(start, small.Spec, small.Weights, card with { Name = small.Spec.Name, SpecHash = small.Spec.Hash, Epochs = [], Metrics = null });
            Learn(small.Spec, plan.FineTuning, start);
        }

        foreach (var pupil in plan.Pupils)
        {
            Learn(pupil, plan.Schooling, null);
        }

        return made;

        void Learn(ModelSpec pupil, TrainingOptions options, string? start)
        {
            var into = Path.Combine(folder, pupil.Name);
            var before = done;
            var told = progress is null ? null : new ImmediateProgress<TrainingPoint>(point => progress.Report((before + ((double)options.Epochs * point.Step / point.Steps)) / all));
            Trainer.Train(pupil, data, options, into, told, cancel, start: start, distillation: new(original));
            done += options.Epochs;
            made.AddRange(Both(into));
        }

        IEnumerable<CompressedModel> Both(string at)
        {
            var (own, about) = ModelFolder.Read(at);
            var int8 = Quantisation.Quantise(own, Safetensors.Read(Path.Combine(at, ModelFolder.Weights)).Tensors, pictures, plan.Quantisation, about);
            AtomicFile.Write(Path.Combine(at, CompressedModel.Int8File), stream => stream.Write(int8));
            return [new(own.Name, own, at, ModelFolder.Onnx), new($"{own.Name} int8", own, at, CompressedModel.Int8File)];
        }
    }

    private static (ModelSpec Spec, IReadOnlyDictionary<string, TensorValues> Weights) Pruned(
        ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights, double reduction) =>
        Pruning.Prune(spec, weights, FormattableString.Invariant($"{spec.Name}-{reduction:0.##}x"), new() { Reduction = reduction });

    private static void CheckFits(ModelSpec spec, ModelCard card, TrainingData data)
    {
        if (spec.Task != ModelTask.Classify || spec.Input[1] != data.Size || spec.Input[2] != data.Size || !card.Classes.SequenceEqual(data.ClassNames))
        {
            throw new NeuroException("compression.mismatch",
                $"'{spec.Name}' is made to {spec.Task.Name()} [{string.Join(", ", spec.Input)}] and knows {Teacher.Some(card.Classes)}; "
                + $"the samples are of {data.Size} × {data.Size} pixels and of {Teacher.Some(data.ClassNames)}. Give the catalogue that the model was trained for.");
        }
    }

    private static void CheckNames(IReadOnlyList<string> names)
    {
        if (names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1)?.Key is { } twice)
        {
            throw new NeuroException("compression.same_name", $"Two models would be named '{twice}', and each is kept in a folder of its name. Leave one out.");
        }
    }

    /// <summary>Samples as training sees them, augmented.</summary>
    internal static List<byte[]> Pictures(TrainingData data, CompressionPlan plan)
    {
        var batches = new BatchLoader(data, plan.FineTuning).Epoch(0);
        return [.. batches.SelectMany(batch => batch.Pixels.Chunk(data.Size * data.Size * 3)).Take(plan.CalibrationPictures)];
    }
}
