using CsCheck;
using Neuro.Backend.Ledger;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Ledger;

public sealed class LedgerPropertyTests
{
    private const long Start = 1000;
    private const int Customers = 4;

    /// <summary>A step before it is bound to the ids of a run. Few ids and few accounts, so that repeats and clashes are common.</summary>
    private sealed record Step(int Kind, int Id, int Debit, int Credit, int Amount, int Hold);

    private static readonly Gen<Step> Steps = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 24], Gen.Int[0, Customers], Gen.Int[0, Customers + 1], Gen.Int[-1, 400], Gen.Int[0, 24],
        (kind, id, debit, credit, amount, hold) => new Step(kind, id, debit, credit, amount, hold));

    private static readonly Gen<List<List<Step>>> Runs = Steps.List[1, 3].List[1, 40];

    [Theory]
    [InlineData("sqlite", 60)]
    [InlineData("postgres", 30)]
    public async Task Submit_AnySequenceOfLinkedGroups_AnswersAndBalancesAreThoseOfTheModel(string engine, int runs)
    {
        await using var opened = await LedgerEngine.OpenAsync(engine);
        await using var ledger = new Backend.Ledger.Ledger(opened.Database, TimeProvider.System);
        await ledger.OpenBooksAsync(CancellationToken.None);
        var statements = new Statements(opened.Database);
        await Runs.SampleAsync(
            async groups =>
            {
                var accounts = Enumerable.Range(0, Customers).Select(_ => Guid.NewGuid()).ToArray();
                foreach (var account in accounts)
                {
                    await ledger.OpenAccountAsync(account, "customer", "c", CancellationToken.None);
                    (await ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), SystemAccounts.Treasury, account, new Ntk(Start), "start"))).Code.ShouldBe(TransferCode.Ok);
                }

                var model = new LedgerModel(accounts, Start);
                var ids = Enumerable.Range(0, 25).Select(_ => Guid.NewGuid()).ToArray();
                var requests = groups.ConvertAll(group => group.ConvertAll(step => Bind(step, accounts, ids)));

                // Sent without waiting: the writer batches as it likes, and the answers must not show it.
                var answers = await Task.WhenAll(requests.ConvertAll(group => ledger.SubmitAsync(group)));
                for (var i = 0; i < requests.Count; i++)
                {
                    answers[i].Select(answer => answer.Code).ShouldBe(model.Apply(requests[i]), $"group {i}: {string.Join("; ", requests[i])}");
                }

                foreach (var account in accounts)
                {
                    var balance = await statements.BalanceAsync(account, CancellationToken.None);
                    (balance.Available.Nano, balance.Held.Nano).ShouldBe((model.Available(account), model.Held(account)));
                    balance.Available.Nano.ShouldBeGreaterThanOrEqualTo(0);
                }
            },
            iter: runs, threads: 1);
        var proof = await ledger.ProofAsync(CancellationToken.None);
        proof.Faults.ShouldBeEmpty();
        proof.Sum.ShouldBe(Ntk.Zero);
    }

    private static TransferRequest Bind(Step step, Guid[] accounts, Guid[] ids)
    {
        // One past the last is an account that does not exist; two past, in a hold, is "named later".
        var stranger = DerivedId.Of("test/stranger");
        Guid Account(int index) => index < accounts.Length ? accounts[index] : stranger;
        var (id, hold, amount) = (ids[step.Id], ids[step.Hold], new Ntk(step.Amount));
        return step.Kind switch
        {
            0 => TransferRequest.Transfer(id, Account(step.Debit), Account(step.Credit), amount, "t"),
            1 or 2 => TransferRequest.Hold(id, Account(step.Debit), step.Credit > Customers || step.Kind == 1 ? null : Account(step.Credit), amount, null, "h"),
            3 or 4 => TransferRequest.Post(id, hold, Account(step.Credit), amount, "p"),
            _ => TransferRequest.Void(id, hold, "v"),
        };
    }
}
