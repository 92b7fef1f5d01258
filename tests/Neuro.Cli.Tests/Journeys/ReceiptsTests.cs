using System.Text.Json;
using Neuro.Cli.Tests.Receipts;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Tokens;
using Neuro.Kernels.Recipes;

namespace Neuro.Cli.Tests.Journeys;

/// <summary>Receipts as a customer uses them: fetched while the platform is there, checked when it is gone.</summary>
public sealed class ReceiptsTests : CliFact
{
    [Fact]
    public async Task Receipts_FetchedAndThePlatformGone_VerifyOfflineAndByRenderingAgain()
    {
        var (file, dataset, catalogue) = (Path.Combine(Folder, "receipts.json"), Path.Combine(Folder, "dataset"), Path.Combine(Repository.Root, Delivered.Shop));
        await using (var platform = NeuroProcess.Start(Data, "up"))
        {
            await platform.LineAsync("Neuro is up", Cancel);
            await OrderAsync(Catalogue.Load(catalogue));
            (await RunAsync("receipts", "--out", file, "--dataset", dataset)).Code.ShouldBe(0);
            platform.Interrupt();
            await platform.ExitAsync(Cancel);
        }

        var (code, said) = await RunAsync("verify", file, "--shard", dataset, "--render", "2", "--catalogue", catalogue, "--json");
        code.ShouldBe(0, said);
        using var json = JsonDocument.Parse(said);
        json.RootElement.GetProperty("holds").GetBoolean().ShouldBeTrue();
        json.RootElement.GetProperty("key").GetProperty("source").GetString().ShouldBe("remembered");
        json.RootElement.GetProperty("receipts").EnumerateArray().ShouldAllBe(one => one.GetProperty("again").GetString()!.Contains("rendered again and equal"));

        (code, said) = await RunAsync("verify", file);
        code.ShouldBe(0, said);
        said.ShouldContain("remembered from a connection to http://127.0.0.1");
        said.ShouldContain("All holds");

        (code, said) = await RunAsync("verify", file, "--key", Ed25519.PublicKey(Ed25519.NewKey()));
        code.ShouldBe(1, said);
        said.ShouldContain("the platform's signature does not hold");
    }

    private async Task OrderAsync(Catalogue catalogue)
    {
        var connection = Connection.Read(Data).ShouldNotBeNull();
        await using var neuro = await NeuroClient.ConnectAsync(connection.Url, connection.ApiKey, Cancel);
        await neuro.BuyAsync(Ntk.Of(100), Cancel);
        await neuro.Artifacts.UploadAsync(catalogue.Pack(), "catalogue.tar", "application/x-tar", Cancel);
        var quote = await neuro.QuoteAsync(new RenderSpec(ShelfRecipe.Default(catalogue).ToJson(), seed: 3, count: 24), cancel: Cancel);
        await neuro.CompleteAsync(await neuro.OrderAsync(quote, Cancel), cancel: Cancel);
    }

    private async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        await using var neuro = NeuroProcess.Start(Data, arguments);
        return (await neuro.ExitAsync(Cancel), neuro.Output);
    }
}
