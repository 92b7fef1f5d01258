using System.Numerics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Ledger;
using Neuro.Chain.Liabilities;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Chain;

public sealed class LiabilityTests(AnvilFixture anvil) : IClassFixture<AnvilFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Epoch_Published_SumsWhatIsOwedAndProvesEachBalance(string engine)
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required(), engine, backing: 1000, ntk: 100);
        var wallet = TestChain.NewAddress();
        await using (var db = chain.Database.CreateDbContext())
        {
            db.Wallets.Add(new() { AccountId = TestChain.Bo, Address = wallet.ToLowerString(), Since = chain.Clock.GetUtcNow() });
            await db.SaveChangesAsync(Cancel);
        }

        await chain.WithdrawAsync(TestChain.Ada, 30); // Held, and still Ada's.
        var made = (await chain.Epochs.MakeAsync(Cancel))!;
        var (owed, _) = await chain.Backing.OwedAsync(Cancel);
        made.Sum.ShouldBe(owed);
        made.Sum.ShouldBe(Ntk.Of(1000));
        made.Accounts.ShouldBe(3); // Ada, Bo, treasury.
        await chain.StepAsync();
        await chain.FinaliseAsync();
        await chain.StepAsync();
        var root = (await chain.Vault.NewestRootAsync(BlockRef.Latest, Cancel))!.Value;
        root.Root.ToString().ShouldBe(made.Root);
        root.Sum.ShouldBe(BaseUnits.Of(owed));
        (await chain.Epochs.NewestAsync(Cancel)).Transaction.ShouldNotBeNull();

        await chain.RestartAsync(); // Leaves and salts are kept.
        foreach (var (account, owner) in new[] { (TestChain.Ada, Address.Zero), (TestChain.Bo, wallet), (SystemAccounts.Treasury, Address.Zero) })
        {
            var proof = await chain.Epochs.ProofAsync(account, made.Epoch, Cancel);
            LiabilityProof.Verify(proof, root.Root.ToString()).ShouldSatisfyAllConditions(verdict => verdict.IsRight.ShouldBeTrue(verdict.Reason));
            using var json = JsonDocument.Parse(proof);
            json.RootElement.GetProperty("owner").GetString().ShouldBe(owner.ToString());
            BigInteger.Parse(json.RootElement.GetProperty("amount").GetString()!).ShouldBe(BaseUnits.Of(Ntk.Of(account == SystemAccounts.Treasury ? 800 : 100)));
            LiabilityProof.Verify(proof.Replace("\"amount\":\"1", "\"amount\":\"2").Replace("\"amount\":\"8", "\"amount\":\"9"), root.Root.ToString())
                .IsRight.ShouldBeFalse();
        }

        (await Should.ThrowAsync<NeuroException>(() => chain.Epochs.ProofAsync(Guid.NewGuid(), null, Cancel))).Code.ShouldBe("liabilities.not_in_it");
    }

    [Fact]
    public async Task Epochs_OneAfterTheOther_RiseAndOldLeavesGo()
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required(), backing: 10, ntk: 1);
        for (var epoch = 2; epoch <= 32; epoch++)
        {
            (await chain.Epochs.MakeAsync(Cancel))!.Epoch.ShouldBe(epoch);
        }

        await chain.Epochs.ProofAsync(TestChain.Ada, 3, Cancel);
        (await Should.ThrowAsync<NeuroException>(() => chain.Epochs.ProofAsync(TestChain.Ada, 2, Cancel))).Code.ShouldBe("liabilities.not_in_it");
        await using var db = chain.Database.CreateDbContext();
        (await db.Leaves.Select(leaf => leaf.Salt).ToListAsync(Cancel)).Select(Convert.ToHexString).ShouldBeUnique();
    }

    [Fact]
    public async Task Publication_AfterOneWithAHigherEpoch_GoesOnAboveIt()
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required(), backing: 10, ntk: 1);
        await new Neuro.Chain.Contracts.ChainAccount(chain.Plain, chain.Settler).SendAsync(
            chain.Contracts.Vault, Neuro.Chain.Contracts.NtkVault.PublishRoot(41, Hash32.Parse("0x" + new string('1', 64)), 1),
                errors: Neuro.Chain.Contracts.NtkVault.Artifact.Abi.Errors, cancel: Cancel);
        (await chain.Epochs.MakeAsync(Cancel))!.Epoch.ShouldBe(42);
    }
}
