using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Ledger;
using Neuro.Backend.Storage;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Neuro.Client.Chain;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Chain.Withdrawals;

/// <summary>Takes withdrawals, shows them, and books their ends.</summary>
/// <remarks>A withdrawal's hold is made along with its row, and posted or voided along with its end: what is held is what the chain has not finally decided.</remarks>
internal sealed class WithdrawalDesk(Database database, Ledger.Ledger ledger, ChainLink link, TimeProvider time)
{
    private const int MostListed = 1000;
    private const int BookedAtOnce = 64;

    /// <summary>Sets NTK aside for a wallet.</summary>
    /// <exception cref="NeuroException"><c>withdrawal.bad_address</c>, <c>withdrawal.exists</c>, <c>ledger.insufficient_funds</c></exception>
    public async Task<Withdrawal> RequestAsync(Guid account, WithdrawalRequest request, CancellationToken cancel)
    {
        Input.Id(request.Id, "id");
        Input.Range(request.Amount.Nano, "amount in nano NTK", 1, Ntk.Supply.Nano);
        var to = await AddressAsync(Input.NotNull(request.To, "to"), cancel);
        if (await FindAsync(request.Id, cancel) is { } before)
        {
            return await AgainAsync(before, account, to, request, cancel);
        }

        if (link.Exits is { } exits)
        {
            throw exits.Refusal;
        }

        var (now, id, recipient, nano) = (time.GetUtcNow().ToUnixTimeMilliseconds(), request.Id, to.ToLowerString(), request.Amount.Nano);
        var hold = TransferRequest.Hold(HoldOf(id), account, SystemAccounts.Chain, request.Amount, null, $"Withdrawal to {to}");
        var result = await ledger.SubmitAsync(
            [hold],
            [$"""
            INSERT INTO chain_withdrawals (id, account_id, recipient, amount_nano, state, position, outcome, at)
            VALUES ({id}, {account}, {recipient}, {nano}, {(int)WithdrawalState.Held}, 0, 0, {now})
            """],
            cancel);
        var row = await FindAsync(id, cancel);
        if (row is null)
        {
            result.ThrowIfRefused("the withdrawal");
            throw new NeuroException("withdrawal.exists", $"The id {id} was used for something else. Use a new id for a new withdrawal.") { Status = 409 };
        }

        // Somebody may have been quicker with the same id.
        return await AgainAsync(row, account, to, request, cancel);
    }

    /// <summary>Gives back one that is only held; one that was given back stays so.</summary>
    /// <exception cref="NeuroException"><c>withdrawal.not_found</c>, <c>withdrawal.under_way</c></exception>
    public async Task<Withdrawal> CancelAsync(Guid account, Guid id, CancellationToken cancel)
    {
        var row = await MineAsync(account, id, cancel);
        if (row.State == (int)WithdrawalState.Held)
        {
            await ReturnAsync(id, "You cancelled it.", cancel);
            row = await MineAsync(account, id, cancel);
        }

        return row.State == (int)WithdrawalState.Returned
            ? await ShowAsync(row, cancel)
            : throw new NeuroException("withdrawal.under_way",
                $"Withdrawal {id} can no longer be cancelled: it is {(row.State == (int)WithdrawalState.Paid ? "paid" : "in a batch")}.") { Status = 409 };
    }

    public async Task<Withdrawal> GetAsync(Guid account, Guid id, CancellationToken cancel) => await ShowAsync(await MineAsync(account, id, cancel), cancel);

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<Withdrawal>> ListAsync(Guid account, int skip, int limit, CancellationToken cancel)
    {
        Input.Range(skip, "skip", 0, int.MaxValue);
        Input.Range(limit, "limit", 1, MostListed);
        await using var db = database.CreateDbContext();
        var rows = await db.Withdrawals.AsNoTracking().Where(row => row.AccountId == account).OrderByDescending(row => row.At).ThenByDescending(row => row.Id)
            .Skip(skip).Take(limit).ToListAsync(cancel);
        var batches = rows.Select(row => row.BatchId).OfType<Guid>().Distinct().ToList();
        var outbox = await db.Outbox.AsNoTracking().Where(row => batches.Contains(row.Id)).Select(row => new { row.Id, row.State, row.TransactionHash, row.Reason })
            .ToDictionaryAsync(row => row.Id, cancel);
        var sent = await db.Sent.AsNoTracking().Where(row => batches.Contains(row.OutboxId)).GroupBy(row => row.OutboxId)
            .Select(versions => versions.OrderByDescending(row => row.Version).Select(row => new { row.OutboxId, row.Hash }).First())
                .ToDictionaryAsync(row => row.OutboxId, row => row.Hash, cancel);
        return rows.ConvertAll(row => Show(
            row, row.BatchId is { } batch && outbox.TryGetValue(batch, out var item) ? item.TransactionHash ?? sent.GetValueOrDefault(batch)
                : null, row.BatchId is { } waiting ? outbox.GetValueOrDefault(waiting)?.Reason : null));
    }

    /// <summary>Whether an account has one that is not at its end.</summary>
    public static Task<bool> AnyUnderWayAsync(NeuroDb db, Guid account, CancellationToken cancel) =>
        db.Withdrawals.AnyAsync(row => row.AccountId == account && row.State != (int)WithdrawalState.Paid && row.State != (int)WithdrawalState.Returned, cancel);

    /// <summary>Posts the holds of what the vault finally paid, and voids those of what it finally refused.</summary>
    public async Task BookAsync(CancellationToken cancel)
    {
        while (true)
        {
            await using var db = database.CreateDbContext();
            var ends = await db.Withdrawals.AsNoTracking()
                .Where(row => row.Outcome != 0 && (row.State == (int)WithdrawalState.Batched || row.State == (int)WithdrawalState.Queued)).OrderBy(row => row.At)
                    .ThenBy(row => row.Id).Take(BookedAtOnce).ToListAsync(cancel);
            if (ends.Count == 0)
            {
                return;
            }

            var booked = await Task.WhenAll(ends.Select(row => BookAsync(row, cancel)));
            Array.ForEach(booked, result => result.ThrowIfRefused("the end of a withdrawal"));
        }
    }

    /// <summary>Gives back all that are not at their end: the vault will pay none of them.</summary>
    public async Task ReturnAllAsync(string reason, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        foreach (var id in await db.Withdrawals.Where(row => row.State == (int)WithdrawalState.Held).Select(row => row.Id).ToListAsync(cancel))
        {
            await ReturnAsync(id, reason, cancel);
        }

        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE chain_withdrawals SET outcome = {(int)Outcome.Refused}, reason = {reason}
            WHERE outcome = 0 AND state IN ({(int)WithdrawalState.Batched}, {(int)WithdrawalState.Queued})
            """,
            cancel);
        await BookAsync(cancel);
    }

    private async Task ReturnAsync(Guid id, string reason, CancellationToken cancel)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        try
        {
            await ledger.SubmitAsync(
                [TransferRequest.Void(DerivedId.Of("withdrawal/cancelled", id), HoldOf(id), "Withdrawal cancelled")],
                [$"""
                UPDATE chain_withdrawals SET state = {(int)WithdrawalState.Returned}, reason = {reason}, ended_at = {now}
                WHERE id = {id} AND state = {(int)WithdrawalState.Held}
                """],
                cancel);
        }
        catch (NeuroException refused) when (refused.InnerException is InvalidOperationException)
        {
            // It went into a batch meanwhile, and nothing was done.
        }
    }

    public static Guid HoldOf(Guid withdrawal) => DerivedId.Of("withdrawal/held", withdrawal);

    private Task<TransferResult[]> BookAsync(WithdrawalRow row, CancellationToken cancel)
    {
        var (paid, now) = (row.Outcome == (int)Outcome.Paid, time.GetUtcNow().ToUnixTimeMilliseconds());
        var transfer = paid
            ? TransferRequest.Post(DerivedId.Of("withdrawal/paid", row.Id), HoldOf(row.Id), SystemAccounts.Chain, new(row.AmountNano),
                $"Withdrawal {row.TransactionHash}")
            : TransferRequest.Void(DerivedId.Of("withdrawal/returned", row.Id), HoldOf(row.Id), $"Withdrawal {row.TransactionHash}");
        var state = (int)(paid ? WithdrawalState.Paid : WithdrawalState.Returned);
        return ledger.SubmitAsync([transfer],
            [$"UPDATE chain_withdrawals SET state = {state}, ended_at = {now} WHERE id = {row.Id} AND outcome = {row.Outcome} AND state = {row.State}"], cancel);
    }

    private async Task<Address> AddressAsync(string text, CancellationToken cancel)
    {
        Address to;
        try
        {
            to = Address.Parse(text);
        }
        catch (FormatException wrong)
        {
            throw new NeuroException("withdrawal.bad_address", wrong.Message, wrong);
        }

        await using var db = database.CreateDbContext();
        var token = await db.Chain.Select(row => row.Token).SingleAsync(cancel);
        var what = to == Address.Zero ? "the zero address" : to == link.Vault.Address ? "the vault" : to.ToLowerString() == token ? "the contract NTK" : null;
        return what is null ? to : throw new NeuroException("withdrawal.bad_address", $"{to} is {what}; NTK that are sent there are lost. Name your wallet.");
    }

    private async Task<Withdrawal> AgainAsync(WithdrawalRow before, Guid account, Address to, WithdrawalRequest request, CancellationToken cancel) =>
        before.AccountId == account && before.Recipient == to.ToLowerString() && before.AmountNano == request.Amount.Nano
            ? await ShowAsync(before, cancel)
            : throw new NeuroException("withdrawal.exists",
                $"Withdrawal {request.Id} was made before{(before.AccountId == account ? $": {new Ntk(before.AmountNano)} NTK to {Address.Parse(before.Recipient)}" : "")}. "
                + "Use a new id for a new withdrawal.") { Status = 409 };

    private async Task<WithdrawalRow?> FindAsync(Guid id, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await db.Withdrawals.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel);
    }

    private async Task<WithdrawalRow> MineAsync(Guid account, Guid id, CancellationToken cancel) => await FindAsync(id, cancel) is { } row && row.AccountId == account
        ? row
        : throw new NeuroException("withdrawal.not_found", $"You have no withdrawal {id}. Check the id, or list your withdrawals.") { Status = 404 };

    private async Task<Withdrawal> ShowAsync(WithdrawalRow row, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var batch = row.BatchId;
        var sent = await db.Sent.AsNoTracking().Where(version => version.OutboxId == batch).OrderByDescending(version => version.Version)
            .Select(version => version.Hash).FirstOrDefaultAsync(cancel);
        var item = await db.Outbox.AsNoTracking().Where(item => item.Id == batch).Select(item => new { item.TransactionHash, item.Reason }).SingleOrDefaultAsync(cancel);
        return Show(row, item?.TransactionHash ?? sent, item?.Reason);
    }

    private static Withdrawal Show(WithdrawalRow row, string? transaction, string? waits)
    {
        var state = (WithdrawalState)row.State;
        var status = state == WithdrawalState.Batched && transaction is not null ? "sent" : state.ToString().ToLowerInvariant();
        return new(row.Id, Address.Parse(row.Recipient).ToString(), new(row.AmountNano), status, row.TransactionHash ?? transaction, row.ReleaseAt, row.At, row.Reason
            ?? (state == WithdrawalState.Batched ? waits : null));
    }
}
