using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Jobs;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;

namespace Neuro.Backend.Verification;

/// <summary>A shard that a node delivered, with its job and the node.</summary>
internal sealed record Delivery(ShardRow Shard, JobRow Job, NodeRow Node)
{
    public ShardState State => (ShardState)Shard.State;

    public bool IsCopy => Shard.Copy > 0;

    /// <summary>Null when nobody delivered that shard so far.</summary>
    public static async Task<Delivery?> FindAsync(NeuroDb db, IQueryable<ShardRow> which, CancellationToken cancel) => (await FindAllAsync(db, which, cancel)).SingleOrDefault();

    /// <summary>Those of some shards that somebody has delivered.</summary>
    public static async Task<List<Delivery>> FindAllAsync(NeuroDb db, IQueryable<ShardRow> which, CancellationToken cancel)
    {
        var found = await (from shard in which.AsNoTracking()
                           join job in db.Jobs.AsNoTracking() on shard.JobId equals job.Id
                           join node in db.Nodes.AsNoTracking() on shard.NodeId equals node.Id
                           where shard.Outputs != null
                           orderby shard.Copy
                           select new { shard, job, node }).ToListAsync(cancel);
        return found.ConvertAll(row => new Delivery(row.shard, row.job, row.node));
    }

    public static List<ArtifactRef> Refs(string json) => JsonSerializer.Deserialize<List<ArtifactRef>>(json, NeuroJson.Options)!;

    public List<ArtifactRef> Outputs => Refs(Shard.Outputs!);

    /// <summary>To check it.</summary>
    /// <param name="image">One that must be among those looked at.</param>
    public VerifyRequest Request(ArtifactFiles files, int? image = null) => new(
        JsonSerializer.Deserialize<JobSpec>(Job.Spec, NeuroJson.Options)!, Job.RecipeHash, Job.Id,
        new(Shard.Number, Shard.First, Shard.Count, new(Shard.WorkMilli), Refs(Shard.Inputs)), Shard.Attempt, Node.Id, Outputs,
        JsonSerializer.Deserialize<Dictionary<string, double>>(Shard.Claims!, NeuroJson.Options)!, unchecked((ulong)Shard.SampleSeed), files.PathOf)
    { Image = image };

    /// <summary>The work that a check of it did again.</summary>
    public long RedoneMilli(ShardVerdict verdict) => (long)Math.Ceiling(Math.Clamp(verdict.Redone, 0, 1) * Shard.WorkMilli);
}
