using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Accounts;
using Neuro.Backend.Jobs;
using Neuro.Backend.Market;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Nodes;

namespace Neuro.Backend.Dispatch;

/// <summary>Gives open shards to the nodes that wait, in one transaction: the oldest job first, each node what suits it, cut to what it can do in a while.</summary>
internal sealed class Rounds(
    Database database, NodeRegistry nodes, Pools pools, Tokens tokens, JobLog log, HeldLeases held, Signals signals, Stragglers stragglers, PlatformOptions options, TimeProvider time)
{
    private const int MostJobs = 1000;

    // Beyond those that a node may take there are some that it must leave to others.
    private const int Spare = 8;
    private const int MostCopies = 256;

    /// <summary>Serves those for whom there is something; the others go on waiting.</summary>
    public async Task ServeAsync(IReadOnlyList<Waiter> waiters, bool forStragglers, CancellationToken cancel)
    {
        var known = waiters.Select(waiter => new Candidate(waiter, nodes.Get(waiter.Node))).Where(candidate => candidate.Node.Barred is null).ToList();
        List<Given> given = [];
        try
        {
            await using (var db = database.CreateDbContext())
            {
                if (!await AnyOpenAsync(db, cancel))
                {
                    known = forStragglers ? known : [];
                }
            }

            if (known.Count > 0)
            {
                given = await database.WriteAsync(db => GiveAsync(db, known, forStragglers, cancel), cancel);
            }

            foreach (var one in given)
            {
                held.Note(one.Shard, one.Lease.Attempt, one.Candidate.Node.Id, one.Lease.JobId, one.Lease.Expires, 0);
                one.Candidate.Waiter.Give(one.Lease);
            }
        }
        finally
        {
            // Taken, but the transaction failed.
            foreach (var candidate in known.Where(candidate => candidate.IsServed))
            {
                candidate.Waiter.Give(null);
            }
        }

        foreach (var job in given.Select(one => one.Lease.JobId).Distinct())
        {
            signals.PulseJob(job, ended: false);
        }
    }

    private static Task<bool> AnyOpenAsync(NeuroDb db, CancellationToken cancel) => db.Jobs.AnyAsync(
        job => job.State == (int)JobPhase.Running && db.Shards.Any(shard => shard.JobId == job.Id && shard.State == (int)ShardState.Open), cancel);

    private async Task<List<Given>> GiveAsync(NeuroDb db, List<Candidate> candidates, bool forStragglers, CancellationToken cancel)
    {
        var round = new Round(db, candidates, await PromisesAsync(db, candidates, cancel), await HoldsAsync(db, candidates, cancel), time.GetUtcNow());
        await CopiesAsync(round, cancel);
        var jobs = JobHead.InTurn(await JobHead.From(db.Jobs.AsNoTracking()
            .Where(job => job.State == (int)JobPhase.Running && !job.Paused && db.Shards.Any(shard => shard.JobId == job.Id && shard.State == (int)ShardState.Open && shard.Copy == 0))
            .OrderBy(job => job.CreatedAt).ThenBy(job => job.Id).Take(MostJobs)).ToListAsync(cancel));
        foreach (var job in jobs.TakeWhile(_ => round.AnyWaiting))
        {
            await ServeAsync(round, job, [.. round.Waiting.Where(candidate => job.Suits(candidate.Node) && round.TakesPrice(candidate.Node, job))], cancel);
        }

        await DearerAsync(round, jobs, cancel);
        if (forStragglers && round.AnyWaiting)
        {
            await stragglers.AddAsync(round, cancel);
        }

        return await WriteAsync(round, cancel);
    }

    private static async Task<Dictionary<(Guid, string), PromiseRow>> PromisesAsync(NeuroDb db, List<Candidate> candidates, CancellationToken cancel)
    {
        var ids = candidates.Select(candidate => candidate.Node.Id).Distinct().ToList();
        return await db.Promises.AsNoTracking().Where(promise => ids.Contains(promise.NodeId)).ToDictionaryAsync(promise => (promise.JobId, promise.NodeId), cancel);
    }

    private static async Task<Dictionary<string, int>> HoldsAsync(NeuroDb db, List<Candidate> candidates, CancellationToken cancel)
    {
        var ids = candidates.Select(candidate => candidate.Node.Id).Distinct().ToList();
        var first = db.Shards.Where(shard => shard.State == (int)ShardState.Leased && ids.Contains(shard.NodeId!)).Select(shard => shard.NodeId!);
        return await first.Concat(db.Rivals.Where(rival => ids.Contains(rival.NodeId)).Select(rival => rival.NodeId)).GroupBy(node => node)
            .Select(node => new { node.Key, Count = node.Count() }).ToDictionaryAsync(node => node.Key, node => node.Count, cancel);
    }

    // What is to be compared goes first: somebody waits for his pay. A copy is done by somebody else's node, or by the one that it is to test.
    private async Task CopiesAsync(Round round, CancellationToken cancel)
    {
        var copies = await Locked.OpenCopiesAsync(round.Db, MostCopies, cancel);
        if (copies.Count == 0)
        {
            return;
        }

        var ids = copies.Select(copy => copy.JobId).Distinct().ToList();
        var jobs = await JobHead.From(round.Db.Jobs.AsNoTracking().Where(job => ids.Contains(job.Id) && job.State == (int)JobPhase.Running)).ToDictionaryAsync(job => job.Id, cancel);
        var makers = await round.Db.Shards.AsNoTracking().Where(shard => ids.Contains(shard.JobId) && shard.Copy == 0 && round.Db.Shards.Any(copy => copy.JobId == shard.JobId && copy.Number == shard.Number && copy.Copy > 0 && copy.State == (int)ShardState.Open))
            .Select(shard => new { shard.JobId, shard.Number, shard.NodeId }).ToListAsync(cancel);
        var makerOf = makers.ToDictionary(shard => (shard.JobId, shard.Number), shard => shard.NodeId);
        // One that failed is not tried again: the platform looks itself.
        foreach (var copy in copies.Where(copy => copy.Failures == 0 && jobs.ContainsKey(copy.JobId)))
        {
            var job = jobs[copy.JobId];
            var maker = makerOf.GetValueOrDefault((copy.JobId, copy.Number));
            var owner = maker is null ? Guid.Empty : (await nodes.GetAsync(maker, cancel)).AccountId;
            var fit = round.Waiting.FirstOrDefault(candidate => job.Suits(candidate.Node) && candidate.Node.AccountId != owner && candidate.Node.EffectiveFloor.Nano <= job.CapPriceNano
                && (copy.NodeId is null || copy.NodeId == candidate.Node.Id));
            if (fit is not null)
            {
                round.Take(fit, copy, job);
            }
        }
    }

    private async Task ServeAsync(Round round, JobHead job, List<Candidate> fit, CancellationToken cancel)
    {
        if (fit.Count == 0)
        {
            return;
        }

        var room = job.MostAtOnce is { } most ? most - await round.Db.Shards.CountAsync(shard => shard.JobId == job.Id && shard.State == (int)ShardState.Leased && shard.Copy == 0, cancel) : int.MaxValue;
        if (room <= 0)
        {
            return;
        }

        var pool = pools.Of(job.Kind);
        var open = new LinkedList<ShardRow>(await Locked.OpenAsync(round.Db, job.Id, Math.Min(room, fit.Count) + Spare, cancel));
        var openMilli = open.Any(shard => shard.Grain > 0)
            ? await round.Db.Shards.Where(shard => shard.JobId == job.Id && shard.State == (int)ShardState.Open && shard.Copy == 0).SumAsync(shard => shard.WorkMilli, cancel)
            : 0;
        foreach (var candidate in fit.Where(round.MayGet))
        {
            var place = open.First;
            while (place is not null && !MayTake(place.Value, candidate.Node, pool, round.Patience))
            {
                place = place.Next;
            }

            if (place is null)
            {
                continue;
            }

            if (room-- == 0)
            {
                return;
            }

            var shard = place.Value;
            var count = Cutting.Count(shard.Count, shard.Grain, shard.WorkMilli, candidate.Node.Capacity.CuPerSecond(job.Kind), openMilli, pool);
            var rest = count < shard.Count ? round.Cut(job, shard, count) : null;
            if (!round.Take(candidate, shard, job))
            {
                continue;
            }

            openMilli -= shard.WorkMilli;
            if (rest is not null)
            {
                open.AddAfter(place, rest);
            }

            open.Remove(place);
        }
    }

    // Whoever failed at a shard last leaves it to others for a while, so that one node alone cannot use up its attempts.
    private static bool MayTake(ShardRow shard, KnownNode node, Pool pool, DateTimeOffset patience) => shard.NodeId != node.Id || shard.LeasedAt < patience || pool.Only == node.Id;

    // A dearer node steps in where nobody who takes the price is live, or none of them has taken a shard for a while.
    private async Task DearerAsync(Round round, IReadOnlyList<JobHead> jobs, CancellationToken cancel)
    {
        var dear = jobs.Where(job => round.Waiting.Any(candidate => IsDearer(round, candidate, job))).ToList();
        if (dear.Count == 0)
        {
            return;
        }

        var ids = dear.Select(job => job.Id).ToList();
        var kept = (await round.Db.Promises.Where(promise => ids.Contains(promise.JobId)).Select(promise => new { promise.JobId, promise.NodeId }).ToListAsync(cancel))
            .Where(promise => nodes.IsLive(promise.NodeId)).Select(promise => promise.JobId).ToHashSet();
        var busy = (await round.Db.Shards.Where(shard => ids.Contains(shard.JobId) && shard.LeasedAt > round.Patience).Select(shard => shard.JobId).Distinct().ToListAsync(cancel)).ToHashSet();
        foreach (var job in dear.Where(job => (job.PriceNano < pools.Of(job.Kind).CheapestNano && !kept.Contains(job.Id)) || (job.CreatedAt < round.Patience && !busy.Contains(job.Id) && !round.Gives(job.Id))))
        {
            await ServeAsync(round, job, [.. round.Waiting.Where(candidate => IsDearer(round, candidate, job))], cancel);
        }
    }

    private static bool IsDearer(Round round, Candidate candidate, JobHead job) =>
        job.Suits(candidate.Node) && !round.TakesPrice(candidate.Node, job) && candidate.Node.EffectiveFloor.Nano <= job.CapPriceNano;

    private async Task<List<Given>> WriteAsync(Round round, CancellationToken cancel)
    {
        if (round.Taken.Count == 0)
        {
            return [];
        }

        foreach (var (job, cuts) in round.Cuts.OrderBy(cut => cut.Key))
        {
            var shards = (await round.Db.Database.SqlQuery<int>($"""UPDATE jobs SET shards = shards + {cuts.Count} WHERE id = {job} RETURNING shards AS "Value" """).ToListAsync(cancel)).Single();
            for (var i = 0; i < cuts.Count; i++)
            {
                cuts[i].Number = shards - cuts.Count + i;
                cuts[i].Id = Guid.NewGuid();
            }

            round.Db.Shards.AddRange(cuts);
        }

        var expires = (round.Now + options.LeaseTime).ToMillisecond();
        foreach (var taken in round.Taken)
        {
            taken.Lease(round.Now, expires);
        }

        var ids = round.Taken.Select(taken => taken.Shard.JobId).Distinct().ToList();
        var specs = await round.Db.Jobs.AsNoTracking().Where(job => ids.Contains(job.Id)).Select(job => new { job.Id, job.Spec, job.Shards }).ToDictionaryAsync(job => job.Id, cancel);
        foreach (var ofJob in round.Taken.Where(taken => taken.Shard.Copy == 0).GroupBy(taken => taken.Shard.JobId).OrderBy(ofJob => ofJob.Key))
        {
            await log.AppendAsync(round.Db, ofJob.Key, [.. ofJob.Select(taken => new NewEvent("leased", taken.Sentence(specs[ofJob.Key].Shards), taken.Shard.Number))], cancel);
        }

        await round.Db.SaveChangesAsync(cancel);
        return [.. round.Taken.Select(taken => Given(taken, expires, specs[taken.Shard.JobId].Spec))];
    }

    private Given Given(Taken taken, DateTimeOffset expires, string spec)
    {
        var (shard, node) = (taken.Shard, taken.Candidate.Node);
        return new(taken.Candidate, shard.Id, new(
            shard.Id, shard.JobId, shard.Number, taken.Attempt, tokens.Lease(shard.Id, node.Id, taken.Attempt, expires), expires, JsonSerializer.Deserialize<JobSpec>(spec, NeuroJson.Options)!,
            shard.First, shard.Count, JsonSerializer.Deserialize<List<ArtifactRef>>(shard.Inputs, NeuroJson.Options)!, new(taken.PayNano), new(shard.WorkMilli), taken.Reliability));
    }
}

/// <summary>A node in a round.</summary>
internal sealed record Candidate(Waiter Waiter, KnownNode Node)
{
    /// <summary>Whether it gets a shard in this round.</summary>
    public bool IsServed { get; set; }
}

/// <summary>A lease that was written down.</summary>
internal sealed record Given(Candidate Candidate, Guid Shard, Lease Lease);
