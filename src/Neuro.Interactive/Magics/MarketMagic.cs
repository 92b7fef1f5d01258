namespace Neuro.Interactive.Magics;

internal sealed class MarketMagic(NeuroSession session) : Magic("neuro-market", "Shows the order books, what you have in them, and what suppliers offer.")
{
    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        var books = await session.BooksAsync(host.Cancellation);
        host.Display(books.Count > 0 ? books : "No order book is open on this platform.");
        if (await client.Api.GetHoldingsAsync(host.Cancellation) is { Count: > 0 } holdings)
        {
            host.Display(holdings);
        }

        var listings = await client.Api.GetListingsAsync(cancel: host.Cancellation);
        host.Display(listings.Count > 0 ? listings : "Suppliers offer nothing here yet.");
    }
}
