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
        part.Rows.Add(
            $"INSERT INTO trades (asset, maker, taker, side, price, quantity, fee_nano, at) VALUES ({asset}, {maker.Id}, {taker.Id}, {(int)taker.Side}, {price}, {quantity}, {fee.Nano}, {at.ToUnixTimeMilliseconds()})");
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
        var before = order.Filled;
        order.Filled += traded;
        part.Rows.Add(order.State == OrderState.Open
            ? $"UPDATE book_orders SET filled = {order.Filled} WHERE id = {order.Id} AND filled = {before} AND state = {(int)OrderState.Open}"
            : (FormattableString)$"UPDATE book_orders SET filled = {order.Filled}, state = {(int)order.State}, closed_at = {at.ToUnixTimeMilliseconds()} WHERE id = {order.Id} AND filled = {before} AND state = {(int)OrderState.Open}");
    }

    /// <summary>One transaction's worth.</summary>
    internal sealed class Part
    {
        public List<TransferRequest> Transfers { get; } = [];

        /// <summary>What is written along, each for exactly one row.</summary>
        public List<FormattableString> Rows { get; } = [];
    }
}
