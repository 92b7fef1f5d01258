using Neuro.Backend.Ledger;

namespace Neuro.Backend.Tests.Ledger;

/// <summary>The ledger as one would write it on paper: a list of what was accepted, from which every number is added up again each time.</summary>
internal sealed class LedgerModel(IReadOnlyCollection<Guid> customers, long start)
{
    private readonly List<TransferRequest> accepted = [];

    public TransferCode Apply(TransferRequest request)
    {
        var code = Judge(request);
        if (code == TransferCode.Ok)
        {
            accepted.Add(request);
        }

        return code;
    }

    /// <summary>Applies all or nothing, as linked transfers are.</summary>
    public TransferCode[] Apply(IReadOnlyList<TransferRequest> linked)
    {
        var (before, codes) = (accepted.Count, new List<TransferCode>());
        foreach (var request in linked)
        {
            codes.Add(Apply(request));
            if (codes[^1] is not (TransferCode.Ok or TransferCode.Exists))
            {
                accepted.RemoveRange(before, accepted.Count - before);
                return [.. linked.Select((_, i) => i == codes.Count - 1 ? codes[i] : TransferCode.LinkedTransferRefused)];
            }
        }

        return [.. codes];
    }

    public long Held(Guid account) => accepted.Where(one => one.Kind == TransferKind.Hold && one.Debit == account).Sum(Remaining);

    public long Available(Guid account) =>
        start + accepted.Where(Moves).Sum(one => (one.Credit == account ? one.Amount.Nano : 0) - (Payer(one) == account ? one.Amount.Nano : 0)) - Held(account);

    private static bool Moves(TransferRequest one) => one.Kind is TransferKind.Transfer or TransferKind.Post;

    private TransferRequest? Hold(Guid? id) => accepted.Find(one => one.Kind == TransferKind.Hold && one.Id == id);

    private Guid Payer(TransferRequest one) => one.Kind == TransferKind.Post ? Hold(one.HoldId)!.Debit : one.Debit;

    private long Remaining(TransferRequest hold) => accepted.Exists(one => one.Kind == TransferKind.Void && one.HoldId == hold.Id)
        ? 0
        : hold.Amount.Nano - accepted.Where(one => one.Kind == TransferKind.Post && one.HoldId == hold.Id).Sum(one => one.Amount.Nano);

    private TransferCode Judge(TransferRequest request)
    {
        if (accepted.Find(one => one.Id == request.Id) is { } before)
        {
            return before == request ? TransferCode.Exists
                : before.Kind != request.Kind ? TransferCode.ExistsWithDifferentKind
                : before.HoldId != request.HoldId ? TransferCode.ExistsWithDifferentHold
                : before.Debit != request.Debit ? TransferCode.ExistsWithDifferentDebitAccount
                : before.Credit != request.Credit ? TransferCode.ExistsWithDifferentCreditAccount
                : TransferCode.ExistsWithDifferentAmount;
        }

        if (request.Kind is not TransferKind.Void && request.Amount.Nano <= 0)
        {
            return TransferCode.AmountMustBePositive;
        }

        if (request.Kind is TransferKind.Transfer or TransferKind.Hold)
        {
            return request.Debit == request.Credit ? TransferCode.AccountsMustDiffer
                : !customers.Contains(request.Debit) ? TransferCode.DebitAccountNotFound
                : request.Credit is { } credit && !customers.Contains(credit) ? TransferCode.CreditAccountNotFound
                : request.Amount.Nano > Available(request.Debit) ? TransferCode.InsufficientFunds
                : TransferCode.Ok;
        }

        if (Hold(request.HoldId) is not { } hold)
        {
            return TransferCode.HoldNotFound;
        }

        return Remaining(hold) == 0 ? TransferCode.HoldClosed
            : request.Kind == TransferKind.Void ? TransferCode.Ok
            : hold.Credit is { } named && named != request.Credit ? TransferCode.HoldNamesAnotherCreditAccount
            : !customers.Contains(request.Credit!.Value) ? TransferCode.CreditAccountNotFound
            : request.Amount.Nano > Remaining(hold) ? TransferCode.AmountExceedsHold
            : TransferCode.Ok;
    }
}
