namespace Neuro.Backend.Ledger;

/// <summary>What a batch of transfers touches, in id order: two writers that lock in the same order cannot wait for each other.</summary>
internal static class Touched
{
    public static Guid[] Transfers(IEnumerable<TransferRequest> batch) => [.. batch.Select(request => request.Id).Distinct().Order()];

    public static Guid[] Holds(IEnumerable<TransferRequest> batch) =>
        [.. batch.Select(request => request.HoldId ?? (request.Kind == TransferKind.Hold ? request.Id : Guid.Empty)).Where(id => id != Guid.Empty).Distinct().Order()];

    public static Guid[] Accounts(IEnumerable<TransferRequest> batch, IEnumerable<HoldState> holds) =>
        [.. batch.SelectMany(request => new[] { request.Debit, request.Credit ?? Guid.Empty })
            .Concat(holds.SelectMany(hold => new[] { hold.Debit, hold.Credit ?? Guid.Empty }))
            .Where(id => id != Guid.Empty).Distinct().Order()];
}
