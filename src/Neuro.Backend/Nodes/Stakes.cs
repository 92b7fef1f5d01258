using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Jobs;
using Neuro.Backend.Ledger;
using Neuro.Backend.Storage;
using Neuro.Backend.Verification;
using Neuro.Client.Api;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Nodes;

/// <summary>What nodes have to lose: nothing up front, but a part of the pay of those that are trusted, until twenty times the pay of their dearest shard is there.</summary>
internal sealed class Stakes(Database database, Ledger.Ledger ledger, NodeRegistry nodes, TimeProvider time)
{
    /// <summary>So long after its delivery a shard that was taken on trust may still be found wrong.</summary>
    public static readonly TimeSpan Liable = TimeSpan.FromDays(7);
    private const int Shards = 20;
    private const int Part = 5;
    private readonly ConcurrentDictionary<string, bool> opened = new(StringComparer.Ordinal);

    /// <summary>What a node's stake grows to at least once it has been paid so much for a shard, nano.</summary>
    public static long Target(long payNano) => checked(payNano * Shards);

    /// <summary>What of a shard's pay goes to the stake; its account is there then.</summary>
    public async Task<Ntk> ShareAsync(NodeRow node, Ntk pay, CancellationToken cancel)
    {
        if (node.Streak < Trust.Proving || node.BarredAt is not null)
        {
            return Ntk.Zero;
        }

        var account = SystemAccounts.StakeOf(node.Id);
        if (!opened.ContainsKey(node.Id))
        {
            await ledger.OpenAccountAsync(account, "stake", Words.Clip($"stake of {node.Name}", 100), cancel);
            opened[node.Id] = true;
        }

        await using var db = database.CreateDbContext();
        return new(Math.Clamp(Math.Max(node.StakeNano, Target(pay.Nano)) - await BalanceAsync(db, node.Id, cancel), 0, pay.Nano / Part));
    }

    /// <summary>What a node has at stake, nano.</summary>
    public static async Task<long> BalanceAsync(NeuroDb db, string node, CancellationToken cancel)
    {
        var account = SystemAccounts.StakeOf(node);
        return await db.Accounts.Where(row => row.Id == account).Select(row => row.CreditsPosted - row.DebitsPosted - row.DebitsPending).SingleOrDefaultAsync(cancel);
    }

    /// <summary>Takes the stake of a node that was caught; doing it again takes nothing more.</summary>
    public async Task ForfeitAsync(NodeRow node, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        if (node.BarredAt is { } since && await BalanceAsync(db, node.Id, cancel) is var left and > 0)
        {
            // Named by what is left as well: a payment that was under way may have come in after the first.
            var id = DerivedId.Of($"forfeit/{node.Id}/{since.ToUnixTimeMilliseconds()}/{left}");
            (await ledger.SubmitAsync(TransferRequest.Transfer(id, SystemAccounts.StakeOf(node.Id), SystemAccounts.Fees, new(left), Words.Clip($"Stake of {node.Name}, which was caught: {node.BarredFor}", 190)), cancel))
                .ThrowIfRefused("the forfeit of a stake");
        }
    }

    /// <summary>Gives the stake back to the owner. The node is a newcomer again, and away until it is heard of.</summary>
    /// <exception cref="NeuroException"><c>node.not_found</c>, <c>node.barred</c>, <c>stake.not_free</c>, <c>stake.exists_with_different_node</c></exception>
    public async Task<ReleasedStake> ReleaseAsync(Guid account, StakeRelease release, CancellationToken cancel)
    {
        Input.Id(release.Id, "id");
        Input.Text(release.NodeId, "nodeId", 44, 44);
        await using var db = database.CreateDbContext();
        if (await ReleasedAsync(db, account, release, cancel) is { } before)
        {
            return before;
        }

        var node = await db.Nodes.AsNoTracking().SingleOrDefaultAsync(row => row.Id == release.NodeId && row.AccountId == account, cancel)
            ?? throw new NeuroException("node.not_found", $"You have no node {release.NodeId}. List the nodes and give the id of one of yours.") { Status = 404 };
        (await nodes.GetAsync(node.Id, cancel)).ThrowIfBarred();
        var since = time.GetUtcNow() - Liable;
        if (await db.Shards.CountAsync(row => row.NodeId == node.Id && ((row.State > (int)ShardState.Open && row.State < (int)ShardState.Verified)
            || (row.State == (int)ShardState.Verified && !row.Checked && row.DeliveredAt > since)), cancel) is var open and > 0)
        {
            throw new NeuroException(
                "stake.not_free", $"{open} shards of {node.Name} are under way, or were paid unchecked in the last {Liable.TotalDays:0} days. Stop the node and ask for its stake {Liable.TotalDays:0} days after its last shard.")
            { Status = 409 };
        }

        var amount = new Ntk(await BalanceAsync(db, node.Id, cancel));
        if (amount == Ntk.Zero)
        {
            // Or the same request, sent twice at once, has just been done.
            return await ReleasedAsync(db, account, release, cancel) ?? new(node.Id, Ntk.Zero);
        }

        // From the moment that it has nothing to lose, everything that it delivers is checked.
        var moved = await ledger.SubmitAsync(
            [TransferRequest.Transfer(TransferOf(release), SystemAccounts.StakeOf(node.Id), account, amount, Words.Clip($"Stake of {node.Name} released", 190))],
            [$"UPDATE nodes SET streak = 0, stake_nano = 0 WHERE id = {node.Id} AND barred_at IS NULL"], cancel);
        moved.ThrowIfRefused("the release of the stake");
        await nodes.RefreshAsync(node.Id, cancel);
        nodes.Leave(node.Id);
        return new(node.Id, amount);
    }

    private static Guid TransferOf(StakeRelease release) => DerivedId.Of("stake-release", release.Id);

    private static async Task<ReleasedStake?> ReleasedAsync(NeuroDb db, Guid account, StakeRelease release, CancellationToken cancel)
    {
        var (transfer, stake) = (TransferOf(release), SystemAccounts.StakeOf(release.NodeId));
        return await db.Transfers.AsNoTracking().SingleOrDefaultAsync(row => row.Id == transfer, cancel) switch
        {
            null => null,
            var before when before.DebitAccount == stake && before.CreditAccount == account => new(release.NodeId, new(before.Amount)),
            _ => throw new NeuroException("stake.exists_with_different_node", $"The id {release.Id} was used before for the stake of another node. Use a new id for a new release.") { Status = 409 },
        };
    }
}
