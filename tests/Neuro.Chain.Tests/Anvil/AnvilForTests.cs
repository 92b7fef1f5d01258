using Neuro.Chain.Anvil;

namespace Neuro.Chain.Tests.Anvil;

/// <summary>A chain for one test.</summary>
internal static class AnvilForTests
{
    private static readonly HttpClient Http = new();

    public static void Require() =>
        Requires.True(AnvilNode.Find(Repository.Root) is not null, "needs anvil: npm install @foundry-rs/anvil in the checkout, or set ANVIL to the program.");

    public static async Task<AnvilNode> StartAsync(params string[] arguments)
    {
        Require();
        return await AnvilNode.StartAsync(Http, Repository.Root, arguments, TestContext.Current.CancellationToken);
    }
}
