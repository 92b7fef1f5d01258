using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;

namespace Neuro.Backend.Cluster;

/// <summary>One of several processes of a platform: keeps its leases, takes free ones, and shares when nodes were heard of.</summary>
internal sealed class Replica(Leases leases, Exchange.Exchange exchange, NodeRegistry nodes, Database database, TimeProvider time, ILogger<Replica> logger) : BackgroundService
{
    private const int LongTick = 60;
    private static readonly TimeSpan Tick = Leases.Term / 6;

    /// <summary>Takes its place beside the others.</summary>
    public async Task JoinAsync(string url, CancellationToken cancel)
    {
        leases.Url = url;
        await exchange.SyncAsync(cancel);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            for (var tick = 1; await timer.WaitForNextTickAsync(stoppingToken); tick = (tick + 1) % LongTick)
            {
                await DoAsync(tick, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The platform stops.
        }
    }

    private async Task DoAsync(int tick, CancellationToken cancel)
    {
        try
        {
            var lost = await leases.RenewAsync(cancel);
            if (lost.Count > 0)
            {
                logger.LogWarning("Other replicas took over {Lost}", string.Join(", ", lost));
            }

            if (tick % 2 == 0)
            {
                await exchange.SyncAsync(cancel);
            }

            if (tick % 4 == 0)
            {
                await nodes.ShareAsync(cancel);
            }

            if (tick == 0)
            {
                await ((time as SharedClock)?.FollowAsync(database, cancel) ?? Task.CompletedTask);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            logger.LogError(failure, "The database did not answer; what this replica has, it loses in {Term}", Leases.Term);
        }
    }
}
