using System.Numerics;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Chain.Withdrawals;
using Neuro.Backend.Ledger;
using Neuro.Backend.Storage;
using Neuro.Chain.Contracts;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Chain;

/// <summary>Sees to it that what the ledger owes lies in the vault.</summary>
/// <remarks>
/// The ledger's account <c>chain</c> has the NTK that are outside. So at every moment: supply − burnt − chain = what all other accounts have = what the ledger owes,
/// and the vault holds at least that, but for withdrawals that it has paid and the ledger has yet to book.
/// </remarks>
internal sealed class Backing(Database database, Ledger.Ledger ledger, ChainLink link)
{
    /// <summary>Connects the ledger to the vault at the first start, and compares both at each one.</summary>
    /// <exception cref="NeuroException">
    /// <c>chain.not_backed</c>, <c>chain.other_vault</c>, <c>chain.wrong_chain</c>, <c>chain.no_contract</c>; at the first start <c>chain.unreachable</c>, too.
    /// </exception>
    public async Task OpenAsync(CancellationToken cancel)
    {
        await ledger.OpenAccountAsync(SystemAccounts.Chain, "chain", "chain", cancel);
        await ledger.OpenAccountAsync(SystemAccounts.Dust, "dust", "dust", cancel);
        await ledger.OpenAccountAsync(SystemAccounts.Unclaimed, "unclaimed", "unclaimed", cancel);
        if (await RowAsync(cancel) is not { } row)
        {
            await ConnectAsync(cancel);
            return;
        }

        var (vault, before) = (link.Vault.Address.ToLowerString(), row.Vault);
        if (vault != before)
        {
            throw new NeuroException(
                "chain.other_vault", $"This ledger is connected to the vault {before}; {vault} was named. Its deposits and withdrawals are there: name that one.");
        }

        // Everything but the chain goes on without it.
        link.Problem = await link.AskAsync(async stop =>
        {
            await CheckChainAsync(row, stop);
            await CompareAsync(row, stop);
        }, cancel);
    }

    /// <summary>That the endpoints are of the chain that the ledger is connected to; a node is asked once.</summary>
    public async Task CheckChainAsync(ChainRow row, CancellationToken cancel)
    {
        var chainId = await link.Ethereum.ChainIdAsync(cancel);
        if (chainId != row.ChainId)
        {
            throw new NeuroException(
                "chain.wrong_chain",
                $"This ledger is connected to a vault on chain {row.ChainId}; the endpoints are of chain {chainId}. Name endpoints of chain {row.ChainId}.");
        }
    }

    public async Task<ChainRow?> RowAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await db.Chain.AsNoTracking().SingleOrDefaultAsync(cancel);
    }

    /// <summary>What the ledger owes, and how much of it the house has itself.</summary>
    public async Task<(Ntk Owed, Ntk House)> OwedAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var kinds = await db.Accounts.Where(row => row.Asset == SystemAccounts.Ntk).GroupBy(row => row.Kind)
            .Select(kind => new { kind.Key, Nano = kind.Sum(row => row.CreditsPosted - row.DebitsPosted) })
            .ToDictionaryAsync(kind => kind.Key, kind => kind.Nano, cancel);
        return (new(kinds.Where(kind => kind.Key is not ("issuance" or "chain")).Sum(kind => kind.Value)), new(kinds.GetValueOrDefault("treasury")));
    }

    /// <summary>Tokens in the vault, base units.</summary>
    public async Task<BigInteger> InVaultAsync(ChainRow row, BlockRef at, CancellationToken cancel) =>
        await new NtkToken(link.Ethereum, Address.Parse(row.Token)).BalanceAsync(link.Vault.Address, at, cancel);

    /// <summary>Tokens in the vault, base units, and a sentence that says that it holds less than is owed; null when it holds enough.</summary>
    public async Task<(BigInteger InVault, string? Shortage)> LookAsync(ChainRow row, CancellationToken cancel)
    {
        // In this order: what is booked between the questions makes the difference smaller, not larger.
        var (owed, _, underWay) = await OwedNowAsync(cancel);
        var inVault = await InVaultAsync(row, BlockRef.Latest, cancel);
        var sentence = $"The ledger owes {owed} NTK; the vault holds {BaseUnits.ToNtk(inVault).Amount} NTK, and {underWay} NTK are on their way out of it. "
            + "Tokens have left the vault that the ledger knows nothing of.";
        return (inVault, BaseUnits.Of(owed) > inVault + BaseUnits.Of(underWay) ? sentence : null);
    }

    private async Task CompareAsync(ChainRow row, CancellationToken cancel)
    {
        var (owed, house, underWay) = await OwedNowAsync(cancel);
        var inVault = await InVaultAsync(row, BlockRef.Latest, cancel);
        if (BaseUnits.Of(owed - house) > inVault + BaseUnits.Of(underWay))
        {
            throw NotBacked(owed - house, inVault);
        }
    }

    // What may have left the vault and is not booked yet was still owed a moment ago.
    private async Task<(Ntk Owed, Ntk House, Ntk UnderWay)> OwedNowAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var underWay = await db.Withdrawals.Where(row => row.State == (int)WithdrawalState.Batched || row.State == (int)WithdrawalState.Queued)
            .SumAsync(row => row.AmountNano, cancel);
        var (owed, house) = await OwedAsync(cancel);
        return (owed, house, new(underWay));
    }

    // What the vault does not hold is outside. Deposits are not counted: each will be credited to somebody, and comes out of what is outside then.
    private async Task ConnectAsync(CancellationToken cancel)
    {
        var chainId = await link.Ethereum.ChainIdAsync(cancel);
        var token = await link.Vault.TokenAsync(BlockRef.Latest, cancel);
        var finalized = await link.Ethereum.BlockAsync(BlockRef.Finalized, cancel)
            ?? throw new NeuroException("chain.bad_answer", "The node knows no finalized block. Wait until it is in step with its chain, or connect to another one.");
        var free = await FreeAsync(token, finalized.Number, cancel);
        var (owed, house) = await OwedAsync(cancel);
        var backed = new Ntk((long)BigInteger.Min(BigInteger.Max(free, 0) / BaseUnits.PerNano, owed.Nano));
        var outside = owed - backed;
        if (free.Sign < 0 || outside > house)
        {
            throw NotBacked(owed - house, free);
        }

        var (vault, named, cursor) = (link.Vault.Address.ToLowerString(), token.ToLowerString(), link.Options.FromBlock - 1);
        FormattableString row = $"""
            INSERT INTO chain (id, chain_id, vault, token, cursor, final, final_hash, dust)
            VALUES (1, {chainId}, {vault}, {named}, {cursor}, 0, '', 0) ON CONFLICT (id) DO NOTHING
            """;
        if (outside == Ntk.Zero)
        {
            await database.CommitAsync(transaction => transaction.ExecuteAsync(row), cancel);
            return;
        }

        var transfer = TransferRequest.Transfer(DerivedId.Of($"chain/{vault}"), SystemAccounts.Treasury, SystemAccounts.Chain, outside, $"Outside the vault {vault}");
        var result = await ledger.SubmitAsync([transfer], [row], cancel);
        if (await RowAsync(cancel) is null)
        {
            // If it is there, another replica was quicker.
            result.ThrowIfRefused("what is outside the vault");
        }
    }

    // Tokens that were sent to the vault and are no deposit, as of what is final. From logs: of a state that is some minutes old many nodes know nothing.
    private async Task<BigInteger> FreeAsync(Address token, long finalized, CancellationToken cancel)
    {
        var (contract, vault) = (new NtkToken(link.Ethereum, token), Padded(link.Vault.Address));
        var deposits = VaultEvent.Topic(nameof(VaultEvent.Deposited));
        var deposited = await SumAsync(link.Vault.Address, [[deposits]], log => ((VaultEvent.Deposited)link.Vault.ReadEvent(log)!).Amount);
        var came = await SumAsync(token, [[NtkToken.TransferTopic], [], [vault]], log => contract.ReadTransfer(log).Amount);
        var went = await SumAsync(token, [[NtkToken.TransferTopic], [vault]], log => contract.ReadTransfer(log).Amount);
        return came - went - deposited;

        async Task<BigInteger> SumAsync(Address address, IReadOnlyList<IReadOnlyList<Hash32>> topics, Func<Log, BigInteger> amount)
        {
            var sum = BigInteger.Zero;
            await foreach (var (logs, _) in link.Ethereum.LogRangesAsync([address], topics, Math.Max(0, link.Options.FromBlock), finalized, cancel))
            {
                sum = logs.Aggregate(sum, (before, log) => before + amount(log));
            }

            return sum;
        }
    }

    private static Hash32 Padded(Address address) => new([.. new byte[Hash32.Length - Address.Length], .. address.ToBytes()]);

    private static NeuroException NotBacked(Ntk owed, BigInteger held)
    {
        var inVault = new Ntk((long)(BigInteger.Max(held, 0) / BaseUnits.PerNano));
        var sentence = $"The ledger owes customers {owed} NTK; the vault holds {inVault} NTK for them. "
            + $"Send {owed - inVault} NTK to the vault, wait until that is final, and start again.";
        return new("chain.not_backed", sentence) { Status = 503 };
    }
}
