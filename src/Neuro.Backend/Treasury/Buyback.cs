using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Ledger;
using Neuro.Backend.OrderBooks;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Treasury;

/// <summary>Buys NTK with cash: sells cents in their order book, within a price limit and a budget a period. <see cref="Burns"/> burns what it bought. Off until an operator sets it.</summary>
/// <remarks>One order at a time, over what is left of the period's budget; what all orders of a period have traded and what is open never exceed it.</remarks>
internal sealed class Buyback(Database database, Exchange.Exchange exchange, TreasurySettings settings, TimeProvider time, ILogger<Buyback> logger) : IDisposable
{
    private const string Name = "buyback";
    private const int LongestPeriod = 366;

    private static readonly BuybackSettings Off = new(0);

    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Takes other settings and acts by them at once.</summary>
    /// <exception cref="NeuroException"><c>request.out_of_range</c>, <c>buyback.bad_price</c>.</exception>
    public async Task<BuybackReport> SetAsync(BuybackSettings wanted, CancellationToken cancel)
    {
        Input.Range(wanted.BudgetCents, "budgetCents", 0, long.MaxValue);
        Input.Range(wanted.PeriodDays, "periodDays", 1, LongestPeriod);
        var tick = exchange.BookOf(SystemAccounts.Cash).Tick;
        if (wanted.LeastPrice is { } price ? price <= Ntk.Zero || price > Ntk.Supply || price.Nano % tick.Nano != 0 : wanted.BudgetCents > 0)
        {
            throw new NeuroException("buyback.bad_price", $"leastPrice is {wanted.LeastPrice?.ToString() ?? "missing"}; it is the least NTK to take for a cent, a whole multiple of {tick} NTK above 0.");
        }

        await turn.WaitAsync(cancel);
        try
        {
            await settings.WriteAsync(Name, wanted, cancel);
        }
        finally
        {
            turn.Release();
        }

        await StepAsync(cancel);
        return await ReportAsync(cancel);
    }

    public async Task<BuybackReport> ReportAsync(CancellationToken cancel)
    {
        var wanted = await settings.ReadAsync<BuybackSettings>(Name, cancel) ?? Off;
        if (await PeriodAsync(cancel) is not { } period)
        {
            return new(wanted, 0, null, 0, null);
        }

        var open = await exchange.OrdersAsync(SystemAccounts.Buyback, SystemAccounts.Cash, openOnly: true, cancel);
        return new(wanted, period.Number, period.Until, await Standing(period).FilledAsync(cancel), open.Count > 0 ? open[0] : null);
    }

    /// <summary>Does what is due: ends a period that is over, begins the next, and keeps an order over what is left of the budget.</summary>
    public async Task StepAsync(CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            await DoAsync(await settings.ReadAsync<BuybackSettings>(Name, cancel) ?? Off, cancel);
        }
        catch (NeuroException busy)
        {
            logger.LogWarning(busy, "The buyback programme could not finish a step");
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private async Task DoAsync(BuybackSettings wanted, CancellationToken cancel)
    {
        var (period, now) = (await PeriodAsync(cancel), time.GetUtcNow());
        var order = period is null ? null : await Standing(period).CurrentAsync(cancel);
        var over = period is null || now >= period.Until;
        if (order is { State: "open" } && (wanted.BudgetCents == 0 || over))
        {
            order = await Standing(period!).CancelAsync(order, cancel);
        }

        if (wanted.BudgetCents == 0)
        {
            return;
        }

        if (over)
        {
            (period, order) = (await BeginAsync(period, now, TimeSpan.FromDays(wanted.PeriodDays), cancel), null);
        }

        await OrderAsync(Standing(period!), order, wanted, cancel);
    }

    private async Task OrderAsync(StandingOrder standing, BookOrder? order, BuybackSettings wanted, CancellationToken cancel)
    {
        var lots = await LotsAsync(standing, order, wanted, cancel);
        if (order is { State: "open" })
        {
            if (order.Price == wanted.LeastPrice && order.Quantity - order.Filled == lots)
            {
                return;
            }

            order = await standing.CancelAsync(order, cancel);
            lots = await LotsAsync(standing, order, wanted, cancel);
        }

        if (lots > 0)
        {
            await standing.PlaceAsync(wanted.LeastPrice!.Value, lots, cancel);
        }
    }

    /// <summary>How many cents may be on sale: what is left of the budget, of what there is.</summary>
    private async Task<long> LotsAsync(StandingOrder standing, BookOrder? order, BuybackSettings wanted, CancellationToken cancel)
    {
        var left = Math.Max(0, wanted.BudgetCents - await standing.FilledAsync(cancel));
        var cash = (await exchange.HoldingsAsync(SystemAccounts.Buyback, cancel)).FirstOrDefault(holding => holding.Asset == SystemAccounts.Cash)?.Available ?? 0;
        return Math.Min(left, cash + (order is { State: "open" } ? order.Quantity - order.Filled : 0));
    }

    private async Task<BuybackPeriodRow?> PeriodAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await db.BuybackPeriods.AsNoTracking().OrderByDescending(row => row.Number).FirstOrDefaultAsync(cancel);
    }

    /// <summary>The next period. Those that a platform was not running in are left out, with their budgets.</summary>
    private async Task<BuybackPeriodRow> BeginAsync(BuybackPeriodRow? last, DateTimeOffset now, TimeSpan length, CancellationToken cancel)
    {
        var from = last is null ? now : last.Until + (Math.Floor((now - last.Until) / length) * length);
        var next = new BuybackPeriodRow { Number = (last?.Number ?? 0) + 1, From = from, Until = from + length };
        await using var db = database.CreateDbContext();
        db.BuybackPeriods.Add(next);
        await db.SaveChangesAsync(cancel);
        return next;
    }

    private StandingOrder Standing(BuybackPeriodRow period) =>
        new(database, exchange, SystemAccounts.Buyback, $"{Name}/{period.Number}", SystemAccounts.Cash, Side.Ask, OrderKind.Limit);
}
