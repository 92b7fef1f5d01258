using System.Linq.Expressions;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Ledger;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Jobs;

namespace Neuro.Backend.Jobs;

/// <summary>Ends jobs: all verified, given up, or stopped by the customer.</summary>
/// <remarks>First the outcome is written, and nothing more is given out; then what was accepted is paid; then the rest of the hold goes back; then the job has ended. Each step can be done again.</remarks>
internal sealed class JobCloser(Database database, Ledger.Ledger ledger, Settlement settlement, Products products, NodeRegistry nodes, JobLog log, Signals signals, TimeProvider time, ILogger<JobCloser> logger) : IDisposable
{
    /// <summary>After so many failed attempts at a shard its job is given up.</summary>
    public const int MostFailures = 5;

    private readonly SemaphoreSlim closing = new(1);

    /// <summary>Opens a shard again, under the name of the node that failed last, after a failed attempt, if it is still as <paramref name="expected"/>; ends the job when the attempts are used up.</summary>
    /// <param name="rejected">The node whose work was rejected, if that is why.</param>
    /// <param name="lost">The node whose lease ran out, if that is why.</param>
    public async Task<bool> ReopenAsync(
        Guid shardId, Expression<Func<ShardRow, bool>> expected, int failures, string type, Func<int, string> text, CancellationToken cancel, string? rejected = null, string? lost = null)
    {
        var reopened = await database.WriteAsync(async db =>
        {
            var changed = await db.Shards.Where(row => row.Id == shardId).Where(expected).ExecuteUpdateAsync(set => set
                .SetProperty(row => row.State, (int)ShardState.Open).SetProperty(row => row.Failures, row => row.Failures + failures)
                .SetProperty(row => row.LeaseExpires, (DateTimeOffset?)null).SetProperty(row => row.Fraction, 0), cancel);
            if (changed == 0)
            {
                return null;
            }

            var shard = await db.Shards.AsNoTracking().SingleAsync(row => row.Id == shardId, cancel);
            await log.AppendAsync(db, shard.JobId, type, text(shard.Number), shard.Number, null, cancel);
            await db.Nodes.Where(row => row.Id == rejected).ExecuteUpdateAsync(set => set.SetProperty(row => row.ShardsRejected, row => row.ShardsRejected + 1), cancel);
            await db.Nodes.Where(row => row.Id == lost).ExecuteUpdateAsync(set => set.SetProperty(row => row.ShardsLost, row => row.ShardsLost + 1), cancel);
            return shard;
        }, cancel);
        if (reopened is null)
        {
            return false;
        }

        if ((rejected ?? lost) is { } node && await nodes.KnowsAsync(node, cancel))
        {
            await nodes.RefreshAsync(node, cancel);
        }

        signals.PulseJob(reopened.JobId, ended: false);
        if (reopened.Failures >= MostFailures)
        {
            await EndAsync(reopened.JobId, JobPhase.Failed, Words.Clip($"Shard {reopened.Number + 1} failed {reopened.Attempt} times; the last time: {text(reopened.Number)}", 500), cancel);
        }
        else
        {
            signals.PulseOpen();
        }

        return true;
    }

    /// <summary>Ends a running job; does nothing when it has ended or is ending with another outcome, but finishes that.</summary>
    public async Task EndAsync(Guid jobId, JobPhase outcome, string? error, CancellationToken cancel)
    {
        await database.WriteAsync(async db =>
        {
            if (outcome != JobPhase.Succeeded)
            {
                await db.Shards.Where(row => row.JobId == jobId && row.State < (int)ShardState.Accepted && db.Jobs.Any(job => job.Id == jobId && job.State == (int)JobPhase.Running))
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)ShardState.Dropped).SetProperty(row => row.LeaseExpires, (DateTimeOffset?)null), cancel);
            }

            await db.Jobs.Where(row => row.Id == jobId && row.State == (int)JobPhase.Running)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)JobPhase.Ending).SetProperty(row => row.Outcome, (int)outcome).SetProperty(row => row.Error, error), cancel);
        }, cancel);
        await FinishAsync(jobId, cancel);
    }

    /// <summary>Carries a job that is ending to its end.</summary>
    public async Task FinishAsync(Guid jobId, CancellationToken cancel)
    {
        await closing.WaitAsync(cancel);
        try
        {
            await using var db = database.CreateDbContext();
            if (await db.Jobs.AsNoTracking().SingleOrDefaultAsync(row => row.Id == jobId && row.State == (int)JobPhase.Ending, cancel) is not { } job)
            {
                return;
            }

            var shards = await db.Shards.AsNoTracking().Where(row => row.JobId == jobId).OrderBy(row => row.Number).ToListAsync(cancel);
            foreach (var accepted in shards.Where(row => row.State == (int)ShardState.Accepted))
            {
                await settlement.PayAsync(job, accepted, cancel);
            }

            var rest = await ledger.SubmitAsync(TransferRequest.Void(DerivedId.Of("void", jobId), OrderDesk.HoldOf(jobId), Words.Clip($"Back from {job.Title}", 200)), cancel);
            if (rest.Code != TransferCode.HoldClosed)
            {
                rest.ThrowIfRefused("the return of the hold");
            }

            await CloseAsync(job, shards, rest.Succeeded ? rest.Amount.Nano : 0, cancel);
        }
        finally
        {
            closing.Release();
        }

        signals.PulseJob(jobId, ended: true);
    }

    /// <summary>Jobs that were being ended, or had all their shards verified, when something came between. One that cannot be ended keeps no other from its end, nor the platform from starting.</summary>
    public async Task ResumeAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        foreach (var job in await db.Jobs.Where(row => row.State == (int)JobPhase.Running && row.Verified == row.Shards).Select(row => row.Id).ToListAsync(cancel))
        {
            await TryAsync(job, () => EndAsync(job, JobPhase.Succeeded, null, cancel));
        }

        foreach (var job in await db.Jobs.Where(row => row.State == (int)JobPhase.Ending).Select(row => row.Id).ToListAsync(cancel))
        {
            await TryAsync(job, () => FinishAsync(job, cancel));
        }

        async Task TryAsync(Guid job, Func<Task> end)
        {
            try
            {
                await end();
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                logger.LogError(failure, "Job {Job} could not be ended; it will be tried again", job);
            }
        }
    }

    public void Dispose() => closing.Dispose();

    private Task CloseAsync(JobRow job, List<ShardRow> shards, long returned, CancellationToken cancel) => database.WriteAsync(async db =>
    {
        var outcome = (JobPhase)job.Outcome!.Value;
        var (dataset, model) = outcome == JobPhase.Succeeded ? products.Add(db, job, shards) : (null, null);
        var now = time.GetUtcNow();
        var closed = await db.Jobs.Where(row => row.Id == job.Id && row.State == (int)JobPhase.Ending).ExecuteUpdateAsync(set => set
            .SetProperty(row => row.State, (int)outcome).SetProperty(row => row.ReturnedNano, returned).SetProperty(row => row.EndedAt, now)
            .SetProperty(row => row.DatasetId, dataset).SetProperty(row => row.ModelId, model), cancel);
        if (closed == 1)
        {
            var text = outcome switch
            {
                JobPhase.Succeeded => "Done",
                JobPhase.Cancelled => "Cancelled",
                _ => "Given up: " + job.Error,
            };
            await db.Promises.Where(row => row.JobId == job.Id).ExecuteDeleteAsync(cancel);
            await log.AppendAsync(db, job.Id, "ended", $"{text}; {new Client.Tokens.Ntk(returned)} NTK of the hold came back", null, null, cancel);
        }
    }, cancel);
}
