using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics;

internal sealed class ReceiptsMagic(NeuroSession session) : Magic("neuro-receipts", "Shows a job's receipts and checks both signatures of each.")
{
    private readonly Parameter<object?> job = Optional<object>("job", "@variable, id or title; the variable job if left out, else your newest.");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        var chosen = await Chosen.JobAsync(client, given.Get(job), host);
        var receipts = await client.ReceiptsAsync(chosen.Id, host.Cancellation);
        var platform = await client.Api.GetPlatformAsync(host.Cancellation);
        host.Display(receipts.Count > 0 ? new CheckedReceipts(receipts, platform.PublicKey) : $"No shard of \"{chosen.Title}\" is verified yet, so there are no receipts.");
    }
}
