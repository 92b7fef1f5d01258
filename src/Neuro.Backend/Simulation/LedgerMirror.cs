using Neuro.Backend.Ledger;

namespace Neuro.Backend.Simulation;

/// <summary>The ledger as it should be: plain dictionaries, and the rules written down a second time.</summary>
internal sealed class LedgerMirror(Clock clock)
{
    private readonly Dictionary<Guid, TransferRequest> done = [];
    private readonly Stack<Action> undo = [];

    public sealed class Account
    {
        public required string Asset { get; init; }

        /// <summary>An issuance: what was issued is its debt.</summary>
        public required bool MayOverdraw { get; init; }

        public long DebitsPosted { get; set; }

        public long DebitsPending { get; set; }

        public long CreditsPosted { get; set; }

        public long CreditsPending { get; set; }

        public long Available => CreditsPosted - DebitsPosted - DebitsPending;
    }

    public sealed class Hold
    {
        public required Guid Debit { get; init; }

        public required Guid? Credit { get; init; }

        public required DateTimeOffset? Deadline { get; init; }

        public long Remaining { get; set; }
    }

    public Dictionary<Guid, Account> Accounts { get; } = [];

    public Dictionary<Guid, Hold> Holds { get; } = [];

    /// <summary>Those that still have something.</summary>
    public Dictionary<Guid, Hold> OpenHolds { get; } = [];

    /// <summary>What was done on request, the oldest first.</summary>
    public List<TransferRequest> Done { get; } = [];

    /// <summary>How many the ledger has, with those that the exchange made.</summary>
    public long Transfers { get; private set; }

    public void Open(Guid account, string asset, bool mayOverdraw = false) => Accounts.TryAdd(account, new() { Asset = asset, MayOverdraw = mayOverdraw });

    /// <summary>Whether a request with this id was done.</summary>
    public bool Knows(Guid id) => done.ContainsKey(id);

    /// <summary>Applies a linked group, all or nothing.</summary>
    /// <param name="cut">Where the database stops taking transfers; a group that does not fit before it is not done.</param>
    /// <returns>The codes that the ledger must answer; null when it cannot.</returns>
    public TransferCode[]? Apply(IReadOnlyList<TransferRequest> linked, long cut = long.MaxValue)
    {
        undo.Clear();
        var (codes, before) = (new TransferCode[linked.Count], Transfers);
        for (var i = 0; i < linked.Count; i++)
        {
            codes[i] = Apply(linked[i]);
            if (codes[i] is not (TransferCode.Ok or TransferCode.Exists))
            {
                Rollback();
                Array.Fill(codes, TransferCode.LinkedTransferRefused, 0, i);
                Array.Fill(codes, TransferCode.LinkedTransferRefused, i + 1, linked.Count - i - 1);
                return codes;
            }
        }

        if (Transfers > cut && Transfers > before)
        {
            Rollback();
            return null;
        }

        return codes;
    }

    /// <summary>Sets money or lots aside.</summary>
    public void SetAside(Guid id, Guid debit, Guid? credit, long amount, DateTimeOffset? deadline = null)
    {
        Move(debit, 0, amount, 0, 0);
        if (credit is { } payee)
        {
            Move(payee, 0, 0, 0, amount);
        }

        Holds.Add(id, new() { Debit = debit, Credit = credit, Deadline = deadline });
        undo.Push(() => Holds.Remove(id));
        Left(id, amount);
        Count();
    }

    /// <summary>Pays out of a hold.</summary>
    public void Post(Guid id, Guid credit, long amount)
    {
        var hold = Holds[id];
        Move(hold.Debit, amount, -amount, 0, 0);
        Move(credit, 0, 0, amount, hold.Credit is null ? 0 : -amount);
        Left(id, hold.Remaining - amount);
        Count();
    }

    /// <summary>Gives back what is left of a hold.</summary>
    public void Release(Guid id)
    {
        var hold = Holds[id];
        Move(hold.Debit, 0, -hold.Remaining, 0, 0);
        if (hold.Credit is { } payee)
        {
            Move(payee, 0, 0, 0, -hold.Remaining);
        }

        Left(id, 0);
        Count();
    }

    private TransferCode Apply(TransferRequest request)
    {
        var code = done.TryGetValue(request.Id, out var before) ? Compare(request, before) : Judge(request);
        if (code != TransferCode.Ok)
        {
            return code;
        }

        var amount = request.Amount.Nano;
        switch (request.Kind)
        {
            case TransferKind.Transfer:
                Move(request.Debit, amount, 0, 0, 0);
                Move(request.Credit!.Value, 0, 0, amount, 0);
                Count();
                break;
            case TransferKind.Hold:
                SetAside(request.Id, request.Debit, request.Credit, amount, request.Deadline);
                break;
            case TransferKind.Post:
                Post(request.HoldId!.Value, request.Credit!.Value, amount);
                break;
            default:
                Release(request.HoldId!.Value);
                break;
        }

        done.Add(request.Id, request);
        Done.Add(request);
        undo.Push(() =>
        {
            done.Remove(request.Id);
            Done.RemoveAt(Done.Count - 1);
        });
        return code;
    }

    private static TransferCode Compare(TransferRequest request, TransferRequest before) =>
        request == before ? TransferCode.Exists
        : request.Kind != before.Kind ? TransferCode.ExistsWithDifferentKind
        : request.HoldId != before.HoldId ? TransferCode.ExistsWithDifferentHold
        : request.Debit != before.Debit ? TransferCode.ExistsWithDifferentDebitAccount
        : request.Credit != before.Credit ? TransferCode.ExistsWithDifferentCreditAccount
        : request.Amount != before.Amount ? TransferCode.ExistsWithDifferentAmount
        : request.Deadline != before.Deadline ? TransferCode.ExistsWithDifferentDeadline
        : TransferCode.ExistsWithDifferentReference;

    private TransferCode Judge(TransferRequest request) => request.Kind switch
    {
        TransferKind.Transfer or TransferKind.Hold => JudgeMove(request),
        _ => JudgeHold(request),
    };

    private TransferCode JudgeMove(TransferRequest request)
    {
        var payer = Accounts.GetValueOrDefault(request.Debit);
        var payee = request.Credit is { } credit ? Accounts.GetValueOrDefault(credit) : null;
        return request.Amount.Nano <= 0 ? TransferCode.AmountMustBePositive
            : request.Debit == request.Credit ? TransferCode.AccountsMustDiffer
            : payer is null ? TransferCode.DebitAccountNotFound
            : payee is null && request.Credit is not null ? TransferCode.CreditAccountNotFound
            : payee is not null && payee.Asset != payer.Asset ? TransferCode.AccountsMustHaveTheSameAsset
            : request.Deadline <= clock.Now ? TransferCode.DeadlineMustLieAhead
            : !payer.MayOverdraw && request.Amount.Nano > payer.Available ? TransferCode.InsufficientFunds
            : TransferCode.Ok;
    }

    private TransferCode JudgeHold(TransferRequest request)
    {
        var post = request.Kind == TransferKind.Post;
        if (post && request.Amount.Nano <= 0)
        {
            return TransferCode.AmountMustBePositive;
        }

        if (!Holds.TryGetValue(request.HoldId!.Value, out var hold))
        {
            return TransferCode.HoldNotFound;
        }

        var expired = hold.Deadline <= clock.Now;
        return hold.Remaining == 0 ? TransferCode.HoldClosed
            : request.Kind == TransferKind.Expire ? (expired ? TransferCode.Ok : TransferCode.HoldNotExpired)
            : expired ? TransferCode.HoldExpired
            : !post ? TransferCode.Ok
            : hold.Credit is { } named && named != request.Credit ? TransferCode.HoldNamesAnotherCreditAccount
            : !Accounts.TryGetValue(request.Credit!.Value, out var payee) ? TransferCode.CreditAccountNotFound
            : request.Amount.Nano > hold.Remaining ? TransferCode.AmountExceedsHold
            : payee.Asset != Accounts[hold.Debit].Asset ? TransferCode.AccountsMustHaveTheSameAsset
            : TransferCode.Ok;
    }

    private void Move(Guid id, long debitsPosted, long debitsPending, long creditsPosted, long creditsPending)
    {
        var account = Accounts[id];
        account.DebitsPosted += debitsPosted;
        account.DebitsPending += debitsPending;
        account.CreditsPosted += creditsPosted;
        account.CreditsPending += creditsPending;
        undo.Push(() =>
        {
            account.DebitsPosted -= debitsPosted;
            account.DebitsPending -= debitsPending;
            account.CreditsPosted -= creditsPosted;
            account.CreditsPending -= creditsPending;
        });
    }

    private void Left(Guid id, long remaining)
    {
        var (hold, before) = (Holds[id], Holds[id].Remaining);
        Set(remaining);
        undo.Push(() => Set(before));

        void Set(long left)
        {
            hold.Remaining = left;
            if (left == 0)
            {
                OpenHolds.Remove(id);
            }
            else
            {
                OpenHolds[id] = hold;
            }
        }
    }

    private void Count()
    {
        Transfers++;
        undo.Push(() => Transfers--);
    }

    private void Rollback()
    {
        while (undo.TryPop(out var back))
        {
            back();
        }
    }
}
