using System.Globalization;
using System.Numerics;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Chain.Deposits;
using Neuro.Chain.Contracts;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Neuro.Client.Chain;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Chain;

/// <summary>Many logs, and several who follow them.</summary>
public sealed class FollowTests(AnvilFixture anvil) : IClassFixture<AnvilFixture>
{
    private const int PerBlock = 2000; // More than one transaction of the database takes.

    private const long MostKept = 16 << 20;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CatchUp_CutOffInTheMiddle_CreditsEachOnce()
    {
        // Fifty blocks make 100,000 logs.
        var blocks = int.Parse(Environment.GetEnvironmentVariable("NEURO_CHAIN_BLOCKS") ?? "3", CultureInfo.InvariantCulture);
        await using var chain = await TestChain.OpenAsync(anvil.Required());
        var row = (await chain.Backing.RowAsync(Cancel))!;
        chain.Ethereum.Logs = filter => Invented(chain, filter, row.Cursor + 1, blocks);
        await chain.Anvil.MineAsync(blocks);
        chain.Ethereum.LogsLeft = 1; // It is away before all ranges are read.
        await chain.Duties.PollAsync(Cancel);
        chain.Ethereum.LogsLeft = int.MaxValue;
        await chain.RestartAsync();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await chain.StepAsync();
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        grown.ShouldBeLessThan(MostKept);
        await using var db = chain.Database.CreateDbContext();
        (await db.Deposits.CountAsync(deposit => deposit.State == (int)DepositState.Credited, Cancel)).ShouldBe(blocks * PerBlock);
        (await chain.AvailableAsync(TestChain.Ada)).ShouldBe(Ntk.Of(blocks * PerBlock));
        (await chain.Ledger.ProofAsync(Cancel)).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task TwoReplicas_AtOnce_CreditAndPayOnce()
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required(), "postgres", backing: 1000, ntk: 100);
        await using var second = chain.Beside();
        for (var round = 0; round < 5; round++)
        {
            await chain.DepositAsync(TestChain.Bo, BaseUnits.Of(Ntk.Of(2)));
            await chain.FinaliseAsync();
            var asked = await chain.WithdrawAsync(TestChain.Ada, 3);
            chain.Clock.Advance(TestChain.Batching);
            for (var step = 0; step < 3; step++)
            {
                await Task.WhenAll(StepAsync(chain), StepAsync(second));
            }

            (await chain.EndAsync(TestChain.Ada, asked.Id)).Status.ShouldBe("paid");
            (await chain.TokensAsync(asked.To)).ShouldBe(BaseUnits.Of(Ntk.Of(3)));
        }

        (await chain.AvailableAsync(TestChain.Ada)).ShouldBe(Ntk.Of(85));
        (await chain.AvailableAsync(TestChain.Bo)).ShouldBe(Ntk.Of(110));
        await chain.CheckAsync();
    }

    // Of two who do the same at once one is told that the rows are not what it took them for; its next look goes on.
    private static async Task StepAsync(TestChain chain)
    {
        try
        {
            await chain.StepAsync();
        }
        catch (Exception late) when (late is DbUpdateException or InvalidOperationException or NeuroException { Code: "ledger.unavailable" })
        {
            // The next look sees what the other one did.
        }
    }

    private static IReadOnlyList<Log> Invented(TestChain chain, LogFilter filter, long first, int blocks)
    {
        if (filter.To.Number - filter.From.Number >= 1)
        {
            throw new NeuroException("chain.too_much", "One block at a time.");
        }

        var block = filter.From.Number!.Value;
        return block < first || block >= first + blocks ? [] : [.. Enumerable.Range(0, PerBlock).Select(i => new Log(
            chain.Contracts.Vault, [VaultEvent.Topic("Deposited"), new([.. new byte[12], .. chain.Deployer.Address.ToBytes()]),
                Hash32.Parse(DepositAccount.Of(TestChain.Ada))],
            Hash32.Of(BaseUnits.Of(Ntk.Of(1))).ToBytes(), block, Hash32.Of(block), Hash32.Of(new BigInteger((block * PerBlock) + i)), i, i))];
    }
}
