using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Tokens;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Zoo;
using Neuro.Node.Work;

namespace Neuro.Cli.Tests.Journeys;

/// <summary>A training across two node processes, of which one is killed while it learns.</summary>
public sealed class DilocoTests : CliFact
{
    private const int Rounds = 3;
    private const int Parts = 2;

    [Fact]
    public async Task Order_ANodeProcessIsKilledInARound_CostsLessThanTheRound()
    {
        Requires.True(OperatingSystem.IsLinux(), "signals are sent to processes by their number");
        await using var platform = NeuroProcess.Start(Data, "up", "--no-node");
        await platform.LineAsync("Neuro is up", Cancel);
        var connection = Connection.Read(Data).ShouldNotBeNull();
        await using var neuro = await NeuroClient.ConnectAsync(connection.Url, connection.ApiKey, Cancel);
        await using var first = NeuroProcess.Start(Data, "node", "run", "--folder", Path.Combine(Folder, "first"), "--name", "first", "--floor", "0.5");
        await first.LineAsync("Joined .* floor", Cancel);
        await using var second = NeuroProcess.Start(Data, "node", "run", "--folder", Path.Combine(Folder, "second"), "--name", "second", "--floor", "0.5");
        await second.LineAsync("Joined .* floor", Cancel);

        var job = await OrderAsync(neuro);
        var taken = await first.LineAsync(@"Shard (\d+) of diloco job .* attempt", Cancel);
        first.Kill();
        NeuroProcess.Signal(WorkerStatus.Read(Path.Combine(Folder, "first")).ShouldNotBeNull().Process, 9);
        job = await neuro.CompleteAsync(job, cancel: Cancel);

        job.State.ShouldBe(JobState.Succeeded, job.Error);
        job.Verified.ShouldBeInRange((Rounds * Parts) - 1, Rounds * Parts); // Its part is taken by the other node, or left out of that round.
        (await neuro.ReceiptsAsync(job.Id, Cancel)).Count.ShouldBe(job.Verified);
        second.Output.ShouldContain($"Shard {(Rounds * Parts) - 1} of job", customMessage: $"killed over shard {taken.Groups[1].Value}");
        (await neuro.ModelAsync(job, Cancel)).ValidationAccuracy.ShouldBeGreaterThan(0);
        (await neuro.Api.GetProofAsync(Cancel)).Faults.ShouldBeEmpty();
    }

    private async Task<Job> OrderAsync(NeuroClient neuro)
    {
        var catalogue = Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop"));
        await neuro.Artifacts.UploadAsync(catalogue.Pack(), "catalogue.tar", cancel: Cancel);
        await neuro.BuyAsync(Ntk.Of(1000), Cancel);
        var spec = Zoo.SmallCnn(catalogue.Products.Count, 32);
        var recipe = HandheldRecipe.Default(catalogue) with { Width = 64, Height = 64 };
        var order = new DilocoSpec(spec.ToJson(), Parts, Rounds, steps: 12, seed: 1) { Recipe = System.Text.Json.Nodes.JsonNode.Parse(recipe.ToJson())!.AsObject(), RoundTime = TimeSpan.FromSeconds(60), Quorum = 0.5 };
        return await neuro.OrderAsync(await neuro.QuoteAsync(order, cancel: Cancel), Cancel);
    }
}
