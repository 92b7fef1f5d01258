using Neuro.Client.Jobs;
using Neuro.Client.Models;
using Neuro.Client.Nodes;
using Neuro.Learning.Exchange;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Node.Work;

/// <summary>Trains a model spec on the products of a dataset.</summary>
internal sealed class TrainWork : IWork
{
    public string Kind => TrainSpec.KindName;

    public WorkResult Run(Lease lease, IReadOnlyList<string> inputs, string scratch, WorkProgress progress, CancellationToken cancel)
    {
        TorchRuntime.Load();
        var spec = (TrainSpec)lease.Spec;
        var model = ModelSpec.Parse(spec.Model.ToJsonString());
        var samples = CropSet.FromShards(inputs, model.Input[^1], spec.Seed, cancel: cancel);
        var folder = Path.Combine(scratch, "model");
        var options = new TrainingOptions { Epochs = spec.Epochs, Seed = spec.Seed };
        var trained = Trainer.Train(model, samples, options, folder, new ImmediateProgress<TrainingPoint>(progress.Report), cancel);
        var package = Path.Combine(scratch, "model.tar");
        File.WriteAllBytes(package, ModelPackage.Pack(folder));
        var claims = trained.Card.Epochs[^1].ValidationAccuracy is { } accuracy ? new Dictionary<string, double> { ["validation_accuracy"] = accuracy } : [];
        return new WorkResult([new OutputFile(package, "application/x-tar")], claims);
    }
}
