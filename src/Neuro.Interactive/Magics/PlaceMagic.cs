using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Interactive.Magics;

internal sealed class BidMagic(NeuroSession session) : PlaceMagic(session, "bid", "Bids for lots of an asset in its order book.")
{
    private readonly Parameter<Ntk?> spend = Optional<Ntk?>("most-spend", "Of a market order: the most that is held for it and spent, in NTK.");

    protected override Ntk? MostSpent(Arguments given) => given.Get(spend);
}

internal sealed class AskMagic(NeuroSession session) : PlaceMagic(session, "ask", "Asks a price for lots of an asset in its order book.");

/// <summary>Places an order, shows what became of it at once, and leaves it in a variable.</summary>
internal abstract class PlaceMagic(NeuroSession session, string side, string help) : Magic($"neuro-{side}", help)
{
    private static readonly string[] Kinds = ["limit", "market", "ioc", "post-only"];

    private readonly Parameter<string> asset = Required<string>("asset", Asset.Help, session.KnownAssets);
    private readonly Parameter<long> lots = Required<long>("lots", "How many lots.");
    private readonly Parameter<Ntk?> price = Optional<Ntk?>("price", "The worst price of a lot that is taken, in NTK; none for a market order.");
    private readonly Parameter<string> kind = Optional(
        "kind", "limit rests, market takes what is there, ioc takes what is there within its price, post-only takes nothing.", Kinds[0], () => Kinds);
    private readonly Parameter<string> name = Optional("as", "The variable for the order.", "order");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var market = given.Get(kind) == "market";
        var problem = !Kinds.Contains(given.Get(kind)) ? $"--kind is '{given.Get(kind)}'; expected one of {string.Join(", ", Kinds)}."
            : given.Get(lots) < 1 ? $"--lots is {given.Get(lots)}; expected 1 or more."
            : market && given.Has(price) ? "A market order has no --price; it takes what is there."
            : !market && !given.Has(price) ? $"A {given.Get(kind)} order needs --price; --kind market takes any."
            : null;
        if (problem is not null)
        {
            throw new MagicException("magic.bad_value", $"{problem}\n{Usage}");
        }

        var client = await session.ConnectedAsync(host.Cancellation);
        var book = await Asset.BookAsync(session, given.Get(asset), host);
        var order = new BookOrderRequest(Guid.CreateVersion7(), side, given.Get(kind), given.Get(price), given.Get(lots), MostSpent(given));
        var placed = await client.Api.PlaceAsync(book.Asset, order, host.Cancellation);
        host.SetVariable(given.Get(name), placed);
        host.Display(placed);
    }

    protected virtual Ntk? MostSpent(Arguments given) => null;
}
