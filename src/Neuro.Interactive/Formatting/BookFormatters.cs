using System.Globalization;
using Neuro.Client.Market;
using Neuro.Client.Tokens;
using Neuro.Interactive.Formatting.Charts;

namespace Neuro.Interactive.Formatting;

/// <summary>How order books, and what is placed, traded and had in them, are shown.</summary>
internal sealed class BookFormatters
{
    public IEnumerable<object> CreateTypeFormatters() =>
    [
        .. new BookListFormatters().CreateTypeFormatters(),
        .. new DepthFormatters().CreateTypeFormatters(),
        .. new CandleFormatters().CreateTypeFormatters(),
        .. new BookOrderFormatters().CreateTypeFormatters(),
        .. new TradeFormatters().CreateTypeFormatters(),
        .. new HoldingFormatters().CreateTypeFormatters(),
    ];
}

/// <summary>One order book with all that there is to see of it.</summary>
/// <param name="Interval">Of a candle.</param>
/// <param name="Orders">Your open ones.</param>
[TypeFormatterSource(typeof(BookViewFormatters))]
internal sealed record BookView(Book Book, Depth Depth, IReadOnlyList<Candle> Candles, TimeSpan Interval, IReadOnlyList<BookOrder> Orders);

internal sealed class BookViewFormatters : FormatterSource<BookView>
{
    protected override string ToText(BookView view) => string.Join('\n', new[]
    {
        Title(view), DepthFormatters.Table(view.Depth).ToText(), $"Trades by {Wording.Duration(view.Interval)}", CandleFormatters.Chart(view.Candles).ToText(),
        view.Orders.Count > 0 ? BookOrderFormatters.Table(view.Orders, "Your open orders").ToText() : "You have no open orders here.",
    });

    protected override Html ToHtml(BookView view) => HtmlParts.Card(
        Title(view),
        CardParts.Tiles(
            CardParts.Tile("best bid", Wording.Price(view.Book.BestBid), "NTK a lot"),
            CardParts.Tile(
                "best ask", Wording.Price(view.Book.BestAsk), view.Book is { BestBid: { } bid, BestAsk: { } ask } ? $"spread {Wording.Amount(ask - bid)}" : "NTK a lot"),
            CardParts.Tile("tick", Wording.Digits(view.Book.Tick, 0), "NTK"),
            CardParts.Tile("fee", Wording.Rate(view.Book.FeeBasisPoints), "of every trade, left by the seller")),
        CardParts.Charts(DepthFormatters.Table(view.Depth).ToHtml(), view.Candles.Count > 0 ? CandleFormatters.Chart(view.Candles).ToHtml() : Quiet("No trades yet.")),
        view.Orders.Count > 0 ? BookOrderFormatters.Table(view.Orders, "Your open orders").ToHtml() : Quiet("You have no open orders here."));

    private static Html Quiet(string sentence) => Html.Of($"<p class=\"neuro-quiet\" style=\"margin:.3em 0\">{sentence}</p>");

    private static string Title(BookView view) => $"{view.Book.Title} ({view.Book.Asset})";
}

internal sealed class BookListFormatters : TableSource<Book>
{
    protected override ListTable<Book> Table(IReadOnlyList<Book> books) => new ListTable<Book>("Order books", books)
        .Words("asset", book => book.Asset)
        .Words("what", book => book.Title)
        .Number("best bid, NTK", book => Wording.Price(book.BestBid))
        .Number("best ask, NTK", book => Wording.Price(book.BestAsk))
        .Number("price list, NTK", book => Wording.Price(book.SuggestedPrice))
        .Number("tick, NTK", book => Wording.Digits(book.Tick, 0))
        .Number("fee", book => Wording.Rate(book.FeeBasisPoints));
}

/// <summary>Asks above bids, as traders read them: prices fall downwards, and lots add up away from the middle.</summary>
internal sealed class DepthFormatters : FormatterSource<Depth>
{
    protected override string ToText(Depth depth) => Table(depth).ToText();

    protected override Html ToHtml(Depth depth) => Table(depth).ToHtml();

    internal sealed record Level(string Side, Ntk Price, long Lots, int Orders, long Sum);

    internal static ListTable<Level> Table(Depth depth)
    {
        List<Level> levels = [.. Levels("ask", depth.Asks).Reverse(), .. Levels("bid", depth.Bids)];
        var most = levels.Select(level => level.Sum).DefaultIfEmpty(1).Max();
        return new ListTable<Level>(levels.Count == 0 ? $"Depth of {depth.Asset}: nobody bids, nobody asks" : $"Depth of {depth.Asset}", levels)
            .Words("side", level => level.Side)
            .Amounts("price, NTK", level => level.Price)
            .Number("lots", level => Wording.Count(level.Lots))
            .Number("orders", level => Wording.Count(level.Orders))
            .Words("lots so far", level => Wording.Count(level.Sum), level => Bar(level, most));
    }

    private static IEnumerable<Level> Levels(string side, IReadOnlyList<DepthLevel> levels)
    {
        long sum = 0;
        foreach (var level in levels)
        {
            sum += level.Quantity;
            yield return new(side, level.Price, level.Quantity, level.Orders, sum);
        }
    }

    private static Html Bar(Level level, long most) => Html.Of(
        $"""<span style="white-space:nowrap"><span style="display:inline-block;width:{6.0 * level.Sum / most:0.##}em;height:.7em;border-radius:2px;background:{Palette.Colour(level.Side == "ask" ? 1 : 2)};vertical-align:middle"></span> {Wording.Count(level.Sum)}</span>""");
}

internal sealed class CandleFormatters : FormatterSource<Candle>
{
    protected override string ToText(Candle candle) => Chart([candle]).ToText();

    protected override Html ToHtml(Candle candle) => Chart([candle]).ToHtml();

    protected override string? ToText(IReadOnlyList<Candle> candles) => Chart(candles).ToText();

    protected override Html? ToHtml(IReadOnlyList<Candle> candles) => Chart(candles).ToHtml();

    internal static CandleChart Chart(IReadOnlyList<Candle> candles) => new()
    {
        Title = candles.Count == 0 ? "No trades yet" : "Trades",
        YLabel = "NTK a lot",
        Width = 460,
        Height = 280,
        Candles = [.. candles.Select(candle => new PriceCandle(
            candle.From.UtcDateTime.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture),
            Wording.ForAPicture(candle.Open), Wording.ForAPicture(candle.High), Wording.ForAPicture(candle.Low), Wording.ForAPicture(candle.Close), candle.Volume))],
    };
}

internal sealed class BookOrderFormatters : FormatterSource<BookOrder>
{
    protected override string ToText(BookOrder order) => Sentence(order);

    protected override Html ToHtml(BookOrder order) => HtmlParts.Card(
        $"{(order.Side == "bid" ? "Bid" : "Ask")} for {order.Asset}",
        Html.Of($"<p style=\"margin:.3em 0\"><strong>{Sentence(order)}</strong></p>"),
        Html.Of($"<p class=\"neuro-quiet\" style=\"margin:.2em 0\">{Wording.Moment(order.At)} · order {Wording.Code(order.Id)}</p>"));

    protected override string? ToText(IReadOnlyList<BookOrder> orders) => Table(orders, "Orders").ToText();

    protected override Html? ToHtml(IReadOnlyList<BookOrder> orders) => Table(orders, "Orders").ToHtml();

    internal static ListTable<BookOrder> Table(IReadOnlyList<BookOrder> orders, string caption) => new ListTable<BookOrder>(caption, orders)
        .Moments("placed", order => order.At)
        .Words("side", order => order.Side)
        .Words("kind", order => order.Kind)
        .Number("price, NTK", Price)
        .Number("lots", order => Wording.Count(order.Quantity))
        .Number("filled", order => Wording.Count(order.Filled))
        .Words("state", order => order.State)
        .Words("id", order => order.Id.ToString(), order => Wording.Code(order.Id));

    private static string Sentence(BookOrder order) =>
        $"{order.State}: {order.Side} {order.Kind}, {Wording.Count(order.Filled)} of {Wording.Count(order.Quantity, "lot")} of {order.Asset} filled"
        + (order.Price is null ? "" : $", at {Price(order)} NTK a lot or better");

    private static string Price(BookOrder order) => order.Price is { } price ? Wording.Digits(price, 0) : "any";
}

internal sealed class TradeFormatters : TableSource<Trade>
{
    protected override ListTable<Trade> Table(IReadOnlyList<Trade> trades) => new ListTable<Trade>("Trades", trades)
        .Moments("when", trade => trade.At)
        .Words("asset", trade => trade.Asset)
        .Words("taken by", trade => trade.Side == "bid" ? "buyer" : "seller")
        .Amounts("price, NTK", trade => trade.Price)
        .Number("lots", trade => Wording.Count(trade.Quantity));
}

internal sealed class HoldingFormatters : TableSource<Holding>
{
    protected override ListTable<Holding> Table(IReadOnlyList<Holding> holdings) => new ListTable<Holding>("What you have beside NTK", holdings)
        .Words("asset", holding => holding.Asset)
        .Number("lots available", holding => Wording.Count(holding.Available))
        .Number("held for asks", holding => Wording.Count(holding.Held));
}
