using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend.Cluster;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Exchange;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Cluster;

/// <summary>Several processes, and what befalls them.</summary>
public sealed class ClusterTests
{
    private const int Shards = 60;
    private const string Asset = TestExchange.Asset;
    private readonly List<string> traders = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Two trade, three nodes work, and then it happens to the replica that matches the book.</summary>
    /// <param name="what">kill -9; SIGSTOP, and later SIGCONT; SIGTERM.</param>
    [Theory]
    [InlineData("killed")]
    [InlineData("hung")]
    [InlineData("terminated")]
    public async Task Replica_OfTheBook_OthersTakeOverAndNothingIsLostOrDoubled(string what)
    {
        await using var all = await Replicas.StartAsync(3, PrepareAsync);
        await using var database = Database.Postgres(all.Postgres);
        await using var customer = await all.ConnectAsync(all.Key("first-user.key"));
        var quote = await customer.QuoteAsync(NumberWork.Spec(Shards, perShard: 1), cancel: Cancel);
        var job = await customer.OrderAsync(quote, Cancel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var placed = new ConcurrentQueue<(Guid Id, long At)>();
        var working = Enumerable.Range(0, 3).Select(node => WorkAsync(all, $"node {node}", stop.Token)).ToList();
        var trading = traders.Select((key, who) => TradeAsync(all, key, who, placed, stop.Token)).ToList();
        await UntilAsync(() => placed.Count > 50);

        var owner = await OwnerAsync(all, database);
        var (before, happened) = (placed.Count, Stopwatch.GetTimestamp());
        switch (what)
        {
            case "killed":
                all.Kill(owner);
                break;
            case "hung":
                all.Hang(owner);
                break;
            default:
                all.Terminate(owner);
                await all.ExitAsync(owner);
                break;
        }

        await UntilAsync(() => placed.Count > before + 100);
        var longest = Longest(placed.Select(order => order.At).Where(at => at > happened).Prepend(happened));
        TestContext.Current.SendDiagnosticMessage($"{what}: no order was placed for {longest.TotalSeconds:0.0} s.");
        if (what == "hung")
        {
            // It wakes up believing that the book is its own.
            all.GoOn(owner);
            await UntilAsync(() => placed.Count > before + 200);
        }

        var done = await customer.CompleteAsync(job, cancel: Cancel);
        await stop.CancelAsync();
        await Task.WhenAll(trading);
        await Task.WhenAll(working);
        var receipts = await customer.ReceiptsAsync(job.Id, Cancel);
        done.State.ShouldBe(JobState.Succeeded);
        receipts.Select(receipt => receipt.Shard).Distinct().Count().ShouldBe(Shards);
        (receipts.Count, done.Paid).ShouldBe((Shards, receipts.Aggregate(Ntk.Zero, (sum, receipt) => sum + receipt.Price)));
        done.Paid.ShouldBeLessThanOrEqualTo(quote.Cap);
        var proof = await customer.Api.GetProofAsync(Cancel);
        (proof.Faults.Count, proof.Sum).ShouldBe((0, Ntk.Zero));
        await TestExchange.CheckAsync(database, await customer.Api.GetDepthAsync(Asset, 50, Cancel));
        await using var db = database.CreateDbContext();
        placed.Select(order => order.Id).Except(await db.BookOrders.Select(order => order.Id).ToListAsync(Cancel)).ShouldBeEmpty();
    }

    /// <summary>Two versions side by side: customers order and trade and nodes work all the time, and in the middle of it the old replica is stopped, as an upgrade does.</summary>
    [Fact]
    public async Task Upgrade_OldAndNewVersionSideBySideThenTheOldStops_EveryShardIsDoneAndPaidOnce()
    {
        const int orders = 4;
        await using var all = await Replicas.StartAsync(PrepareAsync, Contract.Version, Contract.Version + 1);
        await using var database = Database.Postgres(all.Postgres);
        await using var customer = await all.ConnectAsync(all.Key("first-user.key"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var placed = new ConcurrentQueue<(Guid Id, long At)>();
        var working = Enumerable.Range(0, 3).Select(node => WorkAsync(all, $"node {node}", stop.Token)).ToList();
        var trading = traders.Select((key, who) => TradeAsync(all, key, who, placed, stop.Token)).ToList();
        (await VersionsAsync(all)).ShouldBe([Contract.Version, Contract.Version + 1], ignoreOrder: true, "both versions answer behind the one address");
        var jobs = new List<Job>();
        for (var order = 0; order < orders; order++)
        {
            // Two orders before the old version goes, two after.
            jobs.Add(await customer.OrderAsync(await customer.QuoteAsync(NumberWork.Spec(Shards / orders, perShard: 1, seed: (ulong)order), cancel: Cancel), Cancel));
            if (order == 1)
            {
                await UntilAsync(() => placed.Count > 50);
                all.Terminate(0);
                await all.ExitAsync(0);
            }
        }

        foreach (var job in jobs)
        {
            var done = await customer.CompleteAsync(job, cancel: Cancel);
            var receipts = await customer.ReceiptsAsync(job.Id, Cancel);
            receipts.Select(receipt => receipt.Shard).Order().ShouldBe(Enumerable.Range(0, Shards / orders));
            done.Paid.ShouldBe(receipts.Aggregate(Ntk.Zero, (sum, receipt) => sum + receipt.Price));
        }

        var before = placed.Count;
        await UntilAsync(() => placed.Count > before + 50);
        await stop.CancelAsync();
        await Task.WhenAll(trading);
        await Task.WhenAll(working);
        (await VersionsAsync(all)).ShouldBe([Contract.Version + 1]);
        var proof = await customer.Api.GetProofAsync(Cancel);
        (proof.Faults.Count, proof.Sum).ShouldBe((0, Ntk.Zero));
        await TestExchange.CheckAsync(database, await customer.Api.GetDepthAsync(Asset, 50, Cancel));
    }

    [Fact]
    public async Task Order_ThroughAReplicaWithoutTheBook_IsTheSame()
    {
        await using var all = await Replicas.StartAsync(2, PrepareAsync);
        await using var database = Database.Postgres(all.Postgres);
        var owner = await OwnerAsync(all, database);
        await using var near = await NeuroClient.ConnectAsync(all.Urls[owner].ToString(), traders[0], Cancel);
        await using var far = await NeuroClient.ConnectAsync(all.Urls[1 - owner].ToString(), traders[1], Cancel);
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

    // What the platform says it speaks, on connections of their own.
    private static async Task<IReadOnlyList<int>> VersionsAsync(Replicas all)
    {
        var versions = new HashSet<int>();
        for (var asked = 0; asked < 8; asked++)
        {
            using var http = new HttpClient { BaseAddress = all.Balancer.Url };
            using var reply = await http.GetAsync("v1/platform", Cancel);
            versions.Add(int.Parse(reply.Headers.GetValues(Contract.Header).Single(), System.Globalization.CultureInfo.InvariantCulture));
        }

        return [.. versions];
    }

    private static TimeSpan Longest(IEnumerable<long> times)
    {
        var all = times.Order().ToList();
        return all.Zip(all.Skip(1), (a, b) => Stopwatch.GetElapsedTime(a, b)).Max();
    }

    private static async Task UntilAsync(Func<bool> happened)
    {
        var start = Stopwatch.StartNew();
        while (!happened())
        {
            start.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(4), "what was waited for did not happen");
            await Task.Delay(20, Cancel);
        }
    }

    private static async Task<int> OwnerAsync(Replicas all, Database database)
    {
        var name = Backend.Exchange.Exchange.Lease;
        for (var tries = 0; ; tries++)
        {
            await using var db = database.CreateDbContext();
            var url = await db.Leases.Where(row => row.Name == name).Select(row => row.Url).SingleAsync(Cancel);
            if (all.Urls.ToList().FindIndex(known => known.Port == new Uri(url).Port) is var index and >= 0)
            {
                return index;
            }

            tries.ShouldBeLessThan(200);
            await Task.Delay(50, Cancel);
        }
    }

    // A node does not give up either, as a real one would not.
    private static async Task WorkAsync(Replicas all, string name, CancellationToken stop)
    {
        await using var node = new TestNode(all.Balancer.Url, name);
        for (var joined = false; !stop.IsCancellationRequested;)
        {
            try
            {
                if (!joined)
                {
                    await node.JoinAsync(all.Key("node-owner.key"), Ntk.Of(1));
                    joined = true;
                }

                if (await node.ClaimAsync() is { } lease)
                {
                    await node.WorkAsync(lease);
                }
            }
            catch (Exception failed) when (failed is HttpRequestException || failed is NeuroException { Status: 0 or >= 500 or 409 or 401 })
            {
                await Task.Delay(50, Cancel);
            }
        }
    }

    private static async Task TradeAsync(Replicas all, string key, int who, ConcurrentQueue<(Guid Id, long At)> placed, CancellationToken stop)
    {
        await using var trader = await all.ConnectAsync(key);
        var random = new Random(who);
        while (!stop.IsCancellationRequested)
        {
            // No error may reach a customer whose client tries again.
            var order = await trader.Api.PlaceAsync(Asset, new(Guid.NewGuid(), random.Next(2) == 0 ? "bid" : "ask", "limit", Ntk.Of(random.Next(1, 4)), random.Next(1, 4)), Cancel);
            placed.Enqueue((order.Id, Stopwatch.GetTimestamp()));
            if (order.State == "open" && random.Next(3) == 0)
            {
                await trader.Api.CancelOrderAsync(Asset, order.Id, Cancel);
            }
        }
    }

    private async Task PrepareAsync(Platform platform)
    {
        var exchange = platform.Services.GetRequiredService<Backend.Exchange.Exchange>();
        await exchange.OpenBookAsync(Asset, "Licences of a shelf dataset", Ntk.Of(0.01m), 100, Cancel);
        foreach (var name in new[] { "one", "two" })
        {
            traders.Add(await platform.CreateAccountAsync("customer", name, Cancel));
            await using var client = await NeuroClient.ConnectAsync(platform.Url.ToString(), traders[^1], Cancel);
            await client.BuyAsync(Ntk.Of(100_000), Cancel);
            await exchange.IssueAsync(Guid.NewGuid(), (await client.Api.GetAccountAsync(Cancel)).Id, Asset, 100_000, "start", Cancel);
        }

        await using var first = await NeuroClient.ConnectAsync(platform.Url.ToString(), platform.FirstUserKey, Cancel);
        await first.BuyAsync(Ntk.Of(1000), Cancel);
        await using var node = new TestNode(platform.Url, "first node");
        await node.JoinAsync(platform.NodeOwnerKey, Ntk.Of(1));
    }
}
