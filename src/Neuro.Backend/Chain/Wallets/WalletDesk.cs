using System.Numerics;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Accounts;
using Neuro.Backend.Chain.Withdrawals;
using Neuro.Backend.Ledger;
using Neuro.Backend.Storage;
using Neuro.Chain.Contracts;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Accounts;
using Neuro.Client.Api;
using Neuro.Client.Chain;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Chain.Wallets;

/// <summary>Which wallet belongs to which account: one to one. Its owner signs in with it.</summary>
internal sealed class WalletDesk(Database database, AccountDirectory accounts, KeyDesk keys, Challenges challenges, ChainLink link, TimeProvider time)
{
    private const string SignedIn = "wallet sign-in";
    private const decimal WeiPerEther = 1_000_000_000_000_000_000m;
    private static readonly TimeSpan SessionTime = TimeSpan.FromDays(1);

    public Task<WalletChallenge> ChallengeAsync(Guid account, WalletChallengeRequest request, CancellationToken cancel) =>
        challenges.MakeAsync(request.Address, Linking(account), $"Link this wallet to your Neuro account {account}. Whoever has it can sign in to that account.", cancel);

    public Task<WalletChallenge> ChallengeSessionAsync(WalletChallengeRequest request, CancellationToken cancel) =>
        challenges.MakeAsync(request.Address, "sign in", "Sign in to Neuro.", cancel);

    /// <summary>The account's wallet with what it has; without that while the chain cannot be reached.</summary>
    public async Task<Wallet> GetAsync(Guid account, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        if (await db.Wallets.AsNoTracking().SingleOrDefaultAsync(row => row.AccountId == account, cancel) is not { } row)
        {
            return new(null, null, null, null);
        }

        var (address, token) = (Address.Parse(row.Address), Address.Parse(await db.Chain.Select(chain => chain.Token).SingleAsync(cancel)));
        var wallet = new Wallet(address.ToString(), row.Since, null, null);
        await link.AskAsync(
            async stop =>
            {
                var tokens = await new NtkToken(link.Ethereum, token).BalanceAsync(address, BlockRef.Latest, stop);
                var wei = await link.Ethereum.BalanceAsync(address, BlockRef.Latest, stop);
                wallet = wallet with { Tokens = BaseUnits.ToNtk(tokens).Amount, Eth = wei < new BigInteger(decimal.MaxValue) ? (decimal)wei / WeiPerEther : null };
            },
            cancel);
        return wallet;
    }

    /// <summary>Links the wallet that signed, instead of the one before.</summary>
    /// <exception cref="NeuroException"><c>siwe.…</c>, <c>wallet.taken</c>, <c>wallet.withdrawal_under_way</c></exception>
    public async Task<Wallet> LinkAsync(Guid account, WalletProof proof, CancellationToken cancel)
    {
        var signed = await challenges.VerifyAsync(proof, Linking(account), cancel);
        var address = signed.Address.ToLowerString();
        await database.WriteAsync(
            async db =>
            {
                // The account's row is locked first, as a withdrawal's hold does.
                await db.Accounts.Where(row => row.Id == account).ExecuteUpdateAsync(set => set.SetProperty(row => row.Roles, row => row.Roles), cancel);
                var owner = await db.Wallets.AsNoTracking().Where(row => row.Address == address).Select(row => (Guid?)row.AccountId).SingleOrDefaultAsync(cancel);
                if (owner is { } other && other != account)
                {
                    throw new NeuroException(
                        "wallet.taken", $"The wallet {signed.Address} belongs to another account. Sign in with it, or link another one.") { Status = 409 };
                }

                var before = await db.Wallets.SingleOrDefaultAsync(row => row.AccountId == account, cancel);
                if (before is not null && before.Address != address && await WithdrawalDesk.AnyUnderWayAsync(db, account, cancel))
                {
                    throw new NeuroException(
                        "wallet.withdrawal_under_way", "The wallet cannot be changed while a withdrawal is under way. Wait until it is paid, or cancel it.") { Status = 409 };
                }

                if (before is null)
                {
                    db.Wallets.Add(before = new WalletRow { AccountId = account });
                }

                before.Since = before.Address == address ? before.Since : time.GetUtcNow();
                (before.Address, before.Message, before.Signature) = (address, proof.Message, proof.Signature);
                await db.SaveChangesAsync(cancel);
            },
            cancel);
        return await GetAsync(account, cancel);
    }

    /// <summary>A key for a day, of the account that the wallet belongs to; of a new one if it belongs to none.</summary>
    public async Task<NewApiKey> SignInAsync(WalletProof proof, CancellationToken cancel)
    {
        var signed = await challenges.VerifyAsync(proof, "sign in", cancel);
        var account = await OwnerAsync(signed.Address, cancel) ?? await OpenAsync(signed.Address, proof, cancel);
        var now = time.GetUtcNow();
        await using (var db = database.CreateDbContext())
        {
            // Those of days before would fill the list.
            await db.ApiKeys.Where(row => row.AccountId == account && row.Name == SignedIn && row.Expires <= now).ExecuteDeleteAsync(cancel);
        }

        return await keys.CreateAsync(account, Scopes.All, new ApiKeyRequest(SignedIn, null, now + SessionTime), cancel);
    }

    private static string Linking(Guid account) => $"link {account:N}";

    private async Task<Guid?> OwnerAsync(Address wallet, CancellationToken cancel)
    {
        var address = wallet.ToLowerString();
        await using var db = database.CreateDbContext();
        return await db.Wallets.AsNoTracking().Where(row => row.Address == address).Select(row => (Guid?)row.AccountId).SingleOrDefaultAsync(cancel);
    }

    // Of two who sign in at once with the same new wallet, the first one's account is both's; the other stays empty.
    private async Task<Guid> OpenAsync(Address wallet, WalletProof proof, CancellationToken cancel)
    {
        var (account, address, now) = (Guid.CreateVersion7(time.GetUtcNow()), wallet.ToLowerString(), time.GetUtcNow().ToUnixTimeMilliseconds());
        await accounts.OpenAsync(account, "customer", wallet.ToString(), RoleWords.Of("customer"), cancel);
        await using var db = database.CreateDbContext();
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO chain_wallets (account_id, address, since, message, signature) VALUES ({account}, {address}, {now}, {proof.Message}, {proof.Signature})
            ON CONFLICT (address) DO NOTHING
            """,
            cancel);
        return (await OwnerAsync(wallet, cancel))!.Value;
    }
}
