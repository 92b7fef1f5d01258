using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Ledger;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Ledger;

public sealed class LedgerCrashTests
{
    private const int Kills = 10;
    private const int AcknowledgedPerLife = 100;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Kill_UnderLoad_WhatWasAcknowledgedIsThereOnce(string engine)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var opened = await LedgerEngine.OpenAsync(engine);
        await using (var ledger = new Backend.Ledger.Ledger(opened.Database, TimeProvider.System))
        {
            await ledger.OpenBooksAsync(cancel);
            await ledger.OpenAccountAsync(CrashChild.Payer, "customer", "payer", cancel);
            await ledger.OpenAccountAsync(CrashChild.Payee, "customer", "payee", cancel);
            await ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), SystemAccounts.Treasury, CrashChild.Payer, Ntk.Of(1), "start"), cancel);
        }

        var acknowledged = new HashSet<Guid>();
        for (var life = 0; life < Kills; life++)
        {
            using var child = CrashChild.Start(CrashChild.LedgerVerb, engine, opened.Where);
            var heard = 0;
            while (await child.StandardOutput.ReadLineAsync(cancel) is { } line)
            {
                // The last line may be torn by the kill; a whole one is an acknowledgement.
                if (Guid.TryParse(line, out var id))
                {
                    acknowledged.Add(id);
                }

                if (++heard == AcknowledgedPerLife)
                {
                    child.Kill(); // SIGKILL: nothing is flushed, nothing is closed.
                }
            }

            await child.WaitForExitAsync(cancel);
            heard.ShouldBeGreaterThanOrEqualTo(AcknowledgedPerLife, "the child died before it was killed");
        }

        await using var db = opened.Database.CreateDbContext();
        var kept = await db.Transfers.Where(row => row.Kind == (int)TransferKind.Transfer && row.DebitAccount == CrashChild.Payer).Select(row => row.Id).ToListAsync(cancel);
        kept.Count.ShouldBe(kept.Distinct().Count());
        acknowledged.Except(kept).ShouldBeEmpty();

        // Each group moved 7 and posted 3 of a hold of 5: whole groups only, acknowledged or not.
        await using var after = new Backend.Ledger.Ledger(opened.Database, TimeProvider.System);
        var proof = await after.ProofAsync(cancel);
        proof.Faults.ShouldBeEmpty();
        proof.Transfers.ShouldBe(2 + (4 * kept.Count));
        var payee = await new Statements(opened.Database).BalanceAsync(CrashChild.Payee, cancel);
        payee.Available.ShouldBe(new Ntk(10 * kept.Count));
        (await new Statements(opened.Database).BalanceAsync(CrashChild.Payer, cancel)).Held.ShouldBe(Ntk.Zero);
    }
}
