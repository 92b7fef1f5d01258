using System.Diagnostics;
using Neuro.Cli.Embedding;
using Neuro.Client.Api;
using Neuro.Node.Mining;
using Neuro.Node.Settings;
using Neuro.Node.Work;

namespace Neuro.Cli.Commands.Nodes;

/// <summary><c>neuro node run</c>: a small process that looks after two others, the worker and the miner; or, started by it, the worker, whose work a third one does.</summary>
internal static class NodeRun
{
    /// <summary>Of the process that does the work.</summary>
    public const string WorkVerb = "work";

    private static readonly string[] WorkCommand = [ThisProgram.Host, "exec", ThisProgram.Assembly, "node", WorkVerb];
    private static readonly TimeSpan PatienceForPredecessor = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(NodeOptions options, CancellationToken cancel)
    {
        if (Environment.GetEnvironmentVariable(Supervisor.WorkerVariable) == "1")
        {
            return await WorkAsync(options, cancel);
        }

        var settings = NodeSettings.Read(options.Folder);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (Environment.GetEnvironmentVariable(NodeCommand.SupervisedVariable) != "1")
        {
            using var supervisor = Supervise(options, settings);
            return await supervisor.RunAsync(stop.Token);
        }

        _ = StopAtEndOfInputAsync(stop);
        if (settings != new NodeSettings())
        {
            using var supervisor = await TakeOverAsync(() => Supervise(options, settings), stop.Token);
            return await supervisor.RunAsync(stop.Token);
        }

        // Who started us looks after us already.
        using var worker = await TakeOverAsync(() => new Worker(options, WorkCommand, Console.Out.WriteLine), stop.Token);
        await worker.RunAsync(stop.Token);
        return 0;
    }

    private static Supervisor Supervise(NodeOptions options, NodeSettings settings) => new(
        options.Folder, settings,
        [ThisProgram.Host, "exec", ThisProgram.Assembly, "node", "run", "--platform", options.Platform.ToString(), "--folder", options.Folder, "--name", options.Name, .. NodeArguments.Floor(options)],
        Console.Out.WriteLine, Console.Error.WriteLine);

    private static async Task<int> WorkAsync(NodeOptions options, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var foreman = new Foreman(options.Folder, TimeProvider.System, Console.Out);
        _ = Task.Run(() => foreman.ListenAsync(Console.In, stop), CancellationToken.None); // The console's reader waits where it says it would not.
        using var worker = new Worker(options, WorkCommand, foreman.Log, foreman: foreman);
        await worker.RunAsync(stop.Token);
        return 0;
    }

    // A platform that was killed and started again may be here before the node of its former life has put its work down.
    private static async Task<T> TakeOverAsync<T>(Func<T> start, CancellationToken cancel)
    {
        for (var began = Stopwatch.StartNew(); ;)
        {
            try
            {
                return start();
            }
            catch (NeuroException inUse) when (inUse.Code == "node.folder_in_use" && began.Elapsed < PatienceForPredecessor)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancel);
            }
        }
    }

    // The end of standard input is the one sign of a parent's death that also comes when it is killed.
    private static async Task StopAtEndOfInputAsync(CancellationTokenSource stop)
    {
        await using var input = Console.OpenStandardInput();
        var buffer = new byte[64];
        while (await input.ReadAsync(buffer) > 0)
        {
        }

        await stop.CancelAsync();
    }
}
