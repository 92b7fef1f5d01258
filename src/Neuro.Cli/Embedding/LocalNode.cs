using System.Diagnostics;
using Neuro.Client.Api;
using Neuro.Node.Work;

namespace Neuro.Cli.Embedding;

/// <summary>A node as a process of its own beside the embedded platform: started, started again when it dies, and stopped with us.</summary>
internal sealed class LocalNode : IAsyncDisposable
{
    private const int MostRestarts = 20;
    private static readonly TimeSpan Steady = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PatienceAtStop = TimeSpan.FromSeconds(10);

    private readonly Uri platform;
    private readonly string ownerKey;
    private readonly string dataFolder;
    private readonly Action<string> log;
    private readonly TaskCompletionSource joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task supervision;

    public LocalNode(Uri platform, string ownerKey, string dataFolder, Action<string> log)
    {
        this.platform = platform;
        this.ownerKey = ownerKey;
        this.dataFolder = dataFolder;
        this.log = log;
        supervision = SuperviseAsync();
    }

    /// <summary>Completes when the node has measured itself and joined.</summary>
    public Task JoinedAsync(CancellationToken cancel) => joined.Task.WaitAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await supervision;
        stopping.Dispose();
    }

    private async Task SuperviseAsync()
    {
        var last = "";
        for (var starts = 1; ; starts++)
        {
            var clock = Stopwatch.StartNew();
            using var process = TryStart(line => last = line);
            if (process is null)
            {
                return;
            }

            try
            {
                await process.WaitForExitAsync(stopping.Token);
            }
            catch (OperationCanceledException)
            {
                await NodeProcess.StopAsync(process, PatienceAtStop);
                return;
            }

            log($"The node ended with code {process.ExitCode}. {last}");
            // One that ran for a while is not the one that dies at every start.
            starts = clock.Elapsed > Steady ? 1 : starts;
            if (starts > MostRestarts || (!joined.Task.IsCompleted && process.ExitCode == 1))
            {
                joined.TrySetException(new NeuroException("node.did_not_start", $"The local node does not start: {last} Its log is {LogPath}."));
                return;
            }
        }
    }

    // Whoever waits for the node to join must not wait for a process that never was.
    private Process? TryStart(Action<string> line)
    {
        try
        {
            return Start(line);
        }
        catch (Exception cannot) when (cannot is System.ComponentModel.Win32Exception or IOException or UnauthorizedAccessException)
        {
            joined.TrySetException(new NeuroException("node.did_not_start", $"The local node cannot be started: {cannot.Message.TrimEnd('.')}. See that {ThisProgram.Host} can be run and {LogPath} written.", cannot));
            log($"The local node cannot be started: {cannot.Message}");
            return null;
        }
    }

    private string LogPath => Path.Combine(dataFolder, "logs", "node.log");

    private Process Start(Action<string> line)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(LogPath)!);
        var file = new StreamWriter(new FileStream(LogPath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        string[] arguments = ["--platform", platform.ToString(), "--folder", Path.Combine(dataFolder, "node"), "--name", "local"];
        return NodeProcess.Start(arguments, ownerKey, text =>
        {
            lock (file)
            {
                file.WriteLine(text);
            }

            line(text);
            log("node: " + text);
            if (text.StartsWith(Worker.JoinedLine, StringComparison.Ordinal))
            {
                joined.TrySetResult();
            }
        });
    }
}
