namespace Neuro.Interactive.Magics;

internal sealed class WalletMagic(NeuroSession session, OpenWallet? open) : Magic("neuro-wallet", "Shows the Ethereum wallet that is linked to your account, and what it has; --link links this machine's.")
{
    private readonly Parameter<bool> link = Flag("link", "Signs in with this machine's wallet (EIP-4361), which is yours on the platform from then on.");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        if (given.Get(link))
        {
            var wallet = await LocalWork.Wallet(open)(await client.Api.GetChainAsync(host.Cancellation), host.Cancellation);
            host.Display(await client.LinkWalletAsync(wallet.Address, message => wallet.SignAsync(message, host.Cancellation), host.Cancellation));
            return;
        }

        host.Display(await client.Api.GetWalletAsync(host.Cancellation));
    }
}
