using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Cluster;
using Neuro.Backend.Jobs;
using Neuro.Backend.Market;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Backend.Telemetry;
using Neuro.Client.Operations;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Operations;

/// <summary>Shows operators the whole platform, and how far the draining of this replica is.</summary>
internal sealed class OperatorDesk(Database database, Sampler sampler, NodeRegistry nodes, Leases leases, Drain drain)
{
    public async Task<PlatformOverview> OverviewAsync(CancellationToken cancel)
    {
        // Requests first: what the last of them did is then in the sample.
        var (since, requests) = (drain.Since, drain.Requests);
        var now = since is null ? await sampler.LatestAsync().WaitAsync(cancel) : await sampler.ReadAsync(cancel);
        var mayStop = since is not null && requests == 0 && (leases.Shared || now.Shards is { Leased: 0, Delivered: 0 });
        var live = Fees.BasisPoints.Keys.SelectMany(nodes.Live).Select(node => node.Id).Distinct(StringComparer.Ordinal).Count();
        return new(
            leases.Replica, now.Started, since, requests, mayStop, now.Jobs.Sum(kind => kind.Running), live, now.Shards.Open, now.Shards.Leased, now.Shards.Delivered, now.OldestLease, now.VerifyOverhead,
            now.Jobs.ToDictionary(kind => kind.Kind, kind => new Ntk(kind.PriceNano), StringComparer.Ordinal));
    }

    /// <summary>By name.</summary>
    public async Task<IReadOnlyList<FleetNode>> NodesAsync(int skip, int limit, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var rows = await (from node in db.Nodes.AsNoTracking()
                          join owner in db.Accounts on node.AccountId equals owner.Id
                          orderby node.Name, node.Id
                          select new { Node = node, Owner = owner.Name, Busy = db.Shards.Any(shard => shard.NodeId == node.Id && shard.State == (int)ShardState.Leased) }).Skip(skip).Take(limit).ToListAsync(cancel);
        return rows.ConvertAll(row => new FleetNode(
            row.Node.Id, row.Node.Name, row.Node.AccountId, row.Owner, nodes.State(row.Node.Id, row.Busy),
            row.Node.RenderCuPerSecond, row.Node.TrainCuPerSecond, row.Node.ShardsDone, row.Node.ShardsRejected, row.Node.ShardsLost, nodes.LastSeen(row.Node.Id, row.Node.LastSeen)));
    }

    /// <summary>The oldest first.</summary>
    public async Task<IReadOnlyList<RunningJob>> JobsAsync(int skip, int limit, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var jobs = await db.Jobs.AsNoTracking().Where(job => job.State == (int)JobPhase.Running).OrderBy(job => job.CreatedAt).ThenBy(job => job.Id).Skip(skip).Take(limit).ToListAsync(cancel);
        var ids = jobs.ConvertAll(job => job.Id);
        var shards = (await db.Shards.Where(shard => ids.Contains(shard.JobId)).GroupBy(shard => new { shard.JobId, shard.State })
            .Select(group => new { group.Key.JobId, group.Key.State, Count = group.Count(), Oldest = group.Min(shard => shard.LeasedAt) }).ToListAsync(cancel)).ToLookup(group => group.JobId);
        return jobs.ConvertAll(job =>
        {
            int Count(params ReadOnlySpan<ShardState> states)
            {
                var sum = 0;
                foreach (var group in shards[job.Id])
                {
                    sum += states.Contains((ShardState)group.State) ? group.Count : 0;
                }

                return sum;
            }

            return new RunningJob(
                job.Id, job.AccountId, job.Kind, job.Title, job.CreatedAt, job.Shards, job.Verified, Count(ShardState.Open), Count(ShardState.Leased), Count(ShardState.Delivered, ShardState.Accepted),
                shards[job.Id].SingleOrDefault(group => group.State == (int)ShardState.Leased)?.Oldest, new(job.PaidNano), new(job.CapNano));
        });
    }
}
