using Neuro.Backend.Tests.Treasury;
using Neuro.Chain.Values;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Chain;

/// <summary>The settlement is cut off at each of its words, with the database, the chain and the signer, as a crash would; whatever the chain does meanwhile, everybody
/// is paid once.</summary>
public sealed class CutOffTests(AnvilFixture anvil) : IClassFixture<AnvilFixture>
{
    [Theory]
    [InlineData("mining", 1)]
    [InlineData("not mining", 3)] // Every third word: it takes time, and the words are those of the first but for a few.
    [InlineData("reorganising", 3)]
    [InlineData("queueing", 4)]
    public async Task Settlement_CutOffAtAnyWord_PaysOnceAndLosesNothing(string how, int apart)
    {
        // What is queued is paid by a second transaction, a day later.
        var amount = how == "queueing" ? 100_001 : 1.5m;
        await using var chain = await TestChain.OpenAsync(anvil.Required(), backing: 50_000_000, ntk: 20_000_000);
        var (rounds, cut) = (0, true);
        for (var word = 1; cut; word += apart)
        {
            await chain.DepositAsync(TestChain.Bo, BaseUnits.Of(Ntk.Of(2)));
            var asked = await chain.WithdrawAsync(TestChain.Ada, amount);
            chain.Clock.Advance(TestChain.Batching);
            var before = how == "reorganising" ? await chain.Anvil.SnapshotAsync() : null;
            await chain.MineAtOnceAsync(how != "not mining");
            cut = await CutAsync(chain, word);
            cut |= await CutAsync(chain, word);
            if (before is not null)
            {
                await chain.Anvil.RevertAsync(before);
                await chain.Anvil.MineAsync(4);
                cut |= await CutAsync(chain, word);
            }

            await chain.MineAtOnceAsync(true);
            await chain.FinaliseAsync();
            cut |= await CutAsync(chain, word);
            if (how == "queueing")
            {
                await chain.StepAsync(); // It may not be in the queue yet, of which it will not be let go today.
                await chain.FinaliseAsync();
                await chain.StepAsync();
                (await chain.Withdrawals.GetAsync(TestChain.Ada, asked.Id, TestContext.Current.CancellationToken)).Status.ShouldBe("queued", $"word {word}");
                await chain.Anvil.IncreaseTimeAsync(TimeSpan.FromDays(1.01));
                await chain.Anvil.MineAsync();
                cut |= await CutAsync(chain, word);
                await chain.FinaliseAsync();
                cut |= await CutAsync(chain, word);
            }

            await chain.CheckAsync();
            (await chain.EndAsync(TestChain.Ada, asked.Id)).Status.ShouldBe("paid", $"word {word}");
            (await chain.TokensAsync(asked.To)).ShouldBe(BaseUnits.Of(Ntk.Of(amount)), $"word {word}");
            await chain.CheckAsync();
            rounds++;
        }

        rounds.ShouldBeGreaterThan(40 / apart);
        (await chain.AvailableAsync(TestChain.Ada)).ShouldBe(Ntk.Of(20_000_000 - (amount * rounds)));
        (await chain.AvailableAsync(TestChain.Bo)).ShouldBe(Ntk.Of(20_000_000 + (2 * rounds)));
        (await chain.HeldAsync(TestChain.Ada)).ShouldBe(Ntk.Zero);
    }

    private static async Task<bool> CutAsync(TestChain chain, int word)
    {
        var cut = !await Fuse.RunAsync(word, chain.StepAsync);
        await chain.RestartAsync();
        return cut;
    }
}
