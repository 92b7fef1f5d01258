using System.CommandLine;
using System.Globalization;
using Neuro.Client.Api;
using Neuro.Client.Operations;

namespace Neuro.Cli.Commands.Admin;

/// <summary><c>neuro admin top</c>: a platform at a glance, drawn anew every second until Ctrl-C.</summary>
internal static class TopCommand
{
    private const string Home = "\e[H", ClearLine = "\e[K", ClearBelow = "\e[J", OtherScreen = "\e[?1049h\e[?25l", BackAgain = "\e[?25h\e[?1049l";
    private const int Rows = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var platform = AdminCommand.PlatformOption();
        var command = new Command("top", "The platform, its running jobs and its nodes, drawn anew every second until Ctrl-C; once where the output is no terminal.") { platform };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var client = await NeuroClient.ConnectAsync(parsed.GetValue(platform), cancel: cancel);
            if (Console.IsOutputRedirected)
            {
                Console.WriteLine(string.Join('\n', await PageAsync(client, cancel)));
                return 0;
            }

            await DrawAsync(client, cancel);
            return 0;
        });
        return command;
    }

    private static async Task DrawAsync(NeuroClient client, CancellationToken cancel)
    {
        Console.Write(OtherScreen);
        try
        {
            while (true)
            {
                IReadOnlyList<string> page;
                try
                {
                    page = await PageAsync(client, cancel);
                }
                catch (NeuroException away) when (away.Status is 0 or >= 500)
                {
                    page = [$"{client.Url} does not answer: {away.Message}", "It is asked again every second."];
                }

                var (width, height) = (Math.Max(20, Console.WindowWidth), Math.Max(5, Console.WindowHeight));
                Console.Write(Home + string.Join(ClearLine + "\n", page.Take(height - 1).Select(line => line.Length < width ? line : line[..(width - 1)])) + ClearLine + ClearBelow);
                await Task.Delay(Pause, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Ctrl-C is how it ends.
        }
        finally
        {
            Console.Write(BackAgain);
        }
    }

    private static async Task<IReadOnlyList<string>> PageAsync(NeuroClient client, CancellationToken cancel)
    {
        var (overview, jobs, nodes) = (client.Api.GetOverviewAsync(cancel), client.Api.GetRunningJobsAsync(0, Rows, cancel), client.Api.GetFleetAsync(0, Rows, cancel));
        await Task.WhenAll(overview, jobs, nodes);
        return [.. Lines(client.Url, await overview), "", .. FleetTables.Jobs(await jobs, DateTimeOffset.UtcNow), "", .. FleetTables.Nodes(await nodes, DateTimeOffset.UtcNow)];
    }

    private static IEnumerable<string> Lines(Uri platform, PlatformOverview now)
    {
        var prices = string.Join(", ", now.ClearingPrices.Select(price => $"{price.Key} {price.Value}"));
        yield return $"{platform}  replica {now.Replica}{(now.DrainingSince is { } since ? $"  drained since {since:HH:mm:ss} UTC{(now.MayStop ? ", may be stopped" : "")}" : "")}";
        yield return $"{now.JobsRunning} jobs run, {now.NodesLive} nodes are live; shards: {now.ShardsOpen} open, {now.ShardsLeased} leased (the oldest for {FleetTables.Age(now.OldestLease)}), {now.ShardsDelivered} to check";
        yield return string.Create(CultureInfo.InvariantCulture, $"NTK per CU: {(prices.Length == 0 ? "no job runs" : prices)}; checks did {now.VerifyOverhead:0.0 %} of the work again");
    }
}
