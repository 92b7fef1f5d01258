using Neuro.Client.Api;
using Neuro.Client.Chain;
using Neuro.Client.Market;
using Neuro.Client.Tokens;
using Neuro.Interactive.Formatting;
using Neuro.Interactive.Magics;
using Neuro.Interactive.Tests.ContractFormatters;

namespace Neuro.Interactive.Tests.NeuroMagics;

public sealed class ChainMagicsTests : RecordedFact
{
    private readonly PaperWallet wallet = new();
    private readonly MagicCatalogue magics;
    private (bool Holds, string Reason) verdict = (true, "It holds.");
    private string? checkedRoot;

    public ChainMagicsTests()
    {
        magics = new MagicCatalogue(Interactive.Magics.NeuroMagics.All(session, new LocalWork
        {
            OpenWallet = (_, _) => Task.FromResult<IWallet>(wallet),
            CheckProof = (_, root) =>
            {
                checkedRoot = root;
                return verdict;
            },
        }));
        platform
            .Answer("GET /v1/account", new Account(Samples.Id(1), "Ada", Samples.Ntk("984.817")))
            .Answer("GET /v1/ledger/balance", Samples.Balance)
            .Answer("POST /v1/treasury/purchases", Samples.Purchase)
            .Answer("GET /v1/chain", ChainFormattersTests.Chain)
            .Answer("GET /v1/wallet", ChainFormattersTests.Wallet)
            .Answer("POST /v1/wallet/challenge", new WalletChallenge("sign this", Samples.Noon))
            .Answer("PUT /v1/wallet", ChainFormattersTests.Wallet)
            .Answer("GET /v1/chain/deposits", new[] { ChainFormattersTests.Deposit })
            .Answer("POST /v1/chain/withdrawals", ChainFormattersTests.Withdrawal)
            .Answer($"GET /v1/chain/withdrawals/{ChainFormattersTests.Withdrawal.Id}", ChainFormattersTests.Withdrawal with { Status = "paid" })
            .Answer("GET /v1/chain/liabilities", ChainFormattersTests.Statement)
            .Answer("GET /v1/chain/liabilities/proof", "{}"u8.ToArray());
    }

    [Fact]
    public async Task Balance_OnAChain_ShowsWhatIsOnItsWayAndTheWallet()
    {
        await RunAsync("#!neuro-balance");
        host.Displayed[0].Values.ShouldBe([Samples.Balance]);
        ((IEnumerable<Deposit>)host.Displayed[1].Values[0]!).ShouldHaveSingleItem().ShouldBe(ChainFormattersTests.Deposit);
        host.Displayed[2].Values.ShouldBe([ChainFormattersTests.Wallet]);
    }

    [Fact]
    public async Task Balance_WithoutAChain_IsTheLedgersAlone()
    {
        platform.Refuse("GET /v1/wallet", 404, "chain.none", "This platform has no chain.");
        await RunAsync("#!neuro-balance");
        host.Displayed.ShouldHaveSingleItem().Values.ShouldBe([Samples.Balance]);
    }

    [Fact]
    public async Task Wallet_Link_SignsTheMessageThatWasGiven()
    {
        await RunAsync("#!neuro-wallet --link");
        platform.Asked.ShouldContain($"POST /v1/wallet/challenge {{\"address\":\"{wallet.Address}\"}}");
        platform.Asked.ShouldContain("PUT /v1/wallet {\"message\":\"sign this\",\"signature\":\"signed: sign this\"}");
    }

    [Fact]
    public async Task Deposit_IsSentAndFollowedToTheLedger()
    {
        platform.Answer("GET /v1/chain/deposits", new[] { ChainFormattersTests.Deposit with { Status = "credited", CreditedAt = Samples.Noon } });
        await RunAsync("#!neuro-deposit 12.5");
        wallet.Deposited.ShouldBe((Samples.Id(1), Samples.Ntk("12.5")));
        ((Deposit)host["deposit"]!).Status.ShouldBe("credited");
        ((Deposit)host.Displayed[^1].Values[^1]!).Status.ShouldBe("credited");
    }

    [Theory]
    [InlineData("#!neuro-withdraw 5", ChainFormattersTests.Address)]
    [InlineData("#!neuro-withdraw 5 --to 0x0000000000000000000000000000000000000001", "0x0000000000000000000000000000000000000001")]
    public async Task Withdraw_GoesToTheLinkedWalletOrTheOneNamed(string line, string to)
    {
        await RunAsync(line);
        platform.Asked.Single(asked => asked.StartsWith("POST", StringComparison.Ordinal)).ShouldContain($"\"to\":\"{to}\",\"amount\":\"5\"");
        ((Withdrawal)host["withdrawal"]!).Status.ShouldBe("paid");
    }

    [Fact]
    public async Task Withdraw_WithoutAnyWallet_SaysWhatToDo()
    {
        platform.Answer("GET /v1/wallet", new Wallet(null, null, null, null));
        (await Should.ThrowAsync<MagicException>(() => RunAsync("#!neuro-withdraw 5"))).Message.ShouldContain("--link");
        platform.Asked.ShouldNotContain(asked => asked.StartsWith("POST", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("#!neuro-buy 10", null)]
    [InlineData("#!neuro-buy 10 --with eth", "10")]
    public async Task Buy_IsFromTheTreasuryOrInTheSale(string line, string? inSale)
    {
        await RunAsync(line);
        wallet.Bought?.ToString().ShouldBe(inSale);
        host.Displayed[^1].Values[0].ShouldBeOfType(inSale is null ? typeof(Purchase) : typeof(SalePurchase));
    }

    [Fact]
    public async Task Buy_WithShells_SaysWhatThereIs() =>
        (await Should.ThrowAsync<MagicException>(() => RunAsync("#!neuro-buy 10 --with shells"))).Message.ShouldContain("expected one of treasury, eth");

    [Theory]
    [InlineData(3, "0xfeed", "0xfeed")]
    [InlineData(2, "0xfeed", null)]
    public async Task Prove_HoldsTheProofAgainstTheRootInTheVault(long epoch, string root, string? held)
    {
        wallet.Root = (epoch, root);
        verdict = (false, "It leads elsewhere.");
        await RunAsync("#!neuro-prove");
        checkedRoot.ShouldBe(held ?? ChainFormattersTests.Statement.Root);
        var shown = host.Displayed.ShouldHaveSingleItem().Values[0].ShouldBeOfType<CheckedLiability>();
        (shown.Holds, shown.Reason).ShouldBe((false, "It leads elsewhere."));
        shown.RootOnChain.ShouldBe($"{root} (epoch {epoch})");
    }

    [Fact]
    public async Task Deposit_WhereTheProgramHasNoWallets_SaysSo()
    {
        await ConnectAsync();
        var bare = new MagicCatalogue(Interactive.Magics.NeuroMagics.All(session));
        (await Should.ThrowAsync<MagicException>(() => bare.RunAsync("#!neuro-deposit 1", MagicBody.None, host))).Code.ShouldBe("magic.not_here");
    }

    private async Task RunAsync(string line)
    {
        await ConnectAsync();
        await magics.RunAsync(line, MagicBody.None, host);
    }

    /// <summary>Notes what it is asked for.</summary>
    private sealed class PaperWallet : IWallet
    {
        public string Address => ChainFormattersTests.Address;

        public (Guid Account, Ntk Amount) Deposited { get; private set; }

        public Ntk? Bought { get; private set; }

        public (long Epoch, string Root)? Root { get; set; }

        public Task<string> SignAsync(string message, CancellationToken cancel) => Task.FromResult($"signed: {message}");

        public Task<string> DepositAsync(Guid account, Ntk amount, CancellationToken cancel)
        {
            Deposited = (account, amount);
            return Task.FromResult(ChainFormattersTests.Transaction);
        }

        public Task<SalePurchase> BuyAsync(Ntk amount, CancellationToken cancel)
        {
            Bought = amount;
            return Task.FromResult(new SalePurchase(amount, 0.01m, ChainFormattersTests.Transaction, Samples.Noon));
        }

        public Task<(long Epoch, string Root)?> NewestRootAsync(CancellationToken cancel) => Task.FromResult(Root);
    }
}
