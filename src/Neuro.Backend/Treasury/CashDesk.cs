using Neuro.Backend.Ledger;
using Neuro.Backend.Market;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Treasury;

/// <summary>The platform's cash unit: a lot of CASH is a cent that somebody paid in and may have paid out again. It trades against NTK like everything else.</summary>
internal sealed class CashDesk(Exchange.Exchange exchange, PlatformOptions options)
{
    /// <summary>A ten-thousandth NTK: at the price that a platform starts with, a ten-thousandth of a cent's price.</summary>
    public static readonly Ntk Tick = Ntk.Of(0.0001m);

    /// <summary>Opens its order book where there is none; one that is open keeps its fee.</summary>
    public async Task OpenAsync(CancellationToken cancel)
    {
        if ((await exchange.BooksAsync(cancel)).All(book => book.Asset != SystemAccounts.Cash))
        {
            await exchange.OpenBookAsync(SystemAccounts.Cash, $"Cents of {Words.Clip(options.Currency, 20)}", Tick, Fees.BasisPoints[Fees.Trading], cancel);
        }
    }

    /// <summary>Books cash that the operator has received for an account.</summary>
    public Task<LotMovement> DepositAsync(CashOrder order, CancellationToken cancel) => exchange.IssueAsync(order.Id, order.Account, SystemAccounts.Cash, order.Cents, order.Reference, cancel);

    /// <summary>Books cash that the operator has paid out.</summary>
    public Task<LotMovement> WithdrawAsync(CashOrder order, CancellationToken cancel) => exchange.TakeBackAsync(order.Id, order.Account, SystemAccounts.Cash, order.Cents, order.Reference, cancel);
}
