using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Accounts;
using Neuro.Backend.Jobs;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Backend.Telemetry;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Nodes;

namespace Neuro.Backend.Dispatch;

/// <summary>Gives shards to nodes, and takes them back when a node falls silent.</summary>
/// <remarks>The attempt number is the fence: what a node does under an old lease is refused, however late it arrives. Rows are locked while they are changed, so of two that race the second sees what the first did.</remarks>
internal sealed class JobBoard
{
    // One of them is little; and each group waits for its turn behind claims and deliveries.
    private const int MostBeats = 2048;

    private readonly Database database;
    private readonly NodeRegistry nodes;
    private readonly Tokens tokens;
    private readonly JobLog log;
    private readonly JobCloser closer;
    private readonly Signals signals;
    private readonly Claims claims;
    private readonly HeldLeases held;
    private readonly PlatformOptions options;
    private readonly TimeProvider time;
    private readonly DateTimeOffset started;
    private readonly Gathering<Beat, BeatOutcome> beats;
    private readonly Gathering<CompletedShard, CompletionOutcome> deliveries;

    public JobBoard(
        Database database, NodeRegistry nodes, Tokens tokens, JobLog log, JobCloser closer, Signals signals, Claims claims, HeldLeases held, PlatformOptions options, TimeProvider time)
    {
        (this.database, this.nodes, this.tokens, this.log, this.closer, this.signals) = (database, nodes, tokens, log, closer, signals);
        (this.claims, this.held, this.options, this.time, started) = (claims, held, options, time, time.GetUtcNow());
        beats = new(new Beats(database, log, held, options, time).WriteAsync, MostBeats);
        deliveries = new(new Deliveries(database, nodes, log, held, time).TakeAsync);
    }

    /// <summary>The next shard that this node may do; waits a while for one. Null when there was none.</summary>
    public async Task<Lease?> ClaimAsync(string nodeId, CancellationToken cancel)
    {
        using var span = Spans.Start("neuro.claim")?.SetTag("neuro.node", nodeId);
        nodes.Get(nodeId).ThrowIfBarred();
        nodes.Beat(nodeId);
        return await claims.ClaimAsync(nodeId, cancel);
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

        var now = time.GetUtcNow();
        var covered = held.Covers(shardId, attempt, nodeId, heartbeat.Fraction, now, options.LeaseTime, out var tells);
        if (heartbeat.Points is null or { Count: 0 } && covered is { } until)
        {
            return new(until, Cancel: false);
        }

        var outcome = await beats.AddAsync(new(shardId, attempt, nodeId, heartbeat.Fraction, tells, heartbeat.Points ?? []), cancel);
        if (outcome.Job is { } job)
        {
            signals.PulseJob(job, ended: false);
            return new(outcome.Expires, Cancel: false);
        }

        return outcome.Ended ? new(outcome.Expires, Cancel: true) : throw outcome.Lost!.Exception;
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

        var delivery = new CompletedShard(
            shardId, attempt, nodeId, JsonSerializer.Serialize(completion.Outputs, NeuroJson.Options),
            JsonSerializer.Serialize(completion.Claims ?? new Dictionary<string, double>(), NeuroJson.Options),
            completion.Usage is null ? null : JsonSerializer.Serialize(completion.Usage, NeuroJson.Options), completion.Signature);
        var outcome = await deliveries.AddAsync(delivery, cancel);
        if (outcome.Job is { } job)
        {
            signals.PulseJob(job, ended: false);
            signals.PulseDelivered();
            if (outcome.MakesRoom)
            {
                signals.PulseOpen();
            }

            return;
        }

        if (!outcome.Repeated)
        {
            throw outcome.Ended
                ? new NeuroException("job.ended", "The job, or the round that this shard is of, ended before it was delivered. Drop the result.") { Status = 409 }
                : outcome.Lost!.Exception;
        }
    }

    /// <summary>Takes a shard back undone. A fatal failure counts as three: the second such word ends the job, and another node has the shard before the first can say it again.</summary>
    public async Task FailAsync(string nodeId, Guid shardId, Failure failure, CancellationToken cancel)
    {
        nodes.Beat(nodeId);
        var attempt = Attempt(failure.Token, shardId, nodeId);
        var reason = Words.Clip(Input.NotNull(failure.Reason, "reason"), 300);
        var now = time.GetUtcNow();
        if (await closer.ReopenAsync(
                shardId, row => row.IsLeasedTo(nodeId, attempt, now), failure.Fatal ? 3 : 1, Interruption.Returned,
                number => $"Shard {number + 1} returned by {nodes.Get(nodeId).Name}: {reason}", cancel)
            || await DropRivalAsync(shardId, rival => rival.IsLeasedTo(nodeId, attempt, now), Interruption.Returned, $"Given back: {reason}"))
        {
            return;
        }

        await using var db = database.CreateDbContext();
        var shard = await db.Shards.AsNoTracking().SingleAsync(row => row.Id == shardId, cancel);
        if (shard.State != (int)ShardState.Dropped)
        {
            throw new LostLease(shard.Number, attempt, shard.Attempt).Exception;
        }
    }

    /// <summary>Takes back the shards of nodes that fell silent; returns how many.</summary>
    public async Task<int> ExpireAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        await using var db = database.CreateDbContext();
        foreach (var rival in await db.Rivals.AsNoTracking().Where(row => row.LeaseExpires <= now).ToListAsync(cancel))
        {
            await DropRivalAsync(rival.ShardId, row => row.Attempt == rival.Attempt && row.LeaseExpires <= now, Interruption.Silent, "Not heard of until its lease ran out.");
        }

        var silent = await db.Shards.AsNoTracking().Where(row => row.State == (int)ShardState.Leased && row.LeaseExpires <= now)
            .Select(row => new { row.Id, row.Attempt, row.NodeId, row.LeasedAt }).ToListAsync(cancel);
        // A lease from before the platform was stopped says nothing against the shard.
        var reopened = await Task.WhenAll(silent.Select(async shard =>
        {
            var counts = shard.LeasedAt >= started ? 1 : 0;
            var name = shard.NodeId is { } id && await nodes.KnowsAsync(id, cancel) ? nodes.Get(id).Name : "a node";
            return await closer.ReopenAsync(
                shard.Id, row => row.State == (int)ShardState.Leased && row.Attempt == shard.Attempt && row.LeaseExpires <= now, counts, Interruption.Silent,
                number => $"Shard {number + 1}: {name} fell silent; the shard is given out again", cancel, lost: counts > 0 ? shard.NodeId : null);
        }));
        held.Sweep(now);
        return reopened.Count(done => done);
    }

    /// <summary>After a start: nodes that were at work get a whole lease more to find the platform again.</summary>
    public async Task GraceAsync(CancellationToken cancel)
    {
        var until = started + options.LeaseTime;
        await using var db = database.CreateDbContext();
        await db.Shards.Where(row => row.State == (int)ShardState.Leased && row.LeaseExpires < until).ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseExpires, until), cancel);
        await db.Rivals.Where(row => row.LeaseExpires < until).ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseExpires, until), cancel);
    }

    // Ends the second lease of a shard, if it is still as expected; the first node's is not touched.
    private Task<bool> DropRivalAsync(Guid shardId, Func<RivalRow, bool> expected, string type, string text) => ShardChanges.RunAsync(database, log, [shardId], changes =>
    {
        if (changes.Shard(shardId) is not { } shard || changes.Rival(shardId) is not { } rival || !expected(rival))
        {
            return Task.FromResult(false);
        }

        NodeMarks.Add(changes.Db, rival.NodeId, time.GetUtcNow(), type, text, shard.JobId, shard.Number);
        changes.EndRival(shard, promote: false);
        return Task.FromResult(true);
    });

    private int Attempt(string? token, Guid shard, string nodeId) => tokens.ReadLease(Input.NotNull(token, "token"), shard, nodeId)
        ?? throw new NeuroException("lease.bad_token", "This token is not that of a lease of this shard by this node. Send the one that came with the lease.") { Status = 403 };
}
