using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics;

internal sealed class AboutMagic(NeuroSession session) : Magic("neuro-about", "Shows the platform's version, prices, fees and the key that signs its receipts.")
{
    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        host.Display(new PlatformCard(client.Url, await client.Api.GetPlatformAsync(host.Cancellation)));
    }
}
