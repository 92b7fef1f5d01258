using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Cluster;
using Neuro.Backend.Jobs;
using Neuro.Backend.Storage;
using Neuro.Backend.Telemetry;

namespace Neuro.Backend.Verification;

/// <summary>Checks delivered shards, oldest first: what is right is paid, what is wrong is given out again. When nothing waits, it looks again at what caught nodes were paid for.</summary>
/// <remarks>Its queue is the table of shards, so a restart goes on where it stopped. A verdict is written before it is acted on, so none is acted on twice.</remarks>
internal sealed class Verifier(
    Database database, Examiner examiner, Copies copies, Recheck recheck, Conviction conviction, Settlement settlement, JobCloser closer, Signals signals, Leases leases, TimeProvider time, ILogger<Verifier> logger)
    : BackgroundService
{
    /// <summary>So often a check may break (not: reject) before its job is given up.</summary>
    private const int MostBreaks = 5;

    /// <summary>So many shards are on their way from delivered to paid at once: what they write is written together. How many are computed again at once is the examiner's affair.</summary>
    private const int AtOnce = 128;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);
    private readonly ConcurrentDictionary<Guid, int> broken = [];

    /// <summary>A shard that waits for a check or for its pay.</summary>
    internal sealed record Waiting(Guid Id, string Node);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await TryAsync("What barred nodes had could not be taken from them", () => conviction.FinishAsync(stoppingToken), stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            var delivered = signals.Delivered;
            var breaks = await CheckAllAsync(stoppingToken);
            if (breaks == 0 && await LookAgainAsync(stoppingToken))
            {
                continue;
            }

            try
            {
                await Task.WhenAny(delivered, Task.Delay(await PauseAsync(breaks, stoppingToken), time, stoppingToken));
                stoppingToken.ThrowIfCancellationRequested();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Checks what waits.</summary>
    /// <returns>The most times that a check which is still to be done has broken.</returns>
    internal async Task<int> CheckAllAsync(CancellationToken cancel)
    {
        var waiting = new List<Waiting>();
        if (!await TryAsync("The delivered shards could not be read", async () => waiting = await WaitingAsync(cancel), cancel))
        {
            return 1;
        }

        var breaks = new ConcurrentBag<int> { 0 };
        await Parallel.ForEachAsync(waiting.GroupBy(shard => shard.Node), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (node, _) =>
        {
            // One after the other: a node that is caught with the first is not paid for the others.
            foreach (var shard in node)
            {
                breaks.Add(cancel.IsCancellationRequested ? 0 : await TryCheckAsync(shard.Id, cancel));
            }
        });
        return cancel.IsCancellationRequested ? 0 : breaks.Max();
    }

    private async Task<int> TryCheckAsync(Guid id, CancellationToken cancel)
    {
        try
        {
            await CheckAsync(id, cancel);
            broken.TryRemove(id, out _);
            return 0;
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            logger.LogError(failure, "Checking shard {Shard} broke off", id);
            return await BrokeAsync(id, failure, cancel);
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    /// <summary>Looks again at one paid shard of a node that was caught since; false when there is none, or it could not be done.</summary>
    internal async Task<bool> LookAgainAsync(CancellationToken cancel)
    {
        Delivery? next = null;
        var done = await TryAsync("A paid shard could not be looked at again", async () =>
        {
            next = await recheck.NextAsync([.. broken.Where(entry => entry.Value >= MostBreaks).Select(entry => entry.Key)], cancel);
            if (next is not null)
            {
                await examiner.LookAgainAsync(next, image: null, cancel);
                broken.TryRemove(next.Shard.Id, out _);
            }
        }, cancel);
        if (!done && next is not null)
        {
            broken[next.Shard.Id] = broken.GetValueOrDefault(next.Shard.Id) + 1;
        }

        return next is not null && !cancel.IsCancellationRequested;
    }

    internal async Task<List<Waiting>> WaitingAsync(CancellationToken cancel)
    {
        await copies.DropUselessAsync(cancel);
        await using var db = database.CreateDbContext();
        var own = from shard in db.Shards
                  join job in db.Jobs on shard.JobId equals job.Id
                  where shard.Copy == 0 && job.State == (int)JobPhase.Running && (shard.State == (int)ShardState.Delivered || shard.State == (int)ShardState.Accepted)
                      && !(shard.State == (int)ShardState.Delivered
                          && db.Shards.Any(copy => copy.JobId == shard.JobId && copy.Number == shard.Number && copy.Copy == shard.Attempt && copy.State < (int)ShardState.Delivered))
                  select shard;
        var others = db.Shards.Where(shard => shard.Copy > 0 && (shard.State == (int)ShardState.Delivered || shard.State == (int)ShardState.Accepted));
        return await own.Concat(others).OrderBy(shard => shard.DeliveredAt).ThenBy(shard => shard.Id).Select(shard => new Waiting(shard.Id, shard.NodeId!)).ToListAsync(cancel);
    }

    internal async Task CheckAsync(Guid id, CancellationToken cancel)
    {
        if (await LoadAsync(id, cancel) is not { } waiting)
        {
            return;
        }

        var (job, number) = (waiting.Job.Id, waiting.Shard.Number);
        if (waiting.State == ShardState.Delivered)
        {
            using var span = Spans.Start("neuro.verify")?.SetTag("neuro.job", job).SetTag("neuro.shard", number);
            // The copy that checks a delivery is looked at with that.
            if (!waiting.IsCopy)
            {
                await examiner.ExamineAsync(waiting, cancel);
            }
            else if (await IsCanaryAsync(waiting.Shard, cancel))
            {
                await examiner.ExamineCanaryAsync(waiting, cancel);
            }
        }

        // With a shard the copy that it was compared with: both were accepted by that.
        await using var db = database.CreateDbContext();
        var accepted = await Delivery.FindAllAsync(db, db.Shards.Where(row => row.JobId == job && row.Number == number && row.State == (int)ShardState.Accepted), cancel);
        foreach (var one in accepted.Where(one => one.IsCopy || one.Job.State == (int)JobPhase.Running))
        {
            await settlement.PayAsync(one.Job, one.Shard, cancel);
        }

        if (accepted.Count > 0 && await db.Jobs.AnyAsync(row => row.Id == job && row.State == (int)JobPhase.Running && row.Verified == row.Shards && row.Stepped == row.Rounds, cancel))
        {
            await closer.EndAsync(job, JobPhase.Succeeded, null, cancel);
        }
    }

    private async Task<bool> IsCanaryAsync(ShardRow copy, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await db.Shards.AnyAsync(row => row.JobId == copy.JobId && row.Number == copy.Number && row.Copy == 0 && row.Attempt < copy.Copy, cancel);
    }

    private async Task<Delivery?> LoadAsync(Guid id, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await Delivery.FindAsync(db, db.Shards.Where(row => row.Id == id), cancel);
    }

    // Beside other replicas also now and then: one may have died over a check. Otherwise until a copy has been waited for long enough.
    private async Task<TimeSpan> PauseAsync(int breaks, CancellationToken cancel)
    {
        if (breaks > 0)
        {
            return TimeSpan.FromSeconds(Math.Pow(2, breaks));
        }

        DateTimeOffset? next = null;
        if (!await TryAsync("The copies could not be read", async () => next = await copies.NextAsync(cancel), cancel))
        {
            return Look;
        }

        var left = next - time.GetUtcNow();
        return leases.Shared && (left is null || left > Look) ? Look : left is { } pause ? (pause > TimeSpan.Zero ? pause : TimeSpan.Zero) : Timeout.InfiniteTimeSpan;
    }

    private async Task<int> BrokeAsync(Guid id, Exception failure, CancellationToken cancel)
    {
        var times = broken[id] = broken.GetValueOrDefault(id) + 1;
        if (times < MostBreaks)
        {
            return times;
        }

        return await TryAsync("The job of a shard that cannot be checked could not be ended", () => GiveUpAsync(id, failure, cancel), cancel) ? 0 : MostBreaks;
    }

    private async Task GiveUpAsync(Guid id, Exception failure, CancellationToken cancel)
    {
        if (await LoadAsync(id, cancel) is not { } delivery)
        {
            return;
        }

        if (!delivery.IsCopy)
        {
            await closer.EndAsync(delivery.Job.Id, JobPhase.Failed, Words.Clip($"The platform could not check shard {delivery.Shard.Number + 1}: {failure.Message}", 500), cancel);
        }
        else if (delivery.State == ShardState.Delivered)
        {
            // No customer ordered it. One that is accepted stays: it is paid when the fees suffice.
            await copies.DropAsync(delivery.Shard, cancel);
        }

        broken.TryRemove(id, out _);
    }

    private async Task<bool> TryAsync(string broke, Func<Task> what, CancellationToken cancel)
    {
        try
        {
            await what();
            return true;
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            logger.LogError(failure, "{What}", broke);
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
