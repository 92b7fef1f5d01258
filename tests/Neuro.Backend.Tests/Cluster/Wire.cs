using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Neuro.Backend.Tests.Cluster;

/// <summary>A way over TCP that a test can cut: each connection goes to the next end that accepts one. With several ends and a question whether they are ready, it is a load balancer.</summary>
internal sealed class Wire : IAsyncDisposable
{
    private const int MostMissed = 2;
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(2);

    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<Socket, int> open = new();
    private readonly EndPoint[] ends;
    private readonly int[] missed;
    private readonly Task accepting;
    private readonly Task asking;
    private volatile TaskCompletionSource? silence;
    private volatile bool cut;
    private int next;

    public Wire(IPAddress at, params EndPoint[] ends)
        : this(at, null, ends)
    {
    }

    /// <param name="at">Where it listens.</param>
    /// <param name="ready">Asked of each end every second; one that says no, or nothing, twice gets no connections and loses those it has.</param>
    public Wire(IPAddress at, Func<int, CancellationToken, Task<bool>>? ready, params EndPoint[] ends)
    {
        (listener, this.ends, missed) = (new(at, 0), ends, new int[ends.Length]);
        listener.Start();
        accepting = AcceptAsync();
        asking = ready is null ? Task.CompletedTask : Task.WhenAll(Enumerable.Range(0, ends.Length).Select(end => AskAsync(end, ready)));
    }

    public IPEndPoint Here => (IPEndPoint)listener.LocalEndpoint;

    public Uri Url => new($"http://{Here}/");

    /// <summary>From now on nothing comes through, and nobody is told: a cable that was pulled.</summary>
    public void Stall() => silence = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Resets what is open and whoever comes: a firewall that was changed.</summary>
    public void Cut()
    {
        cut = true;
        foreach (var connection in open.Keys)
        {
            Reset(connection);
        }
    }

    /// <summary>All comes through again, also what waits.</summary>
    public void Mend()
    {
        cut = false;
        silence?.TrySetResult();
        silence = null;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await Task.WhenAll(accepting, asking);
        stop.Dispose();
    }

    private static void Reset(Socket connection)
    {
        try
        {
            connection.LingerState = new(true, 0);
            connection.Close();
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    private bool IsDown(int end) => Volatile.Read(ref missed[end]) >= MostMissed;

    private async Task AskAsync(int end, Func<int, CancellationToken, Task<bool>> ready)
    {
        while (!stop.IsCancellationRequested)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            patience.CancelAfter(LongestAnswer);
            try
            {
                Volatile.Write(ref missed[end], await ready(end, patience.Token) ? 0 : missed[end] + 1);
            }
            catch (Exception silent) when (silent is HttpRequestException or OperationCanceledException)
            {
                Volatile.Write(ref missed[end], missed[end] + 1);
            }

            if (missed[end] == MostMissed)
            {
                foreach (var (connection, _) in open.Where(connection => connection.Value == end))
                {
                    Reset(connection);
                }
            }

            await Task.Delay(Often, stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                serving.Add(ServeAsync(await listener.AcceptSocketAsync(stop.Token)));
            }
            catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                break;
            }
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(Socket caller)
    {
        using (caller)
        {
            open[caller] = -1;
            if (cut)
            {
                Reset(caller);
            }
            else if (await ReachAsync() is ({ } end, var number))
            {
                open[caller] = number;
                using (end)
                {
                    caller.NoDelay = true;
                    await Task.WhenAny(PumpAsync(caller, end), PumpAsync(end, caller));
                }
            }

            open.TryRemove(caller, out _);
        }
    }

    private async Task<(Socket? End, int Number)> ReachAsync()
    {
        for (var tries = 0; tries < 2 * ends.Length; tries++)
        {
            var number = (int)((uint)Interlocked.Increment(ref next) % ends.Length);
            if (IsDown(number) && tries < ends.Length)
            {
                continue;
            }

            var to = ends[number];
            var end = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            patience.CancelAfter(TimeSpan.FromSeconds(1));
            try
            {
                await end.ConnectAsync(to, patience.Token);
                if (to is IPEndPoint)
                {
                    end.NoDelay = true;
                }

                return (end, number);
            }
            catch (Exception gone) when (gone is SocketException or OperationCanceledException)
            {
                end.Dispose();
            }
        }

        return (null, -1);
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 << 10];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer, stop.Token)) > 0;)
            {
                await (silence?.Task ?? Task.CompletedTask).WaitAsync(stop.Token);
                for (var sent = 0; sent < read;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), stop.Token);
                }
            }
        }
        catch (Exception over) when (over is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side has gone; the other follows.
        }
    }
}
