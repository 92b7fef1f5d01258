using System.CommandLine;
using System.Globalization;
using Neuro.Client.Api;
using Neuro.Node.Sandbox;
using Neuro.Node.Work;

namespace Neuro.Cli.Commands.Nodes;

/// <summary><c>neuro node</c>: sells this machine's compute to a platform.</summary>
internal static class NodeCommand
{
    /// <summary>Set by a parent that ends the node by closing its standard input, also when the parent is killed.</summary>
    public const string SupervisedVariable = "NEURO_NODE_SUPERVISED";

    /// <summary>The owner's key reaches the node by its environment: a command line can be read by every user of the machine.</summary>
    public const string OwnerKeyVariable = "NEURO_NODE_OWNER_KEY";

    public static Command Create()
    {
        var arguments = new NodeArguments();
        var command = new Command("node", "Works for a platform: renders and trains for NTK until Ctrl-C, and lets a miner run when there is no work.");
        arguments.AddTo(command);
        command.SetAction((parsed, cancel) => NodeRun.RunAsync(arguments.Read(parsed), cancel));
        var run = new Command("run", "Works until Ctrl-C; the same as `neuro node` alone.");
        arguments.AddTo(run);
        run.SetAction((parsed, cancel) => NodeRun.RunAsync(arguments.Read(parsed), cancel));
        command.Add(run);
        command.Add(Work());
        command.Add(Join(arguments));
        command.Add(Benchmark(arguments));
        command.Add(NodeInstall.Create(arguments));
        command.Add(NodeStatusCommand.Create(arguments));
        command.Add(NodeEarningsCommand.Create(arguments));
        command.Add(Control(arguments, "pause", "Takes no new work until `resume`; the miner may run.", NodeControl.Pause, "It takes no new work once the piece in hand, or one that it is just being given, is done. The miner may run. `neuro node resume` ends this."));
        command.Add(Control(arguments, "resume", "Takes work again after `pause`.", NodeControl.Run, "It takes work."));
        command.Add(Control(arguments, "drain", "Finishes the piece of work in hand, then stops node and miner.", NodeControl.Drain, "It stops, and its miner with it, once the piece in hand, or one that it is just being given, is done."));
        return command;
    }

    // Not for people: the worker starts it, and speaks with it by lines.
    private static Command Work()
    {
        var command = new Command(NodeRun.WorkVerb, "Does the work of a node that starts it.") { Hidden = true };
        command.SetAction(_ => WorkHost.Run());
        return command;
    }

    private static Command Join(NodeArguments arguments)
    {
        var command = new Command("join", $"Joins a platform once, for the account whose API key is in {OwnerKeyVariable}; from then on `neuro node run` needs neither.");
        arguments.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var options = arguments.Read(parsed);
            var joined = await Enrolment.JoinAsync(options, Console.WriteLine, cancel);
            Console.WriteLine($"Joined {options.Platform} as {options.Name} ({joined.NodeId}), floor {options.Floor} NTK per CU. {(options.OwnerKey is null ? "It earns for the same account as before." : "It earns for the account of the key.")}");
            Console.WriteLine("Next: `neuro node run`, or `neuro node install`.");
            return 0;
        });
        return command;
    }

    private static Command Benchmark(NodeArguments arguments)
    {
        var command = new Command("benchmark", "Measures this machine: rendering, training, memory, disk, and the line to the platform. What it finds is signed and dated, and what the node is auctioned by.");
        arguments.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var folder = arguments.ReadFolder(parsed);
            Directory.CreateDirectory(folder);
            var measured = await Enrolment.BenchmarkAsync(folder, arguments.TryRead(parsed), Console.WriteLine, cancel);
            foreach (var line in Lines(measured))
            {
                Console.WriteLine(line);
            }

            Console.WriteLine($"Signed by this node and kept in {Path.Combine(folder, "capacity.json")}.");
            return 0;
        });
        return command;
    }

    /// <summary>A benchmark for people.</summary>
    public static IEnumerable<string> Lines(Client.Nodes.Benchmark measured)
    {
        var capacity = measured.Capacity;
        yield return Line($"rendering  {capacity.RenderCuPerSecond:0.00} CU/s");
        yield return Line($"training   {capacity.TrainCuPerSecond:0.00} CU/s");
        yield return Line($"device     {capacity.Device} ({capacity.Pool})");
        yield return Line($"memory     {capacity.MemoryBytes / 1e9:0.0} GB");
        yield return Line($"disk       {measured.DiskWrite:0} MB/s written, {measured.DiskRead:0} MB/s read");
        yield return measured is { Upload: { } up, Download: { } down } ? Line($"line       {up:0.0} MB/s up, {down:0.0} MB/s down") : "line       not measured; `neuro node benchmark` does, once a platform is joined";
    }

    private static string Line(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);

    private static Command Control(NodeArguments arguments, string name, string description, NodeControl control, string said)
    {
        var command = new Command(name, description) { arguments.Folder };
        command.SetAction(parsed =>
        {
            var folder = arguments.ReadFolder(parsed);
            if (Enrolment.NodeId(folder) is null)
            {
                throw new NeuroException("node.none", $"There is no node in {folder}. Name its --folder, or start one with `neuro node run`.");
            }

            ControlFile.Write(folder, control);
            Console.WriteLine(WorkerStatus.Read(folder) is { IsRunning: true } ? said : control == NodeControl.Drain ? "It does not run." : $"It does not run. When it does: {said}");
            return 0;
        });
        return command;
    }
}
