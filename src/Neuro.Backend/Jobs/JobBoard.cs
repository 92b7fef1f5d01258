using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Accounts;
using Neuro.Backend.Market;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Backend.Telemetry;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Jobs;

/// <summary>Gives shards to nodes, and takes them back when a node falls silent.</summary>
/// <remarks>
/// Every step is one guarded UPDATE: it names the state and the attempt it expects, so of two that race one changes nothing and is told so.
/// The attempt number is the fence: what a node does under an old lease is refused, however late it arrives.
/// </remarks>
internal sealed class JobBoard(Database database, NodeRegistry nodes, Tokens tokens, JobLog log, JobCloser closer, Signals signals, PlatformOptions options, TimeProvider time)
{
    private const int Candidates = 8;

    // Four points a second for seven hours; from then on a curve gains nothing from more, and a node could fill the disk.
    private const int MostEvents = 100_000;
    private readonly DateTimeOffset started = time.GetUtcNow();

    /// <summary>The oldest job's next shard that this node may do; waits a while for one. Null when there was none.</summary>
    public async Task<Lease?> ClaimAsync(string nodeId, CancellationToken cancel)
    {
        using var span = Spans.Start("neuro.claim")?.SetTag("neuro.node", nodeId);
        var start = time.GetTimestamp();
        while (true)
        {
            nodes.Beat(nodeId);
            var opened = signals.Open;
            if (await TryClaimAsync(nodes.Get(nodeId), cancel) is { } lease)
            {
                return lease;
            }

            var left = options.ClaimWait - time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                return null;
            }

            try
            {
                await opened.WaitAsync(left, time, cancel);
            }
            catch (TimeoutException)
            {
                return null;
            }
        }
    }

    /// <summary>Extends a lease. Says "cancel" when the job has ended.</summary>
    public async Task<HeartbeatReply> HeartbeatAsync(string nodeId, Guid shardId, Heartbeat heartbeat, CancellationToken cancel)
    {
        nodes.Beat(nodeId);
        var attempt = Attempt(heartbeat.Token, shardId, nodeId);
        Input.Range(heartbeat.Fraction, "fraction", 0, 1);
        Input.Range(heartbeat.Points?.Count ?? 0, "points", 0, 1000);
        foreach (var point in heartbeat.Points ?? [])
        {
            Input.Range(Input.NotNull(point, "points[]").Loss, "points[].loss", double.MinValue, double.MaxValue);
            Input.Range(point.Accuracy, "points[].accuracy", 0, 1);
            Input.Range(point.ValidationAccuracy ?? 0, "points[].validationAccuracy", 0, 1);
            Input.Range(point.SamplesPerSecond, "points[].samplesPerSecond", 0, double.MaxValue);
        }

        var (now, expires) = (time.GetUtcNow(), time.GetUtcNow() + options.LeaseTime);
        var job = await database.WriteAsync(async db =>
        {
            var before = await (from row in db.Shards
                                join job in db.Jobs on row.JobId equals job.Id
                                where row.Id == shardId
                                select new { row.JobId, row.Number, row.Fraction, row.WorkMilli, job.Events }).SingleOrDefaultAsync(cancel);
            var oldest = now - LongestLease(before?.WorkMilli ?? 0);
            var extended = await db.Shards.Where(row => row.Id == shardId && row.State == (int)ShardState.Leased && row.Attempt == attempt && row.NodeId == nodeId && row.LeaseExpires > now && row.LeasedAt > oldest)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseExpires, expires).SetProperty(row => row.Fraction, heartbeat.Fraction), cancel);
            if (before is null || extended == 0)
            {
                return (Guid?)null;
            }

            foreach (var point in before.Events < MostEvents ? heartbeat.Points ?? [] : [])
            {
                await log.AppendAsync(db, before.JobId, "progress", $"Step {point.Step} of {point.Steps}: loss {point.Loss:0.000}, accuracy {point.Accuracy:0.0 %}", before.Number, point, cancel);
            }

            // Every twentieth of a shard is enough to draw a bar, and keeps the table small.
            if (heartbeat.Points is null or { Count: 0 } && Math.Floor(heartbeat.Fraction * 20) > Math.Floor(before.Fraction * 20))
            {
                await log.AppendAsync(db, before.JobId, "progress", $"Shard {before.Number + 1}: {heartbeat.Fraction:0 %}", before.Number, null, cancel);
            }

            return before.JobId;
        }, cancel);
        if (job is { } running)
        {
            signals.PulseJob(running, ended: false);
            return new(Milliseconds(expires), Cancel: false);
        }

        await ThrowUnlessDroppedAsync(shardId, attempt, cancel);
        return new(Milliseconds(now), Cancel: true);
    }

    /// <summary>Takes a finished shard. Sending the same completion again changes nothing.</summary>
    public async Task CompleteAsync(string nodeId, Guid shardId, Guid jobId, int number, Completion completion, CancellationToken cancel)
    {
        nodes.Beat(nodeId);
        var attempt = Attempt(completion.Token, shardId, nodeId);
        if (!Ed25519.Verify(nodeId, Receipt.WorkBytes(jobId, number, completion.Outputs.Select(output => output.Sha256)), completion.Signature))
        {
            throw new NeuroException("completion.bad_signature", "The signature is not that of this node over the job, the shard and the outputs' hashes. Sign Receipt.WorkBytes with the node's key.");
        }

        var outputs = JsonSerializer.Serialize(completion.Outputs, NeuroJson.Options);
        var usage = completion.Usage is null ? null : JsonSerializer.Serialize(completion.Usage, NeuroJson.Options);
        var claims = JsonSerializer.Serialize(completion.Claims ?? new Dictionary<string, double>(), NeuroJson.Options);
        var (now, seed) = (time.GetUtcNow(), BitConverter.ToInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8)));
        var delivered = await database.WriteAsync(async db =>
        {
            var changed = await db.Shards.Where(row => row.Id == shardId && row.State == (int)ShardState.Leased && row.Attempt == attempt && row.NodeId == nodeId && row.LeaseExpires > now)
                .ExecuteUpdateAsync(set => set
                    .SetProperty(row => row.State, (int)ShardState.Delivered).SetProperty(row => row.Fraction, 1).SetProperty(row => row.Outputs, outputs)
                    .SetProperty(row => row.Claims, claims).SetProperty(row => row.Usage, usage).SetProperty(row => row.NodeSignature, completion.Signature).SetProperty(row => row.SampleSeed, seed)
                    .SetProperty(row => row.DeliveredAt, now).SetProperty(row => row.LeaseExpires, (DateTimeOffset?)null).SetProperty(row => row.CheckedUntil, (DateTimeOffset?)null), cancel);
            if (changed == 1)
            {
                await log.AppendAsync(db, jobId, "delivered", $"Shard {number + 1} delivered by {nodes.Get(nodeId).Name}", number, null, cancel);
            }

            return changed == 1;
        }, cancel);
        if (delivered)
        {
            signals.PulseJob(jobId, ended: false);
            signals.PulseDelivered();
            return;
        }

        await using var db = database.CreateDbContext();
        var repeated = await db.Shards.AnyAsync(row => row.Id == shardId && row.Attempt == attempt && row.NodeId == nodeId && row.Outputs == outputs
            && row.State >= (int)ShardState.Delivered && row.State <= (int)ShardState.Verified, cancel);
        if (!repeated)
        {
            await ThrowUnlessDroppedAsync(shardId, attempt, cancel);
            throw new NeuroException("job.ended", "The job ended before this shard was delivered. Drop the result.") { Status = 409 };
        }
    }

    /// <summary>Takes a shard back undone. A fatal failure counts as three: the second such word ends the job, and another node has the shard before the first can say it again.</summary>
    public async Task FailAsync(string nodeId, Guid shardId, Failure failure, CancellationToken cancel)
    {
        nodes.Beat(nodeId);
        var attempt = Attempt(failure.Token, shardId, nodeId);
        var reason = Words.Clip(Input.NotNull(failure.Reason, "reason"), 300);
        var now = time.GetUtcNow();
        var returned = await closer.ReopenAsync(
            shardId, row => row.State == (int)ShardState.Leased && row.Attempt == attempt && row.NodeId == nodeId && row.LeaseExpires > now, failure.Fatal ? 3 : 1, "returned",
            number => $"Shard {number + 1} returned by {nodes.Get(nodeId).Name}: {reason}", cancel);
        if (!returned)
        {
            await ThrowUnlessDroppedAsync(shardId, attempt, cancel);
        }
    }

    /// <summary>Takes back the shards of nodes that fell silent; returns how many.</summary>
    public async Task<int> ExpireAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        await using var db = database.CreateDbContext();
        var silent = await db.Shards.AsNoTracking().Where(row => row.State == (int)ShardState.Leased && row.LeaseExpires <= now)
            .Select(row => new { row.Id, row.Attempt, row.NodeId, row.LeasedAt }).ToListAsync(cancel);
        var reopened = 0;
        foreach (var shard in silent)
        {
            // A lease from before the platform was stopped says nothing against the shard.
            var counts = shard.LeasedAt >= started ? 1 : 0;
            var name = shard.NodeId is { } id && await nodes.KnowsAsync(id, cancel) ? nodes.Get(id).Name : "a node";
            reopened += await closer.ReopenAsync(
                shard.Id, row => row.State == (int)ShardState.Leased && row.Attempt == shard.Attempt && row.LeaseExpires <= now, counts, "lease_expired",
                number => $"Shard {number + 1}: {name} fell silent; the shard is given out again", cancel, lost: counts > 0 ? shard.NodeId : null) ? 1 : 0;
        }

        return reopened;
    }

    /// <summary>After a start: nodes that were at work get a whole lease more to find the platform again.</summary>
    public async Task GraceAsync(CancellationToken cancel)
    {
        var until = started + options.LeaseTime;
        await using var db = database.CreateDbContext();
        await db.Shards.Where(row => row.State == (int)ShardState.Leased && row.LeaseExpires < until).ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseExpires, until), cancel);
    }

    private async Task<Lease?> TryClaimAsync(KnownNode node, CancellationToken cancel)
    {
        var kinds = Fees.BasisPoints.Keys.Where(kind => node.Capacity.CuPerSecond(kind) > 0).ToList();
        var (floor, patience) = (node.EffectiveFloor.Nano, time.GetUtcNow() - NodeRegistry.AwayAfter);
        await using var db = database.CreateDbContext();
        var running = db.Jobs.AsNoTracking().Where(job => job.State == (int)JobPhase.Running && kinds.Contains(job.Kind));
        var promised = db.Promises.Where(promise => promise.NodeId == node.Id).Select(promise => promise.JobId);
        if (await TakeOneAsync(db, running.Where(job => job.PriceNano >= floor || promised.Contains(job.Id)), kinds, node, patience, cancel) is { } lease)
        {
            return lease;
        }

        // A dearer node steps in where nobody who takes the price is live, or none of them has taken a shard for a while.
        var dearer = running.Where(job => job.PriceNano < floor && job.CapPriceNano >= floor && !promised.Contains(job.Id));
        var kept = (await db.Promises.Where(promise => dearer.Any(job => job.Id == promise.JobId)).Select(promise => new { promise.JobId, promise.NodeId }).ToListAsync(cancel))
            .Where(promise => nodes.IsLive(promise.NodeId)).Select(promise => promise.JobId).Distinct().ToList();
        foreach (var kind in kinds)
        {
            var cheapest = nodes.Live(kind).Select(other => other.EffectiveFloor.Nano).DefaultIfEmpty(long.MaxValue).Min();
            var forsaken = dearer.Where(job => job.Kind == kind
                && ((job.PriceNano < cheapest && !kept.Contains(job.Id)) || (job.CreatedAt < patience && !db.Shards.Any(shard => shard.JobId == job.Id && shard.LeasedAt > patience))));
            if (await TakeOneAsync(db, forsaken, kinds, node, patience, cancel) is { } dear)
            {
                return dear;
            }
        }

        return null;
    }

    private async Task<Lease?> TakeOneAsync(NeuroDb db, IQueryable<JobRow> jobs, List<string> kinds, KnownNode node, DateTimeOffset patience, CancellationToken cancel)
    {
        // Whoever failed at a shard last leaves it to others for a while, so that one node alone cannot use up its attempts.
        var lonely = kinds.Where(kind => nodes.Live(kind).All(other => other.Id == node.Id)).ToList();
        while (true)
        {
            var open = await (from shard in db.Shards.AsNoTracking()
                              join job in jobs on shard.JobId equals job.Id
                              where shard.State == (int)ShardState.Open && (shard.NodeId != node.Id || shard.LeasedAt < patience || lonely.Contains(job.Kind))
                              orderby job.CreatedAt, job.Id, shard.Number
                              select new { Shard = shard, Job = job }).Take(Candidates).ToListAsync(cancel);
            foreach (var candidate in open)
            {
                if (await TakeAsync(db, candidate.Shard, candidate.Job, node, cancel) is { } lease)
                {
                    return lease;
                }
            }

            // Others took all of these meanwhile: there may be more.
            if (open.Count < Candidates)
            {
                return null;
            }
        }
    }

    private async Task<Lease?> TakeAsync(NeuroDb read, ShardRow shard, JobRow job, KnownNode node, CancellationToken cancel)
    {
        var (now, attempt) = (time.GetUtcNow(), shard.Attempt + 1);
        var expires = Milliseconds(now + options.LeaseTime);
        // The auction binds both sides: who was chosen is paid what was promised, whatever he asks by now. Others are paid the price; a dearer one its floor, which the cap covers.
        var promise = await read.Promises.AsNoTracking().SingleOrDefaultAsync(row => row.JobId == job.Id && row.NodeId == node.Id, cancel);
        var rate = promise?.RateNano ?? Math.Max(job.PriceNano, node.EffectiveFloor.Nano);
        var (pay, fee) = Pricing.Shard(new(shard.WorkMilli), new(rate), job.FeeBasisPoints);
        var taken = await database.WriteAsync(async db =>
        {
            var changed = await db.Shards.Where(row => row.Id == shard.Id && row.State == (int)ShardState.Open && row.Attempt == shard.Attempt)
                .ExecuteUpdateAsync(set => set
                    .SetProperty(row => row.State, (int)ShardState.Leased).SetProperty(row => row.Attempt, attempt).SetProperty(row => row.NodeId, node.Id)
                    .SetProperty(row => row.LeasedAt, now).SetProperty(row => row.LeaseExpires, expires).SetProperty(row => row.Fraction, 0)
                    .SetProperty(row => row.PayNano, pay.Nano).SetProperty(row => row.FeeNano, fee.Nano), cancel);
            if (changed == 1)
            {
                await log.AppendAsync(db, job.Id, "leased", $"Shard {shard.Number + 1} of {job.Shards} goes to {node.Name}", shard.Number, null, cancel);
            }

            return changed == 1;
        }, cancel);
        if (!taken)
        {
            return null;
        }

        signals.PulseJob(job.Id, ended: false);
        return new(
            shard.Id, job.Id, shard.Number, attempt, tokens.Lease(shard.Id, node.Id, attempt, expires), expires, JsonSerializer.Deserialize<JobSpec>(job.Spec, NeuroJson.Options)!,
            shard.First, shard.Count, JsonSerializer.Deserialize<List<ArtifactRef>>(shard.Inputs, NeuroJson.Options)!, pay, new(shard.WorkMilli), promise?.Reliability ?? node.Reliability);
    }

    // However faithfully it beats, a node a hundred times slower than the reference gets nowhere: the shard is given to another.
    private static TimeSpan LongestLease(long workMilli) => TimeSpan.FromMinutes(30) + TimeSpan.FromSeconds(Math.Min(workMilli / 1000.0 * 100, TimeSpan.FromDays(30).TotalSeconds));

    private int Attempt(string? token, Guid shard, string nodeId) => tokens.ReadLease(Input.NotNull(token, "token"), shard, nodeId)
        ?? throw new NeuroException("lease.bad_token", "This token is not that of a lease of this shard by this node. Send the one that came with the lease.") { Status = 403 };

    // Quiet when the job has ended; otherwise says that the lease is over.
    private async Task ThrowUnlessDroppedAsync(Guid shardId, int attempt, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var shard = await db.Shards.AsNoTracking().SingleAsync(row => row.Id == shardId, cancel);
        if (shard.State != (int)ShardState.Dropped)
        {
            throw new NeuroException(
                "lease.lost", $"Attempt {attempt} at shard {shard.Number + 1} is over{(shard.Attempt > attempt ? $": attempt {shard.Attempt} has begun" : "")}. Drop the work and claim again.")
            { Status = 409 };
        }
    }

    private static DateTimeOffset Milliseconds(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
}
