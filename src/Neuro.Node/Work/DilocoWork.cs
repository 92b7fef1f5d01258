using Neuro.Client.Jobs;
using Neuro.Client.Models;
using Neuro.Client.Nodes;
using Neuro.Kernels.Recipes;
using Neuro.Learning.LocalSgd;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Node.Work;

/// <summary>Trains a part of the data for the steps of a round and delivers what that changed.</summary>
internal sealed class DilocoWork : IWork
{
    // The next round is of the same data: what was cut out of a dataset is kept.
    private (string Of, CropSet Crops)? last;

    public string Kind => DilocoSpec.KindName;

    public WorkResult Run(Lease lease, IReadOnlyList<string> inputs, string scratch, WorkProgress progress, CancellationToken cancel)
    {
        var spec = (DilocoSpec)lease.Spec;
        var (model, plan) = (ModelSpec.Parse(spec.Model.ToJsonString()), new DilocoPlan(spec.Nodes, spec.Rounds, spec.Steps, spec.Seed));
        var (round, part) = Math.DivRem(lease.First, spec.Nodes);
        var data = round == 0 ? inputs : [.. inputs.SkipLast(1)];
        var weights = round == 0 ? null : inputs[^1];
        WeightDelta delta;
        if (spec.Recipe is { } recipe)
        {
            using var scenes = InnerSteps.Scenes(Catalogue.Unpack(File.ReadAllBytes(data[0])), Recipe.Parse(recipe.ToJsonString()), model.Input[^1], plan, round, part);
            delta = InnerSteps.Run(model, scenes, plan, round, part, weights, progress: new Points(progress), cancel: cancel);
        }
        else
        {
            delta = InnerSteps.Run(model, InnerSteps.Part(Crops(data, model, spec.Seed, cancel), plan, part), plan, round, part, weights, progress: new Points(progress), cancel: cancel);
        }

        var path = Path.Combine(scratch, "delta");
        delta.Write(path);
        return new WorkResult([new OutputFile(path, "application/octet-stream")], new Dictionary<string, double>());
    }

    private CropSet Crops(IReadOnlyList<string> shards, ModelSpec model, ulong seed, CancellationToken cancel)
    {
        var name = string.Join('\n', shards.Append($"{model.Input[^1]} {seed}"));
        if (last?.Of != name)
        {
            last = (name, CropSet.FromShards(shards, model.Input[^1], seed, cancel: cancel));
        }

        return last.Value.Crops;
    }

    private sealed class Points(WorkProgress progress) : IProgress<TrainingPoint>
    {
        public void Report(TrainingPoint value) => progress.Report(value);
    }
}
