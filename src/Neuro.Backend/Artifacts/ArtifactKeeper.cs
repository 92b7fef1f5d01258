using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Neuro.Backend.Artifacts;

/// <summary>
/// Ends uploads that nobody goes on with, deletes bytes that nothing points at, and collects artifacts: once a day, and soon after somebody gave one up.
/// </summary>
internal sealed class ArtifactKeeper(Uploads uploads, Collector collector, TimeProvider time, ILogger<ArtifactKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Between = TimeSpan.FromDays(1);
    private static readonly TimeSpan BetweenHurried = TimeSpan.FromMinutes(10);
    private volatile bool hurried;
    private DateTimeOffset last = DateTimeOffset.MinValue;

    /// <summary>Somebody waits for room: collects at the next minute, ten minutes after the last time at the earliest.</summary>
    public void Hurry() => hurried = true;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await DoAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The platform stops.
        }
    }

    private async Task DoAsync(CancellationToken cancel)
    {
        try
        {
            await uploads.SweepAsync(cancel);
            await collector.DeleteBytesAsync(cancel);
            var since = last == DateTimeOffset.MinValue ? TimeSpan.MaxValue : time.GetUtcNow() - last;
            if (since >= Between || (hurried && since >= BetweenHurried))
            {
                hurried = false;
                last = time.GetUtcNow();
                await collector.RunAsync(dryRun: false, cancel);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            logger.LogError(failure, "Artifacts could not be looked after; it will be tried again in a minute");
        }
    }
}
