namespace Neuro.Interactive.Magics;

/// <summary>The magics that speak to a Neuro platform.</summary>
public static class NeuroMagics
{
    /// <summary>All of them, over one session.</summary>
    public static IReadOnlyList<Magic> All(NeuroSession session) =>
    [
        new ConnectMagic(session),
        new StatusMagic(session),
        new AboutMagic(session),
        new BalanceMagic(session),
        new BuyMagic(session),
        new LedgerMagic(session),
        new ProofMagic(session),
        new GeneratorsMagic(session),
        new ListingsMagic(session),
        new PreviewMagic(session),
        new QuoteMagic(session),
        new OrderMagic(session),
        new TrainMagic(session),
        new DatasetsMagic(session),
        new DatasetMagic(session),
        new ModelsMagic(session),
        new ReceiptsMagic(session),
        new NodesMagic(session),
    ];
}
