namespace Neuro.Interactive.Magics;

/// <summary>The magics that speak to a Neuro platform.</summary>
public static class NeuroMagics
{
    /// <summary>All of them, over one session.</summary>
    /// <param name="improve">Where the program has Neuro.Learning: what <c>#!neuro-improve</c> trains with.</param>
    public static IReadOnlyList<Magic> All(NeuroSession session, ImproveModel? improve = null) =>
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
        new ImproveMagic(session, improve),
        new DatasetsMagic(session),
        new DatasetMagic(session),
        new ModelsMagic(session),
        new ReceiptsMagic(session),
        new NodesMagic(session),
    ];
}
