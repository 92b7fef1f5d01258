using Neuro.Client.Market;
using Neuro.Client.Tokens;
using Neuro.Node.Bidding;

namespace Neuro.Node.Tests.Bidding;

public sealed class TunedFloorTests : IDisposable
{
    private static readonly Ntk Cost = Ntk.Of(0.8m);
    private static readonly TimeSpan Round = TimeSpan.FromMinutes(10);
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-floor-").FullName;
    private readonly List<string> log = [];

    private string File => Path.Combine(folder, "floor.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Floor_NothingHeard_IsTheCostAndNothingIsWritten()
    {
        Start().Floor.ShouldBe(Cost);
        System.IO.File.Exists(File).ShouldBeFalse();
    }

    [Fact]
    public void Floor_AloneWithABuyerOfALimit_RisesTowardsTheLimitAndNeverBelowTheCost()
    {
        var (floor, limit) = (Start(), Ntk.Of(1.6m));
        var asked = Days(floor, limit, rounds: 1000);
        asked.ShouldAllBe(ask => ask >= Cost);
        asked[500..].Order().ElementAt(250).ShouldBeInRange(Ntk.Of(1.5m), limit); // Steps are 5 %.
    }

    [Fact]
    public void Floor_StartedAgain_GoesOnWithWhatItLearned()
    {
        var first = Start();
        Days(first, Ntk.Of(1.6m), rounds: 400);
        var learned = Steps(File);
        var again = Start();
        log.ShouldBeEmpty();
        Steps(File).ShouldBe(learned);
        Days(again, Ntk.Of(1.6m), rounds: 41).Order().ElementAt(20).ShouldBeGreaterThan(Ntk.Of(1.2m)); // Now and then it tries another step.
        Directory.GetFiles(folder).ShouldHaveSingleItem().ShouldBe(File); // Nothing half-written is left.
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"cost\":\"0.8\",\"random\":1,\"steps\":[")]
    [InlineData("{\"cost\":\"0.8\",\"random\":1,\"steps\":[{\"heard\":-1}]}")]
    [InlineData("{\"cost\":\"0.8\",\"random\":1}")]
    [InlineData("null")]
    [InlineData("\0\0\0\0")]
    public void Floor_FileDamaged_BeginsAnewWithALine(string damaged)
    {
        System.IO.File.WriteAllText(File, damaged);
        Start().Floor.ShouldBe(Cost);
        log.ShouldHaveSingleItem().ShouldContain("learning the floor begins anew");
    }

    [Fact]
    public void Floor_OtherCost_BeginsAnewWithALine()
    {
        Days(Start(), Ntk.Of(1.6m), rounds: 50);
        new TunedFloor(folder, Ntk.Of(2), log.Add).Floor.ShouldBe(Ntk.Of(2));
        log.ShouldHaveSingleItem().ShouldContain("0.8 NTK per CU; for 2");
    }

    [Fact]
    public void Delivered_AtAPriceThatItSetItself_IsTakenForItsOwnFloorWhateverItsRecord()
    {
        // Paid its floor over its reliability, it must not believe that others set the price: then it would never rise.
        var (floor, limit) = (Start(), Ntk.Of(1.6m));
        var asked = Days(floor, limit, rounds: 1000, reliability: 0.904762);
        asked[500..].Order().ElementAt(250).ShouldBeInRange(Ntk.Of(1.5m), limit);
    }

    [Fact]
    public void Delivered_AShardOfThreeHours_CountsAsThatManyRounds()
    {
        var (longShard, shortShards) = (Start(), new TunedFloor(Directory.CreateDirectory(Path.Combine(folder, "short")).FullName, Cost, log.Add));
        longShard.Delivered(Ntk.Of(180), 1, Cu.Of(180), TimeSpan.FromHours(3));
        for (var i = 0; i < 18; i++)
        {
            shortShards.Delivered(Ntk.Of(10), 1, Cu.Of(10), Round);
        }

        Steps(File).ShouldBe(Steps(Path.Combine(folder, "short", "floor.json")));
    }

    private static IReadOnlyList<FloorStep> Steps(string file) =>
        System.Text.Json.JsonSerializer.Deserialize<FloorTunerState>(System.IO.File.ReadAllText(file), Client.Api.NeuroJson.Options)!.Steps;

    private TunedFloor Start() => new(folder, Cost, log.Add);

    // One shard a round while it asks no more than the limit; it is paid what it asks over its reliability, as nobody else is there.
    private static List<Ntk> Days(TunedFloor floor, Ntk limit, int rounds, double reliability = 1)
    {
        var asked = new List<Ntk>();
        for (var i = 0; i < rounds; i++)
        {
            asked.Add(floor.Floor);
            if (floor.Floor <= limit)
            {
                floor.Delivered(new Ntk((long)Math.Ceiling(floor.Floor.Nano / (decimal)reliability)).Times(10), reliability, Cu.Of(10), Round);
            }
            else
            {
                floor.Idled(Round);
            }
        }

        return asked;
    }
}
