using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Channels;
using Neuro.Client.Api;
using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Jupyter;

/// <summary>A C# session that speaks Jupyter's messaging protocol 5.4 over the sockets of a connection file.</summary>
/// <remarks>
/// The sockets' thread only sorts: what comes on the shell waits for its turn, what comes on control is done at once, also while a cell runs.
/// Source: "Messaging in Jupyter", jupyter-client.readthedocs.io.
/// </remarks>
public sealed class JupyterKernel
{
    private const int MostQueued = 10_000;

    private readonly KernelSockets sockets;
    private readonly CellRequests cells;
    private readonly Task<History> history;
    private readonly Comms comms;
    private readonly Action<string> log;
    private readonly CancellationTokenSource stop;
    private readonly Channel<Message> shell = Channel.CreateBounded<Message>(MostQueued), control = Channel.CreateBounded<Message>(MostQueued);
    private Message? parent;

    private JupyterKernel(ConnectionFile file, SessionOptions options, string? historyFolder, Action<string> log, CancellationTokenSource stop)
    {
        (this.log, this.stop) = (log, stop);
        sockets = new(file, new(file.Key, options.Time), Sort, log);
        history = Task.Run(() => new History(historyFolder));
        comms = new((type, content) => cells!.Publish(type, content, parent));
        cells = new(new CSharpSession(options), sockets, history, comms);
    }

    /// <summary>Serves until a client shuts it down, <paramref name="cancel"/> is cancelled, or the program that started it (JPY_PARENT_PID) is gone.</summary>
    /// <param name="file">Where to listen.</param>
    /// <param name="options">What cells start with.</param>
    /// <param name="historyFolder">Where the cells that were run are remembered; null for nowhere.</param>
    /// <param name="log">Told, a line each, what Jupyter's log should show; standard error if left out.</param>
    /// <param name="cancel">Stops it, a running cell included.</param>
    /// <exception cref="NeuroException"><c>jupyter.port_taken</c>.</exception>
    public static async Task RunAsync(ConnectionFile file, SessionOptions options, string? historyFolder = null, Action<string>? log = null, CancellationToken cancel = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        log ??= Console.Error.WriteLine;
        var kernel = new JupyterKernel(file, options, historyFolder, log, stop);
        using var interrupt = On(PosixSignal.SIGINT, kernel.cells.Interrupt);
        using var terminate = On(PosixSignal.SIGTERM, stop.Cancel);
        using var hangUp = On(PosixSignal.SIGHUP, stop.Cancel);
        try
        {
            AppDomain.CurrentDomain.ProcessExit += kernel.Exiting;
            _ = ParentProcess.WatchAsync(stop, log);
            // The compiler warms up behind this: Jupyter has its first answers before it is ready.
            kernel.sockets.Start();
            kernel.sockets.Publish("status", new StatusContent("starting"), null);
            await Task.WhenAll(kernel.ServeAsync(KernelChannel.Shell, kernel.shell), kernel.ServeAsync(KernelChannel.Control, kernel.control));
        }
        finally
        {
            AppDomain.CurrentDomain.ProcessExit -= kernel.Exiting;
            kernel.sockets.Dispose();
        }
    }

    private static PosixSignalRegistration On(PosixSignal signal, Action act) => PosixSignalRegistration.Create(signal, came =>
    {
        came.Cancel = true;
        act();
    });

    private void Sort(KernelChannel channel, Message message)
    {
        if (channel == KernelChannel.Control && message.Type is not ("interrupt_request" or "shutdown_request" or "kernel_info_request"))
        {
            log($"{message.Type} is nothing for the control socket; it was left unanswered.");
        }
        else if (channel == KernelChannel.Stdin)
        {
            Guard(message, () => cells.Input.Receive(message));
        }
        else if (!(channel == KernelChannel.Shell ? shell : control).Writer.TryWrite(message))
        {
            log($"{message.Type} was dropped: {MostQueued} requests wait already.");
        }
    }

    private async Task ServeAsync(KernelChannel channel, Channel<Message> requests)
    {
        try
        {
            await foreach (var request in requests.Reader.ReadAllAsync(stop.Token))
            {
                sockets.Publish("status", new StatusContent("busy"), request);
                if (channel == KernelChannel.Shell)
                {
                    parent = request;
                }

                var answer = await AnswerAsync(request);
                // Before the reply goes: what comes after it was sent by a client that knows of the error.
                var queued = request.Type == "execute_request" && cells.AbortsQueue ? await QueuedCellsAsync() : [];
                if (answer is var (type, reply))
                {
                    sockets.Send(channel, request, type, reply);
                }

                sockets.Publish("status", new StatusContent("idle"), request);
                queued.ForEach(Abort);
                if (request.Type == "shutdown_request")
                {
                    await stop.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>The type and content of the reply; null for what has none.</summary>
    private async Task<(string Type, object Content)?> AnswerAsync(Message request)
    {
        var type = request.Type.Replace("_request", "_reply", StringComparison.Ordinal);
        try
        {
            switch (request.Type)
            {
                case "execute_request":
                    return (type, await cells.ExecuteAsync(request, stop.Token));
                case "complete_request":
                    return (type, await cells.CompleteAsync(request.As<CompleteRequest>(), stop.Token));
                case "inspect_request":
                    return (type, await cells.InspectAsync(request.As<InspectRequest>(), stop.Token));
                case "is_complete_request":
                    return (type, cells.IsComplete(request.As<IsCompleteRequest>()));
                case "history_request":
                    return (type, new HistoryReply((await history).Find(request.As<HistoryRequest>())));
                case "kernel_info_request":
                    return (type, KernelInfo.Reply);
                case "comm_info_request":
                    return (type, new CommInfoReply(comms.Named(request.As<CommInfoRequest>().TargetName)));
                case "comm_open" or "comm_msg" or "comm_close":
                    comms.Receive(request);
                    return null;
                case "interrupt_request":
                    cells.Interrupt();
                    return (type, new StatusReply());
                case "shutdown_request":
                    var shutdown = new ShutdownContent(request.As<ShutdownContent>().Restart);
                    sockets.Publish(type, shutdown, request);
                    return (type, shutdown);
                default:
                    log($"{request.Type} is no request that this kernel knows; it was left unanswered.");
                    return null;
            }
        }
        catch (Exception problem) when (problem is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            // A request that makes no sense, or a handler of a cell that fails: whoever sent it is told, and the next one is served.
            log($"{request.Type} failed: {problem.GetType().Name}: {problem.Message}");
            return request.Type.EndsWith("_request", StringComparison.Ordinal) ? (type, CellPublisher.Describe(CellProblem.Describe(problem))) : null;
        }
    }

    /// <summary>The cells that wait, taken out of the queue.</summary>
    private async Task<List<Message>> QueuedCellsAsync()
    {
        await sockets.ShellReadAsync();
        var cells = new List<Message>();
        for (var left = shell.Reader.Count; left > 0 && shell.Reader.TryRead(out var request); left--)
        {
            if (request.Type == "execute_request")
            {
                cells.Add(request);
            }
            else
            {
                shell.Writer.TryWrite(request); // Asked again behind the cells: nothing else depends on them.
            }
        }

        return cells;
    }

    /// <summary>After an error: a cell that was sent before the client could know of it does not run.</summary>
    private void Abort(Message request)
    {
        sockets.Publish("status", new StatusContent("busy"), request);
        sockets.Send(KernelChannel.Shell, request, "execute_reply", new StatusReply(Statuses.Aborted));
        sockets.Publish("status", new StatusContent("idle"), request);
    }

    private void Guard(Message message, Action work)
    {
        try
        {
            work();
        }
        catch (JsonException broken)
        {
            log($"{message.Type} makes no sense: {broken.Message}");
        }
    }

    /// <summary>A cell ends the process (Environment.Exit): its client is told, and does not wait for a reply that never comes.</summary>
    private void Exiting(object? sender, EventArgs e)
    {
        cells.Abandon($"The cell ended the kernel (exit code {Environment.ExitCode}). Run the notebook again from the top.");
        sockets.Dispose();
        NetMQ.NetMQConfig.Cleanup(block: true);
    }
}
