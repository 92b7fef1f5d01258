using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Exchange;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Cluster;

/// <summary>Several processes over one PostgreSQL.</summary>
public sealed class ClusterTests
{
    private const string Asset = TestExchange.Asset;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Order_ThroughAReplicaWithoutTheBook_IsTheSame()
    {
        await using var all = await Replicas.StartAsync(2, Crowd.PrepareAsync);
        await using var database = Database.Postgres(all.Postgres);
        var owner = await all.OwnerAsync(database);
        await using var near = await NeuroClient.ConnectAsync(all.Urls[owner].ToString(), all.Key("trader-0.key"), Cancel);
        await using var far = await NeuroClient.ConnectAsync(all.Urls[1 - owner].ToString(), all.Key("trader-1.key"), Cancel);
        var ask = new BookOrderRequest(Guid.NewGuid(), "ask", "limit", Ntk.Of(2), 5);
        (await far.Api.PlaceAsync(Asset, ask, Cancel)).State.ShouldBe("open");
        (await far.Api.PlaceAsync(Asset, ask, Cancel)).State.ShouldBe("open", "the same request again");
        (await near.Api.PlaceAsync(Asset, new(Guid.NewGuid(), "bid", "limit", Ntk.Of(2), 3), Cancel)).State.ShouldBe("filled");
        (await far.Api.GetDepthAsync(Asset, 10, Cancel)).Asks.Single().Quantity.ShouldBe(2);
        (await far.Api.GetBooksAsync(Cancel)).Single(book => book.Asset == Asset).BestAsk.ShouldBe(Ntk.Of(2));
        var refused = await Should.ThrowAsync<NeuroException>(() => far.Api.PlaceAsync(Asset, new(Guid.NewGuid(), "bid", "limit", Ntk.Parse("0.001"), 1), Cancel));
        refused.Code.ShouldBe("order.bad_price");
        (await Should.ThrowAsync<NeuroException>(() => far.Api.GetDepthAsync("nothing", 10, Cancel))).Code.ShouldBe("book.not_found");
    }

    [Fact]
    public async Task Start_OverAPlatformWithOtherKeys_IsRefused()
    {
        await using var all = await Replicas.StartAsync(0, _ => Task.CompletedTask);
        var options = Replicas.Options(all.Postgres, Path.Combine(all.Folder, "elsewhere"), Path.Combine(all.Folder, "stranger"));
        (await Should.ThrowAsync<NeuroException>(() => Platform.StartAsync(options, Cancel))).Code.ShouldBe("platform.other_keys");
    }
}
