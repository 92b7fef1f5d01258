using System.CommandLine;
using System.Globalization;
using Neuro.Node.Benchmark;
using Neuro.Node.Work;

namespace Neuro.Cli.Commands.Nodes;

/// <summary><c>neuro node status</c>: what the node wrote down last, and whether it still runs.</summary>
internal static class NodeStatusCommand
{
    // As systemctl has it: not running.
    private const int NotRunning = 3;

    public static Command Create(NodeArguments arguments)
    {
        var command = new Command("status", "Says what the node and its miner do, also when they do not run. Ends with 3 when the node does not run.") { arguments.Folder };
        command.SetAction(parsed =>
        {
            var folder = arguments.ReadFolder(parsed);
            var (worker, supervisor) = (WorkerStatus.Read(folder), SupervisorStatus.Read(folder));
            foreach (var (what, text) in Lines(folder, worker, supervisor))
            {
                Console.WriteLine($"{what,-12}{text}");
            }

            return worker is { IsRunning: true } || supervisor is { IsRunning: true } ? 0 : NotRunning;
        });
        return command;
    }

    private static IEnumerable<(string What, string Text)> Lines(string folder, WorkerStatus? worker, SupervisorStatus? supervisor)
    {
        if (Enrolment.NodeId(folder) is not { } id)
        {
            yield return ("node", $"none in {folder} yet; `neuro node run` makes one");
            yield break;
        }

        var runs = worker is { IsRunning: true };
        yield return ("node", $"{worker?.Name ?? Membership.Read(folder)?.Name ?? "new"} ({id}) in {folder}");
        yield return ("platform", worker is null ? Membership.Read(folder)?.Platform.ToString() ?? "none joined yet" : $"{worker.Platform}{(runs ? $", {worker.Connection}" : "")}");
        yield return ("worker", worker is null ? "never ran" : runs ? $"runs since {Moment(worker.Since)}, process {worker.Process}" : $"does not run; last started {Moment(worker.Since)}");
        if (supervisor is not null)
        {
            yield return ("supervisor", supervisor.IsRunning ? $"runs since {Moment(supervisor.Since)}, process {supervisor.Process}; started the worker {Times(supervisor.WorkerStarts)}" : "does not run");
            yield return ("miner", Miner(supervisor));
        }

        if (runs)
        {
            yield return ("work", Work(folder, worker!, supervisor));
            if (worker!.Network is { } network)
            {
                yield return ("network", network);
            }

            yield return ("floor", $"{(worker.Floor is { } filed ? $"{filed} NTK per CU" : "not filed yet")}{(supervisor is { Floor: { } asked } && asked > Client.Tokens.Ntk.Zero ? $"; mining and energy ask for {asked}" : "")}");
            yield return ("delivered", $"{worker.Shards} pieces of work since it started");
        }
        else if (ControlFile.Read(folder) == NodeControl.Pause)
        {
            yield return ("work", "paused, also when it runs again, until `neuro node resume`");
        }

        if (CapacityBenchmark.Last(folder, id) is { } measured)
        {
            yield return ("measured", $"{Moment(measured.At)}, signed by this node");
            foreach (var line in NodeCommand.Lines(measured))
            {
                yield return ("", line);
            }
        }

        foreach (var (text, at) in new[] { (worker?.LastError, worker?.LastErrorAt), (supervisor?.LastError, supervisor?.LastErrorAt) })
        {
            if (text is not null)
            {
                yield return ("last error", $"{Moment(at!.Value)}: {text}");
            }
        }
    }

    private static string Miner(SupervisorStatus supervisor)
    {
        if (supervisor.Miner == "none")
        {
            return "none is set";
        }

        var yields = $"yields {(supervisor.Yield is { } yield ? $"{yield} NTK an hour" : "an unknown amount: no work is asked for until it is known")}, energy costs {supervisor.Energy} NTK an hour";
        return supervisor.IsRunning ? $"{supervisor.Miner}{(supervisor.MinerProcess is { } process ? $" (process {process})" : "")}; {yields}" : "not looked after; the next start takes it over if it still runs";
    }

    private static string Work(string folder, WorkerStatus worker, SupervisorStatus? supervisor) => (worker.Shard, ControlFile.Read(folder)) switch
    {
        ({ } shard, var control) => $"shard {shard.Shard} of {shard.Kind} job {shard.Job}, since {Moment(shard.Since)}, for {shard.Pay} NTK{(control == NodeControl.Run ? "" : $"; then {(control == NodeControl.Pause ? "paused" : "it stops")}")}",
        (null, NodeControl.Pause) => "paused",
        (null, NodeControl.Drain) => "stops",
        _ when supervisor is { IsRunning: true, Floor: null } => "waits for what mining yields",
        _ => "waits for work",
    };

    private static string Times(int times) => times == 1 ? "once" : $"{times} times";

    private static string Moment(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
