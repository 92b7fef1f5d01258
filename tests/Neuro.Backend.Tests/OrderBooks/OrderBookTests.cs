using Neuro.Backend.OrderBooks;

namespace Neuro.Backend.Tests.OrderBooks;

public sealed class OrderBookTests
{
    private const long Ann = 1;
    private const long Bob = 2;
    private const long Cid = 3;

    private readonly OrderBook book = new();
    private readonly List<MatchEvent> events = [];
    private long lastId = 100;

    [Fact]
    public void NewBook_Nothing_HasNoPricesAndNoOrders()
    {
        (book.BestBid, book.BestAsk, book.Count).ShouldBe((null, null, 0));
        book.OpenOrders().ShouldBeEmpty();
        book.Depth(5).Bids.ShouldBeEmpty();
        book.Depth(5).Asks.ShouldBeEmpty();
    }

    [Theory]
    [InlineData((int)Side.Bid, null)]
    [InlineData((int)Side.Ask, null)]
    [InlineData((int)Side.Bid, 100L)]
    public void Place_MarketOnAnEmptyBook_IsCancelledWhole(int side, long? cap)
    {
        book.Place(1, Ann, (Side)side, OrderKind.Market, 0, 5, events, cap).ShouldBe(Did(cancelled: 5));
        (events.Count, book.Count).ShouldBe((0, 0));
    }

    [Fact]
    public void Place_BidBelowAsk_RestsOnItsSide()
    {
        Bid(Ann, 9, 5).ShouldBe(Did(rested: 5));
        Ask(Bob, 10, 3).ShouldBe(Did(rested: 3));
        (book.BestBid, book.BestAsk, events.Count).ShouldBe((9, 10, 0));
    }

    [Fact]
    public void Place_ExactFill_EmptiesTheBookAtTheRestingPrice()
    {
        book.Place(1, Ann, Side.Ask, OrderKind.Limit, 10, 5, events);
        book.Place(2, Bob, Side.Bid, OrderKind.Limit, 12, 5, events).ShouldBe(Did(filled: 5));
        events.ShouldBe([new(MatchKind.Fill, Side.Bid, 1, Ann, 2, Bob, 10, 5, 0)]);
        book.Count.ShouldBe(0);
    }

    [Fact]
    public void Place_LargerThanTheMaker_RestsWithTheRest()
    {
        Ask(Ann, 10, 2);
        Bid(Bob, 10, 5).ShouldBe(Did(rested: 3, filled: 2));
        (book.BestBid, book.BestAsk).ShouldBe((10, null));
    }

    [Fact]
    public void Place_SmallerThanTheMaker_LeavesTheMakerInFront()
    {
        book.Place(1, Ann, Side.Ask, OrderKind.Limit, 10, 5, events);
        book.Place(2, Cid, Side.Ask, OrderKind.Limit, 10, 5, events);
        Bid(Bob, 10, 2);
        Bid(Bob, 10, 4);
        events.Select(one => (one.MakerId, one.Quantity, one.MakerRemaining)).ShouldBe([(1, 2, 3), (1, 3, 0), (2, 1, 4)]);
    }

    [Fact]
    public void Place_ThroughSeveralPrices_TakesTheBestFirstAndStopsAtItsOwn()
    {
        Ask(Ann, 12, 1);
        Ask(Ann, 10, 1);
        Ask(Ann, 11, 1);
        Bid(Bob, 11, 9).ShouldBe(Did(rested: 7, filled: 2));
        events.Select(one => one.Price).ShouldBe([10, 11]);
    }

    [Fact]
    public void Place_ImmediateOrCancel_TakesWithinItsPriceAndNeverRests()
    {
        Ask(Ann, 10, 1);
        Ask(Ann, 12, 1);
        book.Place(1, Bob, Side.Bid, OrderKind.ImmediateOrCancel, 11, 5, events).ShouldBe(Did(filled: 1, cancelled: 4));
        (book.BestBid, book.BestAsk).ShouldBe((null, 12));
    }

    [Fact]
    public void Place_Market_TakesAtAnyPriceAndNeverRests()
    {
        Ask(Ann, 10, 1);
        Ask(Ann, long.MaxValue, 1);
        book.Place(1, Bob, Side.Bid, OrderKind.Market, 0, 5, events).ShouldBe(Did(filled: 2, cancelled: 3));
        Bid(Ann, 1, 2);
        book.Place(1, Bob, Side.Ask, OrderKind.Market, 0, 5, events).ShouldBe(Did(filled: 2, cancelled: 3));
        book.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData(9, 0, "")]
    [InlineData(10, 1, "10×1")]
    [InlineData(39, 3, "10×3")]
    [InlineData(41, 4, "10×4")]
    [InlineData(50, 4, "10×4")]
    [InlineData(51, 5, "10×4 11×1")]
    [InlineData(61, 5, "10×4 11×1")]
    [InlineData(62, 6, "10×4 11×2")]
    [InlineData(1000, 6, "10×4 11×2")]
    public void Place_MarketWithASpendCap_StopsWhereItCannotPayOneLotMore(long cap, long filled, string trades)
    {
        Ask(Ann, 10, 4);
        Ask(Ann, 11, 2);
        book.Place(1, Bob, Side.Bid, OrderKind.Market, 0, 8, events, cap).ShouldBe(Did(filled: filled, cancelled: 8 - filled));
        string.Join(' ', events.Select(one => $"{one.Price}×{one.Quantity}")).ShouldBe(trades);
    }

    [Fact]
    public void Place_SpendCapUsedUpBeforeAnOwnOrder_LeavesTheOwnOrder()
    {
        Ask(Bob, 10, 4);
        book.Place(1, Bob, Side.Bid, OrderKind.Market, 0, 8, events, 9).ShouldBe(Did(cancelled: 8));
        (events.Count, book.Count).ShouldBe((0, 1));
    }

    [Fact]
    public void Place_AgainstAnOwnOrder_CancelsTheOlderOneAndGoesOn()
    {
        book.Place(1, Ann, Side.Ask, OrderKind.Limit, 10, 4, events);
        book.Place(2, Bob, Side.Ask, OrderKind.Limit, 10, 3, events);
        book.Place(3, Ann, Side.Bid, OrderKind.Limit, 10, 5, events).ShouldBe(Did(rested: 2, filled: 3));
        events.ShouldBe([
            new(MatchKind.SelfTradeCancel, Side.Bid, 1, Ann, 3, Ann, 10, 4, 0),
            new(MatchKind.Fill, Side.Bid, 2, Bob, 3, Ann, 10, 3, 0),
        ]);
        book.OpenOrders().ShouldBe([new(3, Ann, Side.Bid, 10, 2)]);
    }

    [Theory]
    [InlineData(0, 5, nameof(Refusal.BadPrice))]
    [InlineData(-1, 5, nameof(Refusal.BadPrice))]
    [InlineData(long.MinValue, 5, nameof(Refusal.BadPrice))]
    [InlineData(5, 0, nameof(Refusal.BadQuantity))]
    [InlineData(5, -1, nameof(Refusal.BadQuantity))]
    [InlineData(5, long.MinValue, nameof(Refusal.BadQuantity))]
    [InlineData(2, long.MaxValue, nameof(Refusal.BadQuantity))]
    [InlineData(long.MaxValue, 2, nameof(Refusal.BadQuantity))]
    [InlineData(long.MaxValue, long.MaxValue, nameof(Refusal.BadQuantity))]
    [InlineData(1L << 32, 1L << 31, nameof(Refusal.BadQuantity))]
    [InlineData(1L << 32, 1L << 32, nameof(Refusal.BadQuantity))]
    [InlineData((1L << 32) - 1, 1L << 31, nameof(Refusal.None))]
    [InlineData(1, long.MaxValue, nameof(Refusal.None))]
    [InlineData(long.MaxValue, 1, nameof(Refusal.None))]
    public void Place_NumbersAtTheirEnds_AreRefusedWhenTheirProductDoesNotFit(long price, long quantity, string why)
    {
        foreach (var side in (Side[])[Side.Bid, Side.Ask])
        {
            var fresh = new OrderBook();
            fresh.Place(1, Ann, side, OrderKind.Limit, price, quantity, events).ShouldBe(why == nameof(Refusal.None) ? Did(rested: quantity) : Refused(why));
            fresh.Count.ShouldBe(why == nameof(Refusal.None) ? 1 : 0);
        }
    }

    [Theory]
    [InlineData(9, 5)]
    [InlineData(10, 0)]
    [InlineData(11, 0)]
    public void Place_PostOnly_RestsWhereItTakesNothingAndElseIsCancelled(long price, long rested)
    {
        Ask(Ann, 10, 3);
        book.Place(99, Bob, Side.Bid, OrderKind.PostOnly, price, 5, events).ShouldBe(Did(rested: rested, cancelled: 5 - rested));
        events.ShouldBeEmpty();
        (book.BestBid, book.BestAsk).ShouldBe((rested > 0 ? price : null, 10));
    }

    [Theory]
    [InlineData((int)Side.Bid, (int)OrderKind.Market, 1, null, nameof(Refusal.BadPrice))]
    [InlineData((int)Side.Bid, (int)OrderKind.Market, 0, 0L, nameof(Refusal.BadSpendCap))]
    [InlineData((int)Side.Ask, (int)OrderKind.Market, 0, 5L, nameof(Refusal.BadSpendCap))]
    [InlineData((int)Side.Bid, (int)OrderKind.Limit, 1, 5L, nameof(Refusal.BadSpendCap))]
    [InlineData((int)Side.Bid, (int)OrderKind.ImmediateOrCancel, 1, 5L, nameof(Refusal.BadSpendCap))]
    [InlineData(0, (int)OrderKind.Limit, 1, null, nameof(Refusal.BadKind))]
    [InlineData(3, (int)OrderKind.Limit, 1, null, nameof(Refusal.BadKind))]
    [InlineData((int)Side.Bid, 0, 1, null, nameof(Refusal.BadKind))]
    [InlineData((int)Side.Bid, 5, 1, null, nameof(Refusal.BadKind))]
    public void Place_WhatMakesNoSense_IsRefusedAndChangesNothing(int side, int kind, long price, long? cap, string why)
    {
        Ask(Bob, 1, 1);
        book.Place(1, Ann, (Side)side, (OrderKind)kind, price, 1, events, cap).ShouldBe(Refused(why));
        (events.Count, book.Count).ShouldBe((0, 1));
    }

    [Fact]
    public void Depth_TwoHugeOrdersAtOnePrice_AddsUpBeyond64Bits()
    {
        Bid(Ann, 1, long.MaxValue);
        Bid(Bob, 1, long.MaxValue);
        book.Depth(1).Bids.ShouldBe([new(1, 2 * (Int128)long.MaxValue, 2)]);
        book.Place(1, Cid, Side.Ask, OrderKind.Market, 0, long.MaxValue, events).ShouldBe(Did(filled: long.MaxValue));
        book.Depth(1).Bids.ShouldBe([new(1, long.MaxValue, 1)]);
    }

    [Fact]
    public void Depth_FewerThanThereAre_ListsTheBest()
    {
        foreach (var away in (long[])[3, 1, 2, 1_000_000])
        {
            Bid(Ann, 2_000_000 - away, away);
            Ask(Bob, 2_000_000 + away, away);
        }

        book.Depth(2).Bids.ShouldBe([new(1_999_999, 1, 1), new(1_999_998, 2, 1)]);
        book.Depth(2).Asks.ShouldBe([new(2_000_001, 1, 1), new(2_000_002, 2, 1)]);
        book.Depth(0).Bids.ShouldBeEmpty();
    }

    [Fact]
    public void Place_IdOfAnOpenOrder_IsRefusedUntilThatIsGone()
    {
        book.Place(1, Ann, Side.Bid, OrderKind.Limit, 10, 5, events);
        book.Place(1, Bob, Side.Ask, OrderKind.Limit, 10, 5, events).ShouldBe(Outcome.Refused(Refusal.DuplicateId));
        book.Cancel(1, Ann).ShouldBe(Did(cancelled: 5));
        book.Place(1, Bob, Side.Ask, OrderKind.Limit, 10, 5, events).ShouldBe(Did(rested: 5));
        Bid(Ann, 10, 5);
        book.Place(1, Cid, Side.Bid, OrderKind.Limit, 9, 1, events).ShouldBe(Did(rested: 1));
        book.OpenOrders().ShouldBe([new(1, Cid, Side.Bid, 9, 1)]);
    }

    [Fact]
    public void CancelMove_NotThereOrNotTheirs_AreRefused()
    {
        book.Place(1, Ann, Side.Bid, OrderKind.Limit, 10, 5, events);
        Outcome[] strangers = [book.Cancel(1, Bob), book.Move(1, Bob, 11, events)];
        strangers.ShouldAllBe(outcome => outcome == Outcome.Refused(Refusal.NotOwner));
        Outcome[] unknown = [book.Cancel(2, Ann), book.Move(2, Ann, 11, events)];
        unknown.ShouldAllBe(outcome => outcome == Outcome.Refused(Refusal.UnknownOrder));
        book.OpenOrders().ShouldBe([new(1, Ann, Side.Bid, 10, 5)]);
    }

    [Fact]
    public void Cancel_Twice_IsUnknownTheSecondTime()
    {
        book.Place(1, Ann, Side.Bid, OrderKind.Limit, 10, 5, events);
        book.Cancel(1, Ann);
        book.Cancel(1, Ann).ShouldBe(Outcome.Refused(Refusal.UnknownOrder));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    public void Move_ToAnyPrice_GoesToTheBackOfTheQueue(long from)
    {
        book.Place(1, Ann, Side.Ask, OrderKind.Limit, from, 5, events);
        book.Place(2, Cid, Side.Ask, OrderKind.Limit, 10, 5, events);
        book.Move(1, Ann, 10, events).ShouldBe(Did(rested: 5));
        book.OpenOrders().Select(one => one.Id).ShouldBe([2, 1]);
    }

    [Fact]
    public void Move_ThroughTheOtherSide_TradesAndRestsUnderTheSameId()
    {
        book.Place(1, Ann, Side.Ask, OrderKind.Limit, 20, 5, events);
        book.Place(2, Bob, Side.Bid, OrderKind.Limit, 10, 3, events);
        book.Move(1, Ann, 9, events).ShouldBe(Did(rested: 2, filled: 3));
        events.ShouldBe([new(MatchKind.Fill, Side.Ask, 2, Bob, 1, Ann, 10, 3, 0)]);
        book.OpenOrders().ShouldBe([new(1, Ann, Side.Ask, 9, 2)]);
        book.Place(3, Bob, Side.Bid, OrderKind.Limit, 8, 2, events);
        book.Move(1, Ann, 8, events).ShouldBe(Did(filled: 2));
        book.Cancel(1, Ann).ShouldBe(Outcome.Refused(Refusal.UnknownOrder));
    }

    [Theory]
    [InlineData(0, nameof(Refusal.BadPrice))]
    [InlineData(long.MaxValue, nameof(Refusal.BadQuantity))]
    public void Move_ToAPriceThatCannotBe_LeavesTheOrderWhereItIs(long price, string why)
    {
        book.Place(1, Ann, Side.Ask, OrderKind.Limit, 10, 2, events);
        book.Place(2, Cid, Side.Ask, OrderKind.Limit, 10, 2, events);
        book.Move(1, Ann, price, events).ShouldBe(Refused(why));
        book.OpenOrders().Select(one => one.Id).ShouldBe([1, 2]);
    }

    [Fact]
    public void Commands_OnceTheBookIsWarm_AllocateNothingWhereverThePricesGo()
    {
        // The price goes from the small to the huge, so that a structure which kept anything of the prices it left would have to grow.
        Wander(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Wander(50_000_000_000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        book.Count.ShouldBe(0);
    }

    private void Wander(long step)
    {
        const int open = 300;
        for (var i = 1L; i <= 40_000; i++)
        {
            events.Clear();
            var middle = (i * step) + open;
            book.Place(2 * i, Ann, Side.Bid, OrderKind.Limit, middle - (i * 31 % open) - 1, 1, events);
            book.Place((2 * i) + 1, Bob, Side.Ask, OrderKind.Limit, long.MaxValue - middle + (i * 37 % open), 1, events);
            book.Move(2 * i, Ann, middle - (i * 41 % open) - 1, events);
            if (i % 9 == 0)
            {
                book.Place(1, Cid, Side.Bid, OrderKind.Market, 0, 1, events);
            }

            Forget(i - open);
        }

        for (var i = 40_000L - open; i <= 40_000; i++)
        {
            Forget(i);
        }
    }

    private void Forget(long i)
    {
        book.Cancel(2 * i, Ann);
        book.Cancel((2 * i) + 1, Bob);
    }

    private Outcome Bid(long owner, long price, long quantity) => book.Place(++lastId, owner, Side.Bid, OrderKind.Limit, price, quantity, events);

    private Outcome Ask(long owner, long price, long quantity) => book.Place(++lastId, owner, Side.Ask, OrderKind.Limit, price, quantity, events);

    private static Outcome Refused(string why) => Outcome.Refused(Enum.Parse<Refusal>(why));

    private static Outcome Did(long rested = 0, long filled = 0, long cancelled = 0) => new(Refusal.None, rested, filled, cancelled);
}
