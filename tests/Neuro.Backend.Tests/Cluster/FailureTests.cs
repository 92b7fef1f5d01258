using System.Diagnostics;
using Neuro.Benchmarks;
using Neuro.Backend.Tests.Ledger;
using Neuro.Client.Api;

namespace Neuro.Backend.Tests.Cluster;

/// <summary>What befalls processes, database and network while everybody is at work; after each, every shard is done once and paid once, and nobody has met an error but one that says to ask again.</summary>
public sealed class FailureTests
{
    private const int Here = Contract.Version;

    /// <summary>Something that happens, and is over when its task ends.</summary>
    /// <param name="Most">The longest that deliveries may stop for it, with room for a busy machine.</param>
    /// <param name="Unnoticed">Whether not even a second try by the client may be needed.</param>
    private sealed record Failure(string Name, Func<Replicas, Crowd, Task> Happen, int Most = 60, bool Unnoticed = false);

    [Fact]
    public async Task Processes_UpgradedHungAndKilled_EveryShardIsDoneAndPaidOnce()
    {
        await using var all = await Replicas.StartAsync(Crowd.PrepareAsync, null, new(Here), new(Here + 1), new(Here + 1));
        await RunAsync(
            all,
            new("SIGTERM of the old one of two versions", UpgradeAsync, Unnoticed: true),
            new("SIGSTOP, and later SIGCONT", HangAsync),
            new("kill -9", KillAsync));
    }

    [Fact]
    public async Task DatabaseAndItsNetwork_StoppedCrashedAndCut_EveryShardIsDoneAndPaidOnce()
    {
        await using var server = await LedgerEngine.OwnPostgresAsync();

        // All of it with machines whose clocks are twenty minutes apart.
        await using var all = await Replicas.StartAsync(Crowd.PrepareAsync, server, new(Here, MinutesAhead: -10), new(Here, MinutesAhead: 10));
        await RunAsync(
            all,
            new("PostgreSQL stopped and started", (_, crowd) => RestartAsync(server, crowd, "fast")),
            new("PostgreSQL crashed and recovered", (_, crowd) => RestartAsync(server, crowd, "immediate")),
            new("a replica that hears nothing from PostgreSQL", async (all, crowd) => await CutOffAsync(all, crowd, all.ToDatabase[await crowd.OwnerAsync()].Stall)),
            new("a replica whose connections to PostgreSQL are reset", async (all, crowd) => await CutOffAsync(all, crowd, all.ToDatabase[await crowd.OwnerAsync()].Cut)),
            new("nodes that hear nothing from the platform until their leases are over", NodesCutOffAsync),
            new("kill -9 of one of two", KillAsync));
    }

    [Fact]
    public async Task Network_CablePulled_EveryShardIsDoneAndPaidOnce()
    {
        using var space = NetworkSpace.Make();
        await using var all = await Replicas.StartAsync(Crowd.PrepareAsync, null, new(Here, Space: space), new Setup(Here));
        await RunAsync(all, new Failure("a cable pulled for as long as the others need to notice", async (_, crowd) =>
        {
            (await crowd.OwnerAsync()).ShouldBe(0, "the one behind the cable came first, and matches orders");
            space.Pull();
            await TakenOverAsync(crowd, from: 0);
            space.PlugIn();
        }));
    }

    private static async Task RunAsync(Replicas all, params Failure[] failures)
    {
        await using var crowd = await Crowd.StartAsync(all);
        foreach (var failure in failures)
        {
            var (failed, asked, start) = (crowd.Failed, crowd.AskedAgain, Stopwatch.GetTimestamp());
            await failure.Happen(all, crowd);
            await crowd.GoOnAsync(orders: 30, deliveries: 30);
            var (delivery, order) = crowd.Longest(start);
            (failed, asked) = (crowd.Failed - failed, crowd.AskedAgain - asked);
            TestContext.Current.SendDiagnosticMessage(
                $"{failure.Name}: no shard was delivered for {delivery.TotalSeconds:0.0} s, no order placed for {order.TotalSeconds:0.0} s; {failed} calls of nodes failed, {asked} of customers were made again.");
            delivery.TotalSeconds.ShouldBeLessThan(failure.Most, failure.Name);
            if (failure.Unnoticed)
            {
                (failed, asked).ShouldBe((0, 0), failure.Name);
            }

            await crowd.CheckAsync();
        }

        await crowd.EndAsync();

        // By a machine's own clock it would be ten minutes.
        crowd.FarthestLease.ShouldBeLessThan(TimeSpan.FromMinutes(2));
    }

    private static async Task UpgradeAsync(Replicas all, Crowd crowd)
    {
        (await crowd.OwnerAsync()).ShouldBe(0, "the old version came first, and matches orders");
        (await VersionsAsync(all)).ShouldBe([Here, Here + 1], ignoreOrder: true, "both versions answer behind the one address");
        all.Terminate(0);
        await all.ExitAsync(0);
        (await VersionsAsync(all)).ShouldBe([Here + 1]);
    }

    private static async Task HangAsync(Replicas all, Crowd crowd)
    {
        var owner = await crowd.OwnerAsync();
        all.Hang(owner);
        await TakenOverAsync(crowd, owner);

        // It wakes up believing that the book is its own.
        all.GoOn(owner);
    }

    private static async Task KillAsync(Replicas all, Crowd crowd) => all.Kill(await crowd.OwnerAsync());

    private static async Task RestartAsync(LedgerPostgres server, Crowd crowd, string mode)
    {
        await server.StopAsync(mode);
        var before = crowd.AskedAgain + crowd.Failed;
        await crowd.UntilAsync(() => crowd.AskedAgain + crowd.Failed > before, () => "nobody noticed that the database was away");
        await server.GoOnAsync();
    }

    private static async Task CutOffAsync(Replicas all, Crowd crowd, Action cut)
    {
        var owner = await crowd.OwnerAsync();
        cut();
        await TakenOverAsync(crowd, owner);
        all.ToDatabase[owner].Mend();
    }

    private static async Task NodesCutOffAsync(Replicas all, Crowd crowd)
    {
        var before = await crowd.LostAsync();
        all.ForNodes.Stall();
        while (await crowd.LostAsync() == before)
        {
            await crowd.GoOnAsync(orders: 5, deliveries: 0);
        }

        all.ForNodes.Mend();
    }

    // The others do its work before it is back.
    private static async Task TakenOverAsync(Crowd crowd, int from)
    {
        while (await crowd.OwnerAsync() == from)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        await crowd.GoOnAsync(orders: 20, deliveries: 20);
    }

    // What the platform says it speaks, on connections of their own.
    private static async Task<IReadOnlyList<int>> VersionsAsync(Replicas all)
    {
        var versions = new HashSet<int>();
        for (var asked = 0; asked < 8; asked++)
        {
            using var http = new HttpClient { BaseAddress = all.Balancer.Url };
            using var reply = await http.GetAsync("v1/platform", TestContext.Current.CancellationToken);
            versions.Add(int.Parse(reply.Headers.GetValues(Contract.Header).Single(), System.Globalization.CultureInfo.InvariantCulture));
        }

        return [.. versions];
    }
}
