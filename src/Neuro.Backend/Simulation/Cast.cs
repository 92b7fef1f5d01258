using Neuro.Client.Tokens;

namespace Neuro.Backend.Simulation;

/// <summary>What a book is opened with.</summary>
/// <param name="Tick">A price is a whole multiple of it.</param>
/// <param name="Fee">Basis points.</param>
internal sealed record BookTerms(string Asset, string Title, Ntk Tick, int Fee);

/// <summary>Who plays, and what is traded.</summary>
internal static class Cast
{
    public static readonly IReadOnlyList<Guid> Customers = Accounts("customer", 5);
    public static readonly IReadOnlyList<Guid> Suppliers = Accounts("supplier", 2);
    public static readonly IReadOnlyList<Guid> Nodes = Accounts("node", 4);
    public static readonly IReadOnlyList<Guid> Labellers = Accounts("labeller", 2);
    public static readonly Guid MarketMaker = Accounts("market-maker", 1)[0];

    public static readonly IReadOnlyList<Guid> Everyone = [.. Customers, .. Suppliers, .. Nodes, .. Labellers, MarketMaker];

    /// <summary>Sold by suppliers.</summary>
    public static readonly BookTerms Licences = new("licence:shelf", "Licences of a shelf dataset", Ntk.Of(0.01m), 1000);

    /// <summary>Sold by labellers. A tick of 7 nano makes fees that do not come out even.</summary>
    public static readonly BookTerms Labels = new("label:box", "Boxes drawn by hand", new Ntk(7), 333);

    /// <summary>Sold by nodes, without a fee.</summary>
    public static readonly BookTerms Compute = new("cpu:2027-01", "Compute of a month", Ntk.Of(0.5m), 0);

    public static readonly IReadOnlyList<BookTerms> Books = [Licences, Labels, Compute];

    /// <summary>Who brings new lots to a book.</summary>
    public static IReadOnlyList<Guid> SellersOf(BookTerms book) => book == Licences ? Suppliers : book == Labels ? Labellers : Nodes;

    private static Guid[] Accounts(string kind, int count) => [.. Enumerable.Range(0, count).Select(i => DerivedId.Of($"simulate/{kind}/{i}"))];
}
