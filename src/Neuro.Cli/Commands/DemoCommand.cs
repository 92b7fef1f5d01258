using System.CommandLine;
using System.Globalization;
using Neuro.Cli.Fleets;
using Neuro.Cli.Terminal;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Tokens;
using Spectre.Console;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro demo fleet</c>: many nodes on one machine, an auction, a job, a node killed in the middle, and the books afterwards.</summary>
internal static class DemoCommand
{
    // Of the time that is allowed; the rest is for what the machine does besides, and for the node that is killed.
    private const double PartForWork = 0.3;
    private const int ShortestSeconds = 20, LongestSeconds = 3600;

    public static Command Create() => new("demo", "Shows what Neuro does, on this machine alone.") { FleetCommand() };

    private static Command FleetCommand()
    {
        var nodes = new Option<int>("--nodes") { Description = $"How many, {Rig.Fewest} to {Rig.Most}; each is a process or two.", DefaultValueFactory = _ => 8 };
        var seconds = new Option<int>("--seconds") { Description = "The most that the job may take.", DefaultValueFactory = _ => 120 };
        var command = new Command("fleet", "Starts a platform and many nodes, two of them with miners, orders a render job, kills a node in the middle, and proves the books.") { nodes, seconds };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(nodes), parsed.GetValue(seconds), parsed.GetValue<bool>("--verbose"), cancel));
        return command;
    }

    private static async Task<int> RunAsync(int nodes, int seconds, bool verbose, CancellationToken cancel)
    {
        if (seconds is < ShortestSeconds or > LongestSeconds)
        {
            throw new NeuroException("demo.bad_seconds", $"--seconds is {seconds}; expected {ShortestSeconds} to {LongestSeconds}.");
        }

        Console.WriteLine($"Starts a platform and {nodes} nodes on this machine.");
        await using var fleet = await Fleet.StartAsync(Rig.Cast(nodes), verbose ? Console.WriteLine : null, cancel);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            Real: the platform, {nodes} node processes, the auction, the rendering, its checks, the money.
            Played: the machines. All nodes share this one, so each files its part of the {fleet.CuPerSecond:0.000} CU/s that it was just measured at.
                    Two have a miner: a loop that takes no power, with a yield that is said. Leases last {Fleet.LeaseTime.TotalSeconds:0} s, not the usual 30.
            All of it lies in {fleet.Folder}, and is gone afterwards.
            """));
        var quote = await fleet.QuoteAsync(TimeSpan.FromSeconds(seconds * PartForWork), cancel);
        Say(quote);
        FleetRun? run = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            await WatchAsync(fleet, quote, now => run = now, limit.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested && run is not null)
        {
            await fleet.Client.Api.CancelAsync(run.Job.Id, cancel);
        }

        return await SumUpAsync(fleet, run!, seconds, cancel);
    }

    private static void Say(Quote quote)
    {
        Console.WriteLine($"{quote.Title}: {quote.Work} CU in {quote.Price} NTK, at most {quote.Cap}.");
        foreach (var sentence in quote.Because)
        {
            Console.WriteLine("  " + sentence);
        }
    }

    private static Task WatchAsync(Fleet fleet, Quote quote, Action<FleetRun> note, CancellationToken cancel)
    {
        if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected)
        {
            return AnsiConsole.Live(new Text("")).StartAsync(context => fleet.RunAsync(quote, interrupt: true, run =>
            {
                note(run);
                context.UpdateTarget(FleetView.Draw(run.Picture()));
            }, cancel));
        }

        var (told, tenths) = (0, 0);
        return fleet.RunAsync(quote, interrupt: true, run =>
        {
            note(run);
            var now = run.Picture();
            foreach (var (at, text) in now.Events.Skip(told))
            {
                Console.WriteLine(FleetView.Event(at, text));
            }

            told = now.Events.Count;
            if ((int)(now.Fraction * 10) > tenths)
            {
                tenths = (int)(now.Fraction * 10);
                Console.WriteLine(FleetView.Job(now));
            }
        }, cancel);
    }

    private static async Task<int> SumUpAsync(Fleet fleet, FleetRun run, int seconds, CancellationToken cancel)
    {
        var job = await fleet.Client.Api.GetJobAsync(run.Job.Id, cancel);
        var receipts = await fleet.Client.ReceiptsAsync(job.Id, cancel);
        var key = (await fleet.Client.Api.GetPlatformAsync(cancel)).PublicKey;
        await fleet.StopNodesAsync(); // Their histories are whole then.
        AnsiConsole.Write(Earnings(fleet, receipts));
        Console.WriteLine(Interruption(fleet, run, receipts));
        var signed = receipts.Count(receipt => receipt.Verify(key));
        var once = receipts.Select(receipt => receipt.Shard).Distinct().Count() == receipts.Count && receipts.Count == job.Verified;
        Console.WriteLine($"{job.Verified} of {job.Shards} shards verified and paid{(once ? ", each once" : ", NOT EACH ONCE")}; {signed} of {receipts.Count} receipts have both signatures.");
        Console.WriteLine($"Paid {job.Paid} NTK of {job.Cap} held, {job.Returned} came back.");
        var proof = await fleet.Client.Api.GetProofAsync(cancel);
        var clean = proof.Faults.Count == 0 && proof.Sum == Ntk.Zero;
        Console.WriteLine($"Books: {proof.Transfers} transfers read again, all accounts together {proof.Sum} NTK, {(clean ? "no fault" : string.Join(" ", proof.Faults))}.");
        if (job.State != JobState.Succeeded)
        {
            Console.WriteLine($"The job was {job.State.ToString().ToLowerInvariant()} after {seconds} s: this machine is busier than when it was measured. Give it more --seconds.");
        }

        return clean && once && signed == receipts.Count && job.State == JobState.Succeeded ? 0 : 1;
    }

    private static Table Earnings(Fleet fleet, IReadOnlyList<Receipt> receipts)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("node", "shards", "earned, NTK", "while it worked, mining would have paid");
        foreach (var member in fleet.Members)
        {
            var own = receipts.Where(receipt => receipt.NodeId == member.NodeId).ToList();
            var earned = own.Aggregate(Ntk.Zero, (sum, receipt) => sum + receipt.Price - receipt.Fee);
            var forgone = member.Periods.Where(period => period.State == "busy").Aggregate(Ntk.Zero, (sum, period) => sum + period.Mined);
            table.AddRow(member.Name, $"{own.Count}", $"{earned}", member.Rig.MiningPerCu is null ? "no miner" : own.Count == 0 ? "it mined all along" : $"{forgone} NTK");
        }

        return table;
    }

    private static string Interruption(Fleet fleet, FleetRun run, IReadOnlyList<Receipt> receipts)
    {
        if (run.Killed is not { } killed)
        {
            return "Nobody was killed: no node was in the middle of a shard when it was time.";
        }

        var successor = receipts.FirstOrDefault(receipt => receipt.Shard == killed.Shard) is { } receipt ? fleet.Members.First(member => member.NodeId == receipt.NodeId).Name : null;
        var after = successor is null ? "nobody had finished it when the job ended" : $"{successor} did it";
        return string.Create(CultureInfo.InvariantCulture,
            $"{killed.Node.Name} was killed (SIGKILL) {(killed.At - run.Job.CreatedAt).TotalSeconds:0.0} s after the order, over shard {killed.Shard + 1}, {killed.Fraction * 100:0} % done; {after}.");
    }
}
