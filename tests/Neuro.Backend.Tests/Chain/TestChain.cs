using System.Numerics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Neuro.Backend.Accounts;
using Neuro.Backend.Chain;
using Neuro.Backend.Chain.Deposits;
using Neuro.Backend.Chain.Exits;
using Neuro.Backend.Chain.Liabilities;
using Neuro.Backend.Chain.Withdrawals;
using Neuro.Backend.Cluster;
using Neuro.Backend.Ledger;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Ledger;
using Neuro.Chain.Anvil;
using Neuro.Chain.Contracts;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Chain;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Chain;

/// <summary>One anvil for the tests of a class; each of them deploys contracts of its own. Safe is 4 blocks behind latest, finalized 8.</summary>
public sealed class AnvilFixture : IAsyncLifetime
{
    public const int ToFinality = 9;
    internal static readonly HttpClient Http = new();

    public AnvilNode? Node { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (AnvilNode.Find(Repository.Root) is not null)
        {
            Node = await AnvilNode.StartAsync(Http, Repository.Root, ["--slots-in-an-epoch", "4"]);
        }
    }

    public ValueTask DisposeAsync() => Node?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Skips the test where there is no anvil.</summary>
    internal AnvilNode Required()
    {
        Requires.True(Node is not null, "needs anvil: npm install @foundry-rs/anvil in the checkout, or set ANVIL to the program.");
        return Node!;
    }
}

/// <summary>A ledger that is connected to a vault on anvil, with a clock of its own, and the parts that do it.</summary>
internal sealed class TestChain : IAsyncDisposable
{
    public static readonly Guid Ada = DerivedId.Of("test/ada");
    public static readonly Guid Bo = DerivedId.Of("test/bo");
    public static readonly TimeSpan Batching = TimeSpan.FromMinutes(1);

    private readonly LedgerEngine engine;
    private readonly bool isSecond;
    private ChainLink link = null!;

    private TestChain(AnvilNode anvil, LedgerEngine engine, bool isSecond = false)
    {
        (Anvil, this.engine, this.isSecond) = (anvil, engine, isSecond);
        Plain = anvil.Connect(AnvilFixture.Http);
        Ethereum = new(Plain);
        Deployer = new(Plain, AnvilNode.Signers[0]);
        Settler = new(AnvilNode.Signers[1]);
    }

    public AnvilNode Anvil { get; }

    public JsonRpcEthereum Plain { get; }

    public FusedEthereum Ethereum { get; }

    public FusedSigner Settler { get; }

    /// <summary>Has 40 % of the supply, and is the vault's admin and guardian.</summary>
    public ChainAccount Deployer { get; }

    public Deployment Contracts { get; private set; } = null!;

    public NtkToken Token => new(Plain, Contracts.Token);

    public NtkVault Vault => new(Plain, Contracts.Vault);

    public FakeTimeProvider Clock { get; private init; } = new(DateTimeOffset.UtcNow);

    public Database Database => engine.Database;

    public Backend.Ledger.Ledger Ledger { get; private set; } = null!;

    public Backing Backing { get; private set; } = null!;

    public DepositDesk Deposits { get; private set; } = null!;

    public WithdrawalDesk Withdrawals { get; private set; } = null!;

    public ExitDesk Exits { get; private set; } = null!;

    public Epochs Epochs { get; private set; } = null!;

    public ChainDuties Duties { get; private set; } = null!;

    public string? Problem => link.Problem;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="backing">NTK that are sent to the vault before the ledger is connected, and that the treasury keeps.</param>
    /// <param name="ntk">Of these, what Ada and Bo get each.</param>
    public static async Task<TestChain> OpenAsync(AnvilNode anvil, string engineName = "sqlite", int backing = 0, int ntk = 0)
    {
        var chain = new TestChain(anvil, await LedgerEngine.OpenAsync(engineName));
        await chain.DeployAsync(backing);
        chain.Build();
        await chain.Ledger.OpenBooksAsync(Cancel);
        foreach (var person in new[] { Ada, Bo })
        {
            await chain.Ledger.OpenAccountAsync(person, "customer", "person", Cancel);
        }

        await chain.Duties.OpenAsync(Cancel);
        if (ntk > 0)
        {
            await chain.SellAsync(Ada, ntk);
            await chain.SellAsync(Bo, ntk);

            // The first statement of what is owed is published, so that a test sees its own transactions alone.
            await chain.StepAsync();
            await chain.FinaliseAsync();
            await chain.StepAsync();
            chain.Ethereum.Sent.Clear();
        }

        return chain;
    }

    /// <summary>An engine with books and people, and contracts; not connected yet.</summary>
    public static async Task<TestChain> UnconnectedAsync(AnvilNode anvil, int backing, int sold)
    {
        var chain = new TestChain(anvil, await LedgerEngine.OpenAsync("sqlite"));
        await chain.DeployAsync(backing);
        chain.Build();
        await chain.Ledger.OpenBooksAsync(Cancel);
        await chain.Ledger.OpenAccountAsync(Ada, "customer", "person", Cancel);
        await chain.SellAsync(Ada, sold);
        return chain;
    }

    public async Task SellAsync(Guid who, decimal ntk) =>
        (await Ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), SystemAccounts.Treasury, who, Ntk.Of(ntk), "sold"), Cancel)).ThrowIfRefused("the sale");

    /// <summary>Tokens into the vault for an account of the ledger, in base units.</summary>
    public Task<Receipt> DepositAsync(Guid account, BigInteger amount) => DepositAsync(Hash32.Parse(DepositAccount.Of(account)), amount);

    public async Task<Receipt> DepositAsync(Hash32 account, BigInteger amount)
    {
        await Deployer.SendAsync(Contracts.Token, NtkToken.Approve(Contracts.Vault, amount), cancel: Cancel);
        return await Deployer.SendAsync(Contracts.Vault, NtkVault.Deposit(amount, account), errors: NtkVault.Artifact.Abi.Errors, cancel: Cancel);
    }

    public Task<Withdrawal> WithdrawAsync(Guid who, decimal ntk, Guid? id = null, Address? to = null) =>
        Withdrawals.RequestAsync(who, new(id ?? Guid.NewGuid(), (to ?? NewAddress()).ToString(), Ntk.Of(ntk)), Cancel);

    public Task StepAsync() => Duties.StepAsync(Cancel);

    /// <summary>Whether anvil makes a block of each transaction.</summary>
    public Task MineAtOnceAsync(bool isOn)
    {
        Ethereum.Mines = isOn;
        return Anvil.SetAutomineAsync(isOn);
    }

    /// <summary>Makes what is in blocks final.</summary>
    public Task FinaliseAsync() => Anvil.MineAsync(AnvilFixture.ToFinality);

    /// <summary>Steps and blocks until a withdrawal is at its end.</summary>
    public async Task<Withdrawal> EndAsync(Guid who, Guid id)
    {
        for (var tries = 0; tries < 12; tries++)
        {
            await StepAsync();
            await FinaliseAsync();
            Clock.Advance(Batching);
            if (await Withdrawals.GetAsync(who, id, Cancel) is { Status: "paid" or "returned" } ended)
            {
                return ended;
            }
        }

        throw new InvalidOperationException($"Withdrawal {id} does not end: {await Withdrawals.GetAsync(who, id, Cancel)}; {Problem}");
    }

    public async Task<Ntk> AvailableAsync(Guid account) => (await new Statements(Database).BalanceAsync(account, Cancel)).Available;

    public async Task<Ntk> HeldAsync(Guid account) => (await new Statements(Database).BalanceAsync(account, Cancel)).Held;

    public async Task<BigInteger> TokensAsync(string wallet) => await Token.BalanceAsync(Address.Parse(wallet), BlockRef.Latest, Cancel);

    /// <summary>The books prove right; what is held is what is not final; what is owed lies in the vault, but for what it has paid and the ledger has yet to
    /// book.</summary>
    public async Task CheckAsync()
    {
        var proof = await Ledger.ProofAsync(Cancel);
        proof.Faults.ShouldBeEmpty();
        proof.Sum.ShouldBe(Ntk.Zero);
        await using var db = Database.CreateDbContext();
        var burnt = Ntk.Supply + proof.Sums["issuance"];
        var (owed, _) = await Backing.OwedAsync(Cancel);
        owed.ShouldBe(Ntk.Supply - burnt - proof.Sums["chain"]);
        (await Backing.LookAsync((await Backing.RowAsync(Cancel))!, Cancel)).Shortage.ShouldBeNull();
        var open = await db.Withdrawals.Where(row => row.State != (int)WithdrawalState.Paid && row.State != (int)WithdrawalState.Returned).ToListAsync(Cancel);
        var held = await db.Accounts.Where(row => row.Kind == "customer").SumAsync(row => row.DebitsPending, Cancel);
        held.ShouldBe(open.Sum(row => row.AmountNano));
        BaseUnits.Of(owed).ShouldBeLessThanOrEqualTo(await TokensAsync(Contracts.Vault.ToString()) + BaseUnits.Of(new(open.Sum(row => row.AmountNano))));
    }

    /// <summary>The transactions that settle, by version.</summary>
    public async Task<IReadOnlyList<SentRow>> SettlementsAsync()
    {
        await using var db = Database.CreateDbContext();
        return await db.Sent.Where(row => db.Outbox.Any(item => item.Id == row.OutboxId && item.Kind == OutboxKind.Settle)).OrderBy(row => row.SignedAt)
            .ThenBy(row => row.Version).ToListAsync(Cancel);
    }

    /// <summary>Stops, and starts again over the same database.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        Build();
    }

    /// <summary>The same parts once more over the same database, as another replica has them.</summary>
    public TestChain Beside()
    {
        var second = new TestChain(Anvil, engine, isSecond: true) { Contracts = Contracts, Clock = Clock };
        second.Build();
        return second;
    }

    public static Address NewAddress() => new(Guid.NewGuid().ToByteArray().Concat(new byte[4]).ToArray());

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await (isSecond ? ValueTask.CompletedTask : engine.DisposeAsync());
    }

    private async Task DeployAsync(int backing)
    {
        Contracts = await Deployment.DeployAsync(Deployer, new DeploymentRoles { Settler = Settler.Address }, Cancel);
        if (backing > 0)
        {
            await Deployer.SendAsync(Contracts.Token, NtkToken.Transfer(Contracts.Vault, BaseUnits.Of(Ntk.Of(backing))), cancel: Cancel);
        }

        await FinaliseAsync();
    }

    private void Build()
    {
        var options = new PlatformOptions
        {
            DataFolder = Path.GetTempPath(),
            Time = Clock,
            Chain = new ChainOptions
            {
                Endpoints = [Anvil.Url], Vault = Contracts.Vault, Settler = Settler, FromBlock = Contracts.Block, Ethereum = Ethereum,
                BatchInterval = Batching, EpochInterval = TimeSpan.FromDays(3650),
            },
        };
        link = new(options);
        Ledger = new(Database, Clock);
        Backing = new(Database, Ledger, link);
        Deposits = new(Database, Ledger, link, Clock);
        Withdrawals = new(Database, Ledger, link, Clock);
        Exits = new(Database, Ledger, new Statements(Database), Withdrawals, link);
        Epochs = new(Database, link, Keys, Clock);
        Duties = new(
            Backing, new VaultLog(Database, link, Clock), Deposits, Withdrawals,
            Exits, new Batches(Database, link, Clock), Epochs, new Outbox(Database, link, Clock), link,
            new Leases(Database, Clock), Clock, NullLogger<ChainDuties>.Instance);
    }

    private static readonly PlatformKeys Keys = PlatformKeys.Load(Directory.CreateTempSubdirectory("neuro-keys-").FullName);

    private async Task StopAsync()
    {
        await Ledger.DisposeAsync();
        link.Dispose();
    }
}
