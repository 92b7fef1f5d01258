namespace Neuro.Cli.Tests.Commands;

/// <summary><c>neuro models</c> as a person uses it, with the commands of its page.</summary>
public sealed class ModelsTests : CliFact
{
    private const string Files = "tests/Neuro.Learning.Tests/Exchange/Files";

    [Fact]
    public async Task EveryCommandOfThePage_ThatNeedsNoFileOfOthers_Succeeds()
    {
        var page = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "models.md"), Cancel);
        var commands = page.Where(line => line.StartsWith("neuro models ", StringComparison.Ordinal) && !line.Contains("import my-", StringComparison.Ordinal)).ToList();
        commands.Count.ShouldBe(5);

        foreach (var command in commands)
        {
            var words = command.Split(' ').Skip(1).Select(word => word.StartsWith("my-", StringComparison.Ordinal) ? Path.Combine(Folder, word) : word).ToArray();

            var run = await RunAsync(words);

            run.Code.ShouldBe(0, command + "\n" + run.Output);
        }

        Directory.GetFiles(Folder).Select(Path.GetFileName).Order().ShouldBe(["my-model.onnx", "my-model.safetensors", "my-resnet18.svg"]);
        Directory.GetFiles(Path.Combine(Folder, "my-model")).Select(Path.GetFileName).Order().ShouldBe(["card.json", "model.onnx", "model.safetensors", "spec.json"]);
    }

    [Fact]
    public async Task Show_OfTheZoo_HasLayersShapesAndCounts()
    {
        var run = await RunAsync("models", "show", "squeezenet1.1", "--svg", Path.Combine(Folder, "x.svg"));

        run.Output.ShouldContain("features.3.squeeze");
        run.Output.ShouldContain("1,235,496 parameters");
        (await File.ReadAllTextAsync(Path.Combine(Folder, "x.svg"), Cancel)).ShouldContain("<svg");
    }

    [Fact]
    public async Task Compare_SaysTheThreads()
    {
        var run = await RunAsync("models", "compare", "small-cnn", "resnet18", "--size", "32", "--classes", "5", "--threads", "2");

        run.Code.ShouldBe(0, run.Output);
        run.Output.ShouldContain("2 threads");
        run.Output.ShouldContain("small-cnn");
    }

    [Theory]
    [InlineData("module.pth", "weights.refused")]
    [InlineData("README.md", "model.unknown_format")]
    [InlineData("kinds.pth", "weights.mismatch")]
    public async Task Import_WhatCannotBe_IsOneLineWithItsCode(string file, string code)
    {
        var run = await RunAsync("models", "import", $"{Files}/{file}", "--model", "small-cnn", "--out", Path.Combine(Folder, "m"));

        run.Code.ShouldBe(1);
        run.Output.ShouldContain($"({code})");
        run.Output.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("model.missing", "no-such-model")]
    [InlineData("compression.unknown_pupil", "small-cnn", "--pupil", "resnet-1000")]
    [InlineData("compression.no_labels", "small-cnn", "--photos", ".")]
    [InlineData("models.threads", "small-cnn", "--threads", "0")]
    public async Task Compress_WhatCannotBe_IsOneLineWithItsCode(string code, params string[] words)
    {
        var run = await RunAsync(["models", "compress", .. words, "--catalogue", "datasets/corner-shop", "--out", Path.Combine(Folder, "small")]);

        run.Code.ShouldBe(1);
        run.Output.ShouldContain($"({code})");
        run.Output.ShouldNotContain("   at ");
    }

    private async Task<(int Code, string Output)> RunAsync(params string[] words)
    {
        await using var neuro = NeuroProcess.Start(Data, words);
        return (await neuro.ExitAsync(Cancel), neuro.Output);
    }
}
