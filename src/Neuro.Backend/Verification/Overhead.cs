using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Jobs;
using Neuro.Backend.Storage;
using Neuro.Client.Nodes;

namespace Neuro.Backend.Verification;

/// <summary>What checking costs: the work done again over the work that was paid.</summary>
/// <remarks>A copy counts as its whole work, whoever of the two was right.</remarks>
internal sealed class Overhead(Database database, TimeProvider time)
{
    // Every shard is counted for an answer, so not for each who asks.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim counting = new(1);
    private (VerificationReport Report, DateTimeOffset At)? last;

    public async Task<VerificationReport> ReportAsync(CancellationToken cancel)
    {
        await counting.WaitAsync(cancel);
        try
        {
            var now = time.GetUtcNow();
            if (last is not { } known || now - known.At >= Fresh)
            {
                last = known = (await CountAsync(now, cancel), now);
            }

            return known.Report;
        }
        finally
        {
            counting.Release();
        }
    }

    private async Task<VerificationReport> CountAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var yesterday = now - TimeSpan.FromDays(1);
        await using var db = database.CreateDbContext();
        return new(
            Trust.Proving, Trust.Least, Trust.CanaryChance, await TotalAsync(db.Shards, cancel), await TotalAsync(db.Shards.Where(row => row.DeliveredAt > yesterday), cancel),
            await db.Nodes.CountAsync(row => row.BarredAt != null, cancel));
    }

    private static async Task<VerificationTotals> TotalAsync(IQueryable<ShardRow> shards, CancellationToken cancel)
    {
        var paid = shards.Where(row => row.Copy == 0 && row.State == (int)ShardState.Verified);
        var (work, redone) = (await paid.SumAsync(row => row.WorkMilli, cancel), await shards.SumAsync(row => row.RedoneMilli, cancel));
        return new(
            await paid.LongCountAsync(cancel), await paid.LongCountAsync(row => !row.Checked, cancel), await shards.LongCountAsync(row => row.Copy > 0 && row.Outputs != null, cancel),
            new(work), new(redone), work == 0 ? 0 : Math.Round((double)redone / work, 4));
    }
}
