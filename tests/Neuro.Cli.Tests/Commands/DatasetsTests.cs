namespace Neuro.Cli.Tests.Commands;

/// <summary><c>neuro datasets</c> as a person uses it, with the commands of its page.</summary>
public sealed class DatasetsTests : CliFact
{
    private const string Catalogue = "datasets/corner-shop";

    [Fact]
    public async Task EveryCommandOfThePage_InOrder_Succeeds()
    {
        var page = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "datasets.md"), Cancel);
        var commands = page.Where(line => line.StartsWith("neuro datasets ", StringComparison.Ordinal)).ToList();
        commands.Count.ShouldBeGreaterThanOrEqualTo(5);

        foreach (var command in commands)
        {
            var words = command.Split(' ').Skip(1).Select(word => word.StartsWith("my-", StringComparison.Ordinal) ? Path.Combine(Folder, word) : word).ToArray();

            (await RunAsync(words)).Code.ShouldBe(0, command);
        }

        Directory.GetDirectories(Folder).Select(Path.GetFileName).Order().ShouldBe(["my-coco", "my-dataset", "my-yolo"]);
    }

    [Fact]
    public async Task Render_ThenInfo_SaysWhatIsThere()
    {
        var rendered = await RunAsync("datasets", "render", "--catalogue", Catalogue, "--recipe", await SmallRecipeAsync(), "--seed", "3", "--images", "4", "--out", Path.Combine(Folder, "a"));
        rendered.Code.ShouldBe(0, rendered.Output);
        rendered.Output.ShouldContain("4 images");
        rendered.Output.ShouldContain("0 label mismatches");

        var info = await RunAsync("datasets", "info", Path.Combine(Folder, "a"));

        info.Code.ShouldBe(0, info.Output);
        info.Output.ShouldContain("4 in 1 shard,");
        info.Output.ShouldContain("0 mismatches");
    }

    [Fact]
    public async Task Render_Interrupted_SaysHowToGoOnAndDoes()
    {
        string[] render = ["datasets", "render", "--catalogue", Catalogue, "--recipe", await SmallRecipeAsync(), "--out", Path.Combine(Folder, "a"), "--images"];
        await using (var neuro = NeuroProcess.Start(Data, [.. render, "1000000"]))
        {
            await neuro.LineAsync("rendering", Cancel);
            neuro.Interrupt();

            (await neuro.ExitAsync(Cancel)).ShouldBe(130, neuro.Output);
            neuro.Output.ShouldContain("the same command goes on");
        }

        Directory.GetFiles(Path.Combine(Folder, "a"), "*.partial").ShouldBeEmpty();
        var whole = Directory.GetFiles(Path.Combine(Folder, "a"), "*.tar").Length * 500;
        var again = await RunAsync([.. render, $"{whole + 2}"]);
        again.Code.ShouldBe(0, again.Output);
        again.Output.ShouldContain(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{whole + 2:N0} images"));
    }

    [Fact]
    public async Task Render_Killed_IsGoneOnWithBySomeoneElse()
    {
        string[] render = ["datasets", "render", "--catalogue", Catalogue, "--recipe", await SmallRecipeAsync(), "--out", Path.Combine(Folder, "a"), "--images"];
        await using (var neuro = NeuroProcess.Start(Data, [.. render, "1000000"]))
        {
            await neuro.LineAsync("rendering", Cancel);
            var second = await RunAsync([.. render, "2"]);
            second.Output.ShouldContain("dataset.locked");
            neuro.Kill();
            await neuro.ExitAsync(Cancel);
        }

        var whole = Directory.GetFiles(Path.Combine(Folder, "a"), "*.tar").Length * 500;
        var again = await RunAsync([.. render, $"{whole + 2}"]);
        again.Code.ShouldBe(0, again.Output);
        again.Output.ShouldContain(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{whole + 2:N0} images"));
    }

    [Fact]
    public async Task Render_OnAFullDisk_SaysSoAndLeavesNothingHalf()
    {
        var unshare = Requires.Program("unshare", "apt install util-linux");
        using (var probe = System.Diagnostics.Process.Start(unshare, ["-rm", "true"]))
        {
            await probe.WaitForExitAsync(Cancel);
            Requires.True(probe.ExitCode == 0, "needs user namespaces: sysctl kernel.unprivileged_userns_clone=1");
        }

        var folder = Directory.CreateDirectory(Path.Combine(Folder, "small")).FullName;
        await using var neuro = NeuroProcess.Start(
            Data,
            [unshare, "-rm", "sh", "-c", $"mount -t tmpfs -o size=256k none \"$0\" && \"$@\"; code=$?; ls \"$0\"; exit $code", folder],
            ["datasets", "render", "--catalogue", Catalogue, "--recipe", await SmallRecipeAsync(), "--images", "400", "--out", folder]);

        (await neuro.ExitAsync(Cancel)).ShouldBe(1, neuro.Output);
        neuro.Output.ShouldContain("shard.disk_full");
        neuro.Output.ShouldNotContain("   at ");
        neuro.Output.Split('\n').ShouldNotContain(line => line.StartsWith("shard-", StringComparison.Ordinal) || line.EndsWith(".partial", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("dataset.bad_count", "render", "--catalogue", Catalogue, "--images", "0", "--out", "OUT")]
    [InlineData("catalogue.not_found", "render", "--catalogue", "docs", "--images", "1", "--out", "OUT")]
    [InlineData("shard.not_found", "info", "no-such-folder")]
    [InlineData("exchange.unknown_format", "import", "docs", "--format", "cocoo")]
    [InlineData("import.not_found", "import", "docs/labels", "--format", "coco")]
    public async Task Datasets_BadInput_IsOneSentence(string code, params string[] words)
    {
        var (exit, output) = await RunAsync(["datasets", .. words.Select(word => word == "OUT" ? Path.Combine(Folder, "out") : word)]);

        exit.ShouldBe(1, output);
        output.ShouldContain(code);
        output.ShouldNotContain("   at ");
        output.Trim().Split('\n').ShouldHaveSingleItem();
    }

    private async Task<string> SmallRecipeAsync()
    {
        var catalogue = Kernels.Recipes.Catalogue.Load(Path.Combine(Repository.Root, Catalogue));
        var path = Path.Combine(Folder, "small.json");
        await File.WriteAllTextAsync(path, (Kernels.Recipes.ShelfRecipe.Default(catalogue) with { Width = 64, Height = 48 }).ToJson(), Cancel);
        return path;
    }

    private async Task<(int Code, string Output)> RunAsync(params string[] words)
    {
        await using var neuro = NeuroProcess.Start(Data, words);
        return (await neuro.ExitAsync(Cancel), neuro.Output);
    }
}
