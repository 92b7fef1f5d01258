using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Jobs;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Client.Api;

namespace Neuro.Backend.Verification;

/// <summary>What becomes of a node that delivered something wrong: rejected, or caught.</summary>
/// <remarks>
/// To be caught is one transaction: the node is barred, and what of its work was accepted but not paid is delivered again. All else follows from the rows, so <see cref="FinishAsync"/>
/// may be cut off anywhere and done again: what it has under way is opened, its stake goes to the fees, and <see cref="Recheck"/> looks at what was paid unchecked.
/// </remarks>
internal sealed class Conviction(Database database, NodeRegistry nodes, Stakes stakes, JobCloser closer, Signals signals, TimeProvider time)
{
    /// <summary>Bars a node that was caught; once.</summary>
    /// <param name="by">What it was caught with.</param>
    /// <param name="reason">For everybody: names no customer and no job.</param>
    public async Task ConvictAsync(Delivery by, string reason, CancellationToken cancel)
    {
        var (id, now, why) = (by.Node.Id, time.GetUtcNow(), Words.Clip(reason, 300));
        await database.WriteAsync(async db =>
        {
            if (await BarAsync(db, id, now, why, cancel))
            {
                await db.Nodes.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.ShardsRejected, row => row.ShardsRejected + 1), cancel);
                await MarkAsync(db, id, now, Interruption.Barred, why, by.Shard, cancel);
            }
        }, cancel);
        await nodes.RefreshAsync(id, cancel);
        await FinishAsync(cancel);
    }

    /// <summary>Notes that a delivery was rejected, and gives its shard out again. The third one after another without one that was right is no accident.</summary>
    public async Task RejectAsync(Delivery by, string reason, CancellationToken cancel)
    {
        var (shard, id, now) = (by.Shard, by.Node.Id, time.GetUtcNow());
        var text = Words.Clip($"Attempt {shard.Attempt}: {reason}", 300);
        await database.WriteAsync(async db =>
        {
            // The mark tells that this delivery is counted already, if something came between.
            if (await db.NodeMarks.AnyAsync(mark => mark.NodeId == id && mark.JobId == shard.JobId && mark.Shard == shard.Number && mark.Type == Interruption.Rejected && mark.Text == text, cancel))
            {
                return;
            }

            await MarkAsync(db, id, now, Interruption.Rejected, text, shard, cancel);
            await db.Nodes.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Streak, row => row.Streak > 0 ? -1 : row.Streak - 1), cancel);
            if (by.IsCopy)
            {
                await db.Nodes.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.ShardsRejected, row => row.ShardsRejected + 1), cancel);
            }

            if (await db.Nodes.AnyAsync(row => row.Id == id && row.Streak <= -Trust.MostRejections, cancel)
                && await BarAsync(db, id, now, Words.Clip($"{Trust.MostRejections} deliveries one after another were rejected; the last: {reason}", 300), cancel))
            {
                await MarkAsync(db, id, now, Interruption.Barred, $"{Trust.MostRejections} deliveries one after another were rejected", shard, cancel);
            }
        }, cancel);
        await nodes.RefreshAsync(id, cancel);
        if (by.IsCopy)
        {
            await using var db = database.CreateDbContext();
            await db.Shards.Where(row => row.Id == shard.Id && row.State == (int)ShardState.Delivered).ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)ShardState.Dropped), cancel);
        }
        else
        {
            await closer.ReopenAsync(
                shard.Id, row => row.State == (int)ShardState.Delivered && row.Attempt == shard.Attempt, 1, Interruption.Rejected,
                number => $"Shard {number + 1} of {by.Node.Name} rejected: {reason}", cancel, rejected: id);
        }

        await FinishAsync(cancel);
    }

    /// <summary>Takes from barred nodes what they still have: shards that are under way, and their stakes.</summary>
    public async Task FinishAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        foreach (var node in await db.Nodes.AsNoTracking().Where(row => row.BarredAt != null).ToListAsync(cancel))
        {
            var held = db.Shards.AsNoTracking().Where(row => row.NodeId == node.Id && (row.State == (int)ShardState.Leased || row.State == (int)ShardState.Delivered));
            await db.Shards.Where(row => row.NodeId == node.Id && row.Copy > 0 && row.State < (int)ShardState.Accepted)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)ShardState.Dropped).SetProperty(row => row.LeaseExpires, (DateTimeOffset?)null), cancel);
            foreach (var shard in await held.Where(row => db.Jobs.Any(job => job.Id == row.JobId && job.State == (int)JobPhase.Running)).ToListAsync(cancel))
            {
                await closer.ReopenAsync(
                    shard.Id, row => row.State == shard.State && row.Attempt == shard.Attempt && row.NodeId == node.Id, 0, Interruption.Barred,
                    number => $"Shard {number + 1} is taken from {node.Name}, which was caught: {node.BarredFor}", cancel);
            }

            await stakes.ForfeitAsync(node, cancel);
        }
    }

    /// <summary>Lets a node work again, as a newcomer.</summary>
    /// <exception cref="NeuroException"><c>node.not_found</c>, <c>node.not_barred</c>, <c>node.recheck_running</c></exception>
    public async Task ReadmitAsync(string id, CancellationToken cancel)
    {
        Input.Text(id, "nodeId", 44, 44);
        await FinishAsync(cancel);
        await database.WriteAsync(async db =>
        {
            var node = await db.Nodes.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel) ?? throw NodeRecords.NotFound(id);
            if (node.BarredAt is null)
            {
                throw new NeuroException("node.not_barred", $"Node {node.Name} is not barred; there is nothing to do.") { Status = 409 };
            }

            if (await Recheck.Of(db, node).CountAsync(cancel) is var left and > 0)
            {
                throw new NeuroException("node.recheck_running", $"{left} shards that {node.Name} was paid for unchecked are still to be looked at. Readmit it when that is done.") { Status = 409 };
            }

            await db.Nodes.Where(row => row.Id == id).ExecuteUpdateAsync(
                set => set.SetProperty(row => row.BarredAt, (DateTimeOffset?)null).SetProperty(row => row.BarredFor, (string?)null).SetProperty(row => row.Streak, 0).SetProperty(row => row.StakeNano, 0), cancel);
            NodeMarks.Add(db, id, time.GetUtcNow(), Interruption.Readmitted, "An operator let it work again");
            await db.SaveChangesAsync(cancel);
        }, cancel);
        await nodes.RefreshAsync(id, cancel);
        signals.PulseOpen();
    }

    private static async Task<bool> BarAsync(NeuroDb db, string id, DateTimeOffset now, string reason, CancellationToken cancel)
    {
        if (await db.Nodes.Where(row => row.Id == id && row.BarredAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.BarredAt, now).SetProperty(row => row.BarredFor, reason).SetProperty(row => row.Streak, 0), cancel) == 0)
        {
            return false;
        }

        // Or a new key for each would be all that it costs: the owner's other nodes prove themselves again.
        await db.Nodes.Where(row => row.Streak > 0 && db.Nodes.Any(caught => caught.Id == id && caught.AccountId == row.AccountId)).ExecuteUpdateAsync(set => set.SetProperty(row => row.Streak, 0), cancel);

        // Held first: a payment that is under way comes before this, and is seen, or after it, and finds the shard not accepted.
        var accepted = db.Shards.Where(row => row.NodeId == id && row.State == (int)ShardState.Accepted && db.Jobs.Any(job => job.Id == row.JobId && job.State == (int)JobPhase.Running));
        await accepted.ExecuteUpdateAsync(set => set.SetProperty(row => row.Fraction, row => row.Fraction), cancel);
        foreach (var shard in await accepted.Select(row => row.Id).ToListAsync(cancel))
        {
            if (!await Settlement.IsPaidAsync(db, shard, cancel))
            {
                await db.Shards.Where(row => row.Id == shard).ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)ShardState.Delivered), cancel);
                await db.Promises.Where(row => row.StartShard == shard).ExecuteUpdateAsync(set => set.SetProperty(row => row.StartShard, (Guid?)null), cancel);
            }
        }

        return true;
    }

    private static Task MarkAsync(NeuroDb db, string node, DateTimeOffset now, string type, string text, ShardRow shard, CancellationToken cancel)
    {
        NodeMarks.Add(db, node, now, type, text, shard.JobId, shard.Number);
        return db.SaveChangesAsync(cancel);
    }
}
