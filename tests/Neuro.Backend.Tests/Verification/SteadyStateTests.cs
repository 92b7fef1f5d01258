using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Jobs;
using Neuro.Backend.Ledger;
using Neuro.Backend.Verification;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Verification;

/// <summary>What checking costs a platform that runs as it should, and what happens on it to those who cheat now and then.</summary>
public sealed class SteadyStateTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ManyShards_OfTrustedNodes_AreCheckedForLessThanATenthOfTheWork()
    {
        const int Shards = 2_400;
        await using var fleet = await Fleet.StartAsync(seed: 11);
        var nodes = new List<string>();
        foreach (var owner in new[] { "ada", "bo", "cy", "di" })
        {
            nodes.AddRange([await fleet.NodeAsync(owner, streak: 20), await fleet.NodeAsync(owner, streak: 25)]);
        }

        var job = await fleet.JobAsync(Shards);
        var done = await RunAsync(fleet, nodes, _ => 0, rounds: int.MaxValue);

        var total = (await fleet.Of<Overhead>().ReportAsync(Cancel)).AllTime;
        TestContext.Current.SendDiagnosticMessage($"{total.Verified} shards, {total.Unchecked} on trust, {total.Copies} copies: {total.Overhead:P2} of the work was done again");
        total.Verified.ShouldBe(Shards);
        total.Overhead.ShouldBeInRange(0.03, 0.10);
        ((double)total.Unchecked / Shards).ShouldBeInRange(0.9, 0.97);
        // Each copy was paid, by the platform; the customer paid for the shards alone.
        done.ShouldBe(Shards + total.Copies);
        var shard = Ntk.Of(Fleet.CuPerShard * 1.1m);
        (await fleet.CustomerAsync()).ShouldBe(Ntk.Of(1_000_000) - shard.Times(Shards));
        (await fleet.BalanceAsync(SystemAccounts.Fees)).ShouldBe(Ntk.Of(10_000) + Ntk.Of(Fleet.CuPerShard * 0.1m).Times(Shards) - Ntk.Of(Fleet.CuPerShard).Times(total.Copies));
        await using var db = fleet.Database.CreateDbContext();
        (await db.Nodes.CountAsync(row => row.BarredAt != null || row.ShardsRejected > 0, Cancel)).ShouldBe(0);
        (await db.Jobs.SingleAsync(row => row.Id == job.Id, Cancel)).State.ShouldBe((int)JobPhase.Succeeded);
        await fleet.ProveAsync();
    }

    [Fact]
    public async Task Cheats_WhoSpoilATenth_AreAllCaughtAndEveryWrongShardTheyWerePaidForIsFound()
    {
        // At the floor a shard is checked with 1/20 and spoilt with 1/10, so each has a chance of 1/200 at least to end it: 1,379 shards leave one in a thousand uncaught.
        const int Bound = 1_379;
        await using var fleet = await Fleet.StartAsync(seed: 5);
        var honest = new List<string>();
        foreach (var owner in new[] { "ada", "bo", "cy", "di" })
        {
            honest.Add(await fleet.NodeAsync(owner, streak: 20));
        }

        var cheats = new List<string> { await fleet.NodeAsync("eve", streak: 20), await fleet.NodeAsync("eve", streak: 20), await fleet.NodeAsync("mallory", streak: 20), await fleet.NodeAsync("oscar", streak: 20) };
        await fleet.JobAsync(10_000);
        var random = new Random(17);
        var did = cheats.ToDictionary(cheat => cheat, _ => 0);
        await RunAsync(fleet, [.. honest, .. cheats, .. cheats, .. cheats], node =>
        {
            if (!did.TryGetValue(node, out var before))
            {
                return 0;
            }

            did[node] = before + 1;
            return random.Next(10) == 0 ? random.Next(1, 1000) : 0;
        }, rounds: Bound, until: async () => (await BarredAsync(fleet)).Count == cheats.Count);

        (await BarredAsync(fleet)).Order().ShouldBe(cheats.Order());
        did.Values.ShouldAllBe(shards => shards <= Bound);
        await using var db = fleet.Database.CreateDbContext();
        var paid = await db.Shards.AsNoTracking().Where(row => row.Copy == 0 && row.State == (int)ShardState.Verified).ToListAsync(Cancel);
        var wrong = paid.Where(row => !Fleet.IsRight(row)).ToList();
        wrong.ShouldNotBeEmpty("or there was nothing to find");
        wrong.ShouldAllBe(row => row.Checked && row.How!.StartsWith("paid, later found wrong"));
        paid.Except(wrong).ShouldAllBe(row => !row.How!.Contains("wrong"));
        paid.Where(row => cheats.Contains(row.NodeId!)).ShouldAllBe(row => row.Checked);
        (await db.Events.CountAsync(row => row.Type == "found_wrong", Cancel)).ShouldBe(wrong.Count);
        // What was wrong cost the customer nothing, and each cheat more than it got for it.
        var price = Ntk.Of(Fleet.CuPerShard * 1.1m);
        (await fleet.CustomerAsync()).ShouldBe(Ntk.Of(1_000_000) - price.Times(paid.Count - wrong.Count));
        foreach (var cheat in cheats)
        {
            (await fleet.BalanceAsync(SystemAccounts.StakeOf(cheat))).ShouldBe(Ntk.Zero);
            (await db.Shards.CountAsync(row => row.NodeId == cheat && row.State > 0 && row.State < (int)ShardState.Verified, Cancel)).ShouldBe(0);
        }

        await fleet.ProveAsync();
        TestContext.Current.SendDiagnosticMessage($"Caught after {string.Join(", ", did.Values.Order())} shards; {wrong.Count} of {paid.Count} that were paid were wrong, all of them found");
    }

    private static async Task<List<string>> BarredAsync(Fleet fleet)
    {
        await using var db = fleet.Database.CreateDbContext();
        return await db.Nodes.Where(row => row.BarredAt != null).Select(row => row.Id).ToListAsync(Cancel);
    }

    // Each node in turn takes a shard and delivers it; then what was delivered is checked.
    private static async Task<long> RunAsync(Fleet fleet, IReadOnlyList<string> nodes, Func<string, int> what, int rounds, Func<Task<bool>>? until = null)
    {
        var all = 0L;
        for (var round = 0; round < rounds && !(until is not null && await until()); round++)
        {
            var done = await fleet.RoundAsync(nodes, what);
            await fleet.CheckAsync();
            all += done;
            if (done == 0)
            {
                break;
            }
        }

        return all;
    }
}
