using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Dispatch;
using Neuro.Backend.Ledger;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Jobs;

namespace Neuro.Backend.Jobs;

/// <summary>Ends jobs: all verified, given up, or stopped by the customer.</summary>
/// <remarks>First the outcome is written, and nothing more is given out; then what was accepted is paid; then the rest of the hold goes back; then the job has ended. Each step can be done again.</remarks>
internal sealed class JobCloser(
    Database database, Ledger.Ledger ledger, Settlement settlement, Products products, NodeRegistry nodes, JobLog log, HeldLeases held, Signals signals, TimeProvider time,
    ILogger<JobCloser> logger) : IDisposable
{
    /// <summary>After so many failed attempts at a shard its job is given up.</summary>
    public const int MostFailures = 5;

    private readonly SemaphoreSlim closing = new(1);
    private readonly Gathering<Reopening, ShardRow?> reopenings = new(new Reopenings(database, log, time).OpenAsync);

    /// <summary>Opens a shard again, under the name of the node that failed last, after a failed attempt, if it is still as <paramref name="expected"/>; where a second node has it too, that one goes on with it. Ends the job when the attempts are used up.</summary>
    /// <param name="type">An <see cref="Interruption"/>.</param>
    /// <param name="rejected">The node whose work was rejected, if that is why.</param>
    /// <param name="lost">The node whose lease ran out, if that is why.</param>
    public async Task<bool> ReopenAsync(
        Guid shardId, Func<ShardRow, bool> expected, int failures, string type, Func<int, string> text, CancellationToken cancel, string? rejected = null, string? lost = null)
    {
        var reopened = await reopenings.AddAsync(new(shardId, expected, failures, type, text, rejected, lost), cancel);
        if (reopened is null)
        {
            return false;
        }

        held.ForgetShard(shardId);
        if ((rejected ?? lost) is { } failed && await nodes.KnowsAsync(failed, cancel))
        {
            await nodes.RefreshAsync(failed, cancel);
        }

        signals.PulseJob(reopened.JobId, ended: false);
        if (reopened.Failures >= MostFailures && reopened.Copy == 0 && !await LeaveOutAsync(reopened, cancel))
        {
            await EndAsync(reopened.JobId, JobPhase.Failed, Words.Clip($"Shard {reopened.Number + 1} failed {reopened.LastAttempt} times; the last time: {text(reopened.Number)}", 500), cancel);
        }
        else if (reopened.State == (int)ShardState.Open)
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
            // Of one that succeeded these are copies that were to check something: nobody needs them any more.
            var undone = db.Shards.Where(row => row.JobId == jobId && row.State < (int)ShardState.Accepted && db.Jobs.Any(job => job.Id == jobId && job.State == (int)JobPhase.Running));
            await InterruptAsync(db, undone, outcome, cancel);
            await undone.ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)ShardState.Dropped).SetProperty(row => row.LeaseExpires, (DateTimeOffset?)null), cancel);
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

            var shards = await db.Shards.AsNoTracking().Where(row => row.JobId == jobId && row.Copy == 0).OrderBy(row => row.First).ThenBy(row => row.Number).ToListAsync(cancel);
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
        foreach (var job in await db.Jobs.Where(row => row.State == (int)JobPhase.Running && row.Verified == row.Shards && row.Stepped == row.Rounds).Select(row => row.Id).ToListAsync(cancel))
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

    // A round goes on without a shard that nobody gets done, as long as its quorum can be reached.
    private async Task<bool> LeaveOutAsync(ShardRow shard, CancellationToken cancel)
    {
        var left = await database.WriteAsync(async db =>
        {
            var job = await db.Jobs.AsNoTracking().SingleAsync(row => row.Id == shard.JobId, cancel);
            if (job.Rounds == 0)
            {
                return false;
            }

            var round = (await RoundShards.OfAsync(db, job.Id, shard.Round, cancel)).Where(row => row.State != (int)ShardState.Dropped).ToList();
            if (round.Count <= job.Quorum || round.SingleOrDefault(row => row.Id == shard.Id) is not { State: (int)ShardState.Open } open)
            {
                return false;
            }

            await RoundShards.LeaveOutAsync(db, log, job, [open], time.GetUtcNow(), cancel);
            return true;
        }, cancel);
        if (left)
        {
            signals.PulseRound();
        }

        return left;
    }

    // Tells the owners of the nodes that are at work on it.
    private async Task InterruptAsync(NeuroDb db, IQueryable<ShardRow> undone, JobPhase outcome, CancellationToken cancel)
    {
        var leased = await undone.Where(row => row.State == (int)ShardState.Leased).Select(row => new { row.Id, row.JobId, row.Number, row.NodeId }).ToListAsync(cancel);
        var ids = leased.ConvertAll(shard => shard.Id);
        var rivals = await db.Rivals.Where(row => ids.Contains(row.ShardId)).ToListAsync(cancel);
        var why = outcome switch
        {
            JobPhase.Cancelled => "The customer stopped the job.",
            JobPhase.Failed => "The job was given up.",
            _ => "The job was done meanwhile.",
        };
        var now = time.GetUtcNow();
        foreach (var shard in leased)
        {
            NodeMarks.Add(db, shard.NodeId!, now, Interruption.JobEnded, why, shard.JobId, shard.Number);
        }

        foreach (var rival in rivals)
        {
            var shard = leased.Single(one => one.Id == rival.ShardId);
            NodeMarks.Add(db, rival.NodeId, now, Interruption.JobEnded, why, shard.JobId, shard.Number);
        }

        db.Rivals.RemoveRange(rivals);
        await db.SaveChangesAsync(cancel);
    }

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
