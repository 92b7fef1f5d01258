using System.Net;
using System.Text.Json;
using Neuro.Cli.Commands.Admin;
using Neuro.Client.Api;
using Neuro.Client.Operations;
using Neuro.Client.Tokens;

namespace Neuro.Cli.Tests.Journeys;

/// <summary>An operator at the command line beside a platform that works.</summary>
public sealed class AdminTests : CliFact
{
    [Fact]
    public async Task NodesJobsTopAndDrain_BesideARunningPlatform_ShowItAndDrainIt()
    {
        await using var platform = NeuroProcess.Start(Data, "up", "--log", "json");
        await platform.LineAsync("Neuro is up", Cancel);
        var connection = Connection.Read(Data).ShouldNotBeNull();
        await using var neuro = await NeuroClient.ConnectAsync(connection.Url, connection.ApiKey, Cancel);
        await neuro.BuyAsync(Ntk.Of(1000), Cancel);

        var nodes = JsonSerializer.Deserialize<List<FleetNode>>(await OutputAsync("admin", "nodes", "--json"), NeuroJson.Options)!;
        nodes.ShouldHaveSingleItem().State.ShouldBe("ready");
        (await OutputAsync("admin", "nodes")).ShouldMatch($"(?s)^node +id +owner +state +render CU/s.*{Regex(nodes[0].Id)} +node owner +ready ");
        JsonSerializer.Deserialize<List<RunningJob>>(await OutputAsync("admin", "jobs", "--json"), NeuroJson.Options)!.ShouldBeEmpty();
        (await OutputAsync("admin", "top")).ShouldMatch("(?s)0 jobs run, 1 nodes are live.*no job runs; checks did 0.0 % of the work again.*job +kind.*node +id");

        (await OutputAsync("admin", "drain")).ShouldContain("has nothing in hand any more; it may be stopped.");
        using var http = new HttpClient { BaseAddress = new(connection.Url) };
        (await http.GetAsync("health/ready", Cancel)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await platform.LineAsync("^\\{\"time\":.*platform.draining.*\\}\\r?$", Cancel)).Value.ShouldContain("\"Status\":503");
        (await OutputAsync("admin", "drain", "--off")).ShouldContain("takes claims and orders.");
        (await http.GetAsync("health/ready", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);

        platform.Interrupt();
        (await platform.ExitAsync(Cancel)).ShouldBe(0);
    }

    [Fact]
    public void Tables_OfNamesThatPlayTricks_StayInTheirLines()
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var node = new FleetNode("id", "a\e[2J\nb\u202e" + new string('x', 100), Guid.Empty, "Ada", "away", 1.234, 0, 7, 1, 2, now - TimeSpan.FromHours(3));
        var job = new RunningJob(Guid.Empty, Guid.Empty, "render", "Ten\tboxes", now - TimeSpan.FromSeconds(90), 4, 1, 1, 2, 0, now - TimeSpan.FromMinutes(5), Ntk.Of(1.5m), Ntk.Of(8));
        string.Join('\n', FleetTables.Nodes([node, node with { Name = "b" }], now).Concat(FleetTables.Jobs([job, job with { OldestLease = null }], now))).ShouldBe(
            """
            node                                      id  owner  state  render CU/s  train CU/s  done  rejected  lost  last seen
            a[2Jbxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…  id  Ada    away          1.23           0     7         1     2    3 h ago
            b                                         id  Ada    away          1.23           0     7         1     2    3 h ago
            job                                   kind    title      age  verified  open  leased  delivered  oldest lease  spent of cap, NTK
            00000000-0000-0000-0000-000000000000  render  Tenboxes  90 s       1/4     1       2          0         5 min              1.5/8
            00000000-0000-0000-0000-000000000000  render  Tenboxes  90 s       1/4     1       2          0          none              1.5/8
            """.ReplaceLineEndings("\n"));
    }

    private static string Regex(string text) => System.Text.RegularExpressions.Regex.Escape(text);

    private async Task<string> OutputAsync(params string[] arguments)
    {
        await using var neuro = NeuroProcess.Start(Data, arguments);
        (await neuro.ExitAsync(Cancel)).ShouldBe(0, neuro.Output);
        return neuro.Output;
    }
}
