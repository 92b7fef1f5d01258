namespace Neuro.Interactive.Magics;

/// <summary>The magics that speak to a Neuro platform.</summary>
public static class NeuroMagics
{
    /// <summary>All of them, over one session.</summary>
    /// <param name="local">What the program can do on this machine; nothing if left out.</param>
    public static IReadOnlyList<Magic> All(NeuroSession session, LocalWork? local = null) =>
    [
        new ConnectMagic(session),
        new UpMagic(session, local?.Up),
        new StatusMagic(session),
        new AboutMagic(session),
        new BalanceMagic(session),
        new BuyMagic(session, local?.OpenWallet),
        new WalletMagic(session, local?.OpenWallet),
        new DepositMagic(session, local?.OpenWallet),
        new WithdrawMagic(session),
        new ProveMagic(session, local?.OpenWallet, local?.CheckProof),
        new SendMagic(),
        new LedgerMagic(session),
        new ProofMagic(session),
        new GeneratorsMagic(session),
        new ListingsMagic(session),
        new PreviewMagic(session),
        new QuoteMagic(session),
        new OrderMagic(session),
        new TrainMagic(session),
        new RunsMagic(session),
        new EvaluateMagic(session, local?.Evaluate),
        new ImproveMagic(session, local?.Improve),
        new CompressMagic(session, local?.Compress),
        new ExportMagic(session, local?.Export),
        new DatasetsMagic(session),
        new DatasetMagic(session),
        new ModelsMagic(session),
        new ReceiptsMagic(session),
        new VerifyMagic(session, local?.Verify),
        new MarketMagic(session),
        new BookMagic(session),
        new BidMagic(session),
        new AskMagic(session),
        new RfqMagic(session),
        new NodesMagic(session),
        new NodeMagic(session),
        new EarningsMagic(session),
        new ReportMagic(local?.Report),
    ];
}
