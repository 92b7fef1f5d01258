using Neuro.Node.Work;

namespace Neuro.Cli.Tests.Journeys;

/// <summary>The demo of a fleet, as a person runs it where the output is no terminal.</summary>
public sealed class FleetTests : CliFact
{
    [Fact]
    public async Task Demo_KillsANodeInTheMiddle_AnotherGoesOnAndTheBooksAreClean()
    {
        Requires.True(OperatingSystem.IsLinux(), "the mining switch needs Linux");
        await using var demo = NeuroProcess.Start(Data, "demo", "fleet", "--nodes", "4", "--seconds", "60");

        (await demo.ExitAsync(Cancel)).ShouldBe(0, demo.Output);

        demo.Output.ShouldMatch(@"\w+ was killed \(SIGKILL\) .* over shard \d+, \d+ % done; \w+ did it\.");
        demo.Output.ShouldMatch(@"(\d+) of \1 shards verified and paid, each once; (\d+) of \2 receipts have both signatures\.");
        demo.Output.ShouldContain("all accounts together 0 NTK, no fault.");
        demo.Output.ShouldContain("it mined all along");
        var folder = (await demo.LineAsync("All of it lies in (.*), and", Cancel)).Groups[1].Value;
        NeuroProcess.Running(folder).ShouldBeEmpty();
        Directory.Exists(folder).ShouldBeFalse();
    }

    [Fact]
    public async Task Demo_Interrupted_LeavesNeitherNodesNorMinersNorFiles()
    {
        Requires.True(OperatingSystem.IsLinux(), "the mining switch needs Linux");
        await using var demo = NeuroProcess.Start(Data, "demo", "fleet", "--nodes", "3");
        var folder = (await demo.LineAsync("All of it lies in (.*), and", Cancel)).Groups[1].Value;
        await demo.LineAsync("goes to alder", Cancel);
        var miner = SupervisorStatus.Read(Path.Combine(folder, "node-2"))!.MinerProcess.ShouldNotBeNull();

        demo.Interrupt();

        (await demo.ExitAsync(Cancel)).ShouldBe(130, demo.Output);
        NeuroProcess.Running(folder).ShouldBeEmpty();
        Directory.Exists($"/proc/{miner}").ShouldBeFalse();
        Directory.Exists(folder).ShouldBeFalse();
    }

    [Theory]
    [InlineData("--nodes 2", "fleet.bad_count")]
    [InlineData("--nodes 17", "fleet.bad_count")]
    [InlineData("--seconds 5", "demo.bad_seconds")]
    public async Task Demo_OfNonsense_IsRefusedInALine(string arguments, string code)
    {
        await using var demo = NeuroProcess.Start(Data, ["demo", "fleet", .. arguments.Split(' ')]);
        (await demo.ExitAsync(Cancel)).ShouldBe(1, demo.Output);
        demo.Output.ShouldContain($"({code})");
    }
}
