using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Jobs;
using Neuro.Backend.Ledger;
using Neuro.Backend.Storage;
using Neuro.Backend.Verification;
using Neuro.Client.Jobs;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Verification;

/// <summary>One delivery of a trusted node that is drawn, and what another owner's node makes of the same shard.</summary>
public sealed class CopyTests
{
    private const int Trusted = 30;
    private static readonly long Drawn = Fleet.Seed(Trusted, isChecked: true);
    private static readonly long NotDrawn = Fleet.Seed(Trusted, isChecked: false);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shard_NotDrawn_IsPaidOnTrustAndSaysSo()
    {
        await using var fleet = await Fleet.StartAsync();
        var node = await fleet.NodeAsync("ada", Trusted);
        await fleet.JobAsync(1);
        var shard = (await fleet.ClaimAsync(node))!;
        await fleet.DeliverAsync(shard, seed: NotDrawn);
        await fleet.CheckAsync();
        shard = await fleet.ShardAsync(shard.Id);
        (shard.State, shard.Checked, shard.RedoneMilli).ShouldBe(((int)ShardState.Verified, false, 0));
        shard.How.ShouldBe("taken on trust: the last 30 that were checked of its node were right, and one in 20 is checked");
        (await fleet.NodeRowAsync(node)).Streak.ShouldBe(Trusted);
    }

    [Fact]
    public async Task Shard_DrawnWhileAnotherOwnerIsLive_IsComparedAndBothArePaid()
    {
        await using var fleet = await Fleet.StartAsync();
        var (node, sister, other) = (await fleet.NodeAsync("ada", Trusted), await fleet.NodeAsync("ada", Trusted), await fleet.NodeAsync("bo"));
        var job = await fleet.JobAsync(1);
        var shard = (await fleet.ClaimAsync(node))!;
        await fleet.DeliverAsync(shard, seed: Drawn);
        await fleet.CheckAsync();
        (await fleet.ShardAsync(shard.Id)).State.ShouldBe((int)ShardState.Delivered);
        (await fleet.ClaimAsync(sister)).ShouldBeNull("its own owner's nodes do not check it");
        var copy = (await fleet.ClaimAsync(other))!;
        (copy.Copy, copy.Number, copy.First, copy.Count, copy.PayNano).ShouldBe((1, shard.Number, shard.First, shard.Count, shard.PayNano));
        await fleet.CheckAsync();
        (await fleet.ShardAsync(shard.Id)).State.ShouldBe((int)ShardState.Delivered, "it waits for the copy");

        await fleet.DeliverAsync(copy);
        await fleet.CheckAsync();
        (shard, copy) = (await fleet.ShardAsync(shard.Id), await fleet.ShardAsync(copy.Id));
        (shard.State, copy.State, shard.Checked).ShouldBe(((int)ShardState.Verified, (int)ShardState.Verified, true));
        shard.How!.ShouldStartWith("compared with what a node of another owner delivered, and the same");
        (await fleet.NodeRowAsync(node)).Streak.ShouldBe(Trusted + 1);
        (await fleet.BalanceAsync(await fleet.OwnerAsync("bo"))).ShouldBe(Ntk.Of(Fleet.CuPerShard));
        (await fleet.CustomerAsync()).ShouldBe(Ntk.Of(1_000_000) - Ntk.Of(Fleet.CuPerShard * 1.1m));
        await using var db = fleet.Database.CreateDbContext();
        (await db.Receipts.Select(row => row.ShardId).ToListAsync(Cancel)).ShouldBe([shard.Id]);
        (await db.Jobs.SingleAsync(Cancel)).State.ShouldBe((int)JobPhase.Succeeded);
        (await db.Datasets.SingleAsync(Cancel)).Document.Split("sha256").Length.ShouldBe(2, "the copy is no part of the dataset");
        (await fleet.Of<Overhead>().ReportAsync(Cancel)).AllTime.Overhead.ShouldBe(1);
        (job.Shards, (await fleet.NodeRowAsync(other)).ShardsDone).ShouldBe((1, 1));
        await fleet.ProveAsync();
    }

    [Theory]
    [InlineData(5, 0, "sqlite")]
    [InlineData(0, 5, "sqlite")]
    [InlineData(5, 6, "sqlite")]
    [InlineData(5, 0, "postgres")]
    public async Task Copy_Differs_WhoeverIsWrongIsCaughtAndWhoeverIsRightIsPaid(int first, int second, string engine)
    {
        await using var fleet = await Fleet.StartAsync(engine: engine);
        var (node, other) = (await fleet.NodeAsync("ada", Trusted), await fleet.NodeAsync("bo", Trusted));
        await fleet.JobAsync(1);
        var shard = (await fleet.ClaimAsync(node))!;
        await fleet.DeliverAsync(shard, first, Drawn);
        await fleet.CheckAsync();
        var copy = (await fleet.ClaimAsync(other))!;
        await fleet.DeliverAsync(copy, second);
        await fleet.CheckAsync();

        ((await fleet.NodeRowAsync(node)).BarredAt is null, (await fleet.NodeRowAsync(other)).BarredAt is null).ShouldBe((first == 0, second == 0));
        (await fleet.ShardAsync(shard.Id)).State.ShouldBe((int)(first == 0 ? ShardState.Verified : ShardState.Open));
        (await fleet.ShardAsync(copy.Id)).State.ShouldBe((int)(second == 0 ? ShardState.Verified : ShardState.Dropped));
        // Both are trusted: a fifth of their pay is at stake.
        (await fleet.BalanceAsync(await fleet.OwnerAsync("ada")) + await fleet.BalanceAsync(SystemAccounts.StakeOf(node))).ShouldBe(Ntk.Of(first == 0 ? Fleet.CuPerShard : 0));
        (await fleet.BalanceAsync(await fleet.OwnerAsync("bo")) + await fleet.BalanceAsync(SystemAccounts.StakeOf(other))).ShouldBe(Ntk.Of(second == 0 ? Fleet.CuPerShard : 0));
        await fleet.ProveAsync();
    }

    [Fact]
    public async Task Copy_OutTooLong_ThePlatformLooksItselfAndTheLateCopyIsDropped()
    {
        await using var fleet = await Fleet.StartAsync();
        var (node, other) = (await fleet.NodeAsync("ada", Trusted), await fleet.NodeAsync("bo"));
        await fleet.JobAsync(1);
        var shard = (await fleet.ClaimAsync(node))!;
        await fleet.DeliverAsync(shard, seed: Drawn);
        await fleet.CheckAsync();
        var copy = (await fleet.ClaimAsync(other))!;
        (await fleet.Of<Copies>().NextAsync(Cancel)).ShouldBe(copy.CheckedUntil);
        fleet.Clock.Advance(Copies.Patience);
        await fleet.CheckAsync();
        (await fleet.ShardAsync(shard.Id)).How.ShouldBe("made again and equal");
        await fleet.DeliverAsync(copy);
        await fleet.CheckAsync();
        ((await fleet.ShardAsync(shard.Id)).State, (await fleet.ShardAsync(copy.Id)).State).ShouldBe(((int)ShardState.Verified, (int)ShardState.Dropped));
        (await fleet.BalanceAsync(await fleet.OwnerAsync("bo"))).ShouldBe(Ntk.Zero);
    }

    [Fact]
    public async Task Copy_GivenBack_ThePlatformLooksItselfAtOnce()
    {
        await using var fleet = await Fleet.StartAsync();
        var (node, other) = (await fleet.NodeAsync("ada", Trusted), await fleet.NodeAsync("bo"));
        await fleet.JobAsync(1);
        var shard = (await fleet.ClaimAsync(node))!;
        await fleet.DeliverAsync(shard, seed: Drawn);
        await fleet.CheckAsync();
        var copy = (await fleet.ClaimAsync(other))!;
        await fleet.Of<JobCloser>().ReopenAsync(copy.Id, row => row.State == (int)ShardState.Leased, 1, "returned", _ => "no room", Cancel);
        await fleet.CheckAsync();
        (await fleet.ShardAsync(shard.Id)).How.ShouldBe("made again and equal");
        (await fleet.ShardAsync(copy.Id)).State.ShouldBe((int)ShardState.Dropped);
    }

    [Theory]
    [InlineData(0, "bo", Trusted)]
    [InlineData(1_000, "ada", Trusted)]
    [InlineData(1_000, "bo", 9)]
    public async Task Shard_WithoutFeesOrAnotherOwnerOrOfANewcomer_IsLookedAtByThePlatform(int fees, string other, int streak)
    {
        await using var fleet = await Fleet.StartAsync(fees: fees);
        var node = await fleet.NodeAsync("ada", streak);
        fleet.Of<Backend.Nodes.NodeRegistry>().Beat(await fleet.NodeAsync(other));
        await fleet.JobAsync(1);
        var shard = (await fleet.ClaimAsync(node))!;
        await fleet.DeliverAsync(shard, seed: Drawn);
        await fleet.CheckAsync();
        shard = await fleet.ShardAsync(shard.Id);
        (shard.State, shard.Checked, shard.How, shard.RedoneMilli).ShouldBe(((int)ShardState.Verified, true, "made again and equal", shard.WorkMilli));
    }

    [Fact]
    public async Task Shard_OfAKindThatCannotBeRepeated_IsAlwaysChecked()
    {
        await using var fleet = await Fleet.StartAsync();
        var node = await fleet.NodeAsync("ada", Trusted);
        await fleet.JobAsync(1, TrainSpec.KindName);
        var shard = (await fleet.ClaimAsync(node))!;
        await fleet.DeliverAsync(shard, seed: NotDrawn);
        await fleet.CheckAsync();
        ((await fleet.ShardAsync(shard.Id)).State, (await fleet.NodeRowAsync(node)).Streak).ShouldBe(((int)ShardState.Open, -1));
    }

    [Theory]
    [InlineData(0, "sqlite")]
    [InlineData(5, "sqlite")]
    [InlineData(0, "postgres")]
    public async Task Canary_DeliveredToItsNode_TellsWhetherThatCheats(int what, string engine)
    {
        await using var fleet = await Fleet.StartAsync(engine: engine);
        var (node, other) = (await fleet.NodeAsync("ada", Trusted), await fleet.NodeAsync("bo"));
        await fleet.JobAsync(10);
        var known = (await fleet.ClaimAsync(other))!;
        await fleet.DeliverAsync(known, seed: Fleet.Seed(0, isChecked: true));
        await fleet.CheckAsync();
        await fleet.DeliverAsync((await fleet.ClaimAsync(node))!, seed: Fleet.Seed(Trusted, isChecked: false, canary: true));
        await fleet.CheckAsync();

        (await fleet.ClaimAsync(other))!.Copy.ShouldBe(0, "it is for the other node alone");
        var canary = (await fleet.ClaimAsync(node))!;
        (canary.Number, canary.Copy, canary.First).ShouldBe((known.Number, 2, known.First));
        await fleet.DeliverAsync(canary, what);
        await fleet.CheckAsync();
        var row = await fleet.NodeRowAsync(node);
        (row.BarredAt is null, row.Streak).ShouldBe(what == 0 ? (true, Trusted + 1) : (false, 0));
        (await fleet.ShardAsync(canary.Id)).State.ShouldBe((int)(what == 0 ? ShardState.Verified : ShardState.Dropped));
        (await fleet.ShardAsync(known.Id)).State.ShouldBe((int)ShardState.Verified);
        (await fleet.Of<Overhead>().ReportAsync(Cancel)).AllTime.Copies.ShouldBe(1);
        await fleet.ProveAsync();
    }

    [Fact]
    public async Task Canary_WhoseAnswerWasWrong_CatchesWhoeverGaveThat()
    {
        await using var fleet = await Fleet.StartAsync();
        var (node, liar) = (await fleet.NodeAsync("ada", Trusted), await fleet.NodeAsync("eve"));
        await fleet.JobAsync(10);
        var known = (await fleet.ClaimAsync(liar))!;
        await fleet.DeliverAsync(known, what: 5, seed: 1);
        // As if its check had missed it: a sample sees one image in twenty.
        await using (var db = fleet.Database.CreateDbContext())
        {
            await db.Shards.Where(row => row.Id == known.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)ShardState.Accepted).SetProperty(row => row.How, "seen").SetProperty(row => row.Checked, true), Cancel);
        }

        await fleet.CheckAsync();
        await fleet.DeliverAsync((await fleet.ClaimAsync(node))!, seed: Fleet.Seed(Trusted, isChecked: false, canary: true));
        await fleet.CheckAsync();
        var before = await fleet.CustomerAsync();
        var canary = (await fleet.ClaimAsync(node))!;
        canary.Copy.ShouldBeGreaterThan(0);
        await fleet.DeliverAsync(canary);
        await fleet.CheckAsync();
        ((await fleet.NodeRowAsync(node)).BarredAt, (await fleet.NodeRowAsync(liar)).BarredAt is null).ShouldBe((null, false));
        (await fleet.CustomerAsync()).ShouldBe(before + Ntk.Of(Fleet.CuPerShard * 1.1m));
        (await fleet.ShardAsync(known.Id)).How!.ShouldStartWith("paid, later found wrong");
        await fleet.ProveAsync();
    }

    [Fact]
    public async Task Canary_JobEnds_IsDropped()
    {
        await using var fleet = await Fleet.StartAsync();
        var (node, other) = (await fleet.NodeAsync("ada", Trusted), await fleet.NodeAsync("bo"));
        var job = await fleet.JobAsync(2);
        await fleet.DeliverAsync((await fleet.ClaimAsync(other))!, seed: Fleet.Seed(0, isChecked: true));
        await fleet.CheckAsync();
        await fleet.JobAsync(1);
        var second = (await fleet.ClaimAsync(other))!;
        await fleet.DeliverAsync((await fleet.ClaimAsync(node))!, seed: Fleet.Seed(Trusted, isChecked: false, canary: true));
        await fleet.CheckAsync();
        var canary = (await fleet.ClaimAsync(node))!;
        await fleet.DeliverAsync(second, seed: Fleet.Seed(1, isChecked: true));
        await fleet.CheckAsync();
        await fleet.CheckAsync();
        await using var db = fleet.Database.CreateDbContext();
        (await db.Jobs.SingleAsync(row => row.Id == job.Id, Cancel)).State.ShouldBe((int)JobPhase.Succeeded);
        (canary.JobId, (await fleet.ShardAsync(canary.Id)).State).ShouldBe((job.Id, (int)ShardState.Dropped));
    }
}
