using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Jobs;
using Neuro.Client.Nodes;

namespace Neuro.Backend.Dispatch;

/// <summary>Nodes that wait for shards, and the one loop that gives them some: all who wait are served in one transaction.</summary>
internal sealed class Claims(Rounds rounds, Signals signals, PlatformOptions options, TimeProvider time, ILogger<Claims> logger) : BackgroundService
{
    private const int MostInARound = 512;

    // So often those are looked at again whom no event wakes: a node's turn may come with time, and a shard be found slow.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly Signal came = new();
    private Queue<Waiter> fresh = new();
    private Queue<Waiter> idle = new();

    /// <summary>The next shard for a node; null when there was none for a while.</summary>
    public async Task<Lease?> ClaimAsync(string node, CancellationToken cancel)
    {
        var waiter = new Waiter(node);
        lock (gate)
        {
            fresh.Enqueue(waiter);
        }

        came.Pulse();
        try
        {
            await Task.WhenAny(waiter.Answer, waiter.Looked).WaitAsync(cancel);
            return await waiter.Answer.WaitAsync(options.ClaimWait, time, cancel);
        }
        catch (TimeoutException)
        {
            return waiter.TryGo() ? null : await waiter.Answer;
        }
        catch (OperationCanceledException) when (!waiter.TryGo())
        {
            return await waiter.Answer;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var looked = time.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            var (arrival, opened) = (came.Next, signals.Open);
            var look = time.GetElapsedTime(looked) >= Look && AnyWaiting();
            if (look)
            {
                looked = time.GetTimestamp();
                WakeIdle();
            }

            await ServeAsync(look, stoppingToken);
            try
            {
                // Without anybody waiting there is nothing to look for.
                await Task.WhenAny(arrival, opened, Task.Delay(AnyWaiting() ? Look : Timeout.InfiniteTimeSpan, time, stoppingToken));
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (opened.IsCompleted)
            {
                WakeIdle();
            }
        }
    }

    private async Task ServeAsync(bool forStragglers, CancellationToken cancel)
    {
        while (NextRound() is { Count: > 0 } waiters)
        {
            try
            {
                await rounds.ServeAsync(waiters, forStragglers, cancel);
            }
            catch (Exception failure) when (!cancel.IsCancellationRequested)
            {
                logger.LogError(failure, "Shards could not be given out; those who waited are told that there were none");
            }
            catch (OperationCanceledException)
            {
                return;
            }

            lock (gate)
            {
                foreach (var waiter in waiters)
                {
                    if (waiter.IsWaiting)
                    {
                        idle.Enqueue(waiter);
                    }

                    waiter.WasLookedAt();
                }
            }
        }
    }

    private List<Waiter> NextRound()
    {
        lock (gate)
        {
            var waiters = new List<Waiter>(Math.Min(fresh.Count, MostInARound));
            while (waiters.Count < MostInARound && fresh.TryDequeue(out var waiter))
            {
                if (waiter.IsWaiting)
                {
                    waiters.Add(waiter);
                }
            }

            return waiters;
        }
    }

    private bool AnyWaiting()
    {
        lock (gate)
        {
            while (idle.TryPeek(out var first) && !first.IsWaiting)
            {
                idle.Dequeue();
            }

            return idle.Count > 0 || fresh.Count > 0;
        }
    }

    private void WakeIdle()
    {
        lock (gate)
        {
            // Those who waited longer go first.
            while (fresh.TryDequeue(out var waiter))
            {
                idle.Enqueue(waiter);
            }

            (fresh, idle) = (idle, fresh);
        }
    }
}
