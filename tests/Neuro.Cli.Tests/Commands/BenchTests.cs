using System.Text.RegularExpressions;
using Neuro.Kernels.Formats;

namespace Neuro.Cli.Tests.Commands;

/// <summary><c>neuro bench sku --evaluate</c> with the model that ships.</summary>
public sealed partial class BenchTests : CliFact
{
    [Fact]
    public async Task Evaluate_AnyFolderOfTheForm_EndsInOneLineAndWritesWhatEachWasTakenFor()
    {
        var labels = Photos((0, 40), (30, 200), (7, 90));
        var predictions = Path.Combine(Folder, "predictions.csv");

        var run = await RunAsync("bench", "sku", "--evaluate", Folder, "--labels", labels, "--predictions", predictions);

        run.Code.ShouldBe(0, run.Output);
        LastLine().IsMatch(run.Output.TrimEnd().Split('\n')[^1].Trim()).ShouldBeTrue(run.Output);
        var rows = await File.ReadAllLinesAsync(predictions, Cancel);
        rows[0].ShouldBe("file,class_id,name,confidence");
        rows.Skip(1).Select(row => row.Split(',')[0]).ShouldBe(["0.png", "1.png", "2.png"]);
        rows.Skip(1).Select(row => int.Parse(row.Split(',')[1])).ShouldAllBe(id => id >= 0 && id < 31);
    }

    [Fact]
    public async Task Evaluate_AClassThatTheModelDoesNotKnow_IsOneLine()
    {
        var run = await RunAsync("bench", "sku", "--evaluate", Folder, "--labels", Photos((31, 50)));

        run.Code.ShouldBe(1);
        run.Output.ShouldContain("(evaluation.classes_mismatch)");
        run.Output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Evaluate_WithoutLabels_SaysWhatIsNeeded() =>
        (await RunAsync("bench", "sku", "--evaluate", Folder)).Output.ShouldContain("--labels FILE");

    [GeneratedRegex(@"^sku top1=\d+\.\d\d top5=\d+\.\d\d macro=\d+\.\d\d n=3$")]
    private static partial Regex LastLine();

    private async Task<(int Code, string Output)> RunAsync(params string[] words)
    {
        await using var neuro = NeuroProcess.Start(Data, words);
        return (await neuro.ExitAsync(Cancel), neuro.Output);
    }

    // Of one grey each: what they are taken for says nothing, only that they are.
    private string Photos(params (int ClassId, byte Grey)[] photos)
    {
        var lines = new List<string> { "file,class_id,name" };
        foreach (var (i, (classId, grey)) in photos.Index())
        {
            var pixels = new byte[48 * 64 * 3];
            Array.Fill(pixels, grey);
            File.WriteAllBytes(Path.Combine(Folder, $"{i}.png"), Codec.Png(new Image(64, 48, pixels)));
            lines.Add($"{i}.png,{classId},whatever");
        }

        var file = Path.Combine(Folder, "labels.csv");
        File.WriteAllLines(file, lines);
        return file;
    }
}
