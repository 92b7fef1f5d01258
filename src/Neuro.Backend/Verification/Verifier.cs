using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Cluster;
using Neuro.Backend.Jobs;
using Neuro.Backend.Market;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Backend.Telemetry;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;

namespace Neuro.Backend.Verification;

/// <summary>Checks delivered shards, oldest first: what is right is paid, what is wrong is given out again.</summary>
/// <remarks>Its queue is the table of shards, so a restart goes on where it stopped. A verdict is written before it is acted on, so none is acted on twice.</remarks>
internal sealed class Verifier(
    Database database, Workloads workloads, ArtifactFiles files, NodeRegistry nodes, Settlement settlement, JobCloser closer, Signals signals, Leases leases, TimeProvider time, ILogger<Verifier> logger)
    : BackgroundService
{
    /// <summary>So often a check may break (not: reject) before its job is given up.</summary>
    private const int MostBreaks = 5;
    private static readonly TimeSpan Claim = TimeSpan.FromSeconds(6);
    private readonly Dictionary<Guid, int> broken = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var delivered = signals.Delivered;
            var breaks = await CheckAllAsync(stoppingToken);
            // Beside other replicas also now and then: one may have died over a check.
            var pause = breaks > 0 ? TimeSpan.FromSeconds(Math.Pow(2, breaks)) : leases.Shared ? Claim / 2 : Timeout.InfiniteTimeSpan;
            try
            {
                await Task.WhenAny(delivered, Task.Delay(pause, time, stoppingToken));
                stoppingToken.ThrowIfCancellationRequested();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    // Returns the most times that a check which is still to be done has broken.
    private async Task<int> CheckAllAsync(CancellationToken cancel)
    {
        var worst = 0;
        List<Guid> waiting;
        try
        {
            await using var db = database.CreateDbContext();
            waiting = await (from shard in db.Shards
                             join job in db.Jobs on shard.JobId equals job.Id
                             where job.State == (int)JobPhase.Running && (shard.State == (int)ShardState.Delivered || shard.State == (int)ShardState.Accepted)
                             orderby shard.DeliveredAt, shard.Id
                             select shard.Id).ToListAsync(cancel);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            logger.LogError(failure, "The delivered shards could not be read");
            return 1;
        }

        foreach (var id in waiting)
        {
            try
            {
                await CheckAsync(id, cancel);
                broken.Remove(id);
            }
            catch (Exception failure) when (!cancel.IsCancellationRequested)
            {
                logger.LogError(failure, "Checking shard {Shard} broke off", id);
                worst = Math.Max(worst, await BrokeAsync(id, failure, cancel));
            }
            catch (OperationCanceledException)
            {
                return 0;
            }
        }

        return worst;
    }

    private async Task CheckAsync(Guid id, CancellationToken cancel)
    {
        var (shard, job) = await LoadAsync(id, cancel);
        if (shard.State == (int)ShardState.Delivered)
        {
            if (!await ClaimAsync(shard, cancel))
            {
                return;
            }

            using var span = Spans.Start("neuro.verify")?.SetTag("neuro.job", job.Id).SetTag("neuro.shard", shard.Number);
            var verdict = await VerdictAsync(shard, job, cancel);
            var how = Words.Clip(verdict.How, 300);
            if (!verdict.Valid)
            {
                await RejectAsync(shard, how, cancel);
                return;
            }

            await AcceptAsync(job, shard, how, verdict.Measured, cancel);
            (shard, job) = await LoadAsync(id, cancel);
        }

        if (shard.State == (int)ShardState.Accepted && job.State == (int)JobPhase.Running)
        {
            await settlement.PayAsync(job, shard, cancel);
        }

        await using var db = database.CreateDbContext();
        if (await db.Jobs.AnyAsync(row => row.Id == job.Id && row.State == (int)JobPhase.Running && row.Verified == row.Shards, cancel))
        {
            await closer.EndAsync(job.Id, JobPhase.Succeeded, null, cancel);
        }
    }

    // Beside other replicas a check is one's own for a while: it costs as much as the work. Two verdicts would do no harm.
    private async Task<bool> ClaimAsync(ShardRow shard, CancellationToken cancel)
    {
        if (!leases.Shared)
        {
            return true;
        }

        var now = time.GetUtcNow();
        await using var db = database.CreateDbContext();
        return await db.Shards.Where(row => row.Id == shard.Id && row.State == (int)ShardState.Delivered && row.Attempt == shard.Attempt && (row.CheckedUntil == null || row.CheckedUntil < now))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.CheckedUntil, now + Claim), cancel) == 1;
    }

    private async Task<ShardVerdict> VerdictAsync(ShardRow shard, JobRow job, CancellationToken cancel)
    {
        var verdict = workloads.Of(job.Kind).VerifyAsync(Request(shard, job), cancel);
        while (leases.Shared && await Task.WhenAny(verdict, Task.Delay(Claim / 3, time, cancel)) != verdict)
        {
            var until = time.GetUtcNow() + Claim;
            await using var db = database.CreateDbContext();
            await db.Shards.Where(row => row.Id == shard.Id && row.State == (int)ShardState.Delivered && row.Attempt == shard.Attempt).ExecuteUpdateAsync(set => set.SetProperty(row => row.CheckedUntil, until), cancel);
        }

        return await verdict;
    }

    private VerifyRequest Request(ShardRow shard, JobRow job) => new(
        JsonSerializer.Deserialize<JobSpec>(job.Spec, NeuroJson.Options)!, job.RecipeHash, job.Id,
        new(shard.Number, shard.First, shard.Count, new(shard.WorkMilli), Refs(shard.Inputs)), shard.Attempt, shard.NodeId!, Refs(shard.Outputs!),
        JsonSerializer.Deserialize<Dictionary<string, double>>(shard.Claims!, NeuroJson.Options)!, unchecked((ulong)shard.SampleSeed), files.PathOf);

    private async Task RejectAsync(ShardRow shard, string reason, CancellationToken cancel)
    {
        var node = await nodes.GetAsync(shard.NodeId!, cancel);
        await closer.ReopenAsync(
            shard.Id, row => row.State == (int)ShardState.Delivered && row.Attempt == shard.Attempt, 1, "rejected",
            number => $"Shard {number + 1} of {node.Name} rejected: {reason}", cancel, rejected: shard.NodeId);
    }

    private Task AcceptAsync(JobRow job, ShardRow shard, string how, IReadOnlyDictionary<string, double>? measured, CancellationToken cancel) => database.WriteAsync(async db =>
    {
        var numbers = measured is null ? null : JsonSerializer.Serialize(measured, NeuroJson.Options);
        if (await db.Shards.Where(row => row.Id == shard.Id && row.State == (int)ShardState.Delivered && row.Attempt == shard.Attempt)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)ShardState.Accepted).SetProperty(row => row.How, how).SetProperty(row => row.Measured, numbers), cancel) == 0)
        {
            return;
        }

        // The first accepted shard of a node brings its start-up pay. That is settled here, before anything is paid, so paying again after a crash pays the same.
        var start = db.Promises.Where(row => row.JobId == job.Id && row.NodeId == shard.NodeId && row.StartNano > 0);
        if (await start.Where(row => row.StartShard == null).ExecuteUpdateAsync(set => set.SetProperty(row => row.StartShard, shard.Id), cancel) == 1)
        {
            var (pay, fee) = Pricing.WithFee(new(shard.PayNano + await start.Select(row => row.StartNano).SingleAsync(cancel)), job.FeeBasisPoints);
            await db.Shards.Where(row => row.Id == shard.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.PayNano, pay.Nano).SetProperty(row => row.FeeNano, fee.Nano), cancel);
        }
    }, cancel);

    private async Task<int> BrokeAsync(Guid id, Exception failure, CancellationToken cancel)
    {
        var times = broken[id] = broken.GetValueOrDefault(id) + 1;
        if (times < MostBreaks)
        {
            return times;
        }

        try
        {
            var (shard, job) = await LoadAsync(id, cancel);
            await closer.EndAsync(job.Id, JobPhase.Failed, Words.Clip($"The platform could not check shard {shard.Number + 1}: {failure.Message}", 500), cancel);
            broken.Remove(id);
            return 0;
        }
        catch (Exception again) when (!cancel.IsCancellationRequested)
        {
            logger.LogError(again, "The job of shard {Shard} could not be ended", id);
            return MostBreaks;
        }
    }

    private async Task<(ShardRow Shard, JobRow Job)> LoadAsync(Guid id, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var shard = await db.Shards.AsNoTracking().SingleAsync(row => row.Id == id, cancel);
        return (shard, await db.Jobs.AsNoTracking().SingleAsync(row => row.Id == shard.JobId, cancel));
    }

    private static List<ArtifactRef> Refs(string json) => JsonSerializer.Deserialize<List<ArtifactRef>>(json, NeuroJson.Options)!;
}
