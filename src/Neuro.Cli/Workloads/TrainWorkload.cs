using Neuro.Backend.Jobs;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Kernels;
using Neuro.Kernels.Formats;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using Neuro.Node.Benchmark;
using ShardVerdict = Neuro.Backend.Jobs.ShardVerdict;

namespace Neuro.Cli.Workloads;

/// <summary>Training as the platform sells it: one shard on one node; the delivered model is checked by measuring its accuracy again on the held-out part.</summary>
internal sealed class TrainWorkload : IWorkload
{
    private const int MostEpochs = 1000;

    // Weights stand twice in a package, four bytes each, and a package is read whole: two gigabytes are the most that fit.
    private const long MostParameters = 200_000_000;
    private const long PackageSlack = 64 << 20;

    // Node and platform hold all crops at once.
    private const long MostCropBytes = 4L << 30;

    // What a node holds besides crops and weights, mostly libtorch and its activations: 1,000 MB were measured with 4,688 crops at 64 × 64. Of a parameter it holds
    // its weight, its gradient and Adam's two means.
    internal const double ProcessBytes = 800e6;
    internal const double BytesAParameter = 16;

    // ONNX Runtime and libtorch may round a borderline picture to different classes.
    private const double Tolerance = 0.02;

    public string Kind => TrainSpec.KindName;

    public async Task<WorkPlan> PlanAsync(JobSpec spec, IPlanContext context, CancellationToken cancel)
    {
        var order = (TrainSpec)spec;
        if (order.Epochs is < 1 or > MostEpochs)
        {
            throw new NeuroException("train.epochs_out_of_range", $"epochs is {order.Epochs}; expected a whole number from 1 to {MostEpochs}.");
        }

        var model = Trainable(order.Model);
        var dataset = await context.DatasetAsync(order.Dataset, cancel);
        var data = Refused.AsNeuro(() => Dataset.Open(dataset.Shards.Select(shard => context.ArtifactPath(shard.Sha256))));
        CheckClasses(model, data.ClassNames.Count, $"the dataset {dataset.Name}");
        var crops = CropSet.CountIn(dataset.Shards.Select(shard => context.ArtifactPath(shard.Sha256)));
        CheckMemory(crops, model.Input[^1]);
        var work = Cu.Of(ReferenceNode.TrainCu((long)crops * order.Epochs, model.Macs));
        var title = $"Train {model.Name} ({model.Parameters / 1e6:0.00} M parameters) for {order.Epochs} epochs on {crops:N0} products of {dataset.Name}";
        return new WorkPlan(title, $"{model.Name} on {dataset.Name}", model.Hash, [new ShardPlan(0, 0, order.Epochs, work, dataset.Shards)])
        {
            Features = new Dictionary<string, double>
            {
                ["epochs"] = order.Epochs,
                ["samples"] = crops,
                ["parameters"] = model.Parameters,
                ["multiplyAdds"] = model.Macs,
                [WorkPlan.MemoryBytes] = ProcessBytes + CropBytes(crops, model.Input[^1]) + (BytesAParameter * model.Parameters),
                [WorkPlan.OutputBytes] = 8.0 * model.Parameters,
            },
        };
    }

    public Task<ShardVerdict> VerifyAsync(VerifyRequest request, CancellationToken cancel) => Task.Run(() => Verify(request), cancel);

    /// <summary>A model that can be trained here.</summary>
    internal static ModelSpec Trainable(System.Text.Json.Nodes.JsonObject document)
    {
        var model = ModelSpec.Parse(document.ToJsonString());
        if (model.Task != ModelTask.Classify)
        {
            throw new NeuroException("model.not_trainable",
                $"The model '{model.Name}' is made to {model.Task.ToString().ToLowerInvariant()}; models that classify can be trained here.");
        }

        return model.Parameters <= MostParameters
            ? model
            : throw new NeuroException("train.too_many_parameters", $"The model has {model.Parameters:N0} parameters; at most {MostParameters:N0} can be trained here. Make its layers narrower.");
    }

    internal static void CheckClasses(ModelSpec model, int classes, string data)
    {
        if (model.Classes != classes)
        {
            throw new NeuroException("train.class_count", $"The model tells {model.Classes} classes apart, but {data} has {classes}. Make the model for {classes} classes.");
        }
    }

    internal static void CheckMemory(long crops, int side)
    {
        if (CropBytes(crops, side) is var bytes and > MostCropBytes)
        {
            throw new NeuroException("train.too_large", $"{crops:N0} products at {side} × {side} pixels take {bytes / 1e9:0.0} GB of memory; at most {MostCropBytes / 1e9:0.0} GB are taken. Make the model's input smaller, or train on a smaller dataset.");
        }
    }

    private static long CropBytes(long crops, int side) => (long)Math.Ceiling(side * 1.5) is var stored ? crops * stored * stored * 4 : 0;

    private static ShardVerdict Verify(VerifyRequest request)
    {
        var order = (TrainSpec)request.Spec;
        if (request.Outputs.Count != 1)
        {
            return new ShardVerdict(false, $"{request.Outputs.Count} files were delivered; expected one model package.");
        }

        var model = ModelSpec.Parse(order.Model.ToJsonString());
        if (request.Outputs[0].Bytes > (model.Parameters * 8) + PackageSlack)
        {
            return new ShardVerdict(false, $"{request.Outputs[0].Bytes} bytes were delivered; a package of this model has some {model.Parameters * 8}.");
        }

        var claimed = request.Claims.GetValueOrDefault("validation_accuracy", double.NaN);
        var folder = Directory.CreateTempSubdirectory("neuro-verify-").FullName;
        try
        {
            ModelPackage.Unpack(File.ReadAllBytes(request.ArtifactPath(request.Outputs[0].Sha256)), folder);
            using var classifier = Classifier.Load(folder);
            if (classifier.SpecHash != model.Hash)
            {
                return new ShardVerdict(false, "The delivered model is not of the spec that was ordered.");
            }

            var samples = CropSet.FromShards(request.Shard.Inputs.Select(input => request.ArtifactPath(input.Sha256)), model.Input[^1], order.Seed);
            return HeldOut.Accuracy(classifier, samples) is not { } measured
                ? new ShardVerdict(true, "the dataset is too small to hold pictures back; the package is whole and of the ordered spec")
                : Math.Abs(measured - claimed) <= Tolerance
                    ? new ShardVerdict(true, $"accuracy on the held-out part measured again: {measured:P1}, claimed {claimed:P1}", new Dictionary<string, double> { ["validation_accuracy"] = measured })
                    : new ShardVerdict(false, $"The model's accuracy on the held-out part is {measured:P1}, but {claimed:P1} was claimed.");
        }
        catch (Exception broken) when (broken is NeuroException or KernelsException)
        {
            return new ShardVerdict(false, broken.Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
