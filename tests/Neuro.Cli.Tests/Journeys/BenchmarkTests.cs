namespace Neuro.Cli.Tests.Journeys;

/// <summary>Each benchmark runs and ends in its line; how fast it was is nobody's business here.</summary>
public sealed class BenchmarkTests : CliFact
{
    [Theory]
    [InlineData("render --objects 50 --images 2", @"^render .*images_per_s=\d+(\.\d+)? .*cpu_ms_per_image=\d")]
    [InlineData("ledger --callers 8 --seconds 1", @"^ledger .*transfers_per_s=\d")]
    public async Task Run_AVerb_EndsInItsLine(string arguments, string line)
    {
        await using var benchmark = NeuroProcess.StartBenchmark(Data, [.. arguments.Split(' ')]);
        (await benchmark.ExitAsync(Cancel)).ShouldBe(0, benchmark.Output);
        benchmark.Output.TrimEnd().Split('\n')[^1].ShouldMatch(line);
    }
}
