using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Chain.Anvil;
using Neuro.Chain.Contracts;
using Neuro.Chain.Liabilities;
using Neuro.Chain.Signing;
using Neuro.Chain.Values;
using Neuro.Backend.Chain;
using Neuro.Client.Api;
using Neuro.Client.Chain;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Chain;

/// <summary>Over HTTP, as people meet it.</summary>
public sealed class WalletTests(AnvilFixture anvil) : IClassFixture<AnvilFixture>
{
    private static readonly LocalSigner Mine = new(Hash32.Parse("0x" + new string('1', 64)));
    private static readonly LocalSigner Other = new(Hash32.Parse("0x" + new string('2', 64)));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chain_WhereThereIsNone_IsSaid()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        await RefusedAsync("chain.none", () => customer.Api.GetChainAsync(Cancel));
        await RefusedAsync("chain.none", () => customer.WithdrawAsync(Ntk.Of(1), Mine.Address.ToString(), Cancel));
        await RefusedAsync("chain.none", () => NeuroClient.SignInAsync(platform.Platform.Url, Mine.Address.ToString(), With(Mine), Cancel));
        using var http = platform.Http();
        (await http.GetAsync("health/chain", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Wallet_LinkedAndChanged_SignsInToItsAccount()
    {
        await using var platform = await StartAsync();
        var customer = await platform.CustomerAsync(ntk: 10);
        (await customer.Api.GetWalletAsync(Cancel)).Address.ShouldBeNull();
        var wallet = await customer.LinkWalletAsync(Mine.Address.ToString(), With(Mine), Cancel);
        wallet.Address.ShouldBe(Mine.Address.ToString());
        wallet.Tokens.ShouldBe(Ntk.Zero);
        wallet.Eth.ShouldBe(0);

        var session = await NeuroClient.SignInAsync(platform.Platform.Url, Mine.Address.ToString(), With(Mine), Cancel);
        session.Key.Expires!.Value.ShouldBe(platform.Clock.GetUtcNow() + TimeSpan.FromDays(1), TimeSpan.FromSeconds(1));
        (await (await platform.CustomerAsync(session.Secret)).BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(10));

        // A wallet that nobody has opens an account, and belongs to it from then on.
        var stranger = await platform.CustomerAsync((await NeuroClient.SignInAsync(platform.Platform.Url, Other.Address.ToString(), With(Other), Cancel)).Secret);
        (await stranger.BalanceAsync(Cancel)).Account.ShouldBe(Other.Address.ToString());
        var again = await platform.CustomerAsync((await NeuroClient.SignInAsync(platform.Platform.Url, Other.Address.ToString(), With(Other), Cancel)).Secret);
        (await again.Api.GetAccountAsync(Cancel)).Id.ShouldBe((await stranger.Api.GetAccountAsync(Cancel)).Id);
        await RefusedAsync("wallet.taken", () => customer.LinkWalletAsync(Other.Address.ToString(), With(Other), Cancel));

        // Not while a withdrawal is under way; then the old one is a stranger's.
        var third = new LocalSigner(Hash32.Parse("0x" + new string('3', 64)));
        var withdrawal = await customer.WithdrawAsync(Ntk.Of(1), Mine.Address.ToString(), Cancel);
        await RefusedAsync("wallet.withdrawal_under_way", () => customer.LinkWalletAsync(third.Address.ToString(), With(third), Cancel));
        await customer.Api.CancelWithdrawalAsync(withdrawal.Id, Cancel);
        (await customer.LinkWalletAsync(third.Address.ToString(), With(third), Cancel)).Address.ShouldBe(third.Address.ToString());
        var late = await platform.CustomerAsync((await NeuroClient.SignInAsync(platform.Platform.Url, Mine.Address.ToString(), With(Mine), Cancel)).Secret);
        (await late.Api.GetAccountAsync(Cancel)).Id.ShouldNotBe((await customer.Api.GetAccountAsync(Cancel)).Id);
    }

    [Fact]
    public async Task Session_WithWhatWasSignedForSomethingElse_IsRefused()
    {
        await using var platform = await StartAsync();
        var customer = await platform.CustomerAsync();
        var challenge = await customer.Api.ChallengeSessionAsync(new(Mine.Address.ToString()), Cancel);
        challenge.Message.ShouldStartWith($"http://{platform.Platform.Url.Authority} wants you to sign in");
        var proof = await ProofAsync(Mine, challenge.Message);
        await RefusedAsync("siwe.used_nonce", () => customer.Api.LinkWalletAsync(proof, Cancel)); // For another purpose.
        await RefusedAsync("siwe.bad_signature", async () => await customer.Api.OpenSessionAsync(await ProofAsync(Other, challenge.Message), Cancel));
        await RefusedAsync("siwe.other_chain", async () =>
            await customer.Api.OpenSessionAsync(await ProofAsync(Mine, challenge.Message.Replace("Chain ID: 31337", "Chain ID: 1")), Cancel));
        await RefusedAsync("siwe.other_domain", async () =>
            await customer.Api.OpenSessionAsync(await ProofAsync(Mine, challenge.Message.Replace("http://127", "http://126")), Cancel));
        await RefusedAsync("siwe.malformed", async () => await customer.Api.OpenSessionAsync(await ProofAsync(Mine, challenge.Message + "\n"), Cancel));
        var nonce = SiweMessage.Parse(challenge.Message).Nonce;
        await RefusedAsync("siwe.used_nonce", async () =>
            await customer.Api.OpenSessionAsync(await ProofAsync(Mine, challenge.Message.Replace(nonce, nonce[..^1] + (nonce[^1] == '0' ? '1' : '0'))), Cancel));
        var contract = await Should.ThrowAsync<NeuroException>(() => customer.Api.OpenSessionAsync(new(challenge.Message, "0x" + new string('0', 400)), Cancel));
        contract.Message.ShouldContain("EIP-1271");
        await customer.Api.OpenSessionAsync(proof, Cancel);
        await RefusedAsync("siwe.used_nonce", () => customer.Api.OpenSessionAsync(proof, Cancel));

        var old = await customer.Api.ChallengeSessionAsync(new(Mine.Address.ToString()), Cancel);
        var oldProof = await ProofAsync(Mine, old.Message);
        platform.Clock.Advance(TimeSpan.FromMinutes(11));
        await RefusedAsync("siwe.expired", () => customer.Api.OpenSessionAsync(oldProof, Cancel));
        await RefusedAsync("wallet.bad_address", () => customer.Api.ChallengeSessionAsync(new("0x12"), Cancel));
    }

    [Fact]
    public async Task Deposit_OverHttp_IsCreditedProvenAndAssigned()
    {
        var node = anvil.Required();
        await using var platform = await StartAsync();
        var customer = await platform.CustomerAsync(ntk: 10);
        var account = (await customer.Api.GetAccountAsync(Cancel)).Id;
        var vault = Address.Parse((await customer.Api.GetChainAsync(Cancel)).Vault);
        var (deployer, token) = (new ChainAccount(node.Connect(AnvilFixture.Http), AnvilNode.Signers[0]),
            Address.Parse((await customer.Api.GetChainAsync(Cancel)).Token));
        await deployer.SendAsync(token, NtkToken.Approve(vault, BaseUnits.Of(Ntk.Of(9))), cancel: Cancel);
        await deployer.SendAsync(vault, NtkVault.Deposit(BaseUnits.Of(Ntk.Of(5)), Hash32.Parse(DepositAccount.Of(account))), cancel: Cancel);
        await deployer.SendAsync(vault, NtkVault.Deposit(BaseUnits.Of(Ntk.Of(4)), Hash32.Parse(DepositAccount.Of(Guid.NewGuid()))), cancel: Cancel);
        await node.MineAsync(AnvilFixture.ToFinality);
        await platform.Platform.Services.GetRequiredService<ChainDuties>().PollAsync(Cancel);
        (await customer.Api.GetDepositsAsync(cancel: Cancel)).ShouldHaveSingleItem().Status.ShouldBe("credited");
        var unclaimed = (await customer.Api.GetUnclaimedAsync(cancel: Cancel)).ShouldHaveSingleItem();
        await customer.Api.AssignUnclaimedAsync(unclaimed.Id, new(account), Cancel);
        (await customer.BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(19));

        var stated = await customer.Api.PublishLiabilitiesAsync(Cancel);
        stated.Sum.ShouldBe(Ntk.Of(1009));
        (await customer.Api.GetLiabilitiesAsync(Cancel)).Epoch.ShouldBe(stated.Epoch);
        LiabilityProof.Verify(await customer.LiabilityProofAsync(cancel: Cancel), stated.Root).IsRight.ShouldBeTrue();
        var (other, _) = await platform.NewCustomerAsync("Bo");
        await RefusedAsync("access.role_missing", () => other.Api.PublishLiabilitiesAsync(Cancel));
        await RefusedAsync("access.role_missing", () => other.Api.GetUnclaimedAsync(cancel: Cancel));
        await RefusedAsync("liabilities.not_in_it", () => other.LiabilityProofAsync(cancel: Cancel));
        var withdrawal = await customer.WithdrawAsync(Ntk.Of(1), Mine.Address.ToString(), Cancel);
        await RefusedAsync("withdrawal.not_found", () => other.Api.GetWithdrawalAsync(withdrawal.Id, Cancel));
        await RefusedAsync("withdrawal.not_found", () => other.Api.CancelWithdrawalAsync(withdrawal.Id, Cancel));
        (await other.Api.GetWithdrawalsAsync(cancel: Cancel)).ShouldBeEmpty();
        (await other.Api.GetDepositsAsync(cancel: Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Platform_WithItsChainAway_GoesOn()
    {
        var node = await AnvilNode.StartAsync(AnvilFixture.Http, Repository.Root, ["--slots-in-an-epoch", "4"], Cancel);
        await using var platform = await StartAsync(node);
        var customer = await platform.CustomerAsync(ntk: 10);
        await node.MineAsync(); // After the block of the first statement.
        await platform.Platform.Services.GetRequiredService<ChainDuties>().PollAsync(Cancel);
        var before = await customer.Api.GetChainAsync(Cancel);
        before.ChainId.ShouldBe(31337);
        before.Owed.ShouldBe(Ntk.Of(1000));
        before.InVault.ShouldBe(Ntk.Of(1000));
        before.Problem.ShouldBeNull();
        await node.DisposeAsync();
        await platform.RestartAsync();
        customer = await platform.CustomerAsync(ntk: 10);
        (await customer.BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(20));
        (await customer.WithdrawAsync(Ntk.Of(5), Mine.Address.ToString(), Cancel)).Status.ShouldBe("held");
        (await customer.Api.GetDepositsAsync(cancel: Cancel)).ShouldBeEmpty();
        (await customer.Api.GetChainAsync(Cancel)).Problem.ShouldNotBeNull();
        using var http = platform.Http();
        (await http.GetAsync("health/chain", Cancel)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await http.GetAsync("health/ready", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await RefusedAsync("chain.unreachable", () => customer.Api.PublishLiabilitiesAsync(Cancel));
    }

    private Task<TestPlatform> StartAsync() => StartAsync(anvil.Required());

    private static async Task<TestPlatform> StartAsync(AnvilNode node)
    {
        var deployer = new ChainAccount(node.Connect(AnvilFixture.Http), AnvilNode.Signers[0]);
        var contracts = await Deployment.DeployAsync(deployer, new() { Settler = AnvilNode.Signers[1].Address }, Cancel);
        await deployer.SendAsync(contracts.Token, NtkToken.Transfer(contracts.Vault, BaseUnits.Of(Ntk.Of(1000))), cancel: Cancel);
        await node.MineAsync(AnvilFixture.ToFinality);
        return await TestPlatform.StartAsync(options =>
            options with { Chain = new ChainOptions { Endpoints = [node.Url], Vault = contracts.Vault, Settler = AnvilNode.Signers[1], FromBlock = contracts.Block } });
    }

    private static Func<string, Task<string>> With(LocalSigner signer) => async message => (await ProofAsync(signer, message)).Signature;

    private static async Task<WalletProof> ProofAsync(LocalSigner signer, string message) =>
        new(message, (await signer.SignMessageAsync(Encoding.UTF8.GetBytes(message), Cancel)).ToString());

    private static async Task RefusedAsync(string code, Func<Task> ask) => (await Should.ThrowAsync<NeuroException>(ask)).Code.ShouldBe(code);
}
