using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Nodes;

public sealed class SealedFloorTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_SeenByOthers_KeepTheirFloorsSealed()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.NodeAsync(floor: 2);
        var (stranger, _) = await platform.NewCustomerAsync("stranger");
        var rival = await platform.Platform.CreateAccountAsync("node", "rival", Cancel);
        await platform.NodeAsync("rival's", floor: 3, owner: rival);
        await using var owner = await NeuroClient.ConnectAsync(platform.Platform.Url.ToString(), rival, Cancel);
        var operate = await platform.CustomerAsync(); // The first user's key is an operator's.

        (await stranger.NodesAsync(Cancel)).Select(node => node.Floor).ShouldBe([null, null]);
        (await owner.NodesAsync(Cancel)).Select(node => (node.Name, node.Floor)).ShouldBe([("node", (Ntk?)null), ("rival's", Ntk.Of(3))]);
        (await operate.NodesAsync(Cancel)).Select(node => node.Floor).ShouldBe([Ntk.Of(2), Ntk.Of(3)]);
    }
}
