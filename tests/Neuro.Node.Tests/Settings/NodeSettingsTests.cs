using Neuro.Client.Api;
using Neuro.Client.Tokens;
using Neuro.Node.Settings;

namespace Neuro.Node.Tests.Settings;

public sealed class NodeSettingsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-settings-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Read_NoFile_IsTheDefaults()
    {
        var settings = NodeSettings.Read(folder);
        settings.Miner.ShouldBeNull();
        settings.EnergyPerHour(DateTimeOffset.Now).ShouldBe(Ntk.Zero);
        settings.Share.ShouldBe(new ShareLimits());
        settings.Work.ShouldBe(new WorkLimits());
        settings.Work.Memory.ShouldBe(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3);
    }

    [Fact]
    public void Read_EverythingSet_IsWhatItSays()
    {
        var settings = Read("""
            {
              // A comment helps the next reader.
              "miner": {
                "command": "xmrig -o pool.example:3333 -u 'my wallet' --threads 6",
                "yield": { "command": ["./yield.sh"], "everySeconds": 60 },
                "stop": "SIGINT", "graceSeconds": 5, "warmUpSeconds": 45, "dwellSeconds": 40
              },
              "energy": [
                { "days": "mon-fri", "from": "17:00", "to": "21:00", "perHour": "0.9" },
                { "days": "fri-sun", "from": "22:00", "to": "06:00", "perHour": "0.1" },
                { "perHour": "0.3" }
              ],
              "share": { "threads": 6, "nice": 10, "gpuPercent": 50 },
              "work": { "memoryBytes": 6000000000, "network": "required" }
            }
            """);
        var miner = settings.Miner.ShouldNotBeNull();
        miner.Command.ShouldBe(["xmrig", "-o", "pool.example:3333", "-u", "my wallet", "--threads", "6"]);
        miner.YieldCommand.ShouldBe(["./yield.sh"]);
        (miner.YieldEvery.TotalSeconds, miner.Stop, miner.Grace.TotalSeconds, miner.WarmUp.TotalSeconds, miner.Dwell.TotalSeconds).ShouldBe((60, MinerStop.Interrupt, 5, 45, 40));
        settings.Share.ShouldBe(new ShareLimits(6, 10, 50));
        settings.Work.ShouldBe(new WorkLimits(6_000_000_000, MustBeCutOff: true));
        settings.Share.Environment().ShouldContain(new KeyValuePair<string, string>("DOTNET_PROCESSOR_COUNT", "6"));
    }

    [Theory]
    [InlineData("2026-11-23T17:00", "0.9")] // Monday.
    [InlineData("2026-11-23T20:59", "0.9")]
    [InlineData("2026-11-23T21:00", "0.3")]
    [InlineData("2026-11-27T23:00", "0.1")] // Friday night,
    [InlineData("2026-11-28T05:59", "0.1")] // which is Saturday already,
    [InlineData("2026-11-30T05:59", "0.1")] // and Sunday's, which is Monday.
    [InlineData("2026-11-27T05:59", "0.3")] // Thursday's is not in it.
    public void EnergyPerHour_FirstRangeThatHolds_Counts(string local, string expected)
    {
        var settings = Read("""{"energy": [{"days": "mon-fri", "from": "17:00", "to": "21:00", "perHour": "0.9"}, {"days": "fri-sun", "from": "22:00", "to": "06:00", "perHour": "0.1"}, {"perHour": "0.3"}]}""");
        settings.EnergyPerHour(DateTimeOffset.Parse(local + "+00:00", null)).ShouldBe(Ntk.Parse(expected));
    }

    [Theory]
    [InlineData("""{"miner": {"command": "x"}}""", "miner has no yield")]
    [InlineData("""{"miner": {"yield": "1"}}""", "miner has no command")]
    [InlineData("""{"miner": {"command": "x", "yield": 1}}""", "miner.yield is 1; expected NTK in quotes")]
    [InlineData("""{"miner": {"command": "x", "yield": "-1"}}""", "miner.yield is \"-1\"")]
    [InlineData("""{"miner": {"command": "x 'y", "yield": "1"}}""", "the ' at character 3 is not closed")]
    [InlineData("""{"miner": {"command": [], "yield": "1"}}""", "miner.command is []")]
    [InlineData("""{"miner": {"command": ["x", 1], "yield": "1"}}""", "miner.command[1] is 1")]
    [InlineData("""{"miner": {"command": "x", "yield": "1", "stop": "SIGKILL"}}""", "miner.stop is \"SIGKILL\"; expected SIGTERM, SIGINT or suspend")]
    [InlineData("""{"miner": {"command": "x", "yield": "1", "warmUpSeconds": 1.5}}""", "miner.warmUpSeconds is 1.5; expected a whole number from 0 to 3600")]
    [InlineData("""{"miner": {"command": "x", "yield": "1", "warmupSeconds": 1}}""", "miner has 'warmupSeconds', which means nothing here")]
    [InlineData("""{"miner": {"command": "x", "yield": "1", "yield": "2"}}""", "miner has yield twice")]
    [InlineData("""{"miner": {"command": "x", "yield": {"command": "y", "everySeconds": 1}}}""", "miner.yield.everySeconds is 1; expected a whole number from 10")]
    [InlineData("""{"energy": [{"from": "25:00", "perHour": "1"}]}""", "energy[0].from is \"25:00\"")]
    [InlineData("""{"energy": [{"from": "10:00", "to": "10:00", "perHour": "1"}]}""", "energy[0] begins when it ends")]
    [InlineData("""{"energy": [{"days": "monday", "perHour": "1"}]}""", "energy[0].days is \"monday\"")]
    [InlineData("""{"energy": [{"days": "mon-tue-wed", "perHour": "1"}]}""", "energy[0].days is")]
    [InlineData("""{"share": {"threads": 0}}""", "share.threads is 0; expected a whole number from 1")]
    [InlineData("""{"share": {"gpuPercent": 101}}""", "share.gpuPercent is 101")]
    [InlineData("""{"work": {"memoryBytes": 1000}}""", "work.memoryBytes is 1000; expected a whole number from 268435456")]
    [InlineData("""{"work": {"memoryBytes": 1e30}}""", "work.memoryBytes is 1e30")]
    [InlineData("""{"work": {"network": "on"}}""", "work.network is \"on\"; expected off")]
    [InlineData("""{"work": {"network": true}}""", "work.network is true; expected off or required")]
    [InlineData("[]", "it is []; expected an object with miner, energy, share")]
    [InlineData("{", "is not JSON")]
    public void Read_Wrong_SaysFilePathAndValue(string json, string expected)
    {
        var error = Should.Throw<NeuroException>(() => Read(json));
        error.Code.ShouldBe("node.bad_settings");
        error.Message.ShouldContain(expected);
        error.Message.ShouldStartWith(Path.Combine(folder, "node.json"));
    }

    [Theory]
    [InlineData("a  b\tc", "a|b|c")]
    [InlineData("a 'b c' \"d \\\" e\"", "a|b c|d \" e")]
    [InlineData("a\\ b c'd'\"e\"", "a b|cde")]
    [InlineData("a $HOME | b > c", "a|$HOME|\\||b|>|c")]
    [InlineData("'' a", "|a")]
    public void Split_LikeAShell_WithoutOne(string line, string words) => CommandWords.Split(line).ShouldBe(words.Replace("\\|", "\0").Split('|').Select(word => word.Replace('\0', '|')));

    private NodeSettings Read(string json)
    {
        File.WriteAllText(Path.Combine(folder, NodeSettings.FileName), json);
        return NodeSettings.Read(folder);
    }
}
