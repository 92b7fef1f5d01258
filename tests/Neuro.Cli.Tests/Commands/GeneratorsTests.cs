using System.Text.Json.Nodes;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Kernels.Formats;

namespace Neuro.Cli.Tests.Commands;

/// <summary><c>neuro generators</c> as a person uses it: from a folder of pictures to a dataset that a stranger orders.</summary>
public sealed class GeneratorsTests : CliFact
{
    [Fact]
    public async Task Create_WithoutAPlatform_ChecksPreviewsAndSaysHowToPublish()
    {
        var shop = CopyOfTheCornerShop();

        var (code, output) = await RunAsync("generators", "create", "--catalogue", shop);

        code.ShouldBe(0, output);
        output.ShouldContain("20 products, 20 pictures");
        output.ShouldContain("6 box, 4 can, 4 gable-top-cap, 3 brick-carton, 3 jar");
        output.ShouldContain("neuro up");
        var sheet = Codec.Decode(await File.ReadAllBytesAsync(Path.Combine(shop, "preview.png"), Cancel), "preview");
        (sheet.Width, sheet.Height).ShouldBe(((4 * 244) - 4, (3 * 184) - 4));
        (await RunAsync("generators", "list")).Output.ShouldContain("tabletop");
    }

    [Fact]
    public async Task Create_BrokenPictures_NamesEveryOne()
    {
        var shop = CopyOfTheCornerShop();
        string[] broken = ["solvika-mango", "fizzelt-cola", "harvenna-rose"];
        foreach (var name in broken)
        {
            var path = Path.Combine(shop, "pictures", name + ".png");
            await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path, Cancel))[..100], Cancel);
        }

        var (code, output) = await RunAsync("generators", "create", "--local", "--catalogue", shop);

        code.ShouldBe(1, output);
        output.ShouldContain("3 of 20 pictures cannot be used");
        output.ShouldContain("catalogue.pictures_unusable");
        broken.ShouldAllBe(name => output.Contains($"pictures/{name}.png", StringComparison.Ordinal));
        output.ShouldNotContain("   at ");
        File.Exists(Path.Combine(shop, "preview.png")).ShouldBeFalse();
    }

    [Fact]
    public async Task Create_UnusualSizes_AreSaid()
    {
        var shop = CopyOfTheCornerShop();
        await ChangeAsync(shop, products => products[3]!["heightMm"] = 2050);

        var (code, output) = await RunAsync("generators", "create", "--local", "--catalogue", shop);

        code.ShouldBe(0, output);
        output.ShouldContain("solvika-mango: 72 × 2050 × 72 mm");
    }

    [Fact]
    public async Task Create_OnAPlatform_ChangesOnlyWhatChanged()
    {
        var shop = CopyOfTheCornerShop();
        await using var platform = NeuroProcess.Start(Data, "up", "--no-node");
        await platform.LineAsync("Neuro is up", Cancel);
        string[] create = ["generators", "create", "--catalogue", shop, "--name", "my-shop", "--out", Path.Combine(Folder, "sheet.jpg")];

        (await RunAsync(create)).Output.ShouldContain("Published my-shop v1");
        (await RunAsync(create)).Output.ShouldContain("Published my-shop v1");
        await ChangeAsync(shop, products => products[3]!["heightMm"] = 180);
        (await RunAsync(create)).Output.ShouldContain("Published my-shop v2");

        (await RunAsync("generators", "list")).Output.ShouldContain("my-shop v2");
        (await RunAsync("generators", "create", "--catalogue", shop, "--name", "shelf")).Output.ShouldContain("generator.name_taken");
    }

    [Fact]
    public async Task Order_OfAPublishedTabletop_RendersItsProducts()
    {
        await using var platform = NeuroProcess.Start(Data, "up");
        await platform.LineAsync("Neuro is up", Cancel);
        (await RunAsync("generators", "create", "--catalogue", "datasets/corner-shop", "--name", "my-tables", "--generator", "tabletop", "--out", Path.Combine(Folder, "sheet.jpg"))).Code.ShouldBe(0);
        var connection = Connection.Read(Data)!;
        await using var neuro = await NeuroClient.ConnectAsync(connection.Url, connection.ApiKey, Cancel);
        await neuro.BuyAsync(Client.Tokens.Ntk.Of(100), Cancel);

        var listed = (await neuro.GeneratorsAsync(Cancel)).Single(one => one.Name == "my-tables");
        var job = await neuro.OrderAsync(await neuro.QuoteAsync(new RenderSpec(listed.Defaults, 5, 3), cancel: Cancel), Cancel);
        var dataset = await neuro.DatasetAsync(await neuro.CompleteAsync(job, cancel: Cancel), Cancel);

        dataset.Name.ShouldBe("corner-shop on a table");
        Dataset.Open(await neuro.DownloadAsync(dataset, Cancel)).Objects.ShouldBeGreaterThan(3);
    }

    [Theory]
    [InlineData("catalogue.not_found", "create", "--catalogue", "docs")]
    [InlineData("generator.unknown", "create", "--catalogue", "datasets/corner-shop", "--generator", "fridge")]
    [InlineData("platform.unreachable", "list", "--platform", "http://127.0.0.1:9")]
    [InlineData("preview.bad_count", "preview", "--catalogue", "datasets/corner-shop", "--pictures", "2", "--out", "OUT")]
    public async Task Generators_BadInput_IsOneSentence(string code, params string[] words)
    {
        await using var neuro = NeuroProcess.Start(Data, ["env", "NEURO_API_KEY=nk_x"], ["generators", .. words.Select(word => word == "OUT" ? Path.Combine(Folder, "out.png") : word)]);

        (await neuro.ExitAsync(Cancel)).ShouldBe(1, neuro.Output);
        neuro.Output.ShouldContain(code);
        neuro.Output.Trim().Split('\n').ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("cud", "backend.unknown")]
    [InlineData("simd128", "simd128;")]
    public async Task Doctor_BackendFromTheEnvironment_IsNamedOrRefused(string backend, string says)
    {
        await using var neuro = NeuroProcess.Start(Data, ["env", $"NEURO_BACKEND={backend}"], ["doctor"]);

        (await neuro.ExitAsync(Cancel)).ShouldBe(0, neuro.Output);
        neuro.Output.ShouldContain("render on cuda");
        neuro.Output.ShouldContain(says);
    }

    private string CopyOfTheCornerShop()
    {
        var (from, to) = (Path.Combine(Repository.Root, "datasets", "corner-shop"), Path.Combine(Folder, "shop"));
        Directory.CreateDirectory(Path.Combine(to, "pictures"));
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }

        return to;
    }

    private async Task ChangeAsync(string shop, Action<JsonArray> change)
    {
        var path = Path.Combine(shop, "catalogue.json");
        var catalogue = JsonNode.Parse(await File.ReadAllTextAsync(path, Cancel))!;
        change(catalogue["products"]!.AsArray());
        await File.WriteAllTextAsync(path, catalogue.ToJsonString(), Cancel);
    }

    private async Task<(int Code, string Output)> RunAsync(params string[] words)
    {
        await using var neuro = NeuroProcess.Start(Data, words);
        return (await neuro.ExitAsync(Cancel), neuro.Output);
    }
}
