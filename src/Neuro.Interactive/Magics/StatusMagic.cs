using Neuro.Client.Api;
using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics;

internal sealed class StatusMagic(NeuroSession session) : Magic("neuro-status", "Shows what you are connected to, what you have, and what is going on.")
{
    public override async Task RunAsync(Arguments given, IMagicHost host) =>
        host.Display(await AskAsync(await session.ConnectedAsync(host.Cancellation), host.Cancellation));

    public static async Task<PlatformStatus> AskAsync(NeuroClient client, CancellationToken cancel) => new(
        client.Url,
        await client.Api.GetAccountAsync(cancel),
        await client.Api.GetBalanceAsync(cancel),
        await client.Api.GetNodesAsync(cancel),
        await client.Api.GetJobsAsync(cancel));
}
