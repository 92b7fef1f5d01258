namespace Neuro.Interactive.Magics;

internal sealed class BalanceMagic(NeuroSession session) : Magic("neuro-balance", "Shows your NTK: available and held.")
{
    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        host.Display(await client.BalanceAsync(host.Cancellation));
    }
}
