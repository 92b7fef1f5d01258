using Neuro.Client.Tokens;

namespace Neuro.Interactive.Magics;

internal sealed class BuyMagic(NeuroSession session, OpenWallet? open) : Magic("neuro-buy", "Buys NTK: from the platform's treasury at the set price, or with this machine's wallet in the sale on the chain.")
{
    private static readonly string[] Ways = ["treasury", "eth"];

    private readonly Parameter<Ntk> amount = Required<Ntk>("amount", "How many NTK, such as 1000 or 12.5.");
    private readonly Parameter<string> with = Optional("with", "treasury, or eth for the sale on the chain, where a bonus may give more.", Ways[0], () => Ways);

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        switch (given.Get(with))
        {
            case "treasury":
                host.Display(await client.BuyAsync(given.Get(amount), host.Cancellation));
                return;
            case "eth":
                var wallet = await LocalWork.Wallet(open)(await client.Api.GetChainAsync(host.Cancellation), host.Cancellation);
                host.Display(await wallet.BuyAsync(given.Get(amount), host.Cancellation));
                return;
            case var other:
                throw new MagicException("magic.bad_value", $"--with is '{other}'; expected one of {string.Join(", ", Ways)}.");
        }
    }
}
