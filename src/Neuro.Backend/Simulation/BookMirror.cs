using Neuro.Backend.Exchange;
using Neuro.Backend.Ledger;
using Neuro.Backend.OrderBooks;
using Neuro.Client.Market;

namespace Neuro.Backend.Simulation;

/// <summary>An order book as it should be: a list in the order of time, and a search through it for each trade.</summary>
internal sealed class BookMirror(BookTerms terms, LedgerMirror ledger)
{
    private const int MostRecent = 60;

    public sealed class Order
    {
        public required Guid Id { get; init; }

        public required Guid Account { get; init; }

        public required BookOrderRequest Request { get; init; }

        public required Side Side { get; init; }

        /// <summary>Ticks; 0 for a market order.</summary>
        public required long Price { get; init; }

        public long Filled { get; set; }

        public OrderState State { get; set; } = OrderState.Open;

        public long Rest => Request.Quantity - Filled;

        public Guid HoldId => DerivedId.Of("book-order", Id);
    }

    public sealed record Deal(Guid Maker, Guid Taker, Side Side, long Price, long Quantity, long Fee);

    public BookTerms Terms => terms;

    public Dictionary<Guid, Order> Orders { get; } = [];

    /// <summary>The oldest first.</summary>
    public List<Order> Open { get; } = [];

    /// <summary>The newest orders, open or closed.</summary>
    public List<Order> Recent { get; } = [];

    public List<Deal> Trades { get; } = [];

    /// <summary>Closed since somebody last looked.</summary>
    public List<Order> Closed { get; } = [];

    /// <summary>The account whose money or lots an order sets aside.</summary>
    public Guid Holder(Guid account, string side) => side == "bid" ? account : SystemAccounts.HoldingOf(account, terms.Asset);

    /// <summary>How much it sets aside: nano or lots.</summary>
    public long Needs(BookOrderRequest request) => request.Side == "ask" ? request.Quantity : request.MostSpent?.Nano ?? request.Price!.Value.Nano * request.Quantity;

    /// <summary>Lets in an order that can be paid for.</summary>
    public Order Place(Guid account, BookOrderRequest request)
    {
        var order = new Order
        {
            Id = request.Id,
            Account = account,
            Request = request,
            Side = request.Side == "bid" ? Side.Bid : Side.Ask,
            Price = (request.Price?.Nano ?? 0) / terms.Tick.Nano,
        };
        ledger.SetAside(order.HoldId, Holder(account, request.Side), null, Needs(request));
        Orders.Add(order.Id, order);
        Recent.Add(order);
        if (Recent.Count > MostRecent)
        {
            Recent.RemoveAt(0);
        }

        Match(order);
        if (order.Rest > 0 && request.Kind == "limit")
        {
            Open.Add(order);
        }
        else
        {
            Close(order);
        }

        return order;
    }

    /// <summary>Takes an order back; nothing when it is closed.</summary>
    public void Cancel(Order order)
    {
        if (Open.Remove(order))
        {
            Close(order);
        }
    }

    private void Match(Order taker)
    {
        var purse = taker.Request.MostSpent is { } cap ? cap.Nano / terms.Tick.Nano : (long?)null;
        while (taker.Rest > 0 && Best(taker) is { } maker)
        {
            if (purse < maker.Price)
            {
                return;
            }

            if (maker.Account == taker.Account)
            {
                Cancel(maker);
                continue;
            }

            var quantity = Math.Min(Math.Min(taker.Rest, maker.Rest), purse / maker.Price ?? long.MaxValue);
            purse -= quantity * maker.Price;
            Trade(maker, taker, quantity);
            if (maker.Rest == 0)
            {
                Cancel(maker);
            }
        }
    }

    /// <summary>The best price that the taker reaches, and at that price the oldest order.</summary>
    private Order? Best(Order taker)
    {
        Order? best = null;
        foreach (var order in Open)
        {
            var (reached, better) = taker.Side == Side.Bid
                ? (taker.Price == 0 || order.Price <= taker.Price, best is null || order.Price < best.Price)
                : (order.Price >= taker.Price, best is null || order.Price > best.Price);
            best = order.Side != taker.Side && reached && better ? order : best;
        }

        return best;
    }

    private void Trade(Order maker, Order taker, long quantity)
    {
        var (buyer, seller) = taker.Side == Side.Bid ? (taker, maker) : (maker, taker);
        var paid = maker.Price * quantity * terms.Tick.Nano;
        var fee = (long)((Int128)paid * terms.Fee / 10_000);
        ledger.Post(buyer.HoldId, seller.Account, paid - fee);
        if (fee > 0)
        {
            ledger.Post(buyer.HoldId, SystemAccounts.Fees, fee);
        }

        ledger.Post(seller.HoldId, Holder(buyer.Account, "ask"), quantity);
        maker.Filled += quantity;
        taker.Filled += quantity;
        Trades.Add(new(maker.Id, taker.Id, taker.Side, maker.Price, quantity, fee));
    }

    private void Close(Order order)
    {
        order.State = order.Rest == 0 ? OrderState.Filled : OrderState.Cancelled;
        Closed.Add(order);
        if (ledger.Holds[order.HoldId].Remaining > 0)
        {
            ledger.Release(order.HoldId);
        }
    }
}
