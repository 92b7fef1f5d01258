using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Market;

namespace Neuro.Interactive.Magics;

/// <summary>The connection that the neuro magics of one notebook share: made by <c>#!neuro-connect</c>, or by the first magic that needs it to the platform on this machine.</summary>
public sealed class NeuroSession(TimeProvider? time = null) : IAsyncDisposable
{
    private static readonly TimeSpan BetweenUpdates = TimeSpan.FromMilliseconds(250);

    private IAsyncDisposable? platform;
    private IReadOnlyList<Book> books = [];

    internal TimeProvider Time { get; } = time ?? TimeProvider.System;

    /// <summary>Null until something connected.</summary>
    public NeuroClient? Client { get; private set; }

    /// <summary>Connects, and leaves the platform it was connected to before.</summary>
    /// <param name="url">Null for the platform on this machine, or <c>NEURO_URL</c>.</param>
    /// <param name="apiKey">Null for the first user of the platform on this machine, or <c>NEURO_API_KEY</c>.</param>
    /// <exception cref="NeuroException"><c>platform.not_running</c>, <c>platform.unreachable</c>, <c>account.no_key</c>, <c>http.401</c>.</exception>
    public async Task<NeuroClient> ConnectAsync(string? url = null, string? apiKey = null, CancellationToken cancel = default)
    {
        var client = await NeuroClient.ConnectAsync(url, apiKey, cancel);
        await DisconnectAsync();
        return Client = client;
    }

    /// <summary>The connection there is, or a new one to the platform on this machine.</summary>
    public async Task<NeuroClient> ConnectedAsync(CancellationToken cancel) => Client ?? await ConnectAsync(cancel: cancel);

    /// <summary>Leaves the platform, and stops it where this session started it.</summary>
    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
        if (Interlocked.Exchange(ref platform, null) is { } own)
        {
            await own.DisposeAsync();
        }
    }

    /// <summary>Takes over a platform that was started for this notebook: it stops with the session.</summary>
    internal async Task OwnAsync(IAsyncDisposable started)
    {
        if (Interlocked.Exchange(ref platform, started) is { } older)
        {
            await older.DisposeAsync();
        }
    }

    /// <summary>The order books; their names are completed from then on.</summary>
    internal async Task<IReadOnlyList<Book>> BooksAsync(CancellationToken cancel) => books = await (await ConnectedAsync(cancel)).Api.GetBooksAsync(cancel);

    internal IEnumerable<string> KnownAssets() => books.Select(book => book.Asset);

    private async ValueTask DisconnectAsync()
    {
        books = [];
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
        var updated = Time.GetTimestamp();
        try
        {
            return await client.CompleteAsync(job, now =>
            {
                last = now;
                if (Time.GetElapsedTime(updated) >= BetweenUpdates)
                {
                    updated = Time.GetTimestamp();
                    shown.Update(now);
                }
            }, host.Cancellation);
        }
        catch (OperationCanceledException) when (host.Cancellation.IsCancellationRequested)
        {
            host.Display($"Stopped looking; \"{job.Title}\" goes on. `await (await NeuroClient.ConnectAsync()).Api.CancelAsync(new(\"{job.Id}\"))` cancels it: what is verified stays paid, the rest comes back.");
            throw;
        }
        finally
        {
            shown.Update(last);
        }
    }
}
