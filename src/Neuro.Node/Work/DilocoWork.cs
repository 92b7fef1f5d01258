using Neuro.Client.Jobs;
using Neuro.Client.Models;
using Neuro.Client.Nodes;
using Neuro.Learning.LocalSgd;
using Neuro.Learning.Training;

namespace Neuro.Node.Work;

/// <summary>Trains a part of the data for the steps of a round and delivers what that changed.</summary>
internal sealed class DilocoWork : IWork
{
    private readonly PartTrainer trainer = new();

    public string Kind => DilocoSpec.KindName;

    public WorkResult Run(Lease lease, IReadOnlyList<string> inputs, string scratch, WorkProgress progress, CancellationToken cancel)
    {
        var delta = trainer.Run((DilocoSpec)lease.Spec, lease.First, inputs, progress: new ImmediateProgress<TrainingPoint>(progress.Report), cancel: cancel);
        var path = Path.Combine(scratch, "delta");
        delta.Write(path);
        return new WorkResult([new OutputFile(path, "application/octet-stream")], new Dictionary<string, double>());
    }
}
