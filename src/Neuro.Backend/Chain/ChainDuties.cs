using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Chain.Deposits;
using Neuro.Backend.Chain.Exits;
using Neuro.Backend.Chain.Liabilities;
using Neuro.Backend.Chain.Withdrawals;
using Neuro.Backend.Cluster;
using Neuro.Client.Api;

namespace Neuro.Backend.Chain;

/// <summary>Looks at the chain again and again, and does what is due: credits, batches, transactions, bookings, statements. One replica does it for all.</summary>
internal sealed class ChainDuties(
    Backing backing, VaultLog log, DepositDesk deposits, WithdrawalDesk withdrawals, ExitDesk exits, Batches batches, Epochs epochs, Outbox outbox, ChainLink link, Leases leases,
    TimeProvider time, ILogger<ChainDuties> logger) : BackgroundService
{
    private const string Lease = "chain";
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Connects the ledger, at the start of a platform that has a chain.</summary>
    public Task OpenAsync(CancellationToken cancel) => link.IsOn ? backing.OpenAsync(cancel) : Task.CompletedTask;

    /// <summary>Looks once; what goes wrong with the chain is said in <see cref="ChainLink.Problem"/>, and the next look begins anew.</summary>
    public async Task PollAsync(CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            await StepAsync(cancel);
        }
        catch (NeuroException wrong)
        {
            Say(wrong.Message);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Looks once, and throws what goes wrong.</summary>
    public async Task StepAsync(CancellationToken cancel)
    {
        var row = (await backing.RowAsync(cancel))!;
        await backing.CheckChainAsync(row, cancel);
        var heads = await Heads.ReadAsync(link.Ethereum, (row.Final, row.FinalHash), cancel);
        await log.FollowAsync(row, heads, cancel);
        await deposits.CreditAsync(cancel);
        await withdrawals.BookAsync(cancel);
        await exits.FollowAsync(heads, cancel);
        var (inVault, shortage) = await backing.LookAsync(row, cancel);
        link.Seen = new(heads, inVault, time.GetUtcNow());
        if (link.Exits is null)
        {
            await batches.MakeAsync(cancel);
            await batches.ReleaseAsync(heads, cancel);
            await epochs.MakeIfDueAsync(cancel);
            await outbox.StepAsync(heads, cancel);
        }

        Say((await backing.RowAsync(cancel))!.Strange ?? link.Exits?.Sentence ?? shortage ?? outbox.Waiting);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!link.IsOn)
        {
            return;
        }

        using var timer = new PeriodicTimer(link.Options.PollInterval, time);
        try
        {
            do
            {
                await DoAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
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
            if (await leases.TakeAsync(Lease, cancel))
            {
                await PollAsync(cancel);
            }
            else
            {
                await link.AskAsync(exits.LookAsync, cancel);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            logger.LogError(failure, "The chain could not be looked at; it will be tried again");
            link.Problem = "Something unforeseen went wrong with the chain; the platform's log says what.";
        }
    }

    private void Say(string? problem)
    {
        if (problem is not null && problem != link.Problem)
        {
            logger.LogWarning("The chain: {Problem}", problem);
        }

        link.Problem = problem;
    }
}
