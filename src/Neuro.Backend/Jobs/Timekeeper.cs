using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Cluster;
using Neuro.Backend.Dispatch;
using Neuro.Backend.Listings;
using Neuro.Backend.Market;
using Neuro.Backend.Nodes;
using Neuro.Backend.Portal;
using Neuro.Backend.Treasury;
using Neuro.Backend.Verification;

namespace Neuro.Backend.Jobs;

/// <summary>
/// Does what is due: takes back leases and holds whose time is up, writes down when nodes were last heard of, finishes orders and ends that were cut off, does to deals what time has done,
/// keeps the treasury's dates, forgets old marks of nodes.
/// </summary>
internal sealed class Timekeeper(
    JobBoard board, Ledger.Ledger ledger, NodeRegistry nodes, OrderDesk orders, JobCloser closer, QuoteDesk quotes, DealDesk deals, IdempotentAnswers answers, TreasuryDuties treasury,
    Conviction conviction, NodeRecords records, Exchange.Exchange exchange, Leases leases, TimeProvider time, ILogger<Timekeeper> logger) : BackgroundService
{
    private const int LongTick = 30;
    private const string Lease = "timekeeper";
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

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
            // Where orders are matched: the treasury trades.
            if (exchange.IsOpen)
            {
                await treasury.DoAsync(quotesOnly: tick != 0, cancel);
            }

            // What is due may be done twice, but one replica is enough.
            if (!await leases.TakeAsync(Lease, cancel))
            {
                return;
            }

            await board.ExpireAsync(cancel);
            await ledger.ExpireAsync(cancel);
            if (tick == 0)
            {
                await nodes.ShareAsync(cancel);
                await nodes.ForgetChallengesAsync(cancel);
                await records.ForgetAsync(cancel);
                await conviction.FinishAsync(cancel);
                await orders.ResumeAsync(cancel);
                await closer.ResumeAsync(cancel);
                await quotes.ForgetAsync(cancel);
                await deals.SweepAsync(cancel);
                await answers.SweepAsync(cancel);
                await ledger.AuditIfDueAsync(cancel);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            logger.LogError(failure, "What was due could not be done; it will be tried again in a second");
        }
    }
}
