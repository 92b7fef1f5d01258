using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Chain.Withdrawals;
using Neuro.Backend.Ledger;
using Neuro.Backend.Storage;
using Neuro.Chain.Contracts;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Chain.Exits;

/// <summary>Follows a vault whose exits are open: withdrawals come back, and what somebody took out there is no longer theirs here.</summary>
/// <remarks>What it knows it reads from the chain's final logs, after each start anew; an exit is booked once, since its transfer is named after its log.</remarks>
internal sealed class ExitDesk(Database database, Ledger.Ledger ledger, Statements statements, WithdrawalDesk withdrawals, ChainLink link)
{
    private long? readUpTo;

    /// <summary>Finds out whether the exits are open, finally. Each replica asks, since each is asked to move money; as long as they are shut that is one question to the chain.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        if (link.Exits is not null || !await link.Vault.IsSilentAsync(BlockRef.Latest, cancel) || await link.Ethereum.BlockAsync(BlockRef.Finalized, cancel) is not { } finalized)
        {
            return;
        }

        await foreach (var (logs, _) in LogsAsync(nameof(VaultEvent.SilenceDeclared), link.Options.FromBlock, finalized.Number, cancel))
        {
            foreach (var log in logs)
            {
                var silence = (VaultEvent.SilenceDeclared)link.Vault.ReadEvent(log)!;
                link.Exits = new(silence.Epoch, BaseUnits.ToNtk(silence.Pool).Amount, log.BlockNumber);
            }
        }
    }

    /// <summary>Books what is final, where they are open.</summary>
    public async Task FollowAsync(Heads heads, CancellationToken cancel)
    {
        await LookAsync(cancel);
        if (link.Exits is not { } exits || exits.Block > heads.Finalized.Number)
        {
            // Up to these heads payments have been read, and not further: one that was made must not come back.
            return;
        }

        await foreach (var (logs, upTo) in LogsAsync(nameof(VaultEvent.Exited), readUpTo + 1 ?? link.Options.FromBlock, heads.Finalized.Number, cancel))
        {
            foreach (var log in logs)
            {
                await BookAsync(log, (VaultEvent.Exited)link.Vault.ReadEvent(log)!, exits.Epoch, cancel);
            }

            readUpTo = upTo;
        }

        await withdrawals.ReturnAllAsync("The vault's exits are open: it pays nothing else any more.", cancel);
    }

    private IAsyncEnumerable<(IReadOnlyList<Log> Logs, long UpTo)> LogsAsync(string what, long from, long upTo, CancellationToken cancel) =>
        link.Ethereum.LogRangesAsync([link.Vault.Address], [[VaultEvent.Topic(what)]], Math.Max(0, from), upTo, cancel);

    private async Task BookAsync(Log log, VaultEvent.Exited exit, long epoch, CancellationToken cancel)
    {
        var (id, salt) = (DerivedId.Of($"exit/{log.BlockHash}/{log.TransactionHash}/{log.LogIndex}"), exit.Salt.ToBytes().ToArray());
        await using var db = database.CreateDbContext();
        if (await db.Transfers.AnyAsync(row => row.Id == id, cancel))
        {
            return;
        }

        var whose = await db.Leaves.AsNoTracking().Where(leaf => leaf.Epoch == epoch && leaf.Salt == salt).Select(leaf => (Guid?)leaf.AccountId).SingleOrDefaultAsync(cancel);
        if (whose is not { } account)
        {
            await StrangeAsync(db, $"The vault paid {exit.Amount} base units of NTK to {exit.Owner} by a statement that is not this ledger's: transaction {log.TransactionHash}.", cancel);
            return;
        }

        // Upwards: of what was begun of a nano nothing is here twice.
        var took = new Ntk((long)((exit.Amount + BaseUnits.PerNano - 1) / BaseUnits.PerNano));
        while (true)
        {
            var has = (await statements.BalanceAsync(account, cancel)).Available;
            var booked = took < has ? took : has;
            if (booked < took)
            {
                await StrangeAsync(db, $"Account {account} took {took} NTK out of the vault by its exit and had {has} NTK left here; the rest was spent here after statement {epoch}.", cancel);
            }

            if (booked == Ntk.Zero)
            {
                return;
            }

            var result = await ledger.SubmitAsync(TransferRequest.Transfer(id, account, SystemAccounts.Chain, booked, $"Exit {log.TransactionHash}"), cancel);
            if (result.Code != TransferCode.InsufficientFunds)
            {
                result.ThrowIfRefused("an exit");
                return;
            }
        }
    }

    private static Task StrangeAsync(NeuroDb db, string sentence, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"UPDATE chain SET strange = {sentence} WHERE id = 1", cancel);
}
