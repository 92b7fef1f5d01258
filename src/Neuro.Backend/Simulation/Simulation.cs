using Neuro.Client.Api;

namespace Neuro.Backend.Simulation;

/// <summary>Plays a market against the real ledger and the real exchange, with everything going wrong that can, and checks every law after every step.</summary>
/// <remarks>
/// Whoever acts, what they ask for and what breaks follows from the seed alone. What should come of it is worked out a second time by plain models
/// that share no code with what is tested; answers, balances, holds, orders and trades are compared with theirs.
/// </remarks>
public static class Simulation
{
    private const int FirstProof = 50;

    /// <summary>Runs the steps over a new database in a temporary folder, which is gone afterwards.</summary>
    /// <param name="progress">Told how many steps are done.</param>
    /// <exception cref="SimulationException">A law was broken, or an answer was not the one expected; says the seed and the step.</exception>
    public static Task<SimulationReport> RunAsync(SimulationOptions options, IProgress<int>? progress = null, CancellationToken cancel = default) =>
        RunAsync(options, new Sabotage(), progress, cancel);

    /// <summary>A run that is tampered with, to prove that tampering is found.</summary>
    internal static async Task<SimulationReport> RunAsync(SimulationOptions options, Sabotage sabotage, IProgress<int>? progress, CancellationToken cancel)
    {
        if (options.Steps < 1)
        {
            throw new NeuroException("request.out_of_range", $"steps is {options.Steps}; expected 1 or more.");
        }

        var folder = Directory.CreateTempSubdirectory("neuro-simulate-").FullName;
        var step = 0;
        try
        {
            await using var world = await World.OpenAsync(Path.Combine(folder, "simulation.db"), sabotage, new Draws(options.Seed, 0));
            var script = new Script(world);
            var proveAt = FirstProof;
            while (step < options.Steps)
            {
                cancel.ThrowIfCancellationRequested();
                step++;
                await script.PlayAsync(new Draws(options.Seed, step));
                await sabotage.AfterStep(world, step);
                await world.Laws.CheckAsync();
                if (step == proveAt || step == options.Steps)
                {
                    await world.Laws.ProveAsync();
                    // A proof reads everything again; further and further apart, all of them together cost a fixed share of the run.
                    proveAt = step + Math.Max(FirstProof, step / 4);
                }

                progress?.Report(step);
            }

            return new(options.Seed, options.Steps, world.Books.Values.Sum(book => book.Orders.Count), world.Books.Values.Sum(book => book.Trades.Count), world.Mirror.Transfers, world.Crashes, world.Refused);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new SimulationException(options.Seed, step, failure);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
