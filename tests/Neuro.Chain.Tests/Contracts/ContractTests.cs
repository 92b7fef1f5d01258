using System.Numerics;
using Neuro.Chain.Anvil;
using Neuro.Chain.Contracts;
using Neuro.Chain.Liabilities;
using Neuro.Chain.Rpc;
using Neuro.Chain.Signing;
using Neuro.Chain.Tests.Anvil;
using Neuro.Chain.Tests.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Chain.Tests.Contracts;

/// <summary>Our wrappers against the compiled contracts, on anvil.</summary>
public sealed class ContractTests
{
    private static readonly LocalSigner Deployer = AnvilNode.Signers[0];
    private static readonly LocalSigner Customer = AnvilNode.Signers[1];
    private static readonly Address Stranger = Address.Parse("0x00000000000000000000000000000000000000aa");
    private static readonly Hash32 Account = Hash32.Of(77);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deploy_ForOnesOwnChain_LeavesTheSharesThatVestWithTheDeployer()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var (chain, deployment) = await DeployAsync(anvil);
        var token = new NtkToken(chain, deployment.Token);
        (await token.SupplyAsync(cancel: Cancel)).ShouldBe(BaseUnits.Of(Ntk.Supply));
        (await token.BalanceAsync(Deployer.Address, cancel: Cancel)).ShouldBe(BaseUnits.Of(Ntk.Of(400_000_000)));
        (await token.BalanceAsync(deployment.Sale, cancel: Cancel)).ShouldBe(BaseUnits.Of(Ntk.Of(600_000_000)));
        deployment.Block.ShouldBe(1);
    }

    [Fact]
    public async Task Deploy_WithBeneficiaries_LocksTheirShares()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var chain = anvil.Connect(LoopbackNode.Http);
        var deployment = await Deployment.DeployAsync(new(chain, Deployer), new() { Beneficiaries = [Stranger, Stranger, Stranger, Stranger] }, Cancel);
        var token = new NtkToken(chain, deployment.Token);
        (await token.BalanceAsync(Deployer.Address, cancel: Cancel)).ShouldBe(0);
        (await token.BalanceAsync(deployment.Allocation!.Value, cancel: Cancel)).ShouldBe(BaseUnits.Of(Ntk.Of(400_000_000)));
    }

    [Fact]
    public async Task Transfer_IsLoggedAndOneOfTooMuchRevertsByName()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var (chain, deployment) = await DeployAsync(anvil);
        var token = new NtkToken(chain, deployment.Token);
        var receipt = await new ChainAccount(chain, Deployer).SendAsync(deployment.Token, NtkToken.Transfer(Stranger, 5), cancel: Cancel);
        token.ReadTransfer(receipt.Logs.ShouldHaveSingleItem()).ShouldBe((Deployer.Address, Stranger, new BigInteger(5)));
        (await token.BalanceAsync(Stranger, cancel: Cancel)).ShouldBe(5);

        var wrong = await Should.ThrowAsync<NeuroException>(() =>
            new ChainAccount(chain, Customer).SendAsync(deployment.Token, NtkToken.Transfer(Stranger, 1), errors: NtkToken.Artifact.Abi.Errors, cancel: Cancel));
        wrong.Message.ShouldBe($"The contract refused: ERC20InsufficientBalance(sender: {Customer.Address}, balance: 0, needed: 1).");
    }

    [Fact]
    public async Task DepositWithPermit_OfAnOwnersSignature_ReachesTheAccount()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var (chain, deployment) = await DeployAsync(anvil);
        var (token, vault) = (new NtkToken(chain, deployment.Token), new NtkVault(chain, deployment.Vault));
        await new ChainAccount(chain, Deployer).SendAsync(deployment.Token, NtkToken.Transfer(Customer.Address, 1000), cancel: Cancel);
        var permit = await token.PermitAsync(Customer.Address, deployment.Vault, 700, DateTimeOffset.UnixEpoch.AddYears(200), Cancel);
        var signature = await Customer.SignTypedDataAsync(permit.ToTypedData(), Cancel);
        var receipt = await new ChainAccount(chain, Customer).SendAsync(deployment.Vault, NtkVault.DepositWithPermit(permit, signature, Account),
            errors: NtkVault.Artifact.Abi.Errors, cancel: Cancel);
        var events = receipt.Logs.Where(log => log.Address == deployment.Vault).Select(vault.ReadEvent).ToArray();
        events.ShouldBe([new VaultEvent.Deposited(Customer.Address, Account, 700)]);
        (await token.BalanceAsync(deployment.Vault, cancel: Cancel)).ShouldBe(700);
    }

    [Fact]
    public async Task Permit_HandedInByAnybody_GivesLeaveOnce()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var (chain, deployment) = await DeployAsync(anvil);
        var token = new NtkToken(chain, deployment.Token);
        var permit = await token.PermitAsync(Customer.Address, Stranger, 9, DateTimeOffset.UnixEpoch.AddYears(200), Cancel);
        var call = NtkToken.Permit(permit, await Customer.SignTypedDataAsync(permit.ToTypedData(), Cancel));
        var account = new ChainAccount(chain, Deployer);
        await account.SendAsync(deployment.Token, call, cancel: Cancel);
        (await token.AllowanceAsync(Customer.Address, Stranger, cancel: Cancel)).ShouldBe(9);
        (await Should.ThrowAsync<NeuroException>(() =>
            account.SendAsync(deployment.Token, call, errors: NtkToken.Artifact.Abi.Errors, cancel: Cancel))).Message.ShouldContain("ERC2612InvalidSigner");
    }

    [Fact]
    public async Task Settle_OfABatch_PaysQueuesAndRefusesAndDoesNothingTwice()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var (chain, deployment) = await DeployAsync(anvil);
        var (token, vault, account) = (new NtkToken(chain, deployment.Token), new NtkVault(chain, deployment.Vault), new ChainAccount(chain, Deployer));
        var threshold = await vault.ThresholdAsync(cancel: Cancel);
        await account.SendAsync(deployment.Token, NtkToken.Approve(deployment.Vault, threshold * 2), cancel: Cancel);
        await account.SendAsync(deployment.Vault, NtkVault.Deposit(threshold * 2, Account), cancel: Cancel);

        var batch = Hash32.Of(1);
        Payment[] payments = [new(Hash32.Of(11), Stranger, 5), new(Hash32.Of(12), Address.Zero, 6), new(Hash32.Of(13), Stranger, threshold + 1)];
        var receipt = await account.SendAsync(deployment.Vault, NtkVault.Settle(batch, payments), errors: NtkVault.Artifact.Abi.Errors, cancel: Cancel);
        var events = receipt.Logs.Where(log => log.Address == deployment.Vault).Select(vault.ReadEvent).ToArray();
        events.ShouldContain(new VaultEvent.Paid(batch, Hash32.Of(11), Stranger, 5));
        events.ShouldContain(new VaultEvent.PaymentRefused(batch, Hash32.Of(12), Address.Zero, 6));
        events.OfType<VaultEvent.PaymentQueued>().ShouldHaveSingleItem().Amount.ShouldBe(threshold + 1);
        events.ShouldContain(new VaultEvent.Settled(batch, NtkVault.ContentOf(payments), 5));
        (await vault.IsSettledAsync(batch, cancel: Cancel)).ShouldBeTrue();
        (await vault.IsUsedAsync(Hash32.Of(11), cancel: Cancel)).ShouldBeTrue();
        (await vault.IsUsedAsync(Hash32.Of(14), cancel: Cancel)).ShouldBeFalse();

        (await account.SendAsync(deployment.Vault, NtkVault.Settle(batch, payments), cancel: Cancel)).Logs.ShouldBeEmpty();
        (await token.BalanceAsync(Stranger, cancel: Cancel)).ShouldBe(5);
        var other = await Should.ThrowAsync<NeuroException>(() =>
            account.SendAsync(deployment.Vault, NtkVault.Settle(batch, payments[..1]), errors: NtkVault.Artifact.Abi.Errors, cancel: Cancel));
        other.Message.ShouldContain("BatchContentDiffers");
    }

    [Fact]
    public async Task Exit_ByTheTreesProof_PaysAfterTheSilence()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var (chain, deployment) = await DeployAsync(anvil);
        var (token, vault, account) = (new NtkToken(chain, deployment.Token), new NtkVault(chain, deployment.Vault), new ChainAccount(chain, Deployer));
        Liability[] owed = [.. Enumerable.Range(1, 5).Select(i => new Liability(new Address([0x40, .. new byte[18], (byte)i]), 100 * i, Hash32.Of(i)))];
        var tree = SumTree.Build(owed);
        await account.SendAsync(deployment.Token, NtkToken.Approve(deployment.Vault, tree.Sum), cancel: Cancel);
        await account.SendAsync(deployment.Vault, NtkVault.Deposit(tree.Sum, Account), cancel: Cancel);
        (await vault.NewestRootAsync(cancel: Cancel)).ShouldBeNull();
        await account.SendAsync(deployment.Vault, NtkVault.PublishRoot(3, tree.Root, tree.Sum), cancel: Cancel);
        var newest = (await vault.NewestRootAsync(cancel: Cancel))!.Value;
        (newest.Epoch, newest.Root, newest.Sum).ShouldBe((3L, tree.Root, tree.Sum));

        await anvil.IncreaseTimeAsync(TimeSpan.FromDays(60));
        await anvil.MineAsync();
        await account.SendAsync(deployment.Vault, NtkVault.DeclareSilent(), errors: NtkVault.Artifact.Abi.Errors, cancel: Cancel);
        (await vault.IsSilentAsync(cancel: Cancel)).ShouldBeTrue();
        for (var i = 0; i < owed.Length; i++)
        {
            await account.SendAsync(deployment.Vault, NtkVault.Exit(owed[i], tree.Path(i)), errors: NtkVault.Artifact.Abi.Errors, cancel: Cancel);
            (await token.BalanceAsync(owed[i].Owner, cancel: Cancel)).ShouldBe(owed[i].Amount);
        }

        (await Should.ThrowAsync<NeuroException>(() =>
            account.SendAsync(deployment.Vault, NtkVault.Exit(owed[0] with { Amount = 101 }, tree.Path(0)), errors: NtkVault.Artifact.Abi.Errors, cancel: Cancel)))
            .Message.ShouldContain("WrongProof");
    }

    [Fact]
    public async Task Buy_InTheSale_IsQuotedAndLogged()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var (chain, deployment) = await DeployAsync(anvil);
        var sale = new NtkSale(chain, deployment.Sale);
        var ether = BigInteger.Pow(10, 18);
        var (start, end) = await sale.PeriodAsync(Cancel);
        (end - start).Days.ShouldBe(28);
        var quote = await sale.QuoteAsync(ether, start, cancel: Cancel);
        quote.ShouldBe(BaseUnits.Of(Ntk.Of(1150))); // 0.001 ETH a token, and 15 % in the first week.
        var receipt = await new ChainAccount(chain, Customer).SendAsync(deployment.Sale, NtkSale.Buy(quote), ether, NtkSale.Artifact.Abi.Errors, Cancel);
        sale.ReadBought(receipt.Logs.ShouldHaveSingleItem()).Tokens.ShouldBe(quote);
        (await sale.BoughtAsync(Customer.Address, cancel: Cancel)).ShouldBe(quote);
    }

    [Fact]
    public async Task Deposit_ThatAReorganisationTookBack_IsGoneFromTheLogs()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var (chain, deployment) = await DeployAsync(anvil);
        var account = new ChainAccount(chain, Deployer);
        await account.SendAsync(deployment.Token, NtkToken.Approve(deployment.Vault, 100), cancel: Cancel);
        var snapshot = await anvil.SnapshotAsync();
        var receipt = await account.SendAsync(deployment.Vault, NtkVault.Deposit(100, Account), cancel: Cancel);
        var filter = new LogFilter([deployment.Vault], [[VaultEvent.Topic("Deposited")]], BlockRef.Of(deployment.Block), BlockRef.Latest);
        (await chain.LogsAsync(filter, Cancel)).ShouldHaveSingleItem().BlockHash.ShouldBe(receipt.BlockHash);
        await anvil.RevertAsync(snapshot);
        (await chain.LogsAsync(filter, Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ReadEvent_OfALookAlike_IsRefused()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var (chain, deployment) = await DeployAsync(anvil);
        var log = new Log(Stranger, [VaultEvent.Topic("Deposited"), default, default], Hash32.Of(5).ToBytes(), 1, default, default, 0, 0);
        Should.Throw<FormatException>(() => new NtkVault(chain, deployment.Vault).ReadEvent(log)).Message.ShouldContain("not of the vault");
    }

    [Fact]
    public async Task Balance_OfATokenThatIsNoContract_SaysSo()
    {
        await using var anvil = await AnvilForTests.StartAsync();
        var token = new NtkToken(anvil.Connect(LoopbackNode.Http), Stranger);
        Requires.True(HasArtifacts, "needs contracts/artifacts: npm run build in contracts.");
        (await Should.ThrowAsync<NeuroException>(() => token.BalanceAsync(Stranger, cancel: Cancel))).Code.ShouldBe("chain.no_contract");
    }

    private static bool HasArtifacts => typeof(Artifact).Assembly.GetManifestResourceInfo("artifacts/NTK.json") is not null;

    private static async Task<(JsonRpcEthereum Chain, Deployment Deployment)> DeployAsync(AnvilNode anvil)
    {
        Requires.True(HasArtifacts, "needs contracts/artifacts: npm run build in contracts.");
        var chain = anvil.Connect(LoopbackNode.Http);
        return (chain, await Deployment.DeployAsync(new(chain, Deployer), cancel: Cancel));
    }
}
