using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Neuro.Backend.Ledger;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Ledger;

public sealed class LedgerTests
{
    private static readonly Guid A = DerivedId.Of("test/a");
    private static readonly Guid B = DerivedId.Of("test/b");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenBooks_Twice_IssuesTheSupplyOnce()
    {
        await using var opened = await LedgerEngine.OpenAsync("sqlite");
        await using var ledger = await BooksAsync(opened, TimeProvider.System);
        await ledger.OpenBooksAsync(Cancel);
        var proof = await ledger.ProofAsync(Cancel);
        proof.Sums["issuance"].ShouldBe(-Ntk.Supply);
        (proof.Sum, proof.Faults.Count).ShouldBe((Ntk.Zero, 0));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Submit_ManyCallersOfOneAccount_SpendNoMoreThanItHas(string engine)
    {
        await using var opened = await LedgerEngine.OpenAsync(engine);
        await using var ledger = await BooksAsync(opened, TimeProvider.System);
        var results = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => Task.Run(() => ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), A, B, new Ntk(10), "race")))));
        results.Count(result => result.Code == TransferCode.Ok).ShouldBe(100);
        results.Count(result => result.Code == TransferCode.InsufficientFunds).ShouldBe(200);
        (await new Statements(opened.Database).BalanceAsync(A, Cancel)).Available.ShouldBe(Ntk.Zero);
    }

    [Fact]
    public async Task Submit_SameIdFromManyCallers_MovesOnce()
    {
        await using var opened = await LedgerEngine.OpenAsync("sqlite");
        await using var ledger = await BooksAsync(opened, TimeProvider.System);
        var request = TransferRequest.Transfer(Guid.NewGuid(), A, B, new Ntk(10), "once");
        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => ledger.SubmitAsync(request))));
        results.Count(result => result.Code == TransferCode.Ok).ShouldBe(1);
        results.Count(result => result.Code == TransferCode.Exists).ShouldBe(63);
        (await new Statements(opened.Database).BalanceAsync(B, Cancel)).Available.ShouldBe(new Ntk(10));
    }

    [Fact]
    public async Task Submit_SameIdOtherAmount_SaysWhatItWas()
    {
        await using var opened = await LedgerEngine.OpenAsync("sqlite");
        await using var ledger = await BooksAsync(opened, TimeProvider.System);
        var id = Guid.NewGuid();
        await ledger.SubmitAsync(TransferRequest.Transfer(id, A, B, new Ntk(10), "x"), Cancel);
        var second = await ledger.SubmitAsync(TransferRequest.Transfer(id, A, B, new Ntk(11), "x"), Cancel);
        second.ShouldBe(new TransferResult(TransferCode.ExistsWithDifferentAmount, new Ntk(10)));
        Should.Throw<NeuroException>(() => second.ThrowIfRefused("the purchase")).Code.ShouldBe("ledger.exists_with_different_amount");
    }

    [Fact]
    public async Task Expire_HoldPastItsDeadline_GivesTheRestBackOnceAndRefusesLatePosts()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var opened = await LedgerEngine.OpenAsync("sqlite");
        await using var ledger = await BooksAsync(opened, clock);
        var hold = Guid.NewGuid();
        await ledger.SubmitAsync(TransferRequest.Hold(hold, A, null, new Ntk(100), clock.GetUtcNow().AddMinutes(1), "h"), Cancel);
        await ledger.SubmitAsync(TransferRequest.Post(Guid.NewGuid(), hold, B, new Ntk(30), "p"), Cancel);
        (await ledger.ExpireAsync(Cancel)).ShouldBe(0);
        clock.Advance(TimeSpan.FromMinutes(1));
        (await ledger.SubmitAsync(TransferRequest.Post(Guid.NewGuid(), hold, B, new Ntk(30), "late"), Cancel)).Code.ShouldBe(TransferCode.HoldExpired);
        (await ledger.ExpireAsync(Cancel)).ShouldBe(1);
        (await ledger.ExpireAsync(Cancel)).ShouldBe(0);
        var balance = await new Statements(opened.Database).BalanceAsync(A, Cancel);
        (balance.Available, balance.Held).ShouldBe((new Ntk(970), Ntk.Zero));
        (await ledger.ProofAsync(Cancel)).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Submit_QueueFull_IsRefusedAtOnceAndNothingIsLost()
    {
        await using var opened = await LedgerEngine.OpenAsync("sqlite");
        await using (await BooksAsync(opened, TimeProvider.System))
        {
        }

        await using var ledger = new Backend.Ledger.Ledger(opened.Database, TimeProvider.System, queueLength: 4);

        // The database is locked by somebody else, so the writer waits and the queue fills.
        await using var lockedBy = await opened.Database.OpenAsync(Cancel);
        await using var transaction = await lockedBy.BeginTransactionAsync(Cancel);
        var (accepted, busy) = (new List<Task<TransferResult>>(), 0);
        for (var i = 0; i < 50; i++)
        {
            var sent = ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), A, B, new Ntk(1), "x"), Cancel);
            if (sent.IsFaulted)
            {
                var refused = sent.Exception!.InnerException.ShouldBeOfType<NeuroException>();
                (refused.Code, refused.Status).ShouldBe(("ledger.busy", 503));
                busy++;
            }
            else
            {
                accepted.Add(sent);
            }
        }

        busy.ShouldBeGreaterThan(0);
        await transaction.RollbackAsync(Cancel);
        (await Task.WhenAll(accepted)).ShouldAllBe(result => result.Code == TransferCode.Ok);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Database_OverdraftPastTheRules_IsRefusedByTheCheckConstraint(string engine)
    {
        await using var opened = await LedgerEngine.OpenAsync(engine);
        await using var ledger = await BooksAsync(opened, TimeProvider.System);
        await using var db = opened.Database.CreateDbContext();
        await Should.ThrowAsync<System.Data.Common.DbException>(() => db.Accounts.Where(row => row.Id == A).ExecuteUpdateAsync(set => set.SetProperty(row => row.DebitsPosted, 1001L), Cancel));
    }

    [Fact]
    public async Task Proof_BalanceChangedBehindItsBack_NamesTheAccount()
    {
        await using var opened = await LedgerEngine.OpenAsync("sqlite");
        await using var ledger = await BooksAsync(opened, TimeProvider.System);
        await using var db = opened.Database.CreateDbContext();
        await db.Accounts.Where(row => row.Id == B).ExecuteUpdateAsync(set => set.SetProperty(row => row.CreditsPosted, 5L), Cancel);
        var proof = await ledger.ProofAsync(Cancel);
        proof.Sum.ShouldBe(new Ntk(5));
        proof.Faults.ShouldContain(fault => fault.Contains(B.ToString()));
    }

    private static async Task<Backend.Ledger.Ledger> BooksAsync(LedgerEngine opened, TimeProvider clock)
    {
        var ledger = new Backend.Ledger.Ledger(opened.Database, clock);
        await ledger.OpenBooksAsync(Cancel);
        await ledger.OpenAccountAsync(A, "customer", "a", Cancel);
        await ledger.OpenAccountAsync(B, "customer", "b", Cancel);
        await ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), SystemAccounts.Treasury, A, new Ntk(1000), "start"), Cancel);
        return ledger;
    }
}
