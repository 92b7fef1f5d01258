using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Ledger;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Treasury;

/// <summary>Sells NTK from the treasury at the set price.</summary>
internal sealed class TreasuryDesk(Database database, Ledger.Ledger ledger, PlatformOptions options)
{
    /// <remarks>The row with the price is written first: whoever asks again after a crash gets the price of the first time, and the transfer's id makes it move once.</remarks>
    public async Task<Purchase> BuyAsync(Guid account, PurchaseRequest request, CancellationToken cancel)
    {
        Input.Id(request.Id, "id");
        Input.Range(request.Amount.Nano, "amount in nano NTK", 1, Ntk.Supply.Nano);
        await using var db = database.CreateDbContext();
        var cost = Math.Ceiling(request.Amount.Nano * options.UnitPrice / Ntk.NanoPerNtk * 100) / 100;
        var (now, price, currency, nano) = (options.Time.GetUtcNow().ToUnixTimeMilliseconds(), options.UnitPrice, options.Currency, request.Amount.Nano);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO purchases (id, account_id, amount_nano, unit_price, cost, currency, at)
            VALUES ({request.Id}, {account}, {nano}, {price}, {cost}, {currency}, {now}) ON CONFLICT (id) DO NOTHING
            """,
            cancel);
        var row = await db.Purchases.AsNoTracking().SingleAsync(row => row.Id == request.Id, cancel);
        if (row.AccountId != account || row.AmountNano != nano)
        {
            var before = row.AccountId == account ? $" for {new Ntk(row.AmountNano)} NTK" : "";
            throw new NeuroException("purchase.exists_with_different_amount", $"Purchase {request.Id} was made before{before}. Use a new id for a new purchase.") { Status = 409 };
        }

        var transfer = TransferRequest.Transfer(DerivedId.Of("purchase", request.Id), SystemAccounts.Treasury, account, request.Amount, $"Bought at {row.UnitPrice:0.#########} {row.Currency} per NTK");
        var result = await ledger.SubmitAsync(transfer, cancel);
        if (result.Code == TransferCode.InsufficientFunds)
        {
            throw new NeuroException("treasury.sold_out", $"The treasury has {result.Limit} NTK left; {request.Amount} were asked for. Buy less.") { Status = 409 };
        }

        result.ThrowIfRefused("the purchase");
        return new(row.Id, request.Amount, row.UnitPrice, row.Cost, row.Currency, row.At);
    }
}
