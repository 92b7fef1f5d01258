using Neuro.Backend.OrderBooks;

namespace Neuro.Backend.Tests.OrderBooks;

/// <summary>The book as one would keep it on paper: a list of open orders, oldest first, that is searched from end to end for every step.</summary>
internal sealed class NaiveBook
{
    private List<OpenOrder> open = [];

    public List<OpenOrder> OpenOrders() => [.. Best(Side.Bid), .. Best(Side.Ask)];

    public Outcome Place(long id, long owner, Side side, OrderKind kind, long price, long quantity, List<MatchEvent> events, long? spendCap = null)
    {
        var why = !Enum.IsDefined(side) || !Enum.IsDefined(kind) ? Refusal.BadKind
            : kind == OrderKind.Market ? price != 0 ? Refusal.BadPrice : Refusal.None
            : price < 1 ? Refusal.BadPrice : Refusal.None;
        why = why != Refusal.None ? why
            : quantity < 1 || (Int128)price * quantity > long.MaxValue ? Refusal.BadQuantity
            : spendCap is not null && (spendCap < 1 || kind != OrderKind.Market || side != Side.Bid) ? Refusal.BadSpendCap
            : open.Exists(one => one.Id == id) ? Refusal.DuplicateId
            : Refusal.None;
        if (why != Refusal.None)
        {
            return new(why, 0, 0, 0);
        }

        if (kind == OrderKind.PostOnly && open.Exists(one => one.Side != side && (side == Side.Bid ? one.Price <= price : one.Price >= price)))
        {
            return new(Refusal.None, 0, 0, quantity);
        }

        var left = Match(new(id, owner, side, price, quantity), kind == OrderKind.Market, spendCap, events);
        if (kind is not (OrderKind.Limit or OrderKind.PostOnly))
        {
            return new(Refusal.None, 0, quantity - left, left);
        }

        if (left > 0)
        {
            open.Add(new(id, owner, side, price, left));
        }

        return new(Refusal.None, left, quantity - left, 0);
    }

    public Outcome Cancel(long id, long owner)
    {
        if (Refused(id, owner) is { } refused)
        {
            return refused;
        }

        var order = open.Find(one => one.Id == id);
        open.Remove(order);
        return new(Refusal.None, 0, 0, order.Quantity);
    }

    public Outcome Move(long id, long owner, long price, List<MatchEvent> events)
    {
        if (Refused(id, owner) is { } refused)
        {
            return refused;
        }

        var order = open.Find(one => one.Id == id);
        if (price < 1 || (Int128)price * order.Quantity > long.MaxValue)
        {
            return new(price < 1 ? Refusal.BadPrice : Refusal.BadQuantity, 0, 0, 0);
        }

        open.Remove(order);
        return Place(id, owner, order.Side, OrderKind.Limit, price, order.Quantity, events);
    }

    private Outcome? Refused(long id, long owner) =>
        !open.Exists(one => one.Id == id) ? new(Refusal.UnknownOrder, 0, 0, 0)
        : !open.Exists(one => one.Id == id && one.Owner == owner) ? new(Refusal.NotOwner, 0, 0, 0)
        : null;

    /// <summary>One side by price and then by time: sorting keeps the order of equals.</summary>
    private IEnumerable<OpenOrder> Best(Side side) => open.Where(one => one.Side == side).OrderBy(one => side == Side.Ask ? one.Price : -one.Price);

    private void Replace(OpenOrder order, long quantity) =>
        open = [.. open.Select(one => one.Id == order.Id ? one with { Quantity = quantity } : one).Where(one => one.Quantity > 0)];

    private long Match(OpenOrder taker, bool anyPrice, long? spendCap, List<MatchEvent> events)
    {
        var (left, purse) = (taker.Quantity, spendCap);
        while (left > 0)
        {
            var makers = Best(taker.Side == Side.Bid ? Side.Ask : Side.Bid).ToList();
            if (makers.Count == 0 || (!anyPrice && (taker.Side == Side.Bid ? makers[0].Price > taker.Price : makers[0].Price < taker.Price)) || purse < makers[0].Price)
            {
                return left;
            }

            var maker = makers[0];
            var own = maker.Owner == taker.Owner;
            var taken = own ? maker.Quantity : Math.Min(Math.Min(left, maker.Quantity), purse is { } rest ? rest / maker.Price : long.MaxValue);
            Replace(maker, maker.Quantity - taken);
            var what = own ? MatchKind.SelfTradeCancel : MatchKind.Fill;
            events.Add(new(what, taker.Side, maker.Id, maker.Owner, taker.Id, taker.Owner, maker.Price, taken, maker.Quantity - taken));
            left -= own ? 0 : taken;
            purse -= own ? 0 : taken * maker.Price;
        }

        return left;
    }
}
