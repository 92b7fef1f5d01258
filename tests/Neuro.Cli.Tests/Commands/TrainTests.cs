using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Cli.Tests.Commands;

/// <summary><c>neuro train</c> as a person uses it.</summary>
public sealed class TrainTests : CliFact
{
    private const string Shop = "datasets/corner-shop";
    private static readonly string[] Quick = ["--model", "small-cnn", "--size", "32", "--batch", "16", "--threads", "1"];

    private string Run => Path.Combine(Folder, "run");

    [Fact]
    public async Task Train_OnADataset_LeavesTheRunFolder()
    {
        var dataset = Render();

        var (code, output) = await RunAsync(["train", .. Quick, "--dataset", dataset, "--epochs", "1", "--out", Run]);

        code.ShouldBe(0, output);
        output.ShouldMatch(@"\d % right on [\d,]+ held-back samples");
        Directory.GetFiles(Run).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(
        [
            "accuracy.svg", "card.json", "classes.csv", "confusion-normalised.csv", "confusion-normalised.svg", "confusion.csv", "confusion.svg", "first-batch.jpg", "labels.csv", "labels.svg",
            "loss.svg", "model.onnx", "model.safetensors", "precision-recall-f1.svg", "predictions.svg", "results.csv", "settings.json", "spec.json",
        ]);
    }

    [Fact]
    public async Task Train_OnACatalogueInterrupted_GoesOnWithTheSameCommand()
    {
        string[] train = ["train", .. Quick, "--catalogue", Shop, "--samples", "64", "--epochs", "3", "--out", Run, "--recipe", SmallRecipe()];
        await using (var neuro = NeuroProcess.Start(Data, train))
        {
            await ExistsAsync(Path.Combine(Run, "results.csv"), neuro);
            neuro.Interrupt();
            (await neuro.ExitAsync(Cancel)).ShouldBeOneOf(130, 0); // On a fast machine it may have ended by itself.
        }

        var (code, output) = await RunAsync(train);

        code.ShouldBe(0, output);
        (await File.ReadAllLinesAsync(Path.Combine(Run, "results.csv"), Cancel)).Length.ShouldBe(1 + 3);
    }

    [Fact]
    public async Task Check_And_FindRate_TrainNothing()
    {
        var dataset = Render();

        var check = await RunAsync(["train", .. Quick, "--dataset", dataset, "--out", Run, "--check"]);
        check.Output.ShouldContain("one batch");
        check.Output.ShouldContain(" CU;");
        Directory.Exists(Run).ShouldBeFalse();

        var find = await RunAsync(["train", .. Quick, "--dataset", dataset, "--out", Run, "--find-rate"]);
        find.Output.ShouldContain("try --rate");
        Directory.GetFiles(Run).ShouldHaveSingleItem().ShouldEndWith("range-test.svg");
    }

    [Fact]
    public async Task Train_OnAFullDisk_SaysWhatIsKept()
    {
        var unshare = Requires.Program("unshare", "apt install util-linux");
        using (var probe = System.Diagnostics.Process.Start(unshare, ["-rm", "true"]))
        {
            await probe.WaitForExitAsync(Cancel);
            Requires.True(probe.ExitCode == 0, "needs user namespaces: sysctl kernel.unprivileged_userns_clone=1");
        }

        // Room for two checkpoints of 14 MB with the best epoch's 5 MB, and not for a third while it is written.
        Directory.CreateDirectory(Run);
        await using var neuro = NeuroProcess.Start(
            Data,
            [unshare, "-rm", "sh", "-c", "mount -t tmpfs -o size=40m none \"$0\" && \"$@\"; code=$?; ls \"$0/checkpoints\"; exit $code", Run],
            ["train", .. Quick, "--dataset", Render(), "--epochs", "9", "--out", Run]);

        (await neuro.ExitAsync(Cancel)).ShouldBe(1, neuro.Output);
        neuro.Output.ShouldContain("training.not_written");
        neuro.Output.ShouldContain("is kept");
        neuro.Output.Split('\n').ShouldNotContain(line => line.EndsWith(".partial", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("training.no_data")]
    [InlineData("training.no_data", "--dataset", "a", "--catalogue", "b")]
    [InlineData("shard.not_found", "--dataset", "no-such-folder")]
    [InlineData("catalogue.not_found", "--catalogue", "docs")]
    [InlineData("training.file_missing", "--catalogue", Shop, "--settings", "no-such-file")]
    [InlineData("training.settings_invalid", "--catalogue", Shop, "--settings", "README.md")]
    [InlineData("training.out_of_range", "--catalogue", Shop, "--rate", "11")]
    public async Task Train_BadInput_IsOneSentence(string code, params string[] words)
    {
        var (exit, output) = await RunAsync(["train", .. Quick, "--out", Run, .. words]);

        exit.ShouldBe(1, output);
        output.ShouldContain($"({code})");
        output.Trim().Split('\n').ShouldHaveSingleItem();
    }

    private string Render()
    {
        var catalogue = Catalogue.Load(Path.Combine(Repository.Root, Shop));
        var folder = Path.Combine(Folder, "dataset");
        DatasetRenderer.RenderFolder(ShelfRecipe.Default(catalogue) with { Width = 320, Height = 240 }, catalogue, 1, 12, folder, null, Cancel);
        return folder;
    }

    private string SmallRecipe()
    {
        var path = Path.Combine(Folder, "recipe.json");
        File.WriteAllText(path, (ShelfRecipe.Default(Catalogue.Load(Path.Combine(Repository.Root, Shop))) with { Width = 160, Height = 120 }).ToJson());
        return path;
    }

    private async Task ExistsAsync(string path, NeuroProcess neuro)
    {
        while (!File.Exists(path))
        {
            neuro.Output.ShouldNotContain("(training.");
            await Task.Delay(20, Cancel); // Another process's file: there is nothing to wait on.
        }
    }

    private async Task<(int Code, string Output)> RunAsync(params string[] words)
    {
        await using var neuro = NeuroProcess.Start(Data, words);
        return (await neuro.ExitAsync(Cancel), neuro.Output);
    }
}
