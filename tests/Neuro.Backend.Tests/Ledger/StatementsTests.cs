using Neuro.Backend.Ledger;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Ledger;

public sealed class StatementsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Balance_ManyWhoHaveJustBeenPaid_EachSeesItAndNobodyElses(string engine)
    {
        await using var database = await LedgerEngine.OpenAsync(engine);
        await using var ledger = new Backend.Ledger.Ledger(database.Database, TimeProvider.System);
        await ledger.OpenBooksAsync(Cancel);
        var statements = new Statements(database.Database);
        await Task.WhenAll(Enumerable.Range(1, 50).Select(async mine =>
        {
            var account = Guid.NewGuid();
            await ledger.OpenAccountAsync(account, "customer", $"customer {mine}", Cancel);
            for (var paid = 1; paid <= 10; paid++)
            {
                (await ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), SystemAccounts.Treasury, account, Ntk.Of(mine), "pay"), Cancel)).Code.ShouldBe(TransferCode.Ok);
                await ledger.SubmitAsync(TransferRequest.Hold(Guid.NewGuid(), account, null, new Ntk(1), null, "hold"), Cancel);
                (await statements.BalanceAsync(account, Cancel)).ShouldBe(new($"customer {mine}", Ntk.Of(mine * paid) - new Ntk(paid), new Ntk(paid)));
            }
        }));
    }

    [Fact]
    public async Task Balance_UnknownAccountAmongOthers_FailsAlone()
    {
        await using var database = await LedgerEngine.OpenAsync("sqlite");
        await using var ledger = new Backend.Ledger.Ledger(database.Database, TimeProvider.System);
        await ledger.OpenBooksAsync(Cancel);
        var statements = new Statements(database.Database);
        // Whoever asks first is answered alone; the others wait for it, and so are asked together.
        var asked = Enumerable.Range(0, 20).Select(n => statements.BalanceAsync(n == 10 ? Guid.NewGuid() : SystemAccounts.Treasury, Cancel)).ToList();
        (await Should.ThrowAsync<NeuroException>(asked[10])).Code.ShouldBe("account.not_found");
        asked.RemoveAt(10);
        (await Task.WhenAll(asked)).ShouldAllBe(balance => balance.Available == Ntk.Supply);
    }

    [Fact]
    public async Task Balance_DatabaseThatFails_FailsAndAnswersAgainWhenItIsBack()
    {
        await using var database = await LedgerEngine.OpenAsync("sqlite");
        await using var ledger = new Backend.Ledger.Ledger(database.Database, TimeProvider.System);
        await ledger.OpenBooksAsync(Cancel);
        var statements = new Statements(database.Database);
        await RunAsync("ALTER TABLE accounts RENAME TO gone");
        var asked = Enumerable.Range(0, 5).Select(_ => statements.BalanceAsync(SystemAccounts.Treasury, Cancel)).ToList();
        foreach (var one in asked)
        {
            await Should.ThrowAsync<Exception>(one);
        }

        await RunAsync("ALTER TABLE gone RENAME TO accounts");
        (await statements.BalanceAsync(SystemAccounts.Treasury, Cancel)).Available.ShouldBe(Ntk.Supply);

        async Task RunAsync(string sql)
        {
            await using var connection = await database.Database.OpenAsync(Cancel);
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync(Cancel);
        }
    }
}
