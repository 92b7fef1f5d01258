using Neuro.Client.Tokens;

namespace Neuro.Interactive.Magics;

internal sealed class BuyMagic(NeuroSession session) : Magic("neuro-buy", "Buys NTK from the platform's treasury at the set price.")
{
    private readonly Parameter<Ntk> amount = Required<Ntk>("amount", "How many NTK, such as 1000 or 12.5.");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        host.Display(await client.BuyAsync(given.Get(amount), host.Cancellation));
    }
}
