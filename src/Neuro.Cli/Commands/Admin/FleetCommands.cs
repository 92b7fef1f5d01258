using System.CommandLine;
using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Client.Operations;

namespace Neuro.Cli.Commands.Admin;

/// <summary><c>neuro admin nodes</c> and <c>neuro admin jobs</c>: who works and what runs.</summary>
internal static class FleetCommands
{
    private const int Page = 1000;

    public static Command Nodes() => List<FleetNode>("nodes", "All nodes: owner, state, speed, record and when they were last heard of.", client => client.Api.GetFleetAsync, FleetTables.Nodes);

    public static Command Jobs() => List<RunningJob>("jobs", "The running jobs: age, shards, oldest lease, what is spent of the cap.", client => client.Api.GetRunningJobsAsync, FleetTables.Jobs);

    private static Command List<T>(
        string name, string description, Func<NeuroClient, Func<int, int, CancellationToken, Task<IReadOnlyList<T>>>> ask, Func<IReadOnlyList<T>, DateTimeOffset, IEnumerable<string>> table)
    {
        var (platform, json) = (AdminCommand.PlatformOption(), new Option<bool>("--json") { Description = "As JSON, for scripts." });
        var command = new Command(name, description) { platform, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var client = await NeuroClient.ConnectAsync(parsed.GetValue(platform), cancel: cancel);
            var all = new List<T>();
            for (IReadOnlyList<T> page = []; all.Count == 0 || page.Count == Page; all.AddRange(page))
            {
                page = await ask(client)(all.Count, Page, cancel);
                if (page.Count == 0)
                {
                    break;
                }
            }

            foreach (var line in parsed.GetValue(json) ? [JsonSerializer.Serialize(all, NeuroJson.Options)] : table(all, DateTimeOffset.UtcNow))
            {
                Console.WriteLine(line);
            }

            return 0;
        });
        return command;
    }
}
