using Neuro.Client.Jobs;
using Neuro.Client.Nodes;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Node.Work;

/// <summary>Renders a run of images of a recipe into one shard.</summary>
internal sealed class RenderWork : IWork
{
    // The next shard is most often of the same catalogue, whose artwork is then cut out already.
    private Catalogue? last;

    public string Kind => RenderSpec.KindName;

    public WorkResult Run(Lease lease, IReadOnlyList<string> inputs, string scratch, WorkProgress progress, CancellationToken cancel)
    {
        var spec = (RenderSpec)lease.Spec;
        var recipe = Recipe.Parse(spec.Recipe.ToJsonString());
        var catalogue = last is { } kept && kept.Hash == recipe.Catalogue ? kept : last = Catalogue.Unpack(File.ReadAllBytes(inputs[0]));
        var path = Path.Combine(scratch, $"shard-{lease.Shard:D6}.tar");
        var summary = DatasetRenderer.RenderShard(
            recipe, catalogue, spec.Seed, lease.First, lease.Count, path, new Images(done => progress.Report((double)done / lease.Count)), cancel);
        return new WorkResult([new OutputFile(path, "application/x-tar")], new Dictionary<string, double> { ["objects"] = summary.Objects });
    }

    private sealed class Images(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
