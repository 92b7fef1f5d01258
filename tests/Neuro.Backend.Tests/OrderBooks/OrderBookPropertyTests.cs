using CsCheck;
using Neuro.Backend.OrderBooks;

namespace Neuro.Backend.Tests.OrderBooks;

/// <summary>What holds after every command of any sequence, in books so narrow that everything meets and so wide that the numbers reach their ends.</summary>
public sealed class OrderBookPropertyTests
{
    private enum Verb
    {
        Place,
        Cancel,
        Move,
    }

    private sealed record Step(Verb Verb, long Id, long Owner, Side Side, OrderKind Kind, long Price, long Quantity, long? SpendCap)
    {
        public Outcome Apply(OrderBook book, List<MatchEvent> events) => Verb switch
        {
            Verb.Place => book.Place(Id, Owner, Side, Kind, Price, Quantity, events, SpendCap),
            Verb.Cancel => book.Cancel(Id, Owner),
            _ => book.Move(Id, Owner, Price, events),
        };

        public Outcome Apply(NaiveBook book, List<MatchEvent> events) => Verb switch
        {
            Verb.Place => book.Place(Id, Owner, Side, Kind, Price, Quantity, events, SpendCap),
            Verb.Cancel => book.Cancel(Id, Owner),
            _ => book.Move(Id, Owner, Price, events),
        };
    }

    private static readonly Gen<Verb> Verbs = Gen.Frequency(
        (6, Gen.Const(Verb.Place)), (1, Gen.Const(Verb.Cancel)), (3, Gen.Const(Verb.Move)));
    private static readonly Gen<Side> Sides = Gen.Frequency((50, Gen.Const(Side.Bid)), (50, Gen.Const(Side.Ask)), (1, Gen.Const((Side)0)));
    private static readonly Gen<OrderKind> Kinds = Gen.Frequency(
        (60, Gen.Const(OrderKind.Limit)), (12, Gen.Const(OrderKind.Market)), (12, Gen.Const(OrderKind.ImmediateOrCancel)), (12, Gen.Const(OrderKind.PostOnly)), (1, Gen.Const((OrderKind)9)));

    /// <summary>Ten prices, few owners and few ids, so that repeats, self-trades, strangers and long queues are common.</summary>
    private static readonly Gen<Step> Narrow = Steps(ids: Gen.Long[0, 59], owners: Gen.Long[1, 6], Gen.Long[0, 10], Gen.Long[0, 12]);

    /// <summary>Prices, quantities and ids up to the largest numbers, with the edges more often than chance would have them.</summary>
    private static readonly Gen<Step> Wide = Steps(
        Gen.OneOf(Gen.Long[-20, 20], Gen.OneOf(long.MinValue, long.MaxValue)),
        Gen.OneOf(long.MinValue, 0, 7, long.MaxValue),
        Gen.OneOf(Gen.Long[1, 200], Gen.Long[1, 1L << 40], Gen.Long, Gen.OneOf(0, 1, 63, 64, 65, long.MaxValue - 1, long.MaxValue, long.MinValue)),
        Gen.OneOf(Gen.Long[1, 9], Gen.Long[1, 1L << 30], Gen.Long, Gen.OneOf(0, 1, long.MaxValue, long.MinValue)));

    private static Gen<Step> Steps(Gen<long> ids, Gen<long> owners, Gen<long> prices, Gen<long> quantities) => Gen.Select(
        Gen.Select(Verbs, ids, owners), Gen.Select(Sides, Kinds), Gen.Select(prices, quantities, Gen.Long[0, 150], Gen.Int[0, 20]),
        (who, what, how) =>
        {
            // A market order mostly comes without a price, and a cap mostly with a market bid.
            var (price, quantity, cap, usual) = how;
            var market = what.Item2 == OrderKind.Market;
            return new Step(
                who.Item1, who.Item2, who.Item3, what.Item1, what.Item2, market && usual > 0 && who.Item1 == Verb.Place ? 0 : price, quantity,
                (market && what.Item1 == Side.Bid ? usual % 2 == 0 : usual == 1) ? cap : null);
        });

    [Fact]
    public void Commands_ManyInANarrowBook_AnswersAndInvariantsAreThoseOfTheNaiveBook() => Narrow.List[1, 4000].Sample(Compare, iter: 40, threads: 1);

    [Fact]
    public void Commands_AnyNumbers_AnswersAndInvariantsAreThoseOfTheNaiveBook() => Wide.List[1, 400].Sample(Compare, iter: 400, threads: 1);

    private static void Compare(List<Step> steps)
    {
        var (book, naive, paper) = (new OrderBook(), new NaiveBook(), new Paper());
        var (events, expected) = (new List<MatchEvent>(), new List<MatchEvent>());
        foreach (var step in steps)
        {
            events.Clear();
            expected.Clear();
            var outcome = step.Apply(book, events);
            outcome.ShouldBe(step.Apply(naive, expected), step.ToString());
            Same(events, expected, step);
            Same(book.OpenOrders(), naive.OpenOrders(), step);
            paper.Write(step, outcome, events);
            paper.Check(book);
        }
    }

    private static void Same<T>(List<T> actual, List<T> expected, Step step)
    {
        if (!actual.SequenceEqual(expected))
        {
            actual.ShouldBe(expected, step.ToString());
        }
    }

    /// <summary>Where every lot of every order went, from the answers and events alone.</summary>
    private sealed class Paper
    {
        private sealed record Account(long Placed, long Filled, long Cancelled, int Arrival, Side Side)
        {
            public long Open => Placed - Filled - Cancelled;
        }

        private readonly Dictionary<long, Account> open = [];
        private int arrivals;

        public void Write(Step step, Outcome outcome, List<MatchEvent> events)
        {
            if (!outcome.Accepted)
            {
                (outcome.Rested, outcome.Filled, outcome.Cancelled, events.Count).ShouldBe((0, 0, 0, 0));
                return;
            }

            if (step.Verb == Verb.Place)
            {
                open.ContainsKey(step.Id).ShouldBeFalse();
                open[step.Id] = new(step.Quantity, 0, 0, 0, step.Side);
            }

            // A moved order is an incoming one, and cannot meet itself.
            var incoming = open[step.Id];
            open.Remove(step.Id);
            var last = (Price: 0L, Arrival: 0);
            var spent = (Int128)0;
            foreach (var one in events)
            {
                open.ShouldContainKey(one.MakerId, $"{one} of an order that is not open");
                var maker = open[one.MakerId];
                (one.TakerId, one.TakerOwner, one.TakerSide).ShouldBe((step.Id, step.Owner, incoming.Side));
                maker.Side.ShouldNotBe(incoming.Side);
                (one.MakerOwner == one.TakerOwner).ShouldBe(one.Kind == MatchKind.SelfTradeCancel);
                (one.Quantity is >= 1 && one.Quantity <= maker.Open).ShouldBeTrue($"{one} of {maker}");
                var inTurn = one.Price == last.Price ? maker.Arrival > last.Arrival : last.Price == 0 || one.Price > last.Price == (incoming.Side == Side.Bid);
                inTurn.ShouldBeTrue($"{one} is out of turn");
                last = (one.Price, maker.Arrival);
                var fill = one.Kind == MatchKind.Fill ? one.Quantity : 0;
                spent += (Int128)fill * one.Price;
                incoming = incoming with { Filled = incoming.Filled + fill };
                Keep(one.MakerId, maker with { Filled = maker.Filled + fill, Cancelled = maker.Cancelled + one.Quantity - fill });
                (open.TryGetValue(one.MakerId, out var rest) ? rest.Open : 0).ShouldBe(one.MakerRemaining);
            }

            (step.Verb != Verb.Place || spent <= (step.SpendCap ?? Int128.MaxValue)).ShouldBeTrue($"{spent} spent of {step.SpendCap}");
            events.Sum(one => one.Kind == MatchKind.Fill ? (decimal)one.Quantity : 0).ShouldBe(outcome.Filled);
            incoming = incoming with { Cancelled = incoming.Cancelled + outcome.Cancelled };
            incoming.Open.ShouldBe(outcome.Rested, "filled + open + cancelled = quantity");
            Keep(step.Id, step.Verb is Verb.Place or Verb.Move ? incoming with { Arrival = ++arrivals } : incoming);
        }

        public void Check(OrderBook book)
        {
            (book.BestBid >= book.BestAsk).ShouldBeFalse($"crossed: {book.BestBid} {book.BestAsk}");
            var orders = book.OpenOrders();
            book.Count.ShouldBe(orders.Count);
            (orders.Count == open.Count && orders.TrueForAll(one => open[one.Id].Open == one.Quantity)).ShouldBeTrue("filled + open + cancelled = quantity");
            var depth = book.Depth(int.MaxValue);
            Same(depth.Bids, orders, Side.Bid);
            Same(depth.Asks, orders, Side.Ask);
            (depth.Bids.FirstOrDefault().Price, depth.Asks.FirstOrDefault().Price).ShouldBe((book.BestBid ?? 0, book.BestAsk ?? 0));
        }

        private static void Same(IReadOnlyList<DepthLevel> depth, List<OpenOrder> orders, Side side)
        {
            // Neighbours alone are added up, so a price that came twice would show.
            var sums = new List<DepthLevel>();
            foreach (var order in orders)
            {
                if (order.Side == side)
                {
                    var last = sums.Count > 0 && sums[^1].Price == order.Price ? sums[^1] : new(order.Price, 0, 0);
                    if (last.Orders > 0)
                    {
                        sums.RemoveAt(sums.Count - 1);
                    }

                    sums.Add(last with { Quantity = last.Quantity + order.Quantity, Orders = last.Orders + 1 });
                }
            }

            depth.SequenceEqual(sums).ShouldBeTrue("depth is the sum of the open orders");
        }

        private void Keep(long id, Account account)
        {
            if (account.Open > 0)
            {
                open[id] = account;
            }
            else
            {
                open.Remove(id);
            }
        }
    }
}
