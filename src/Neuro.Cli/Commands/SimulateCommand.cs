using System.CommandLine;
using Neuro.Backend.Simulation;
using Neuro.Cli.Terminal;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro simulate</c>: a market in which everything goes wrong, checked after every step.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        var seed = new Option<ulong>("--seed") { Description = "Another seed, another run; the same seed, the same run.", DefaultValueFactory = _ => 1 };
        var steps = new Option<int>("--steps") { Description = "How long.", DefaultValueFactory = _ => 1000 };
        var command = new Command("simulate", "Plays a market with crashes, duplicates, cheats and jumping clocks against the real ledger and exchange, and checks every law after every step.") { seed, steps };
        command.SetAction((parsed, cancel) => RunAsync(new(parsed.GetValue(seed), parsed.GetValue(steps)), cancel));
        return command;
    }

    private static async Task<int> RunAsync(SimulationOptions options, CancellationToken cancel)
    {
        try
        {
            Console.WriteLine(await LongWork.RunAsync("simulating", options.Steps, done => Simulation.RunAsync(options, done, cancel)));
            return 0;
        }
        catch (SimulationException broken)
        {
            await Console.Error.WriteLineAsync(broken.Message);
            return 1;
        }
    }
}
