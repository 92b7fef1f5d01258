using System.Data.Common;
using Neuro.Backend.Ledger;
using Neuro.Backend.OrderBooks;
using Neuro.Backend.Storage;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Exchange;

/// <summary>What a command did to a book, as transfers and rows: each trade, what it moves and what its orders are then go into one transaction.</summary>
/// <remarks>A seller is paid out of the buyer's hold, less the fee; a buyer gets lots out of the seller's hold; what is left of a hold goes back when its order closes.</remarks>
internal sealed class Clearing(string asset, long tickNano, int feeBasisPoints, DateTimeOffset at)
{
    // A linked group of the ledger takes 64 transfers; a trade is three and a closing one.
    private const int FullPart = 60;
    private readonly List<Part> parts = [];

    /// <summary>Groups to submit in this order; of each, everything is committed or nothing.</summary>
    public IReadOnlyList<Part> Parts => parts;

    /// <summary>A trade at the maker's price.</summary>
    public void Trade(LiveOrder maker, LiveOrder taker, long price, long quantity)
    {
        var part = Room();
        var (buyer, seller) = taker.Side == Side.Bid ? (taker, maker) : (maker, taker);
        var paid = new Ntk(checked(price * quantity * tickNano));
        var fee = paid.BasisPoints(feeBasisPoints);
        var trade = DerivedId.Of($"trade/{maker.Id:N}/{taker.Id:N}/{taker.Filled}");
        var words = $"{quantity} lots of {asset}";
        part.Transfers.Add(TransferRequest.Post(DerivedId.Of("pay", trade), buyer.HoldId, seller.Account, paid - fee, words));
        if (fee > Ntk.Zero)
        {
            part.Transfers.Add(TransferRequest.Post(DerivedId.Of("fee", trade), buyer.HoldId, SystemAccounts.Fees, fee, $"Fee of {words}"));
        }

        part.Transfers.Add(TransferRequest.Post(DerivedId.Of("deliver", trade), seller.HoldId, SystemAccounts.HoldingOf(buyer.Account, asset), new Ntk(quantity), words));
        buyer.Held -= paid.Nano;
        seller.Held -= quantity;
        var (makerId, takerId, side, feeNano, time) = (maker.Id, taker.Id, (int)taker.Side, fee.Nano, at.ToUnixTimeMilliseconds());
        part.Rows.Add(transaction => transaction.ExecuteAsync(
            $"INSERT INTO trades (asset, maker, taker, side, price, quantity, fee_nano, at) VALUES ({asset}, {makerId}, {takerId}, {side}, {price}, {quantity}, {feeNano}, {time})"));
        Keep(part, maker, quantity);
        Keep(part, taker, quantity);
    }

    /// <summary>An order that ends: filled, or taken back.</summary>
    public void Close(LiveOrder order)
    {
        // Without anything held it has just traded, and so goes with its last trade.
        var part = order.Held > 0 ? Room() : parts[^1];
        order.State = order.Filled == order.Quantity ? OrderState.Filled : OrderState.Cancelled;
        if (order.Held > 0)
        {
            part.Transfers.Add(TransferRequest.Void(DerivedId.Of("book-order-rest", order.Id), order.HoldId, $"{order.Words}: the rest"));
            order.Held = 0;
        }

        Keep(part, order, 0);
    }

    private Part Room()
    {
        if (parts.Count == 0 || parts[^1].Transfers.Count > FullPart)
        {
            parts.Add(new());
        }

        return parts[^1];
    }

    /// <summary>Writes what an order is now, if it still was what it was: a part that builds on one that was not committed must not be either.</summary>
    private void Keep(Part part, LiveOrder order, long traded)
    {
        var (id, before, open) = (order.Id, order.Filled, (int)OrderState.Open);
        order.Filled += traded;
        var (filled, state, closed) = (order.Filled, (int)order.State, order.State == OrderState.Open ? (long?)null : at.ToUnixTimeMilliseconds());
        part.Rows.Add(async transaction =>
        {
            var changed = await transaction.ExecuteAsync(
                $"UPDATE book_orders SET filled = {filled}, state = {state}, closed_at = {closed} WHERE id = {id} AND filled = {before} AND state = {open}");
            return changed == 1 ? changed : throw new InvalidOperationException($"Order {id} is not what the book took it for.");
        });
    }

    /// <summary>One transaction's worth.</summary>
    internal sealed class Part
    {
        public List<TransferRequest> Transfers { get; } = [];

        public List<Func<DbTransaction, Task<int>>> Rows { get; } = [];

        public async Task WriteAsync(DbTransaction transaction)
        {
            foreach (var row in Rows)
            {
                await row(transaction);
            }
        }
    }
}
