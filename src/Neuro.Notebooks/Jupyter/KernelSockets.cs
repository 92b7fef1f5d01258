using System.Text;
using Neuro.Client.Api;
using NetMQ;
using NetMQ.Sockets;

namespace Neuro.Notebooks.Jupyter;

/// <summary>The five sockets of a kernel. One thread owns four of them, so that nothing a cell does holds up a message; another answers heart-beats.</summary>
internal sealed class KernelSockets : IDisposable
{
    private const long LargestFrame = 64 << 20;
    private const int MostFrames = 64;

    /// <summary>A listener that falls behind by more loses messages, as the pattern has it; ZeroMQ's own thousand is a second of a busy progress bar.</summary>
    private const int MostUnread = 100_000;

    private const int MostReported = 20;
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    /// <summary>A client connects its sockets one by one, and again after a tenth of a second where the kernel was not there yet: a question may be asked before it can hear it.</summary>
    private static readonly TimeSpan Reconnect = TimeSpan.FromMilliseconds(50);
    private const int MostReconnects = 200;

    private readonly MessageFormat format;
    private readonly Action<KernelChannel, Message> received;
    private readonly Action<string> log;
    private readonly RouterSocket shell = Router(), control = Router(), stdin = Router(), heartbeat = Router();
    private readonly XPublisherSocket iopub = new();
    private readonly NetMQQueue<Action> outgoing = new();
    private volatile bool closed;
    private readonly NetMQPoller poller, heartbeatPoller;
    private int dropped;

    /// <param name="received">Called on the thread of the sockets, which it must not hold up.</param>
    /// <param name="log">Told about messages that were dropped.</param>
    /// <exception cref="NeuroException"><c>jupyter.port_taken</c>.</exception>
    public KernelSockets(ConnectionFile file, MessageFormat format, Action<KernelChannel, Message> received, Action<string> log)
    {
        (this.format, this.received, this.log) = (format, received, log);
        foreach (NetMQSocket socket in new NetMQSocket[] { shell, control, stdin, heartbeat, iopub })
        {
            socket.Options.Linger = Linger;
            socket.Options.MaxMsgSize = LargestFrame;
            socket.Options.SendHighWatermark = MostUnread;
        }

        stdin.Options.RouterMandatory = true;
        poller = [shell, control, stdin, iopub, outgoing];
        heartbeatPoller = [heartbeat];
        shell.ReceiveReady += (_, _) => Receive(KernelChannel.Shell, shell);
        control.ReceiveReady += (_, _) => Receive(KernelChannel.Control, control);
        stdin.ReceiveReady += (_, _) => Receive(KernelChannel.Stdin, stdin);
        iopub.ReceiveReady += (_, _) => Welcome();
        heartbeat.ReceiveReady += (_, _) => Echo();
        outgoing.ReceiveReady += (_, _) =>
        {
            while (outgoing.TryDequeue(out var send, TimeSpan.Zero))
            {
                send();
            }
        };
        Bind(file);
    }

    /// <summary>From now on messages come; what arrived since the sockets were bound is the first.</summary>
    public void Start()
    {
        poller.RunAsync("Jupyter sockets", isBackgroundThread: true);
        heartbeatPoller.RunAsync("Jupyter heart-beat", isBackgroundThread: true);
    }

    /// <summary>Sends a message back to whoever sent <paramref name="to"/>.</summary>
    public void Send(KernelChannel channel, Message to, string type, object content)
    {
        var socket = channel switch { KernelChannel.Shell => shell, KernelChannel.Control => control, _ => stdin };
        var frames = format.Write(to.Identities, type, content, to);
        Post(() => Deliver(socket, frames, MostReconnects));
    }

    /// <summary>Tells all listeners.</summary>
    /// <param name="parent">The request that it belongs to; null when nobody asked.</param>
    public void Publish(string type, object content, Message? parent)
    {
        var frames = format.Write([Encoding.UTF8.GetBytes(type)], type, content, parent);
        Post(() => iopub.SendMultipartBytes(frames));
    }

    /// <summary>Ends when what was sent or published before is with the sockets.</summary>
    public Task SentAsync() => DoneAsync(() => { });

    /// <summary>Ends when all that had reached the shell's socket has been handed on.</summary>
    public Task ShellReadAsync() => DoneAsync(() => Receive(KernelChannel.Shell, shell));

    /// <summary>Sends what waits, then closes the sockets; listeners have a second to take what is left.</summary>
    public void Dispose()
    {
        if (poller.IsRunning)
        {
            SentAsync().Wait(Linger);
        }

        closed = true;
        foreach (var running in new[] { poller, heartbeatPoller })
        {
            if (running.IsRunning)
            {
                running.Stop();
            }

            running.Dispose();
        }

        foreach (var socket in new IDisposable[] { shell, control, stdin, heartbeat, iopub, outgoing })
        {
            socket.Dispose();
        }
    }

    private void Deliver(RouterSocket socket, IEnumerable<byte[]> frames, int reconnects)
    {
        try
        {
            socket.SendMultipartBytes(frames);
        }
        catch (HostUnreachableException) when (reconnects > 0)
        {
            _ = Task.Delay(Reconnect).ContinueWith(_ => Post(() => Deliver(socket, frames, reconnects - 1)), TaskScheduler.Default);
        }
        catch (HostUnreachableException)
        {
            log("A question was dropped: who ran the cell does not listen on stdin.");
        }
    }

    private void Post(Action send)
    {
        if (!closed)
        {
            outgoing.Enqueue(send);
        }
    }

    private Task DoneAsync(Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            work();
            done.SetResult();
        });
        return closed ? Task.CompletedTask : done.Task;
    }

    private static RouterSocket Router() => new();

    private void Bind(ConnectionFile file)
    {
        foreach (var (socket, port) in new (NetMQSocket, int)[]
        {
            (heartbeat, file.HbPort), (shell, file.ShellPort), (control, file.ControlPort), (stdin, file.StdinPort), (iopub, file.IopubPort),
        })
        {
            try
            {
                socket.Bind(file.Address(port));
            }
            catch (NetMQException refused)
            {
                Dispose();
                throw new NeuroException(
                    "jupyter.port_taken",
                    $"{file.Path}: port {port} of {file.Ip} cannot be listened on ({refused.ErrorCode}); a kernel that was started with this file may be running already. Let Jupyter start a new kernel, with a file of its own.",
                    refused);
            }
        }
    }

    private void Receive(KernelChannel channel, RouterSocket socket)
    {
        while (TryReceive(socket, out var frames))
        {
            var problem = $"it has more than {MostFrames} frames or {LargestFrame >> 20} MiB";
            if (frames is not null && format.Read(frames, out problem) is { } message)
            {
                received(channel, message);
            }
            else
            {
                Report(channel, problem);
            }
        }
    }

    /// <summary>False when no message waits; no frames when it was larger than anything that Jupyter sends.</summary>
    private static bool TryReceive(NetMQSocket socket, out List<byte[]>? frames)
    {
        frames = null;
        if (!socket.TryReceiveFrameBytes(out var frame, out var more))
        {
            return false;
        }

        frames = [frame];
        var bytes = (long)frame.Length;
        while (more)
        {
            frame = socket.ReceiveFrameBytes(out more);
            bytes += frame.Length;
            frames = frames is not null && frames.Count < MostFrames && bytes <= LargestFrame ? [.. frames, frame] : null;
        }

        return true;
    }

    private void Report(KernelChannel channel, string problem)
    {
        dropped++;
        if (dropped <= MostReported)
        {
            log($"A message on the {channel.ToString().ToLowerInvariant()} socket was dropped: {problem}.{(dropped == MostReported ? " Further ones are not reported." : "")}");
        }
    }

    /// <summary>Says to a new listener that it is heard (protocol 5.4); what it sends besides is nothing to us.</summary>
    private void Welcome()
    {
        while (iopub.TryReceiveFrameBytes(out var frame, out _))
        {
            if (frame is [1, .. var topic])
            {
                iopub.SendMultipartBytes(format.Write([topic], "iopub_welcome", new WelcomeContent(Encoding.UTF8.GetString(topic)), null));
            }
        }
    }

    private void Echo()
    {
        while (TryReceive(heartbeat, out var frames))
        {
            if (frames is not null)
            {
                heartbeat.SendMultipartBytes(frames);
            }
        }
    }
}

