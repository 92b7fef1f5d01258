using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Exchange;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Cluster;

/// <summary>Customers who order and follow, two who trade, and twelve nodes that claim, beat, upload and deliver, all at once and behind one address; and what must be true of it whatever happened.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    /// <summary>Short, so that what a lost answer leaves leased is given out again while the test runs.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(8);

    private const int Nodes = 12;
    private const int Customers = 2;
    private const int Shards = 24;
    private const string Asset = TestExchange.Asset;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    // Busy enough that whatever happens happens in the middle of something, and no busier: these tests wait for minutes, beside others.
    private static readonly TimeSpan BetweenShards = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan BetweenOrders = TimeSpan.FromMilliseconds(100);

    private readonly Replicas all;
    private readonly Database database;
    private readonly CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
    private readonly CancellationTokenSource stopOrders = new();
    private readonly CancellationTokenSource stopNodes = new();
    private readonly ConcurrentQueue<(Job Job, Ntk Cap)> done = new();
    private readonly ConcurrentQueue<long> delivered = new();
    private readonly ConcurrentQueue<(Guid Id, long At)> placed = new();
    private readonly int[] finished = new int[Customers];
    private readonly List<Task> ordering;
    private readonly List<Task> working;
    private NeuroClient auditor = null!;
    private int failed;
    private int askedAgain;
    private long farthestTicks;

    private Crowd(Replicas all)
    {
        (this.all, database) = (all, Database.Postgres(all.Postgres + ";Pooling=false")); // Or it would meet connections to a server that is no more.
        working = [.. Enumerable.Range(0, Nodes).Select(node => Task.Run(() => WorkAsync($"node {node}"), Cancel))];
        ordering =
        [
            .. Enumerable.Range(0, Customers).Select(who => Task.Run(() => OrderAsync(who), Cancel)),
            .. Enumerable.Range(0, 2).Select(who => Task.Run(() => TradeAsync(who), Cancel)),
        ];
    }

    /// <summary>How many shards were delivered, and the delivery acknowledged.</summary>
    public int Delivered => delivered.Count;

    /// <summary>How many orders were placed in the book, and acknowledged.</summary>
    public int Placed => placed.Count;

    /// <summary>Calls of nodes that failed although they were tried again as clients do.</summary>
    public int Failed => Volatile.Read(ref failed);

    /// <summary>Calls of customers that failed as <see cref="Failed"/>, and came through when they were made again with the same ids.</summary>
    public int AskedAgain => Volatile.Read(ref askedAgain);

    /// <summary>How far the end of a lease was from what it should be, by the right clock.</summary>
    public TimeSpan FarthestLease => TimeSpan.FromTicks(Interlocked.Read(ref farthestTicks));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Accounts, NTK, a book and lots, over a platform that is still empty.</summary>
    public static async Task PrepareAsync(Platform platform)
    {
        var exchange = platform.Services.GetRequiredService<Backend.Exchange.Exchange>();
        await exchange.OpenBookAsync(Asset, "Licences of a shelf dataset", Ntk.Of(0.01m), 100, Cancel);
        foreach (var (file, asset) in new[] { ("first-user.key", 0), ("trader-0.key", 100_000), ("trader-1.key", 100_000) })
        {
            var key = asset == 0 ? platform.FirstUserKey : await platform.CreateAccountAsync("customer", file, Cancel);
            await using var client = await NeuroClient.ConnectAsync(platform.Url.ToString(), key, Cancel);
            await client.BuyAsync(Ntk.Of(100_000), Cancel);
            if (asset > 0)
            {
                await exchange.IssueAsync(Guid.NewGuid(), (await client.Api.GetAccountAsync(Cancel)).Id, Asset, asset, "start", Cancel);
                await File.WriteAllTextAsync(Path.Combine(platform.Services.GetRequiredService<PlatformOptions>().KeysFolder!, file), key, Cancel);
            }
        }

        // Quotes need a node that was heard of.
        await using var node = new TestNode(platform.Url, "first node");
        await node.JoinAsync(platform.NodeOwnerKey, Ntk.Of(1));
    }

    /// <summary>Everybody begins.</summary>
    public static async Task<Crowd> StartAsync(Replicas all)
    {
        var crowd = new Crowd(all) { auditor = await all.ConnectAsync(all.Key("first-user.key")) };
        await crowd.GoOnAsync(orders: 30, deliveries: 30);
        return crowd;
    }

    /// <summary>Waits until so many more orders and deliveries were acknowledged.</summary>
    public Task GoOnAsync(int orders, int deliveries)
    {
        var (before, had) = (Placed, Delivered);
        return UntilAsync(() => Placed >= before + orders && Delivered >= had + deliveries, () => $"{Placed - before} of {orders} orders and {Delivered - had} of {deliveries} deliveries");
    }

    /// <summary>Waits until it is so; fails as soon as somebody met an error that nobody may meet.</summary>
    public async Task UntilAsync(Func<bool> happened, Func<string> said)
    {
        var start = Stopwatch.StartNew();
        while (!happened())
        {
            await Task.WhenAll(ordering.Concat(working).Where(task => task.IsFaulted || task.IsCanceled));
            if (start.Elapsed > Patience)
            {
                Assert.Fail($"{said()}; {Delivered} deliveries, {Failed} calls of nodes failed, {AskedAgain} of customers were made again; {all.LastErrors()}");
            }

            await Task.Delay(Pace, Cancel);
        }
    }

    /// <summary>The longest time in which no shard and no order was acknowledged, since a time stamp.</summary>
    public (TimeSpan Delivery, TimeSpan Order) Longest(long since) => (Longest(delivered, since), Longest(placed.Select(order => order.At), since));

    /// <summary>Waits for the jobs that were under way, and checks all that were ever done.</summary>
    public async Task CheckAsync()
    {
        var before = finished.ToArray();
        await UntilAsync(() => finished.Zip(before).All(pair => pair.First > pair.Second), () => "the jobs that were under way did not end");
        await CheckBooksAsync();
    }

    /// <summary>Nobody begins anything new; when all is done, it is checked once more, and so is the order book.</summary>
    public async Task EndAsync()
    {
        await stopOrders.CancelAsync();
        await Task.WhenAll(ordering);
        await stopNodes.CancelAsync();
        await Task.WhenAll(working);
        var fees = await CheckBooksAsync();
        var proof = await auditor.Api.GetProofAsync(Cancel);
        (proof.Sums["node"] + proof.Sums.GetValueOrDefault("stake")).ShouldBe(fees.Price - fees.Fee, "nodes have what the receipts say, some of it at stake, and nothing else");
        await TestExchange.CheckAsync(database, await auditor.Api.GetDepthAsync(Asset, 50, Cancel));
    }

    /// <summary>Which replica matches orders.</summary>
    public async Task<int> OwnerAsync()
    {
        var owner = -1;
        for (var start = Stopwatch.StartNew(); owner < 0; await Task.Delay(Pace, Cancel))
        {
            start.Elapsed.ShouldBeLessThan(Patience, "no replica matches orders");
            owner = await all.OwnerAsync(database);
        }

        return owner;
    }

    /// <summary>How many leases ran out.</summary>
    public async Task<int> LostAsync()
    {
        await using var db = database.CreateDbContext();
        return await db.NodeMarks.CountAsync(row => row.Type == Backend.Nodes.Interruption.Silent, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await stopOrders.CancelAsync();
        await stopNodes.CancelAsync();
        await over.CancelAsync();
        await Task.WhenAny(Task.WhenAll(ordering.Concat(working)), Task.Delay(LeaseTime)); // What it came to was said before.
        await auditor.DisposeAsync();
        await database.DisposeAsync();
        stopOrders.Dispose();
        stopNodes.Dispose();
        over.Dispose();
    }

    private static TimeSpan Longest(IEnumerable<long> times, long since)
    {
        var all = times.Where(at => at > since).Prepend(since).Order().ToList();
        return all.Zip(all.Skip(1), Stopwatch.GetElapsedTime).DefaultIfEmpty().Max();
    }

    // Every shard once, paid once, never over the cap; and the ledger proves itself.
    private async Task<(Ntk Price, Ntk Fee)> CheckBooksAsync()
    {
        var (orders, price, fee) = (placed.Select(order => order.Id).ToList(), Ntk.Zero, Ntk.Zero);
        foreach (var (job, cap) in done)
        {
            var receipts = await auditor.ReceiptsAsync(job.Id, Cancel);
            receipts.Select(receipt => receipt.Shard).Order().ShouldBe(Enumerable.Range(0, Shards));
            job.Paid.ShouldBe(receipts.Aggregate(Ntk.Zero, (sum, receipt) => sum + receipt.Price));
            job.Paid.ShouldBeLessThanOrEqualTo(cap);
            (price, fee) = (price + job.Paid, fee + receipts.Aggregate(Ntk.Zero, (sum, receipt) => sum + receipt.Fee));
        }

        var proof = await auditor.Api.GetProofAsync(Cancel);
        (proof.Faults.Count, proof.Sum).ShouldBe((0, Ntk.Zero));
        await using var db = database.CreateDbContext();
        orders.Except(await db.BookOrders.Select(order => order.Id).ToListAsync(Cancel)).ShouldBeEmpty("an order that was acknowledged is there");
        return (price, fee);
    }

    private async Task OrderAsync(int who)
    {
        await using var customer = await all.ConnectAsync(all.Key("first-user.key"));
        for (var seed = (ulong)who; !stopOrders.IsCancellationRequested; seed += Customers)
        {
            var quote = await AgainAsync(() => customer.QuoteAsync(NumberWork.Spec(Shards, perShard: 1, seed: seed), cancel: over.Token));
            var id = Guid.NewGuid();
            var job = await AgainAsync(() => customer.Api.OrderAsync(new(id, quote.Id), over.Token, id.ToString()));
            done.Enqueue((await customer.CompleteAsync(job, cancel: over.Token), quote.Cap));
            Interlocked.Increment(ref finished[who]);
        }
    }

    private async Task TradeAsync(int who)
    {
        await using var trader = await all.ConnectAsync(all.Key($"trader-{who}.key"));
        var random = new Random(who);
        while (!stopOrders.IsCancellationRequested)
        {
            var request = new BookOrderRequest(Guid.NewGuid(), random.Next(2) == 0 ? "bid" : "ask", "limit", Ntk.Of(random.Next(1, 4)), random.Next(1, 4));
            var order = await AgainAsync(() => trader.Api.PlaceAsync(Asset, request, over.Token));
            placed.Enqueue((order.Id, Stopwatch.GetTimestamp()));
            if (order.State == "open" && random.Next(3) == 0)
            {
                await AgainAsync(() => trader.Api.CancelOrderAsync(Asset, order.Id, over.Token));
            }

            await Task.Delay(BetweenOrders, over.Token);
        }
    }

    // What says that the same request may be sent again, is; any other error fails the test.
    private async Task<T> AgainAsync<T>(Func<Task<T>> ask)
    {
        for (var start = Stopwatch.StartNew(); ; Interlocked.Increment(ref askedAgain))
        {
            try
            {
                return await ask();
            }
            catch (NeuroException away) when ((away.Status == 503 || away.Code == "platform.unreachable") && start.Elapsed < Patience)
            {
                await Task.Delay(Pace, over.Token);
            }
        }
    }

    // A node does not give up either, as a real one would not. That others have its shard by now is no failure.
    private async Task WorkAsync(string name)
    {
        await using var node = new TestNode(all.ForNodes.Url, name);
        for (var joined = false; !stopNodes.IsCancellationRequested;)
        {
            try
            {
                if (!joined)
                {
                    await node.JoinAsync(all.Key("node-owner.key"), Ntk.Of(1));
                    await ProveAsync(node.Id);
                    joined = true;
                }

                if (await node.ClaimAsync() is { } lease)
                {
                    Note(lease.Expires);
                    await node.BeatAsync(lease, 0.5);
                    await node.WorkAsync(lease);
                    delivered.Enqueue(Stopwatch.GetTimestamp());
                    await Task.Delay(BetweenShards, over.Token);
                }
            }
            catch (NeuroException lost) when (lost.Code is "lease.lost" or "job.ended")
            {
            }
            catch (Exception broken) when (broken is HttpRequestException or TaskCanceledException { InnerException: TimeoutException } or NeuroException { Status: 0 or >= 500 or 401 })
            {
                Interlocked.Increment(ref failed);
                await Task.Delay(Pace, over.Token);
            }
        }
    }

    // All of them have the same record, whatever befalls them: or the cheapest would get all of the work.
    private async Task ProveAsync(string node)
    {
        await using var db = database.CreateDbContext();
        await db.Nodes.Where(row => row.Id == node).ExecuteUpdateAsync(set => set.SetProperty(row => row.ShardsDone, TestPlatform.Proven), over.Token);
    }

    private void Note(DateTimeOffset expires)
    {
        var off = (expires - DateTimeOffset.UtcNow - LeaseTime).Duration().Ticks;
        for (var seen = Interlocked.Read(ref farthestTicks); off > seen; seen = Interlocked.Read(ref farthestTicks))
        {
            Interlocked.CompareExchange(ref farthestTicks, off, seen);
        }
    }
}
