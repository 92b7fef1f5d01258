using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;

namespace Neuro.Backend.Ledger;

/// <summary>Chains the transfers of a ledger that was begun before there was a chain; once.</summary>
internal static class ChainUp
{
    private const int Page = 1000;

    public static Task RunAsync(Database database, CancellationToken cancel) => database.WriteAsync(
        async db =>
        {
            if (await db.LedgerHead.AnyAsync(cancel))
            {
                return;
            }

            var chain = Chain.Start;
            while (await db.Transfers.AsNoTracking().Where(row => row.Sequence > chain.Sequence).OrderBy(row => row.Sequence).Take(Page).ToListAsync(cancel) is { Count: > 0 } rows)
            {
                foreach (var row in rows)
                {
                    chain = chain.With(Stored(row), row.Sequence);
                    await db.Transfers.Where(one => one.Sequence == row.Sequence).ExecuteUpdateAsync(set => set.SetProperty(one => one.Chain, chain.Hash), cancel);
                }
            }

            if (chain.Sequence > 0)
            {
                db.LedgerHead.Add(new LedgerHeadRow { Id = 1, Sequence = chain.Sequence, Chain = chain.Hash });
                await db.SaveChangesAsync(cancel);
            }
        },
        cancel);

    private static StoredTransfer Stored(TransferRow row) =>
        new(row.Id, (TransferKind)row.Kind, row.DebitAccount, row.CreditAccount, row.Amount, row.HoldId, row.Deadline, row.At, row.Reference);
}
