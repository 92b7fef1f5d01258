namespace Neuro.Interactive.Magics;

internal sealed class LedgerMagic(NeuroSession session) : Magic("neuro-ledger", "Shows the newest lines of your ledger.")
{
    private readonly Parameter<int> limit = Optional("limit", "How many lines.", 20);

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        var lines = await client.LedgerAsync(given.Get(limit), host.Cancellation);
        host.Display(lines.Count > 0 ? lines : "Nothing has moved on your account yet; #!neuro-buy AMOUNT buys NTK.");
    }
}
