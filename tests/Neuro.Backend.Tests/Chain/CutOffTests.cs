using Neuro.Backend.Tests.Treasury;
using Neuro.Chain.Values;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Chain;

/// <summary>The settlement is cut off at each of its words, with the database, the chain and the signer, as a crash would; whatever the chain does meanwhile, everybody is paid once.</summary>
public sealed class CutOffTests(AnvilFixture anvil) : IClassFixture<AnvilFixture>
{
    [Theory]
    [InlineData("mining")]
    [InlineData("not mining")]
    [InlineData("reorganising")]
    public async Task Settlement_CutOffAtAnyWord_PaysOnceAndLosesNothing(string how)
    {
        await using var chain = await TestChain.OpenAsync(anvil.Required(), backing: 10_000, ntk: 2000);
        var (rounds, cut) = (0, true);
        for (var word = 1; cut; word++)
        {
            var asked = await chain.WithdrawAsync(TestChain.Ada, 1.5m);
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
            await chain.CheckAsync();
            (await chain.EndAsync(TestChain.Ada, asked.Id)).Status.ShouldBe("paid", $"word {word}");
            (await chain.TokensAsync(asked.To)).ShouldBe(BaseUnits.Of(Ntk.Of(1.5m)), $"word {word}");
            await chain.CheckAsync();
            rounds++;
        }

        rounds.ShouldBeGreaterThan(20);
        (await chain.AvailableAsync(TestChain.Ada)).ShouldBe(Ntk.Of(2000 - (1.5m * rounds)));
        (await chain.HeldAsync(TestChain.Ada)).ShouldBe(Ntk.Zero);
    }

    private static async Task<bool> CutAsync(TestChain chain, int word)
    {
        var cut = !await Fuse.RunAsync(word, chain.StepAsync);
        await chain.RestartAsync();
        return cut;
    }
}
