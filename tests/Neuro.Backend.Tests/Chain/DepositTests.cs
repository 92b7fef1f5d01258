using System.Numerics;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Chain;
using Neuro.Backend.Ledger;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Chain;

public sealed class DepositTests(AnvilFixture anvil) : IClassFixture<AnvilFixture>
{
    private static readonly BigInteger One = BaseUnits.Of(Ntk.Of(1));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Deposit_OnItsWay_IsSeenSafeAndCreditedOnce(string engine)
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required(), engine);
        var receipt = await chain.DepositAsync(TestChain.Ada, 12 * One);
        (await StatusAsync(chain)).ShouldBe(("seen", Ntk.Zero));
        await chain.Anvil.MineAsync(5);
        (await StatusAsync(chain)).ShouldBe(("safe", Ntk.Zero));
        await chain.Anvil.MineAsync(5);
        (await StatusAsync(chain)).ShouldBe(("credited", Ntk.Of(12)));
        await chain.RestartAsync();
        (await StatusAsync(chain)).ShouldBe(("credited", Ntk.Of(12)));
        var deposit = (await chain.Deposits.ListAsync(TestChain.Ada, 0, 10, Cancel)).ShouldHaveSingleItem();
        deposit.Transaction.ShouldBe(receipt.TransactionHash.ToString());
        deposit.Block.ShouldBe(receipt.BlockNumber);
        deposit.Confirmations.ShouldBe((await chain.Plain.BlockAsync(BlockRef.Latest, Cancel))!.Number - receipt.BlockNumber + 1);
        (await chain.Deposits.ListAsync(TestChain.Bo, 0, 10, Cancel)).ShouldBeEmpty();
        await chain.CheckAsync();
    }

    [Fact]
    public async Task Deposit_InABlockThatIsTakenBack_IsGoneAndComesBackUnderAnotherKey()
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required());
        await chain.Anvil.MineAsync(5);
        var before = await chain.Anvil.SnapshotAsync();
        await chain.DepositAsync(TestChain.Ada, 3 * One);
        (await StatusAsync(chain)).ShouldBe(("seen", Ntk.Zero));
        await chain.Anvil.RevertAsync(before);
        await chain.Anvil.MineAsync(4);
        (await StatusAsync(chain)).ShouldBe(("gone", Ntk.Zero));
        await chain.DepositAsync(TestChain.Ada, 3 * One);
        await chain.FinaliseAsync();
        await chain.StepAsync();
        var deposits = await chain.Deposits.ListAsync(TestChain.Ada, 0, 10, Cancel);
        deposits.Select(deposit => deposit.Status).Order().ShouldBe(["credited", "gone"]);
        (await chain.AvailableAsync(TestChain.Ada)).ShouldBe(Ntk.Of(3));
        await chain.CheckAsync();
    }

    [Fact]
    public async Task Deposit_TakenBackAndNeverLookedAtAgainBeforeFinality_IsGone()
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required());
        await chain.Anvil.MineAsync(5);
        var before = await chain.Anvil.SnapshotAsync();
        await chain.DepositAsync(TestChain.Ada, 3 * One);
        await chain.StepAsync();
        await chain.Anvil.RevertAsync(before);
        await chain.Anvil.MineAsync(30);
        (await StatusAsync(chain)).ShouldBe(("gone", Ntk.Zero));
    }

    [Fact]
    public async Task Deposit_WithDust_LosesNothing()
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required());
        BigInteger[] amounts = [(5 * One) + 600_000_000, 700_000_000, One + 700_000_001];
        foreach (var amount in amounts)
        {
            await chain.DepositAsync(TestChain.Ada, amount);
            await chain.FinaliseAsync();
            await chain.StepAsync();
        }

        (await chain.AvailableAsync(TestChain.Ada)).ShouldBe(Ntk.Of(6));
        (await chain.AvailableAsync(SystemAccounts.Dust)).ShouldBe(new Ntk(2));
        await using var db = chain.Database.CreateDbContext();
        var left = await db.Chain.Select(row => row.Dust).SingleAsync(Cancel);
        (BaseUnits.Of(Ntk.Of(6) + new Ntk(2)) + left).ShouldBe(amounts.Aggregate(BigInteger.Add));
        await chain.CheckAsync();
    }

    [Fact]
    public async Task Deposit_ForNobody_IsUnclaimedUntilAnOperatorAssignsIt()
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required());
        await chain.DepositAsync(Hash32.Parse("0x" + new string('a', 64)), One);
        await chain.DepositAsync(SystemAccounts.Issuance, One); // Nobody can burn by a deposit.
        await chain.FinaliseAsync();
        await chain.StepAsync();
        (await chain.AvailableAsync(SystemAccounts.Unclaimed)).ShouldBe(Ntk.Of(2));
        var unclaimed = await chain.Deposits.UnclaimedAsync(0, 10, Cancel);
        unclaimed.Count.ShouldBe(2);
        await chain.Deposits.AssignAsync(unclaimed[0].Id, TestChain.Bo, Cancel);
        await chain.Deposits.AssignAsync(unclaimed[0].Id, TestChain.Bo, Cancel);
        (await chain.AvailableAsync(TestChain.Bo)).ShouldBe(Ntk.Of(1));
        (await Should.ThrowAsync<NeuroException>(() => chain.Deposits.AssignAsync(unclaimed[0].Id, TestChain.Ada, Cancel))).Code.ShouldBe("deposit.claimed");
        (await Should.ThrowAsync<NeuroException>(() => chain.Deposits.AssignAsync(unclaimed[1].Id, Guid.NewGuid(), Cancel))).Code.ShouldBe("account.not_found");
        (await chain.Deposits.ListAsync(TestChain.Bo, 0, 10, Cancel)).ShouldHaveSingleItem().Status.ShouldBe("credited");
        await chain.CheckAsync();
    }

    [Theory]
    [InlineData("backwards")]
    [InlineData("finalized above latest")]
    [InlineData("another hash")]
    public async Task Look_AtANodeThatLies_CreditsNothingUntilItHeals(string how)
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required());
        await chain.StepAsync();
        await chain.DepositAsync(TestChain.Ada, One);
        await chain.FinaliseAsync();
        chain.Ethereum.Lie = blocks => how switch
        {
            "backwards" => [blocks[0], blocks[2]! with { Number = 1 }, blocks[2]! with { Number = 1 }, .. blocks.Skip(3)],
            "finalized above latest" => [blocks[0], blocks[1], blocks[0]! with { Number = blocks[0]!.Number + 5 }, .. blocks.Skip(3)],
            _ => [blocks[0], blocks[1], blocks[2], blocks[0]],
        };
        await chain.Duties.PollAsync(Cancel);
        chain.Problem!.ShouldContain("cannot be believed");
        (await chain.AvailableAsync(TestChain.Ada)).ShouldBe(Ntk.Zero);
        chain.Ethereum.Lie = null;
        await chain.Duties.PollAsync(Cancel);
        chain.Problem.ShouldBeNull();
        (await chain.AvailableAsync(TestChain.Ada)).ShouldBe(Ntk.Of(1));
    }

    private static async Task<(string Status, Ntk Available)> StatusAsync(TestChain chain)
    {
        await chain.StepAsync();
        return ((await chain.Deposits.ListAsync(TestChain.Ada, 0, 10, Cancel)).ShouldHaveSingleItem().Status, await chain.AvailableAsync(TestChain.Ada));
    }
}
