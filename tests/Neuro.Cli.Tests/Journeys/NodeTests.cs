using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Tokens;
using Neuro.Kernels.Recipes;
using Neuro.Node.Work;

namespace Neuro.Cli.Tests.Journeys;

/// <summary>A node with a miner as a person runs it: joins, mines, works, is killed in both halves, paused, drained.</summary>
public sealed class NodeTests : CliFact
{
    private string Home => Path.Combine(Data, "node");

    private string[] Beats => File.Exists(Path.Combine(Folder, "beats")) ? File.ReadAllLines(Path.Combine(Folder, "beats")) : [];

    [Fact]
    public async Task NodeWithAMiner_WorksMinesAndSurvivesKillsOfBothHalves()
    {
        Requires.True(OperatingSystem.IsLinux(), "the mining switch needs Linux");
        await using var platform = NeuroProcess.Start(Data, "up", "--no-node");
        await platform.LineAsync("Neuro is up", Cancel);
        await using var neuro = await ConnectAsync();
        (await RunAsync("node", "join", "--name", "rig", "--floor", "0.5")).ShouldContain("as rig");
        await File.WriteAllTextAsync(
            Path.Combine(Home, "node.json"),
            JsonSerializer.Serialize(new { miner = new { command = new[] { "sh", "-c", $"while :; do echo beat >>{Folder}/beats; sleep 0.05; done" }, yield = "360", warmUpSeconds = 2, dwellSeconds = 0 } }),
            Cancel);

        await using (var node = NeuroProcess.Start(Data, "node", "run"))
        {
            await node.LineAsync("The miner starts", Cancel);
            var joined = await node.LineAsync(@"Joined .* floor ([\d.]+) NTK", Cancel);
            var floor = Ntk.Parse(joined.Groups[1].Value);
            floor.ShouldBeGreaterThan(Ntk.Parse("0.01")); // 360 NTK an hour, on a machine of some CU a second.
            var job = await OrderAsync(neuro);
            await node.LineAsync("The miner makes room for work", Cancel);
            job = await neuro.CompleteAsync(job, cancel: Cancel);
            job.State.ShouldBe(JobState.Succeeded);
            (await node.LineAsync("Shard .* delivered", Cancel)).Success.ShouldBeTrue();

            await MinesAsync();
            NeuroProcess.Signal(Status().Worker.Process, 9);
            await node.LineAsync("It starts again in 1 s", Cancel);
            await MinesAsync();
            await UntilAsync("the worker has joined again", () => Status().Worker is { IsRunning: true, Connection: "joined" });
            var said = await RunAsync("node", "status");
            said.ShouldContain("mining");
            said.ShouldContain("started the worker 2 times");
            said.ShouldContain("signed by this node");

            node.Kill();
            await node.ExitAsync(Cancel);
        }

        await UntilAsync("the worker has ended with its supervisor", () => !Status().Worker.IsRunning);
        await MinesAsync();
        (await RunAsync(3, "node", "status")).ShouldContain("does not run");

        await using var second = NeuroProcess.Start(Data, "node", "run");
        await second.LineAsync("Found the miner still there", Cancel);
        await UntilAsync("it has joined", () => Status().Worker is { IsRunning: true, Connection: "joined" });
        (await RunAsync("node", "pause")).ShouldContain("resume");
        var paused = await OrderAsync(neuro);
        await UntilAsync("it is seen to be paused", () => RunAsync("node", "status").Result.Contains("paused"));
        (await RunAsync("node", "resume")).ShouldContain("It takes work");
        await neuro.CompleteAsync(paused, cancel: Cancel);

        var earnings = await RunAsync("node", "earnings");
        earnings.ShouldContain("Earned is what http");
        earnings.ShouldContain((await neuro.NodesAsync(Cancel)).Single().Earned.ToString());

        (await RunAsync("node", "drain")).ShouldContain("It stops");
        (await second.ExitAsync(Cancel)).ShouldBe(0, second.Output);
        NeuroProcess.Running(Home).ShouldBeEmpty();
        NeuroProcess.Running($"{Folder}/beats").ShouldBeEmpty();
        platform.Interrupt();
        (await platform.ExitAsync(Cancel)).ShouldBe(0);
    }

    private (WorkerStatus Worker, SupervisorStatus Supervisor) Status() => (WorkerStatus.Read(Home)!, SupervisorStatus.Read(Home)!);

    private async Task MinesAsync()
    {
        var before = Beats.Length;
        await UntilAsync("the miner beats", () => Beats.Length > before);
    }

    private async Task<NeuroClient> ConnectAsync()
    {
        var connection = Connection.Read(Data).ShouldNotBeNull();
        return await NeuroClient.ConnectAsync(connection.Url, connection.ApiKey, Cancel);
    }

    private async Task<Job> OrderAsync(NeuroClient neuro)
    {
        var catalogue = Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop"));
        await neuro.Artifacts.UploadAsync(catalogue.Pack(), "catalogue.tar", cancel: Cancel);
        await neuro.BuyAsync(Ntk.Of(1000), Cancel);
        return await neuro.OrderAsync(await neuro.QuoteAsync(new RenderSpec(ShelfRecipe.Default(catalogue).ToJson(), 1, 40), cancel: Cancel), Cancel);
    }

    private Task<string> RunAsync(params string[] arguments) => RunAsync(0, arguments);

    private async Task<string> RunAsync(int code, params string[] arguments)
    {
        await using var neuro = NeuroProcess.Start(Data, arguments);
        (await neuro.ExitAsync(Cancel)).ShouldBe(code, neuro.Output);
        return neuro.Output;
    }

    private async Task UntilAsync(string what, Func<bool> holds)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            while (!holds())
            {
                await poll.WaitForNextTickAsync(Cancel);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Not in time: {what}.");
        }
    }
}
