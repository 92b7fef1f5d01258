using System.Numerics;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Chain;
using Neuro.Backend.Chain.Withdrawals;
using Neuro.Chain.Contracts;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Chain;

public sealed class WithdrawalTests(AnvilFixture anvil) : IClassFixture<AnvilFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Withdrawal_OnItsWay_IsHeldBatchedSentAndPaid(string engine)
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required(), engine, backing: 1000, ntk: 100);
        var asked = await chain.WithdrawAsync(TestChain.Ada, 30);
        asked.Status.ShouldBe("held");
        await chain.StepAsync();
        (await chain.Withdrawals.GetAsync(TestChain.Ada, asked.Id, Cancel)).Status.ShouldBe("held");
        chain.Clock.Advance(TestChain.Batching);
        await chain.StepAsync();
        var sent = await chain.Withdrawals.GetAsync(TestChain.Ada, asked.Id, Cancel);
        sent.Status.ShouldBe("sent");
        sent.Transaction.ShouldBe(chain.Ethereum.Sent.ShouldHaveSingleItem());
        (await chain.TokensAsync(asked.To)).ShouldBe(BaseUnits.Of(Ntk.Of(30)));
        (await chain.HeldAsync(TestChain.Ada)).ShouldBe(Ntk.Of(30));
        await chain.CheckAsync();
        await chain.FinaliseAsync();
        await chain.StepAsync();
        (await chain.Withdrawals.ListAsync(TestChain.Ada, 0, 10, Cancel)).ShouldHaveSingleItem().Status.ShouldBe("paid");
        (await chain.AvailableAsync(TestChain.Ada)).ShouldBe(Ntk.Of(70));
        (await chain.HeldAsync(TestChain.Ada)).ShouldBe(Ntk.Zero);
        await chain.StepAsync();
        await using var db = chain.Database.CreateDbContext();
        (await db.Outbox.Select(row => row.State).ToListAsync(Cancel)).ShouldAllBe(state => state == (int)OutboxState.Done);
        await chain.CheckAsync();
    }

    [Fact]
    public async Task Request_AgainOrWrong_IsTheSameOrRefused()
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required(), backing: 1000, ntk: 100);
        var (id, to) = (Guid.NewGuid(), TestChain.NewAddress());
        var first = await chain.WithdrawAsync(TestChain.Ada, 5, id, to);
        (await chain.WithdrawAsync(TestChain.Ada, 5, id, to)).ShouldBe(first);
        await RefusedAsync("withdrawal.exists", () => chain.WithdrawAsync(TestChain.Ada, 6, id, to));
        await RefusedAsync("withdrawal.exists", () => chain.WithdrawAsync(TestChain.Ada, 5, id));
        await RefusedAsync("withdrawal.exists", () => chain.WithdrawAsync(TestChain.Bo, 5, id, to));
        await RefusedAsync("ledger.insufficient_funds", () => chain.WithdrawAsync(TestChain.Ada, 96));
        await RefusedAsync("request.out_of_range", () => chain.WithdrawAsync(TestChain.Ada, 0));
        await RefusedAsync("withdrawal.bad_address", () => chain.WithdrawAsync(TestChain.Ada, 1, to: Address.Zero));
        await RefusedAsync("withdrawal.bad_address", () => chain.WithdrawAsync(TestChain.Ada, 1, to: chain.Contracts.Token));
        await RefusedAsync("withdrawal.bad_address", () => chain.WithdrawAsync(TestChain.Ada, 1, to: chain.Contracts.Vault));
        await RefusedAsync("withdrawal.bad_address", () =>
            chain.Withdrawals.RequestAsync(TestChain.Ada, new(Guid.NewGuid(), "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD".Replace('b', 'B'), Ntk.Of(1)), Cancel));
        (await chain.HeldAsync(TestChain.Ada)).ShouldBe(Ntk.Of(5));
        await RefusedAsync("withdrawal.not_found", () => chain.Withdrawals.CancelAsync(TestChain.Bo, id, Cancel));
        (await chain.Withdrawals.CancelAsync(TestChain.Ada, id, Cancel)).Status.ShouldBe("returned");
        (await chain.Withdrawals.CancelAsync(TestChain.Ada, id, Cancel)).Status.ShouldBe("returned");
        (await chain.HeldAsync(TestChain.Ada)).ShouldBe(Ntk.Zero);
        var second = await chain.WithdrawAsync(TestChain.Ada, 5);
        chain.Clock.Advance(TestChain.Batching);
        await chain.StepAsync();
        await RefusedAsync("withdrawal.under_way", () => chain.Withdrawals.CancelAsync(TestChain.Ada, second.Id, Cancel));
        await chain.CheckAsync();
    }

    [Fact]
    public async Task Batch_OfFiveHundredFreshWallets_FitsInOneTransaction()
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required(), backing: 100_000, ntk: 10_000);
        var asked = await Task.WhenAll(Enumerable.Range(0, 501).Select(_ => chain.WithdrawAsync(TestChain.Ada, 1)));
        await chain.StepAsync();
        var hash = chain.Ethereum.Sent.ShouldHaveSingleItem();
        var receipt = (await chain.Plain.ReceiptAsync(Hash32.Parse(hash), Cancel))!;
        receipt.Succeeded.ShouldBeTrue();
        receipt.GasUsed.ShouldBeLessThan(1 << 24);
        await chain.FinaliseAsync();
        await chain.StepAsync();
        (await chain.Withdrawals.ListAsync(TestChain.Ada, 0, 1000, Cancel)).CountBy(row => row.Status).ToDictionary()
            .ShouldBe(new Dictionary<string, int> { ["paid"] = 500, ["held"] = 1 }, ignoreOrder: true);
        await chain.EndAsync(TestChain.Ada, asked.Single(row => chain.Withdrawals.GetAsync(TestChain.Ada, row.Id, Cancel).Result.Status == "held").Id);
        (await chain.AvailableAsync(TestChain.Ada)).ShouldBe(Ntk.Of(10_000 - 501));
        await chain.CheckAsync();
    }

    [Fact]
    public async Task Withdrawal_AboveTheThreshold_IsQueuedAndReleasedByThePlatform()
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required(), backing: 1_000_000, ntk: 200_000);
        var asked = await chain.WithdrawAsync(TestChain.Ada, 150_000);
        chain.Clock.Advance(TestChain.Batching);
        await chain.StepAsync();
        await chain.FinaliseAsync();
        await chain.StepAsync();
        var queued = await chain.Withdrawals.GetAsync(TestChain.Ada, asked.Id, Cancel);
        queued.Status.ShouldBe("queued");
        queued.ReleaseAt.ShouldNotBeNull();
        (await chain.HeldAsync(TestChain.Ada)).ShouldBe(Ntk.Of(150_000));
        await chain.CheckAsync();
        await chain.Anvil.IncreaseTimeAsync(TimeSpan.FromDays(1.01));
        await chain.Anvil.MineAsync();
        (await chain.EndAsync(TestChain.Ada, asked.Id)).Status.ShouldBe("paid");
        (await chain.TokensAsync(asked.To)).ShouldBe(BaseUnits.Of(Ntk.Of(150_000)));
        await chain.CheckAsync();
    }

    [Fact]
    public async Task Withdrawal_ThatTheGuardianCancels_ComesBack()
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required(), backing: 1_000_000, ntk: 200_000);
        var asked = await chain.WithdrawAsync(TestChain.Ada, 150_000);
        chain.Clock.Advance(TestChain.Batching);
        await chain.StepAsync();
        await chain.FinaliseAsync();
        await chain.StepAsync();
        await using var db = chain.Database.CreateDbContext();
        var batch = await db.Withdrawals.Select(row => row.BatchId!.Value).SingleAsync(Cancel);
        await chain.Deployer.SendAsync(chain.Contracts.Vault, NtkVault.Cancel(PaymentId.Of(batch, 0)), errors: NtkVault.Artifact.Abi.Errors, cancel: Cancel);
        var returned = await chain.EndAsync(TestChain.Ada, asked.Id);
        returned.Status.ShouldBe("returned");
        returned.Reason!.ShouldContain("guardian");
        (await chain.AvailableAsync(TestChain.Ada)).ShouldBe(Ntk.Of(200_000));
        await chain.CheckAsync();
    }

    [Fact]
    public async Task Withdrawal_BeyondADaysCap_IsRefusedByTheVaultAndComesBack()
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required(), backing: 5_000_000, ntk: 2_000_000);
        var asked = await chain.WithdrawAsync(TestChain.Ada, 1_000_001);
        (await chain.EndAsync(TestChain.Ada, asked.Id)).Status.ShouldBe("returned");
        (await chain.AvailableAsync(TestChain.Ada)).ShouldBe(Ntk.Of(2_000_000));
        await chain.CheckAsync();
    }

    [Fact]
    public async Task Batch_ThatTheDailyCapLeavesNoRoomFor_SaysUntilWhenItWaits()
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required(), backing: 5_000_000, ntk: 2_000_000);
        var asked = new List<Guid>();
        for (var i = 0; i < 11; i++)
        {
            asked.Add((await chain.WithdrawAsync(TestChain.Ada, 100_000)).Id); // At the threshold: paid at once, ten a day.
        }

        chain.Clock.Advance(TestChain.Batching);
        await chain.StepAsync();
        await chain.FinaliseAsync();
        await chain.StepAsync();
        chain.Clock.Advance(TestChain.Batching);
        await chain.StepAsync();
        var list = await chain.Withdrawals.ListAsync(TestChain.Ada, 0, 20, Cancel);
        list.Count(row => row.Status == "paid").ShouldBe(10);
        var waits = list.Single(row => row.Status != "paid");
        waits.Status.ShouldBe("batched");
        waits.Reason!.ShouldContain("waits until");
        await chain.CheckAsync();
        await chain.Anvil.IncreaseTimeAsync(TimeSpan.FromDays(1));
        await chain.Anvil.MineAsync();
        chain.Clock.Advance(TimeSpan.FromDays(1));
        (await chain.EndAsync(TestChain.Ada, waits.Id)).Status.ShouldBe("paid");
        await chain.CheckAsync();
    }

    [Fact]
    public async Task Transaction_InNoBlock_IsReplacedByOneWithAHigherFee()
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required(), backing: 1000, ntk: 100);
        var asked = await chain.WithdrawAsync(TestChain.Ada, 30);
        chain.Ethereum.Drops = true;
        chain.Clock.Advance(TestChain.Batching);
        await chain.StepAsync();
        await chain.StepAsync();
        chain.Ethereum.Sent.Distinct().ShouldHaveSingleItem(); // Sent again as it was.
        chain.Clock.Advance(TimeSpan.FromMinutes(1));
        await chain.StepAsync();
        chain.Ethereum.Sent.Distinct().Count().ShouldBe(2);
        var versions = await chain.SettlementsAsync();
        versions.Select(row => row.Nonce).Distinct().ShouldHaveSingleItem();
        (BigInteger.Parse(versions[1].MaxFee) * 8).ShouldBeGreaterThanOrEqualTo(BigInteger.Parse(versions[0].MaxFee) * 9);
        (BigInteger.Parse(versions[1].PriorityFee) * 8).ShouldBeGreaterThanOrEqualTo(BigInteger.Parse(versions[0].PriorityFee) * 9);
        chain.Ethereum.Drops = false;
        await chain.Plain.SendRawAsync(versions[0].Raw, Cancel); // The older version gets in after all.
        (await chain.EndAsync(TestChain.Ada, asked.Id)).Status.ShouldBe("paid");
        (await chain.TokensAsync(asked.To)).ShouldBe(BaseUnits.Of(Ntk.Of(30)));
        await chain.CheckAsync();
    }

    [Fact]
    public async Task Transaction_WhoseNonceSomethingElseUsed_IsSignedAnewUnlessTheVaultHasHeardIt()
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required(), backing: 1000, ntk: 100);
        var asked = await chain.WithdrawAsync(TestChain.Ada, 30);
        chain.Ethereum.Drops = true;
        chain.Clock.Advance(TestChain.Batching);
        await chain.StepAsync();
        await new ChainAccount(chain.Plain, chain.Settler).SendAsync(TestChain.NewAddress(), ReadOnlyMemory<byte>.Empty, value: 1, cancel: Cancel);
        chain.Ethereum.Drops = false;
        (await chain.EndAsync(TestChain.Ada, asked.Id)).Status.ShouldBe("paid");
        (await chain.SettlementsAsync()).Select(row => row.Nonce).Distinct().Count().ShouldBe(2);
        (await chain.TokensAsync(asked.To)).ShouldBe(BaseUnits.Of(Ntk.Of(30)));

        // Somebody with the same key and a copy of the books sends the same batch under a nonce of their own.
        var second = await chain.WithdrawAsync(TestChain.Ada, 20);
        chain.Ethereum.Drops = true;
        chain.Clock.Advance(TestChain.Batching);
        await chain.StepAsync();
        await using var db = chain.Database.CreateDbContext();
        var data = await db.Outbox.OrderByDescending(row => row.CreatedAt).Select(row => row.Data).FirstAsync(Cancel);
        await new ChainAccount(chain.Plain, chain.Settler).SendAsync(chain.Contracts.Vault, data, errors: NtkVault.Artifact.Abi.Errors, cancel: Cancel);
        chain.Ethereum.Drops = false;
        (await chain.EndAsync(TestChain.Ada, second.Id)).Status.ShouldBe("paid");
        (await chain.SettlementsAsync()).Count.ShouldBe(3);
        (await chain.TokensAsync(second.To)).ShouldBe(BaseUnits.Of(Ntk.Of(20)));
        await chain.CheckAsync();
    }

    [Fact]
    public async Task Vault_PaysWhatTheLedgerDidNotAskFor_IsSaid()
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required(), backing: 1000, ntk: 100);
        var thief = NtkVault.Settle(PaymentId.OfBatch(Guid.NewGuid()), [new(PaymentId.Of(Guid.NewGuid(), 0), TestChain.NewAddress(), BaseUnits.Of(Ntk.Of(5)))]);
        await new ChainAccount(chain.Plain, chain.Settler).SendAsync(chain.Contracts.Vault, thief, errors: NtkVault.Artifact.Abi.Errors, cancel: Cancel);
        await chain.FinaliseAsync();
        await chain.StepAsync();
        chain.Problem!.ShouldContain("did not ask for");
    }

    private static async Task RefusedAsync(string code, Func<Task> ask) => (await Should.ThrowAsync<NeuroException>(ask)).Code.ShouldBe(code);
}
