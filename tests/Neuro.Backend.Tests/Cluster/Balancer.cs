using System.Net;
using System.Net.Sockets;

namespace Neuro.Backend.Tests.Cluster;

/// <summary>A load balancer that knows nothing of HTTP: each connection goes to the next replica that accepts one.</summary>
internal sealed class Balancer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Uri[] replicas;
    private readonly Task accepting;
    private int next;

    public Balancer(params Uri[] replicas)
    {
        this.replicas = replicas;
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                serving.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
            catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                break;
            }
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(TcpClient caller)
    {
        using (caller)
        {
            for (var tries = 0; tries < replicas.Length; tries++)
            {
                using var replica = new TcpClient();
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
                patience.CancelAfter(TimeSpan.FromSeconds(1));
                try
                {
                    var url = replicas[(uint)Interlocked.Increment(ref next) % replicas.Length];
                    await replica.ConnectAsync(IPAddress.Loopback, url.Port, patience.Token);
                }
                catch (Exception gone) when (gone is SocketException or OperationCanceledException)
                {
                    continue;
                }

                await Task.WhenAny(PumpAsync(caller, replica), PumpAsync(replica, caller));
                return;
            }
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream(), stop.Token);
        }
        catch (Exception over) when (over is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // One side has gone; the other follows.
        }
    }
}
