using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Accounts;
using Neuro.Backend.Ledger;
using Neuro.Backend.Storage;
using Neuro.Chain.Contracts;
using Neuro.Chain.Liabilities;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Neuro.Client.Tokens;
using Statement = Neuro.Client.Chain.Liabilities;

namespace Neuro.Backend.Chain.Liabilities;

/// <summary>States what the platform owes to each account, has the root of it published, and proves each balance.</summary>
/// <remarks>All balances are read in one statement of SQL, which both engines answer as of one moment. Holds count as their owner's.</remarks>
internal sealed class Epochs(Database database, ChainLink link, PlatformKeys keys, TimeProvider time)
{
    private const int Kept = 30;
    private (long Epoch, SumTree Tree)? newest;

    /// <summary>Makes a statement when the last one is old enough.</summary>
    public async Task MakeIfDueAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        if (await db.Epochs.MaxAsync(row => (DateTimeOffset?)row.At, cancel) is not { } last || last + link.Options.EpochInterval <= time.GetUtcNow())
        {
            await MakeAsync(cancel);
        }
    }

    /// <summary>Makes a statement now; its root goes to the outbox with it.</summary>
    /// <returns>Null when nothing is owed to anybody.</returns>
    /// <exception cref="NeuroException"><c>chain.unreachable</c></exception>
    public async Task<Statement?> MakeAsync(CancellationToken cancel)
    {
        var published = await PublishedAsync(cancel);
        var (balances, epoch) = await ReadAsync(published, cancel);
        if (balances.Count == 0)
        {
            return null;
        }

        // In the order of the salts, which says nothing about whose is where.
        var leaves = balances.ConvertAll(balance => new LeafRow
        {
            Epoch = epoch, AccountId = balance.Account, Owner = balance.Owner ?? Address.Zero.ToLowerString(),
            AmountNano = balance.Nano, Salt = Salt(balance.Account, epoch),
        });
        leaves.Sort((a, b) => a.Salt.AsSpan().SequenceCompareTo(b.Salt));
        for (var i = 0; i < leaves.Count; i++)
        {
            leaves[i].Number = i;
        }

        var tree = Tree(leaves);
        var (now, sum) = (time.GetUtcNow(), leaves.Sum(leaf => leaf.AmountNano));
        var row = new EpochRow { Epoch = epoch, Root = tree.Root.ToString(), SumNano = sum, Accounts = leaves.Count, At = now, OutboxId = Guid.CreateVersion7(now) };
        var data = NtkVault.PublishRoot(epoch, tree.Root, tree.Sum);
        await database.WriteAsync(
            async db =>
            {
                db.Outbox.Add(new OutboxRow { Id = row.OutboxId, Kind = OutboxKind.Root, Data = data, State = (int)OutboxState.Made, CreatedAt = now });
                db.Epochs.Add(row);
                db.Leaves.AddRange(leaves);
                await db.SaveChangesAsync(cancel);
                var old = epoch - Kept;
                await db.Leaves.Where(leaf => leaf.Epoch <= old).ExecuteDeleteAsync(cancel);
            },
            cancel);
        newest = (epoch, tree);
        return new(epoch, row.Root, new(row.SumNano), null, row.At, row.Accounts);
    }

    /// <summary>The newest statement.</summary>
    /// <exception cref="NeuroException"><c>liabilities.none</c></exception>
    public async Task<Statement> NewestAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var row = await db.Epochs.AsNoTracking().OrderByDescending(row => row.Epoch).FirstOrDefaultAsync(cancel) ?? throw None();
        var item = await db.Outbox.AsNoTracking().Where(item => item.Id == row.OutboxId).Select(item => item.TransactionHash).SingleOrDefaultAsync(cancel);
        var sent = item ?? await db.Sent.AsNoTracking().Where(version => version.OutboxId == row.OutboxId).OrderByDescending(version => version.Version)
            .Select(version => version.Hash).FirstOrDefaultAsync(cancel);
        return new(row.Epoch, row.Root, new(row.SumNano), sent, row.At, row.Accounts);
    }

    /// <summary>The proof of an account's balance, as <see cref="LiabilityProof"/> reads it.</summary>
    /// <param name="epoch">Null for the newest.</param>
    /// <exception cref="NeuroException"><c>liabilities.none</c>, <c>liabilities.not_in_it</c></exception>
    public async Task<string> ProofAsync(Guid account, long? epoch, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var asked = epoch ?? await db.Epochs.MaxAsync(row => (long?)row.Epoch, cancel) ?? throw None();
        var mine = await db.Leaves.AsNoTracking().SingleOrDefaultAsync(leaf => leaf.Epoch == asked && leaf.AccountId == account, cancel)
            ?? throw new NeuroException(
                "liabilities.not_in_it", $"Statement {asked} has no balance of yours: you had none then, or it is not one of the last {Kept}.") { Status = 404 };
        var known = newest;
        if (known?.Epoch != asked)
        {
            known = newest = (asked, Tree(await db.Leaves.AsNoTracking().Where(leaf => leaf.Epoch == asked).OrderBy(leaf => leaf.Number).ToListAsync(cancel)));
        }

        return known.Value.Tree.Proof(mine.Number, asked);
    }

    private static SumTree Tree(List<LeafRow> leaves) =>
        SumTree.Build(leaves.ConvertAll(leaf => new Liability(Address.Parse(leaf.Owner), BaseUnits.Of(new(leaf.AmountNano)), new(leaf.Salt))));

    // Others cannot guess it, so a neighbour in the tree cannot try amounts.
    private byte[] Salt(Guid account, long epoch) => keys.Mac(Encoding.UTF8.GetBytes($"neuro liability\n{account:N}\n{epoch}"));

    private async Task<long> PublishedAsync(CancellationToken cancel) => await link.Vault.NewestRootAsync(BlockRef.Latest, cancel) is { } root ? root.Epoch : 0;

    private async Task<(List<(Guid Account, string? Owner, long Nano)> Balances, long Epoch)> ReadAsync(long published, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var epoch = Math.Max(published, await db.Epochs.MaxAsync(row => (long?)row.Epoch, cancel) ?? 0) + 1;
        var balances = await (from account in db.Accounts
                              where account.Asset == SystemAccounts.Ntk && account.Kind != "issuance" && account.Kind != "chain"
                                  && account.CreditsPosted > account.DebitsPosted
                              join wallet in db.Wallets on account.Id equals wallet.AccountId into wallets
                              from wallet in wallets.DefaultIfEmpty()
                              select new { account.Id, Owner = (string?)wallet.Address, Nano = account.CreditsPosted - account.DebitsPosted }).ToListAsync(cancel);
        return (balances.ConvertAll(row => (row.Id, (string?)row.Owner, row.Nano)), epoch);
    }

    private static NeuroException None() => new("liabilities.none", "The platform has not stated yet what it owes. Ask again after the first epoch.") { Status = 404 };
}
