using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Accounts;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Cluster;
using Neuro.Backend.Dispatch;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;

namespace Neuro.Backend.Jobs;

/// <summary>Ends rounds: when all of a round's shards are paid, or, once its time is over, a quorum of them, its step is made and the next round begins.</summary>
/// <remarks>
/// The step is made outside of any transaction, of what is paid, which nothing takes back. It counts when it is written down, with the next round's shards opened and those that are late left out, in one transaction;
/// only a round that has not ended, and of the same shards, can be. So it is made again after a crash, and two replicas at it do no harm.
/// </remarks>
internal sealed class RoundKeeper(
    Database database, Workloads workloads, ArtifactFiles files, Uploads uploads, JobCloser closer, JobLog log, HeldLeases held, Signals signals, Leases leases, PlatformOptions options, TimeProvider time,
    ILogger<RoundKeeper> logger) : BackgroundService
{
    private const string Lease = "rounds";
    private const string MediaType = "application/octet-stream";

    /// <summary>So often a step may break before its job is given up.</summary>
    private const int MostBreaks = 5;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<Guid, int> broken = [];

    /// <summary>A round that is to end.</summary>
    /// <param name="Late">Those that are left out.</param>
    private sealed record Due(JobRow Job, List<ShardRow> Paid, List<ShardRow> Late, RoundState? Before)
    {
        public int Round => Job.Stepped;

        public bool IsLast => Round == Job.Rounds - 1;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Workloads.Any(workload => workload is IRoundWorkload))
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            var happened = signals.Round;
            try
            {
                await AdvanceAsync(stoppingToken);
                await Task.WhenAny(happened, Task.Delay(Look, time, stoppingToken));
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(failure, "Rounds could not be looked after; it will be tried again in a second");
                await Task.WhenAny(Task.Delay(Look, time, stoppingToken));
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Ends every round that is to end.</summary>
    internal async Task AdvanceAsync(CancellationToken cancel)
    {
        if (!await leases.TakeAsync(Lease, cancel))
        {
            return;
        }

        await using var db = database.CreateDbContext();
        var going = await db.Jobs.AsNoTracking().Where(row => row.State == (int)JobPhase.Running && row.Stepped < row.Rounds).OrderBy(row => row.CreatedAt).Select(row => row.Id).ToListAsync(cancel);
        foreach (var job in going)
        {
            try
            {
                await TryEndAsync(job, cancel);
                broken.TryRemove(job, out _);
            }
            catch (Exception failure) when (!cancel.IsCancellationRequested)
            {
                await BrokeAsync(job, failure, cancel);
            }
        }
    }

    /// <summary>Ends the round that a job is in, if it is to end.</summary>
    internal async Task TryEndAsync(Guid job, CancellationToken cancel)
    {
        if (await FindAsync(job, cancel) is { } due)
        {
            await EndAsync(due, cancel);
        }
    }

    private async Task<Due?> FindAsync(Guid id, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var job = await db.Jobs.AsNoTracking().SingleAsync(row => row.Id == id, cancel);
        var shards = await db.Shards.AsNoTracking().Where(row => row.JobId == id && row.Copy == 0 && row.Round == job.Stepped && row.State != (int)ShardState.Dropped).OrderBy(row => row.Number).ToListAsync(cancel);
        var before = job.Stepped == 0 ? null : await db.Rounds.AsNoTracking().SingleAsync(row => row.JobId == id && row.Number == job.Stepped - 1, cancel);
        var (paid, late) = (shards.FindAll(IsPaid), shards.FindAll(shard => !IsPaid(shard)));
        // Whoever has delivered is not left out: the verdict is waited for.
        var isOver = late.Count == 0
            || (paid.Count >= job.Quorum && !late.Exists(IsBeingChecked) && (before?.At ?? job.CreatedAt).AddSeconds(job.RoundSeconds) <= time.GetUtcNow());
        return isOver && paid.Count > 0
            ? new(job, paid, late, before is null ? null : JsonSerializer.Deserialize<RoundState>(before.Document, NeuroJson.Options))
            : null;
    }

    private async Task EndAsync(Due due, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("neuro-round-").FullName;
        try
        {
            var step = await ((IRoundWorkload)workloads.Of(due.Job.Kind)).StepAsync(Request(due, folder), cancel);
            var state = new RoundState(
                await StoreAsync(due.Job, step.Shared, cancel), await StoreAsync(due.Job, step.Kept, cancel), step.Product is { } product ? await StoreAsync(due.Job, product, cancel) : null, step.Measured);
            if (!await WriteAsync(due, state, cancel))
            {
                return;
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        due.Late.ForEach(shard => held.ForgetShard(shard.Id));
        signals.PulseJob(due.Job.Id, ended: false);
        signals.PulseOpen();
        await using var db = database.CreateDbContext();
        // When this is cut off, the closer finds it now and then.
        if (await db.Jobs.AnyAsync(row => row.Id == due.Job.Id && row.State == (int)JobPhase.Running && row.Stepped == row.Rounds && row.Verified == row.Shards, cancel))
        {
            await closer.EndAsync(due.Job.Id, JobPhase.Succeeded, null, cancel);
        }
    }

    private RoundRequest Request(Due due, string folder) => new(
        JsonSerializer.Deserialize<Client.Jobs.JobSpec>(due.Job.Spec, NeuroJson.Options)!, due.Job.Id, due.Round, due.IsLast, due.Before,
        [.. due.Paid.Select(shard => new ShardPlan(shard.Number, shard.First, shard.Count, new(shard.WorkMilli), Refs(shard.Inputs)) { Round = shard.Round })],
        [.. due.Paid.Select(shard => Refs(shard.Outputs!))], files.PathOf, folder);

    /// <summary>False when something has changed since: then it is looked at again.</summary>
    private Task<bool> WriteAsync(Due due, RoundState state, CancellationToken cancel) => database.WriteAsync(async db =>
    {
        var (job, now) = (due.Job, time.GetUtcNow());
        var rows = await RoundShards.OfAsync(db, job.Id, due.Round, cancel);
        var mine = rows.FindAll(row => row.Round == due.Round && row.State != (int)ShardState.Dropped);
        if (mine.Exists(IsBeingChecked) || !mine.FindAll(IsPaid).Select(row => row.Id).SequenceEqual(due.Paid.Select(row => row.Id))
            || await db.Jobs.Where(row => row.Id == job.Id && row.State == (int)JobPhase.Running && row.Stepped == due.Round)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Stepped, due.Round + 1), cancel) == 0)
        {
            return false;
        }

        db.Rounds.Add(new RoundRow { JobId = job.Id, Number = due.Round, Document = JsonSerializer.Serialize(state, NeuroJson.Options), At = now });
        foreach (var next in rows.Where(row => row.Round == due.Round + 1 && row.State == (int)ShardState.Waiting))
        {
            (next.State, next.Inputs) = ((int)ShardState.Open, JsonSerializer.Serialize(Refs(next.Inputs).Append(state.Shared), NeuroJson.Options));
        }

        await db.SaveChangesAsync(cancel);
        var late = mine.FindAll(row => !IsPaid(row));
        if (late.Count > 0)
        {
            await RoundShards.LeaveOutAsync(db, log, job, late, now, cancel);
        }

        await log.AppendAsync(db, job.Id, "round", $"Round {due.Round + 1} of {job.Rounds} ended with {due.Paid.Count} of {due.Paid.Count + late.Count} parts", null, null, cancel);
        var (hashes, reader) = (new[] { state.Shared, state.Kept, state.Product }.OfType<ArtifactRef>().Select(file => file.Sha256).Order(StringComparer.Ordinal).ToList(), Caller.Reader(job.AccountId));
        await ArtifactFiles.GrantAsync(db, [.. hashes.Select(sha256 => (sha256, reader))], now, cancel);
        foreach (var sha256 in hashes)
        {
            await ArtifactFiles.DischargeAsync(db, sha256, reader, cancel);
        }

        return true;
    }, cancel);

    // What a step leaves counts in the room of its job alone until it is written down, and in nobody's after.
    private async Task<ArtifactRef> StoreAsync(JobRow job, string path, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
        file.Position = 0;
        await uploads.SaveAsync(sha256, file.Length, file, MediaType, new(Caller.Reader(job.AccountId), job.Id), cancel);
        return new(sha256, file.Length, Path.GetFileName(path), MediaType);
    }

    private async Task BrokeAsync(Guid job, Exception failure, CancellationToken cancel)
    {
        logger.LogError(failure, "A round of job {Job} could not be ended", job);
        if ((broken[job] = broken.GetValueOrDefault(job) + 1) >= MostBreaks)
        {
            broken.TryRemove(job, out _);
            await closer.EndAsync(job, JobPhase.Failed, Words.Clip($"The platform could not put a round together: {failure.Message}", 500), cancel);
        }
    }

    private static bool IsPaid(ShardRow shard) => shard.State == (int)ShardState.Verified;

    private static bool IsBeingChecked(ShardRow shard) => shard.State is (int)ShardState.Delivered or (int)ShardState.Accepted;

    private static List<ArtifactRef> Refs(string json) => JsonSerializer.Deserialize<List<ArtifactRef>>(json, NeuroJson.Options)!;
}
