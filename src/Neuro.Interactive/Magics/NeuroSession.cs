using Neuro.Client.Api;
using Neuro.Client.Jobs;

namespace Neuro.Interactive.Magics;

/// <summary>The connection that the neuro magics of one notebook share: made by <c>#!neuro-connect</c>, or by the first magic that needs it to the platform on this machine.</summary>
public sealed class NeuroSession(TimeProvider? time = null) : IAsyncDisposable
{
    private static readonly TimeSpan BetweenUpdates = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider time = time ?? TimeProvider.System;

    /// <summary>Null until something connected.</summary>
    public NeuroClient? Client { get; private set; }

    /// <summary>Connects, and leaves the platform it was connected to before.</summary>
    /// <param name="url">Null for the platform on this machine, or <c>NEURO_URL</c>.</param>
    /// <param name="apiKey">Null for the first user of the platform on this machine, or <c>NEURO_API_KEY</c>.</param>
    /// <exception cref="NeuroException"><c>platform.not_running</c>, <c>platform.unreachable</c>, <c>account.no_key</c>, <c>http.401</c>.</exception>
    public async Task<NeuroClient> ConnectAsync(string? url = null, string? apiKey = null, CancellationToken cancel = default)
    {
        var client = await NeuroClient.ConnectAsync(url, apiKey, cancel);
        await DisposeAsync();
        return Client = client;
    }

    /// <summary>The connection there is, or a new one to the platform on this machine.</summary>
    public async Task<NeuroClient> ConnectedAsync(CancellationToken cancel) => Client ?? await ConnectAsync(cancel: cancel);

    public async ValueTask DisposeAsync()
    {
        if (Client is { } left)
        {
            Client = null;
            await left.DisposeAsync();
        }
    }

    /// <summary>Shows a job's progress in one place until it succeeded.</summary>
    /// <exception cref="NeuroException"><c>job.failed</c>, <c>job.cancelled</c>.</exception>
    internal async Task<Job> FollowAsync(Job job, IMagicHost host)
    {
        var client = await ConnectedAsync(host.Cancellation);
        var last = new JobProgress(job, 0, TimeSpan.Zero, null, "ordered", []);
        var shown = host.Display(last);
        var updated = time.GetTimestamp();
        try
        {
            return await client.CompleteAsync(job, now =>
            {
                last = now;
                if (time.GetElapsedTime(updated) >= BetweenUpdates)
                {
                    updated = time.GetTimestamp();
                    shown.Update(now);
                }
            }, host.Cancellation);
        }
        finally
        {
            shown.Update(last);
        }
    }
}
