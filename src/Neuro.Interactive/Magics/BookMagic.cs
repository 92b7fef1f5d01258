using Neuro.Client.Market;
using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics;

internal sealed class BookMagic(NeuroSession session) : Magic("neuro-book", "Shows an order book: its depth, what it traded as candles, and your open orders.")
{
    private const int MostLevels = 50;

    private readonly Parameter<string> asset = Required<string>("asset", Asset.Help, session.KnownAssets);
    private readonly Parameter<int> levels = Optional("levels", "How many prices of each side.", 10);
    private readonly Parameter<int> minutes = Optional("minutes", "Minutes of a candle.", 60, () => ["1", "5", "15", "60", "1440"]);

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        if (given.Get(levels) is < 1 or > MostLevels)
        {
            throw new MagicException("magic.bad_value", $"--levels is {given.Get(levels)}; expected 1 to {MostLevels}.");
        }

        var api = (await session.ConnectedAsync(host.Cancellation)).Api;
        var book = await Asset.BookAsync(session, given.Get(asset), host);
        host.Display(new BookView(
            book,
            await api.GetDepthAsync(book.Asset, given.Get(levels), host.Cancellation),
            await api.GetCandlesAsync(book.Asset, given.Get(minutes), host.Cancellation),
            TimeSpan.FromMinutes(given.Get(minutes)),
            await api.GetOrdersAsync(book.Asset, open: true, host.Cancellation)));
    }
}

/// <summary>What the magics of order books ask for first.</summary>
internal static class Asset
{
    public const string Help = "What is traded, as #!neuro-market lists it.";

    /// <exception cref="MagicException">No such book; the nearest names.</exception>
    public static async Task<Book> BookAsync(NeuroSession session, string asset, IMagicHost host)
    {
        var books = await session.BooksAsync(host.Cancellation);
        return books.FirstOrDefault(book => book.Asset.Equals(asset, StringComparison.OrdinalIgnoreCase)) ?? throw new MagicException(
            "magic.bad_value", $"There is no order book '{asset}'.{MagicSpelling.Suggest(asset, books.Select(book => book.Asset), "")} #!neuro-market lists them.");
    }
}
