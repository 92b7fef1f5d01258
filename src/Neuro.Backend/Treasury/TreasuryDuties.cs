namespace Neuro.Backend.Treasury;

/// <summary>What the treasury does by itself, and what it begins with.</summary>
internal sealed class TreasuryDuties(House house, CashDesk cash, MarketMaker maker, Buyback buyback, Burns burns)
{
    /// <summary>Opens the accounts of the house and the book of the cash unit.</summary>
    public async Task OpenAsync(CancellationToken cancel)
    {
        await house.OpenAsync(cancel);
        await cash.OpenAsync(cancel);
    }

    /// <summary>Does what is due.</summary>
    /// <param name="quotesOnly">Prices move from second to second, periods and years do not.</param>
    public async Task DoAsync(bool quotesOnly, CancellationToken cancel)
    {
        await maker.QuoteAsync(cancel);
        if (!quotesOnly)
        {
            await buyback.StepAsync(cancel);
            await burns.StepAsync(cancel);
        }
    }
}
