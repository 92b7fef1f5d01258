using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Ledger;
using Neuro.Chain.Contracts;
using Neuro.Chain.Liabilities;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Chain;

public sealed class ExitTests(AnvilFixture anvil) : IClassFixture<AnvilFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Exits_Open_ReturnWithdrawalsAndBookOnceWhatIsTaken(string engine)
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required(), engine, backing: 1000, ntk: 100);
        var (ada, bo) = (await LinkAsync(chain, TestChain.Ada), await LinkAsync(chain, TestChain.Bo));
        var made = (await chain.Epochs.MakeAsync(Cancel))!;
        await chain.StepAsync();
        await chain.FinaliseAsync();
        await chain.StepAsync();
        var batched = await chain.WithdrawAsync(TestChain.Ada, 30);
        chain.Clock.Advance(TestChain.Batching);
        chain.Ethereum.Drops = true; // Signed, and never in a block.
        await chain.StepAsync();
        var held = await chain.WithdrawAsync(TestChain.Ada, 10);

        await anvil.Required().IncreaseTimeAsync(TimeSpan.FromDays(400));
        await SendAsync(chain, NtkVault.DeclareSilent());
        await chain.StepAsync();
        (await chain.HeldAsync(TestChain.Ada)).ShouldBe(Ntk.Of(40)); // The chain could take it back.
        await chain.FinaliseAsync();
        await chain.StepAsync();
        foreach (var id in new[] { batched.Id, held.Id })
        {
            (await chain.Withdrawals.GetAsync(TestChain.Ada, id, Cancel)).ShouldSatisfyAllConditions(
                ended => ended.Status.ShouldBe("returned"), ended => ended.Reason.ShouldBe("The vault's exits are open: it pays nothing else any more."));
        }

        (await chain.AvailableAsync(TestChain.Ada)).ShouldBe(Ntk.Of(100));
        chain.Problem.ShouldNotBeNull().ShouldStartWith("The exits of the vault are open, for good");
        chain.Problem.ShouldContain($"pays 1000 NTK by statement {made.Epoch}");
        (await Should.ThrowAsync<NeuroException>(() => chain.WithdrawAsync(TestChain.Ada, 1))).Code.ShouldBe("chain.exits_open");
        await using (var replica = chain.Beside()) // Which never has the lease to book.
        {
            await replica.Exits.LookAsync(Cancel);
            (await Should.ThrowAsync<NeuroException>(() => replica.WithdrawAsync(TestChain.Ada, 1))).Code.ShouldBe("chain.exits_open");
        }

        // Bo has spent 40 since the statement, and takes all of it nevertheless.
        (await chain.Ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), TestChain.Bo, TestChain.Ada, Ntk.Of(40), "spent"), Cancel)).ThrowIfRefused("it");
        await ExitAsync(chain, made.Epoch, TestChain.Ada);
        await ExitAsync(chain, made.Epoch, TestChain.Bo);
        await chain.StepAsync();
        (await chain.AvailableAsync(TestChain.Ada)).ShouldBe(Ntk.Of(140));
        await chain.FinaliseAsync();
        for (var look = 0; look < 2; look++)
        {
            await chain.StepAsync();
            (await chain.AvailableAsync(TestChain.Ada)).ShouldBe(Ntk.Of(40));
            (await chain.AvailableAsync(TestChain.Bo)).ShouldBe(Ntk.Zero);
            chain.Problem.ShouldBe($"Account {TestChain.Bo} took 100 NTK out of the vault by its exit and had 60 NTK left here; the rest was spent here after statement {made.Epoch}.");
            await chain.RestartAsync();
        }

        foreach (var wallet in new[] { ada, bo })
        {
            (await chain.TokensAsync(wallet.ToString())).ShouldBe(BaseUnits.Of(Ntk.Of(100)));
        }

        var proof = await chain.Ledger.ProofAsync(Cancel);
        proof.Faults.ShouldBeEmpty();
        proof.Sum.ShouldBe(Ntk.Zero);
    }

    private static async Task<Address> LinkAsync(TestChain chain, Guid account)
    {
        var wallet = TestChain.NewAddress();
        await using var db = chain.Database.CreateDbContext();
        db.Wallets.Add(new() { AccountId = account, Address = wallet.ToLowerString(), Since = chain.Clock.GetUtcNow() });
        await db.SaveChangesAsync(Cancel);
        return wallet;
    }

    // With what the account's proof says; the leaves are read here because the contract wants the path as steps.
    private static async Task ExitAsync(TestChain chain, long epoch, Guid account)
    {
        await using var db = chain.Database.CreateDbContext();
        var leaves = await db.Leaves.AsNoTracking().Where(leaf => leaf.Epoch == epoch).OrderBy(leaf => leaf.Number).ToListAsync(Cancel);
        var owed = leaves.ConvertAll(leaf => new Liability(Address.Parse(leaf.Owner), BaseUnits.Of(new(leaf.AmountNano)), new(leaf.Salt)));
        var mine = leaves.FindIndex(leaf => leaf.AccountId == account);
        await SendAsync(chain, NtkVault.Exit(owed[mine], SumTree.Build(owed).Path(mine)));
    }

    private static Task SendAsync(TestChain chain, byte[] data) =>
        chain.Deployer.SendAsync(chain.Contracts.Vault, data, errors: NtkVault.Artifact.Abi.Errors, cancel: Cancel);
}
