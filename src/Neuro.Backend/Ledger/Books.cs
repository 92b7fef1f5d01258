namespace Neuro.Backend.Ledger;

/// <summary>An account's four counters, in the smallest unit of its asset: of NTK that is nano.</summary>
internal readonly record struct AccountState(string Asset, bool MayOverdraw, long DebitsPosted, long DebitsPending, long CreditsPosted, long CreditsPending)
{
    /// <summary>Free to use.</summary>
    public long Available => CreditsPosted - DebitsPosted - DebitsPending;
}

/// <summary>What is left of a hold, nano.</summary>
internal readonly record struct HoldState(Guid Debit, Guid? Credit, long Amount, long Remaining, DateTimeOffset? Deadline);

/// <summary>A transfer as it is kept.</summary>
internal sealed record StoredTransfer(
    Guid Id, TransferKind Kind, Guid Debit, Guid? Credit, long Amount, Guid? HoldId, DateTimeOffset? Deadline, DateTimeOffset At, string Reference);

/// <summary>The part of the ledger that a batch touches, in memory: the rules of money, and no SQL.</summary>
/// <remarks>Each linked group works on a sheet laid over what came before it. A refused group's sheet is thrown away, so a bad transfer fails alone.</remarks>
internal sealed class Books(
    IReadOnlyDictionary<Guid, AccountState> accounts, IReadOnlyDictionary<Guid, HoldState> holds, IReadOnlyDictionary<Guid, StoredTransfer> transfers, Chain head, DateTimeOffset now)
{
    private const int LongestReference = 200;
    private readonly DateTimeOffset now = now;
    private readonly Dictionary<Guid, AccountState> accounts = new(accounts);
    private readonly Dictionary<Guid, HoldState> holds = new(holds);
    private readonly Dictionary<Guid, StoredTransfer> transfers = new(transfers);

    /// <summary>The accounts, holds and transfers that this batch changed or made.</summary>
    public Dictionary<Guid, AccountState> ChangedAccounts { get; } = [];

    public Dictionary<Guid, HoldState> ChangedHolds { get; } = [];

    public List<ChainedTransfer> NewTransfers { get; } = [];

    /// <summary>The end of the chain, with the new transfers.</summary>
    public Chain Head { get; private set; } = head;

    /// <summary>Applies a linked group: all of it, or nothing.</summary>
    public TransferResult[] Apply(IReadOnlyList<TransferRequest> linked)
    {
        var sheet = new Sheet(this);
        var results = new TransferResult[linked.Count];
        var refused = -1;
        for (var i = 0; i < linked.Count && refused < 0; i++)
        {
            results[i] = sheet.Apply(linked[i]);
            refused = results[i].Succeeded ? -1 : i;
        }

        if (refused < 0)
        {
            sheet.Commit();
            return results;
        }

        for (var i = 0; i < results.Length; i++)
        {
            results[i] = i == refused ? results[i] : new(TransferCode.LinkedTransferRefused, default);
        }

        return results;
    }

    private sealed class Sheet(Books books)
    {
        private readonly Dictionary<Guid, AccountState> accounts = [];
        private readonly Dictionary<Guid, HoldState> holds = [];
        private readonly List<StoredTransfer> made = [];

        public TransferResult Apply(TransferRequest request)
        {
            if (request.Id == Guid.Empty)
            {
                return new(TransferCode.IdMustNotBeEmpty, default);
            }

            if (request.Reference.Length > LongestReference)
            {
                return new(TransferCode.ReferenceTooLong, default);
            }

            if ((made.Find(transfer => transfer.Id == request.Id) ?? books.transfers.GetValueOrDefault(request.Id)) is { } before)
            {
                return new(Compare(request, before), new(before.Amount));
            }

            return request.Kind switch
            {
                TransferKind.Transfer or TransferKind.Hold => Move(request),
                TransferKind.Post => Post(request),
                _ => Release(request),
            };
        }

        public void Commit()
        {
            foreach (var (id, state) in accounts)
            {
                books.accounts[id] = books.ChangedAccounts[id] = state;
            }

            foreach (var (id, state) in holds)
            {
                books.holds[id] = books.ChangedHolds[id] = state;
            }

            foreach (var transfer in made)
            {
                books.transfers.Add(transfer.Id, transfer);
                books.Head = books.Head.With(transfer, books.Head.Sequence + 1);
                books.NewTransfers.Add(new(transfer, books.Head));
            }
        }

        private static TransferCode Compare(TransferRequest request, StoredTransfer before)
        {
            var released = request.Kind is TransferKind.Void or TransferKind.Expire;
            return request.Kind != before.Kind ? TransferCode.ExistsWithDifferentKind
                : request.HoldId != before.HoldId ? TransferCode.ExistsWithDifferentHold
                : request.HoldId is null && request.Debit != before.Debit ? TransferCode.ExistsWithDifferentDebitAccount
                : !released && request.Credit != before.Credit ? TransferCode.ExistsWithDifferentCreditAccount
                : !released && request.Amount.Nano != before.Amount ? TransferCode.ExistsWithDifferentAmount
                : request.Deadline?.ToUnixTimeMilliseconds() != before.Deadline?.ToUnixTimeMilliseconds() ? TransferCode.ExistsWithDifferentDeadline
                : request.Reference != before.Reference ? TransferCode.ExistsWithDifferentReference
                : TransferCode.Exists;
        }

        private TransferResult Move(TransferRequest request)
        {
            var amount = request.Amount.Nano;
            var held = request.Kind == TransferKind.Hold;
            if (amount <= 0)
            {
                return new(TransferCode.AmountMustBePositive, default);
            }

            if (request.Debit == request.Credit)
            {
                return new(TransferCode.AccountsMustDiffer, default);
            }

            if (Account(request.Debit) is not { } payer)
            {
                return new(TransferCode.DebitAccountNotFound, default);
            }

            var payee = request.Credit is { } credit ? Account(credit) : null;
            if (payee is null && !(held && request.Credit is null))
            {
                return new(TransferCode.CreditAccountNotFound, default);
            }

            if (payee is { } other && other.Asset != payer.Asset)
            {
                return new(TransferCode.AccountsMustHaveTheSameAsset, default);
            }

            if (request.Deadline <= books.now)
            {
                return new(TransferCode.DeadlineMustLieAhead, default);
            }

            if (!payer.MayOverdraw && amount > payer.Available)
            {
                return new(TransferCode.InsufficientFunds, request.Amount, new(payer.Available));
            }

            if (Overflows(payer.DebitsPosted, payer.DebitsPending, amount) || (payee is { } full && Overflows(full.CreditsPosted, full.CreditsPending, amount)))
            {
                return new(TransferCode.AmountOverflows, default);
            }

            accounts[request.Debit] = held ? payer with { DebitsPending = payer.DebitsPending + amount } : payer with { DebitsPosted = payer.DebitsPosted + amount };
            if (payee is { } paid)
            {
                accounts[request.Credit!.Value] = held ? paid with { CreditsPending = paid.CreditsPending + amount } : paid with { CreditsPosted = paid.CreditsPosted + amount };
            }

            if (held)
            {
                holds[request.Id] = new(request.Debit, request.Credit, amount, amount, request.Deadline);
            }

            return Made(request, request.Debit, request.Credit, amount);
        }

        private TransferResult Post(TransferRequest request)
        {
            var amount = request.Amount.Nano;
            if (amount <= 0)
            {
                return new(TransferCode.AmountMustBePositive, default);
            }

            var (wrong, hold) = OpenHold(request);
            if (wrong is { } code)
            {
                return new(code, default);
            }

            if (hold.Credit is not null && hold.Credit != request.Credit)
            {
                return new(TransferCode.HoldNamesAnotherCreditAccount, default);
            }

            if (Account(request.Credit!.Value) is null)
            {
                return new(TransferCode.CreditAccountNotFound, default);
            }

            if (amount > hold.Remaining)
            {
                return new(TransferCode.AmountExceedsHold, request.Amount, new(hold.Remaining));
            }

            if (Account(request.Credit.Value)!.Value.Asset != Account(hold.Debit)!.Value.Asset)
            {
                return new(TransferCode.AccountsMustHaveTheSameAsset, default);
            }

            // Read one after the other: a customer whose own node did the work is payer and payee at once.
            var payer = Account(hold.Debit)!.Value;
            if (Overflows(Account(request.Credit.Value)!.Value.CreditsPosted, 0, amount))
            {
                return new(TransferCode.AmountOverflows, default);
            }

            accounts[hold.Debit] = payer with { DebitsPending = payer.DebitsPending - amount, DebitsPosted = payer.DebitsPosted + amount };
            var payee = Account(request.Credit.Value)!.Value;
            accounts[request.Credit.Value] = payee with
            {
                CreditsPosted = payee.CreditsPosted + amount,
                CreditsPending = payee.CreditsPending - (hold.Credit is null ? 0 : amount),
            };
            holds[request.HoldId!.Value] = hold with { Remaining = hold.Remaining - amount };
            return Made(request, hold.Debit, request.Credit, amount);
        }

        private TransferResult Release(TransferRequest request)
        {
            var (wrong, hold) = OpenHold(request);
            if (wrong is { } code)
            {
                return new(code, default);
            }

            var payer = Account(hold.Debit)!.Value;
            accounts[hold.Debit] = payer with { DebitsPending = payer.DebitsPending - hold.Remaining };
            if (hold.Credit is { } credit)
            {
                var payee = Account(credit)!.Value;
                accounts[credit] = payee with { CreditsPending = payee.CreditsPending - hold.Remaining };
            }

            holds[request.HoldId!.Value] = hold with { Remaining = 0 };
            return Made(request, hold.Debit, null, hold.Remaining);
        }

        private (TransferCode? Wrong, HoldState Hold) OpenHold(TransferRequest request)
        {
            var id = request.HoldId!.Value;
            if (!holds.TryGetValue(id, out var hold) && !books.holds.TryGetValue(id, out hold))
            {
                return (TransferCode.HoldNotFound, default);
            }

            var expired = hold.Deadline <= books.now;
            return hold.Remaining == 0 ? (TransferCode.HoldClosed, default)
                : request.Kind == TransferKind.Expire && !expired ? (TransferCode.HoldNotExpired, default)
                : request.Kind != TransferKind.Expire && expired ? (TransferCode.HoldExpired, default)
                : (null, hold);
        }

        private TransferResult Made(TransferRequest request, Guid debit, Guid? credit, long amount)
        {
            made.Add(new(request.Id, request.Kind, debit, credit, amount, request.HoldId, request.Deadline, books.now, request.Reference));
            return new(TransferCode.Ok, new(amount));
        }

        private AccountState? Account(Guid id) =>
            accounts.TryGetValue(id, out var changed) ? changed : books.accounts.TryGetValue(id, out var state) ? state : null;

        private static bool Overflows(long posted, long pending, long amount) => posted > long.MaxValue - pending - amount;
    }
}
