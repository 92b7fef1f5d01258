using Neuro.Backend.Ledger;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Chain;

public sealed class BackingTests(AnvilFixture anvil) : IClassFixture<AnvilFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_EmptyVault_MovesEverythingOutsideOnce()
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required());
        (await chain.AvailableAsync(SystemAccounts.Chain)).ShouldBe(Ntk.Supply);
        await chain.RestartAsync();
        await chain.Duties.OpenAsync(Cancel);
        (await chain.AvailableAsync(SystemAccounts.Chain)).ShouldBe(Ntk.Supply);
        (await chain.AvailableAsync(SystemAccounts.Treasury)).ShouldBe(Ntk.Zero);
        await chain.CheckAsync();
    }

    [Fact]
    public async Task Open_VaultWithTokens_TreasuryKeepsAsMany()
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required(), backing: 1000, ntk: 400);
        (await chain.AvailableAsync(SystemAccounts.Chain)).ShouldBe(Ntk.Supply - Ntk.Of(1000));
        (await chain.AvailableAsync(SystemAccounts.Treasury)).ShouldBe(Ntk.Of(200));
        await chain.CheckAsync();
    }

    [Fact]
    public async Task Open_DepositsInVault_BackNobodyElse()
    {
        await using var chain = await TestChain.UnconnectedAsync(anvil.Required(), backing: 0, sold: 50);
        await chain.DepositAsync(TestChain.Ada, BaseUnits.Of(Ntk.Of(70)));
        await chain.FinaliseAsync();
        var refused = await Should.ThrowAsync<NeuroException>(() => chain.Duties.OpenAsync(Cancel));
        refused.Code.ShouldBe("chain.not_backed");
        refused.Message.ShouldContain("owes customers 50 NTK");
        refused.Message.ShouldContain("Send 50 NTK");
    }

    [Fact]
    public async Task Open_OwesMoreThanInVault_IsRefusedUntilItIsSent()
    {
        await using var chain = await TestChain.UnconnectedAsync(anvil.Required(), backing: 20, sold: 50);
        var refused = await Should.ThrowAsync<NeuroException>(() => chain.Duties.OpenAsync(Cancel));
        refused.Code.ShouldBe("chain.not_backed");
        refused.Message.ShouldContain("holds 20 NTK");
        refused.Message.ShouldContain("Send 30 NTK");
        await chain.Deployer.SendAsync(chain.Contracts.Token, Neuro.Chain.Contracts.NtkToken.Transfer(chain.Contracts.Vault, BaseUnits.Of(Ntk.Of(30))), cancel: Cancel);
        await chain.FinaliseAsync();
        await chain.Duties.OpenAsync(Cancel);
        (await chain.AvailableAsync(SystemAccounts.Chain)).ShouldBe(Ntk.Supply - Ntk.Of(50));
        await chain.CheckAsync();
    }
}
