using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Jobs;
using Neuro.Backend.Ledger;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Treasury;
using Neuro.Backend.Verification;
using Neuro.Client.Api;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Verification;

/// <summary>What a node loses that is caught, and what becomes of all that it did.</summary>
public sealed class ConvictionTests
{
    private const int Trusted = 30;
    private static readonly long Drawn = Fleet.Seed(Trusted, isChecked: true);
    private static readonly long NotDrawn = Fleet.Seed(Trusted, isChecked: false);
    private static readonly Ntk Price = Ntk.Of(Fleet.CuPerShard * 1.1m);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Eve was paid for four right and three wrong shards on trust; has delivered one that is drawn; and has one leased, one delivered, one accepted, and one that is paid and not yet written down.</summary>
    private static async Task<(string Eve, Guid[] Wrong, Guid[] UnderWay, Guid Paid)> CheatAsync(Fleet fleet)
    {
        var eve = await fleet.NodeAsync("eve", Trusted);
        await fleet.JobAsync(50);
        var wrong = new List<Guid>();
        for (var i = 0; i < 7; i++)
        {
            var shard = (await fleet.ClaimAsync(eve))!;
            await fleet.DeliverAsync(shard, i < 4 ? 0 : i, NotDrawn);
            if (i >= 4)
            {
                wrong.Add(shard.Id);
            }
        }

        await fleet.CheckAsync();
        var drawn = (await fleet.ClaimAsync(eve))!;
        await fleet.DeliverAsync(drawn, 9, Drawn);
        var (paid, accepted) = ((await fleet.ClaimAsync(eve))!, (await fleet.ClaimAsync(eve))!);
        await fleet.DeliverAsync(paid, seed: NotDrawn);
        await fleet.DeliverAsync(accepted, seed: NotDrawn);
        await using (var db = fleet.Database.CreateDbContext())
        {
            await db.Shards.Where(row => row.Id == paid.Id || row.Id == accepted.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)ShardState.Accepted).SetProperty(row => row.How, "trust").SetProperty(row => row.Checked, false), Cancel);
            var job = await db.Jobs.SingleAsync(Cancel);
            (await Fuse.RunAsync(WordsUntilPaid, async () => await fleet.Of<Settlement>().PayAsync(job, await fleet.ShardAsync(paid.Id), Cancel))).ShouldBeFalse();
            (await Settlement.IsPaidAsync(db, paid.Id, Cancel), (await fleet.ShardAsync(paid.Id)).State).ShouldBe((true, (int)ShardState.Accepted));
        }

        var delivered = (await fleet.ClaimAsync(eve))!;
        var leased = (await fleet.ClaimAsync(eve))!;
        await fleet.DeliverAsync(delivered, seed: NotDrawn);
        return (eve, [.. wrong], [drawn.Id, delivered.Id, leased.Id, accepted.Id], paid.Id);
    }

    // Of paying: to read the shard (before and after), the node, what it has at stake; the next word would write that it is paid.
    private const int WordsUntilPaid = 9;

    private static async Task CheckAfterAsync(Fleet fleet, string eve, Guid[] wrong, Guid[] underWay, Guid paid, Ntk feesBefore)
    {
        var row = await fleet.NodeRowAsync(eve);
        (row.BarredAt is null, row.Streak, row.ShardsRejected, row.ShardsDone).ShouldBe((false, 0, 1, 8));
        foreach (var id in underWay)
        {
            ((await fleet.ShardAsync(id)).State, (await fleet.ShardAsync(id)).Failures).ShouldBe(((int)ShardState.Open, 0));
        }

        (await fleet.ShardAsync(paid)).State.ShouldBe((int)ShardState.Verified);
        await using var db = fleet.Database.CreateDbContext();
        var did = await db.Shards.AsNoTracking().Where(shard => shard.NodeId == eve && shard.State == (int)ShardState.Verified).ToListAsync(Cancel);
        did.ShouldAllBe(shard => shard.Checked && shard.How!.StartsWith(wrong.Contains(shard.Id) ? "paid, later found wrong" : "taken on trust, later: "));
        // Eight were paid, a fifth of each went to the stake, the stake to the fees, and three prices from there to the customer.
        (await fleet.BalanceAsync(SystemAccounts.StakeOf(eve))).ShouldBe(Ntk.Zero);
        (await fleet.BalanceAsync(row.AccountId)).ShouldBe(Ntk.Of(8 * Fleet.CuPerShard * 0.8m));
        (await fleet.CustomerAsync()).ShouldBe(Ntk.Of(1_000_000) - Price.Times(8 - 3));
        (await fleet.BalanceAsync(SystemAccounts.Fees)).ShouldBe(feesBefore + Ntk.Of(8 * Fleet.CuPerShard * 0.3m) - Price.Times(3));
        (await db.NodeMarks.Where(mark => mark.NodeId == eve).GroupBy(mark => mark.Type).Select(marks => new { marks.Key, Count = marks.Count() }).OrderBy(marks => marks.Key).ToListAsync(Cancel))
            .Select(marks => (marks.Key, marks.Count)).ShouldBe([(Interruption.Barred, 1), (Interruption.FoundWrong, 3)]);
        (await db.Events.Where(entry => entry.Type == Interruption.FoundWrong).Select(entry => entry.Text).FirstAsync(Cancel)).ShouldContain("2.2 NTK came back to you");
        await fleet.ProveAsync();
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Caught_WithWorkInEveryState_LosesTheStakeAndWhatIsUnpaidAndTheRestIsLookedAtAgain(string engine)
    {
        await using var fleet = await Fleet.StartAsync(engine: engine);
        var (eve, wrong, underWay, paid) = await CheatAsync(fleet);
        (await fleet.BalanceAsync(SystemAccounts.StakeOf(eve))).ShouldBe(Ntk.Of(8 * Fleet.CuPerShard * 0.2m));
        await fleet.CheckAsync();
        await CheckAfterAsync(fleet, eve, wrong, underWay, paid, Ntk.Of(10_000));
    }

    [Fact]
    public async Task Caught_CutOffAtAnyWord_IsFinishedLaterAndNothingTwice()
    {
        await using var fleet = await Fleet.StartAsync();
        var (eve, wrong, underWay, paid) = await CheatAsync(fleet);
        var cuts = 0;
        foreach (var (id, _) in await fleet.Verifier.WaitingAsync(Cancel))
        {
            cuts += await CutAsync(() => fleet.Verifier.CheckAsync(id, Cancel));
        }

        cuts += await CutAsync(() => fleet.Of<Conviction>().FinishAsync(Cancel));
        while (await fleet.Of<Recheck>().NextAsync([], Cancel) is { } next)
        {
            cuts += await CutAsync(() => fleet.Of<Examiner>().LookAgainAsync(next, null, Cancel));
        }

        cuts.ShouldBeGreaterThan(100);
        await CheckAfterAsync(fleet, eve, wrong, underWay, paid, Ntk.Of(10_000));
    }

    // Cuts a step off at its first word with the database, begins again and cuts it off at the second, and so on until it comes through; then once more.
    private static async Task<int> CutAsync(Func<Task> step)
    {
        var words = 1;
        while (!await Fuse.RunAsync(words, step))
        {
            words++;
        }

        await step();
        return words;
    }

    [Fact]
    public async Task Copy_CutOffAtAnyWord_IsPaidOnce()
    {
        await using var fleet = await Fleet.StartAsync();
        var (node, other) = (await fleet.NodeAsync("ada", Trusted), await fleet.NodeAsync("bo", Trusted));
        await fleet.JobAsync(2);
        var shard = (await fleet.ClaimAsync(node))!;
        await fleet.DeliverAsync(shard, seed: Drawn);
        await CutAsync(() => fleet.Verifier.CheckAsync(shard.Id, Cancel));
        var copy = (await fleet.ClaimAsync(other))!;
        await fleet.DeliverAsync(copy);
        // The copy is paid with the shard, or, where that was cut off, by itself.
        (await CutAsync(() => fleet.Verifier.CheckAsync(shard.Id, Cancel))).ShouldBeGreaterThanOrEqualTo(30);
        await CutAsync(() => fleet.Verifier.CheckAsync(copy.Id, Cancel));
        ((await fleet.NodeRowAsync(node)).ShardsDone, (await fleet.NodeRowAsync(other)).ShardsDone).ShouldBe((1, 1));
        ((await fleet.NodeRowAsync(node)).Streak, (await fleet.NodeRowAsync(other)).Streak).ShouldBe((Trusted + 1, Trusted + 1));
        (await fleet.BalanceAsync(await fleet.OwnerAsync("bo")) + await fleet.BalanceAsync(SystemAccounts.StakeOf(other))).ShouldBe(Ntk.Of(Fleet.CuPerShard));
        (await fleet.CustomerAsync()).ShouldBe(Ntk.Of(1_000_000) - Price);
        await fleet.ProveAsync();
    }

    [Fact]
    public async Task Refund_FeesDoNotReach_GivesWhatThereIs()
    {
        await using var fleet = await Fleet.StartAsync(fees: 0);
        var eve = await fleet.NodeAsync("eve", Trusted);
        await fleet.JobAsync(3);
        for (var i = 0; i < 3; i++)
        {
            await fleet.DeliverAsync((await fleet.ClaimAsync(eve))!, what: 1, seed: i < 2 ? NotDrawn : Drawn);
        }

        await fleet.CheckAsync();
        // Two were paid: fees of 0.2 each and a stake of 0.4 each make 1.2 of the 4.4 that the customer lost.
        (await fleet.CustomerAsync()).ShouldBe(Ntk.Of(1_000_000) - Price.Times(2) + Ntk.Of(1.2m));
        (await fleet.BalanceAsync(SystemAccounts.Fees)).ShouldBe(Ntk.Zero);
        await fleet.ProveAsync();
    }

    [Fact]
    public async Task Rejected_ThreeTimesInARow_IsBarredAndWithOneRightInBetweenIsNot()
    {
        await using var fleet = await Fleet.StartAsync();
        var (clumsy, broken) = (await fleet.NodeAsync("ada"), await fleet.NodeAsync("bo"));
        await fleet.JobAsync(20);
        foreach (var what in new[] { -1, -1, 0, -1, -1, 0 })
        {
            await fleet.DeliverAsync((await fleet.ClaimAsync(clumsy))!, what);
            await fleet.CheckAsync();
        }

        ((await fleet.NodeRowAsync(clumsy)).BarredAt, (await fleet.NodeRowAsync(clumsy)).Streak, (await fleet.NodeRowAsync(clumsy)).ShardsRejected).ShouldBe((null, 1, 4));
        for (var i = 0; i < 3; i++)
        {
            (await fleet.NodeRowAsync(broken)).BarredAt.ShouldBeNull();
            await fleet.DeliverAsync((await fleet.ClaimAsync(broken))!, what: -1);
            await fleet.CheckAsync();
        }

        (await fleet.NodeRowAsync(broken)).BarredFor.ShouldBe("3 deliveries one after another were rejected; the last: not what it is when it is made again.");
    }

    [Fact]
    public async Task Caught_OtherNodesOfItsOwner_ProveThemselvesAgain()
    {
        await using var fleet = await Fleet.StartAsync();
        var (eve, sister, other) = (await fleet.NodeAsync("eve", Trusted), await fleet.NodeAsync("eve", Trusted), await fleet.NodeAsync("bo", Trusted));
        await fleet.JobAsync(2);
        await fleet.DeliverAsync((await fleet.ClaimAsync(eve))!, what: 1, seed: Drawn);
        await fleet.CheckAsync();
        await fleet.DeliverAsync((await fleet.ClaimAsync(other))!);
        await fleet.CheckAsync();
        ((await fleet.NodeRowAsync(eve)).BarredAt is null, (await fleet.NodeRowAsync(sister)).Streak, (await fleet.NodeRowAsync(sister)).BarredAt, (await fleet.NodeRowAsync(other)).Streak)
            .ShouldBe((false, 0, null, Trusted + 1));
    }

    [Fact]
    public async Task Caught_WhatItDidMoreThanAWeekAgo_IsLeft()
    {
        await using var fleet = await Fleet.StartAsync();
        var eve = await fleet.NodeAsync("eve", Trusted);
        await fleet.JobAsync(3);
        var old = (await fleet.ClaimAsync(eve))!;
        await fleet.DeliverAsync(old, what: 1, seed: NotDrawn);
        await fleet.CheckAsync();
        fleet.Clock.Advance(Stakes.Liable + TimeSpan.FromMinutes(1));
        await fleet.DeliverAsync((await fleet.ClaimAsync(eve))!, what: 1, seed: Drawn);
        await fleet.CheckAsync();
        (await fleet.ShardAsync(old.Id)).Checked.ShouldBeFalse();
    }

    [Fact]
    public async Task Readmit_OnceAllIsLookedAt_MakesANewcomerOfIt()
    {
        await using var fleet = await Fleet.StartAsync();
        var (eve, _, _, _) = await CheatAsync(fleet);
        var conviction = fleet.Of<Conviction>();
        (await Should.ThrowAsync<NeuroException>(() => conviction.ReadmitAsync(eve, Cancel))).Code.ShouldBe("node.not_barred");
        (await fleet.Verifier.CheckAllAsync(Cancel)).ShouldBe(0);
        (await fleet.Of<NodeRegistry>().GetAsync(eve, Cancel)).Barred.ShouldBe("not what it is when it is made again.");
        (await Should.ThrowAsync<NeuroException>(() => conviction.ReadmitAsync(eve, Cancel))).Code.ShouldBe("node.recheck_running");
        await fleet.CheckAsync();
        await conviction.ReadmitAsync(eve, Cancel);
        (await fleet.Of<NodeRegistry>().GetAsync(eve, Cancel)).Barred.ShouldBeNull();
        await fleet.DeliverAsync((await fleet.ClaimAsync(eve))!, what: 0, seed: NotDrawn);
        await fleet.CheckAsync();
        (await fleet.NodeRowAsync(eve)).Streak.ShouldBe(1);
    }

    [Fact]
    public async Task Stake_OfATrustedNode_GrowsByAFifthOfItsPayToTwentyTimesItsDearestShard()
    {
        await using var fleet = await Fleet.StartAsync();
        var node = await fleet.NodeAsync("ada", streak: 9);
        var stake = SystemAccounts.StakeOf(node);
        await fleet.JobAsync(130);
        await fleet.DeliverAsync((await fleet.ClaimAsync(node))!, seed: NotDrawn);
        await fleet.CheckAsync();
        // It was the tenth that was right, and the first of which something goes to the stake.
        (await fleet.BalanceAsync(stake), (await fleet.NodeRowAsync(node)).StakeNano).ShouldBe((Ntk.Of(0.4m), Ntk.Of(20 * Fleet.CuPerShard).Nano));
        for (var i = 0; i < 120; i++)
        {
            await fleet.DeliverAsync((await fleet.ClaimAsync(node))!, seed: NotDrawn);
        }

        await fleet.CheckAsync();
        (await fleet.BalanceAsync(stake)).ShouldBe(Ntk.Of(20 * Fleet.CuPerShard));
        (await fleet.BalanceAsync(await fleet.OwnerAsync("ada"))).ShouldBe(Ntk.Of((121 - 20) * Fleet.CuPerShard));
        (await fleet.NodeRowAsync(node)).EarnedNano.ShouldBe(Ntk.Of(121 * Fleet.CuPerShard).Nano);

        var (owner, release) = (await fleet.OwnerAsync("ada"), new StakeRelease(Guid.NewGuid(), node));
        var stakes = fleet.Of<Stakes>();
        (await Should.ThrowAsync<NeuroException>(() => stakes.ReleaseAsync(owner, release, Cancel))).Code.ShouldBe("stake.not_free");
        (await Should.ThrowAsync<NeuroException>(() => stakes.ReleaseAsync(Fleet.Customer, release, Cancel))).Code.ShouldBe("node.not_found");
        fleet.Clock.Advance(Stakes.Liable);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => stakes.ReleaseAsync(owner, release, Cancel)));
        answers.ShouldAllBe(answer => answer.Amount == Ntk.Of(20 * Fleet.CuPerShard));
        (await stakes.ReleaseAsync(owner, release, Cancel)).ShouldBe(answers[0]);
        (await Should.ThrowAsync<NeuroException>(() => stakes.ReleaseAsync(Fleet.Customer, release, Cancel))).Code.ShouldBe("stake.exists_with_different_node");
        (await fleet.BalanceAsync(owner), (await fleet.NodeRowAsync(node)).Streak, (await fleet.NodeRowAsync(node)).StakeNano).ShouldBe((Ntk.Of(121 * Fleet.CuPerShard), 0, 0));
        await fleet.ProveAsync();
    }
}
