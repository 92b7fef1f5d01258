using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Neuro.Backend.Ledger;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Ledger;

public sealed class ChainTests
{
    private static readonly Guid A = DerivedId.Of("test/a");
    private static readonly Guid B = DerivedId.Of("test/b");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Ways to change history behind the ledger's back, each leaving balances, holds and sums as they should be.</summary>
    public static TheoryData<string, string> Tampering
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var engine in new[] { "sqlite", "postgres" })
            {
                foreach (var way in new[] { "reference", "time", "swap", "remove a pair", "put in a pair", "remove the tail", "another chain" })
                {
                    cases.Add(engine, way);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Tampering))]
    public async Task Proof_HistoryChangedWithoutTouchingABalance_SaysWhere(string engine, string way)
    {
        await using var opened = await LedgerEngine.OpenAsync(engine);
        await using var ledger = await BooksAsync(opened);
        (await ledger.ProofAsync(Cancel)).Faults.ShouldBeEmpty();
        await using (var db = opened.Database.CreateDbContext())
        {
            await TamperAsync(db, way);
        }

        var faults = (await ledger.ProofAsync(Cancel)).Faults;
        faults.ShouldNotBeEmpty();
        faults.ShouldAllBe(fault => fault.Contains("chain"));
    }

    [Fact]
    public async Task Audit_ChainMadeAgainFromItsBeginning_IsAnotherHistoryThanTheLastAuditSaw()
    {
        await using var opened = await LedgerEngine.OpenAsync("sqlite");
        await using var ledger = await BooksAsync(opened);
        (await ledger.AuditAsync(Cancel)).Faults.ShouldBeEmpty();
        await using (var db = opened.Database.CreateDbContext())
        {
            await db.Transfers.Where(row => row.Reference == "two").ExecuteUpdateAsync(set => set.SetProperty(row => row.Reference, "2"), Cancel);
            await db.LedgerHead.ExecuteDeleteAsync(Cancel);
        }

        // Somebody with the run of the database can chain everything again; what was noted elsewhere still tells.
        await ChainUp.RunAsync(opened.Database, Cancel);
        (await ledger.ProofAsync(Cancel)).Faults.ShouldHaveSingleItem().ShouldContain("another history");
    }

    [Fact]
    public async Task Audit_OfAPlatformThatRuns_ComparesWithANotedHead()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.CustomerAsync(ntk: 5);
        var noted = (await Platform.AuditAsync(platform.Options, null, Cancel)).Head;
        await platform.CustomerAsync(ntk: 7);
        (await Platform.AuditAsync(platform.Options, noted, Cancel)).Faults.ShouldBeEmpty();
        var forged = noted[..^1] + (noted[^1] == '0' ? '1' : '0');
        (await Platform.AuditAsync(platform.Options, forged, Cancel)).Faults.ShouldHaveSingleItem().ShouldContain("another history");
        (await Platform.AuditAsync(platform.Options, $"99999:{new string('0', 64)}", Cancel)).Faults.ShouldHaveSingleItem().ShouldContain("gone");
        (await Should.ThrowAsync<NeuroException>(() => Platform.AuditAsync(platform.Options, "now", Cancel))).Code.ShouldBe("ledger.bad_head");
        var nowhere = platform.Options with { DataFolder = Path.Combine(platform.Options.DataFolder, "nowhere") };
        (await Should.ThrowAsync<NeuroException>(() => Platform.AuditAsync(nowhere, null, Cancel))).Code.ShouldBe("platform.no_database");
    }

    [Fact]
    public async Task AuditIfDue_OnceADay_WritesOneRowADay()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var opened = await LedgerEngine.OpenAsync("sqlite");
        await using var ledger = await BooksAsync(opened, clock);
        foreach (var hours in new[] { 0, 1, 24, 1, 24 })
        {
            clock.Advance(TimeSpan.FromHours(hours));
            await ledger.AuditIfDueAsync(Cancel);
        }

        await using var db = opened.Database.CreateDbContext();
        (await db.Audits.CountAsync(Cancel)).ShouldBe(3);
        (await db.Audits.Select(row => row.Faults).Distinct().SingleAsync(Cancel)).ShouldBe("[]");
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task OpenBooks_LedgerFromBeforeTheChain_IsChainedOnceAndGoesOn(string engine)
    {
        await using var opened = await LedgerEngine.OpenAsync(engine);
        string head;
        await using (var ledger = await BooksAsync(opened))
        {
            head = (await ledger.ProofAsync(Cancel)).Head;
        }

        await using (var db = opened.Database.CreateDbContext())
        {
            await db.Transfers.ExecuteUpdateAsync(set => set.SetProperty(row => row.Chain, Array.Empty<byte>()), Cancel);
            await db.LedgerHead.ExecuteDeleteAsync(Cancel);
        }

        await using var later = new Backend.Ledger.Ledger(opened.Database, TimeProvider.System);
        await later.OpenBooksAsync(Cancel);
        var proof = await later.ProofAsync(Cancel);
        (proof.Head, proof.Faults.Count).ShouldBe((head, 0));
        await later.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), A, B, new Ntk(1), "more"), Cancel);
        (await later.ProofAsync(Cancel)).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Submit_BetweenAssets_IsRefusedHoweverItIsDone()
    {
        await using var opened = await LedgerEngine.OpenAsync("sqlite");
        await using var ledger = await BooksAsync(opened);
        var holding = SystemAccounts.HoldingOf(B, "licence");
        await ledger.OpenAccountAsync(holding, "customer", "b", Cancel, "licence", B);
        (await ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), A, holding, new Ntk(1), "x"), Cancel)).Code.ShouldBe(TransferCode.AccountsMustHaveTheSameAsset);
        var hold = Guid.NewGuid();
        (await ledger.SubmitAsync(TransferRequest.Hold(Guid.NewGuid(), A, holding, new Ntk(1), null, "x"), Cancel)).Code.ShouldBe(TransferCode.AccountsMustHaveTheSameAsset);
        (await ledger.SubmitAsync(TransferRequest.Hold(hold, A, null, new Ntk(1), null, "x"), Cancel)).Code.ShouldBe(TransferCode.Ok);
        (await ledger.SubmitAsync(TransferRequest.Post(Guid.NewGuid(), hold, holding, new Ntk(1), "x"), Cancel)).Code.ShouldBe(TransferCode.AccountsMustHaveTheSameAsset);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Submit_WithWritesAlong_CommitsBothOrNeither(string engine)
    {
        await using var opened = await LedgerEngine.OpenAsync(engine);
        await using var ledger = await BooksAsync(opened);
        TransferRequest Pay(long nano, Guid? id = null) => TransferRequest.Transfer(id ?? Guid.NewGuid(), A, B, new Ntk(nano), "along");
        Func<System.Data.Common.DbTransaction, Task> Along(string asset, bool breaks = false) => async transaction =>
        {
            await using var command = transaction.Connection!.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"INSERT INTO books (asset, title, tick_nano, fee_basis_points, created_at) VALUES ('{asset}', 'x', 1, 0, 0)";
            await command.ExecuteNonQueryAsync(Cancel);
            if (breaks)
            {
                throw new InvalidOperationException("broken on purpose");
            }
        };

        var id = Guid.NewGuid();
        (await ledger.SubmitAsync([Pay(5, id)], Along("made"), Cancel))[0].Code.ShouldBe(TransferCode.Ok);
        (await ledger.SubmitAsync([Pay(5, id)], Along("again"), Cancel))[0].Code.ShouldBe(TransferCode.Exists);
        (await ledger.SubmitAsync([Pay(5000)], Along("refused"), Cancel))[0].Code.ShouldBe(TransferCode.InsufficientFunds);
        var broken = ledger.SubmitAsync([Pay(5)], Along("broken", breaks: true), Cancel);
        var beside = ledger.SubmitAsync(Pay(3), Cancel);
        await Should.ThrowAsync<Exception>(() => broken);
        (await beside).Code.ShouldBe(TransferCode.Ok);
        await using var db = opened.Database.CreateDbContext();
        (await db.Books.Select(row => row.Asset).ToListAsync(Cancel)).ShouldBe(["made"]);
        (await new Statements(opened.Database).BalanceAsync(B, Cancel)).Available.ShouldBe(new Ntk(11 + 8));
        (await ledger.ProofAsync(Cancel)).Faults.ShouldBeEmpty();
    }

    private static async Task TamperAsync(NeuroDb db, string way)
    {
        var two = await db.Transfers.AsNoTracking().SingleAsync(row => row.Reference == "two", Cancel);
        var three = await db.Transfers.AsNoTracking().SingleAsync(row => row.Reference == "three", Cancel);
        switch (way)
        {
            case "reference":
                await db.Transfers.Where(row => row.Sequence == two.Sequence).ExecuteUpdateAsync(set => set.SetProperty(row => row.Reference, "2"), Cancel);
                break;
            case "time":
                await db.Transfers.Where(row => row.Sequence == two.Sequence).ExecuteUpdateAsync(set => set.SetProperty(row => row.At, row => DateTimeOffset.UnixEpoch), Cancel);
                break;
            case "swap":
                await MoveAsync(db, two.Sequence, 1000);
                await MoveAsync(db, three.Sequence, two.Sequence);
                await MoveAsync(db, 1000, three.Sequence);
                break;
            case "remove a pair":
                await db.Transfers.Where(row => row.Reference == "two" || row.Reference == "two back").ExecuteDeleteAsync(Cancel);
                break;
            case "remove the tail":
                await db.Transfers.Where(row => row.Reference == "four" || row.Reference == "four back").ExecuteDeleteAsync(Cancel);
                break;
            case "put in a pair":
                db.Transfers.Add(new TransferRow { Id = Guid.NewGuid(), Sequence = 1001, Kind = 1, DebitAccount = A, CreditAccount = B, Amount = 1, At = two.At, Reference = "in", Chain = two.Chain });
                db.Transfers.Add(new TransferRow { Id = Guid.NewGuid(), Sequence = 1002, Kind = 1, DebitAccount = B, CreditAccount = A, Amount = 1, At = two.At, Reference = "in", Chain = two.Chain });
                await db.SaveChangesAsync(Cancel);
                await db.Accounts.Where(row => row.Id == A || row.Id == B).ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.DebitsPosted, row => row.DebitsPosted + 1).SetProperty(row => row.CreditsPosted, row => row.CreditsPosted + 1), Cancel);
                break;
            default:
                await db.LedgerHead.ExecuteUpdateAsync(set => set.SetProperty(row => row.Chain, new byte[32]), Cancel);
                break;
        }

        if (way.StartsWith("remove", StringComparison.Ordinal))
        {
            // A removed pair went there and back: the same off both sides of both accounts.
            await db.Accounts.Where(row => row.Id == A || row.Id == B).ExecuteUpdateAsync(
                set => set.SetProperty(row => row.DebitsPosted, row => row.DebitsPosted - 2).SetProperty(row => row.CreditsPosted, row => row.CreditsPosted - 2), Cancel);
        }
    }

    private static Task MoveAsync(NeuroDb db, long from, long to) =>
        db.Transfers.Where(row => row.Sequence == from).ExecuteUpdateAsync(set => set.SetProperty(row => row.Sequence, to), Cancel);

    private static async Task<Backend.Ledger.Ledger> BooksAsync(LedgerEngine opened, TimeProvider? clock = null)
    {
        var ledger = new Backend.Ledger.Ledger(opened.Database, clock ?? TimeProvider.System);
        await ledger.OpenBooksAsync(Cancel);
        await ledger.OpenAccountAsync(A, "customer", "a", Cancel);
        await ledger.OpenAccountAsync(B, "customer", "b", Cancel);
        await ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), SystemAccounts.Treasury, A, new Ntk(1000), "start"), Cancel);
        await ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), A, B, new Ntk(11), "one"), Cancel);
        foreach (var reference in new[] { "two", "three", "four" })
        {
            await ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), A, B, new Ntk(2), reference), Cancel);
            await ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), B, A, new Ntk(2), reference + " back"), Cancel);
        }

        return ledger;
    }
}
