using System.CommandLine;
using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Client.Operations;

namespace Neuro.Cli.Commands.Admin;

/// <summary><c>neuro admin drain</c>: ends a replica's work before it is stopped.</summary>
internal static class DrainCommand
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var platform = AdminCommand.PlatformOption();
        var off = new Option<bool>("--off") { Description = "Has it take claims and orders again." };
        var json = new Option<bool>("--json") { Description = "As JSON, for scripts." };
        var command = new Command("drain", "Has a replica take no claims and orders, and waits until it may be stopped. Name the replica's own address, not a balancer's. Ctrl-C leaves it drained.") { platform, off, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var client = await NeuroClient.ConnectAsync(parsed.GetValue(platform), cancel: cancel);
            var show = parsed.GetValue(json) ? (Func<PlatformOverview, string>)(now => JsonSerializer.Serialize(now, NeuroJson.Options)) : Text;
            if (parsed.GetValue(off))
            {
                Console.WriteLine(show(await client.Api.EndDrainAsync(cancel)));
                return 0;
            }

            var now = await client.Api.DrainAsync(cancel);
            for (var said = ""; ; now = await client.Api.GetOverviewAsync(cancel))
            {
                if (now.DrainingSince is null)
                {
                    throw new NeuroException("platform.not_draining", $"The replica {now.Replica} that answers is not drained any more. Somebody switched it back, it was started again, or the address is a balancer's.");
                }

                // Said once, and again when something has changed.
                var text = show(now with { At = default, OldestLease = default });
                if (text != said)
                {
                    Console.WriteLine(said = text);
                }

                if (now.MayStop)
                {
                    return 0;
                }

                await Task.Delay(BetweenLooks, cancel);
            }
        });
        return command;
    }

    private static string Text(PlatformOverview now) => now switch
    {
        { DrainingSince: null } => $"Replica {now.Replica} takes claims and orders.",
        { MayStop: true } => $"Replica {now.Replica} has nothing in hand any more; it may be stopped.",
        _ => $"Replica {now.Replica} takes no claims and orders; it has {now.Requests} requests in hand. Of all shards {now.ShardsLeased} are leased, {now.ShardsDelivered} wait for their check.",
    };
}
