using Neuro.Client.Api;

namespace Neuro.Interactive.Magics;

internal sealed class BalanceMagic(NeuroSession session) : Magic("neuro-balance", "Shows your NTK: available and held; where the platform is on a chain, also what is on its way and what your wallet has.")
{
    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        host.Display(await client.BalanceAsync(host.Cancellation));
        try
        {
            var wallet = await client.Api.GetWalletAsync(host.Cancellation);
            var deposits = await client.Api.GetDepositsAsync(cancel: host.Cancellation);
            if (deposits.Where(deposit => deposit.Status is "seen" or "safe").ToList() is { Count: > 0 } coming)
            {
                host.Display(coming);
            }

            if (wallet.Address is not null)
            {
                host.Display(wallet);
            }
        }
        catch (NeuroException none) when (none.Code is "chain.none" or "http.404")
        {
            // The ledger is all there is, or all that an older platform knows.
        }
    }
}
