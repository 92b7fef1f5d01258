using System.Text.Json;
using System.Text.Json.Nodes;
using Neuro.Notebooks.Documents;

namespace Neuro.Cli.Tests.Headless;

/// <summary><c>neuro run</c> as a process: what is left of a run, however it ends.</summary>
public sealed class RunTests : CliFact
{
    private string Write(string name, params string[] cells)
    {
        var notebook = new Notebook();
        foreach (var cell in cells)
        {
            var skips = cell.StartsWith('!');
            var added = notebook.Add(CellKind.Code, skips ? cell[1..] : cell);
            if (skips)
            {
                added.Metadata["tags"] = new JsonArray("skip-on-resume");
            }
        }

        var path = Path.Combine(Folder, name);
        notebook.Write(path);
        return path;
    }

    private string Executed(int cell) => string.Concat(Notebook.Read(Path.Combine(Folder, "out", "n.ipynb")).Cells[cell].Outputs
        .Select(output => (output!["text"] ?? output["data"]?["text/plain"])?.AsArray()[0]?.ToString()));

    [Theory]
    [InlineData("Environment.Exit(0);", 1)]
    [InlineData("int Deep(int n) => Deep(n + 1) + 1; Deep(0)", 134)]
    public async Task Run_ACellThatEndsTheProcess_KeepsWhatWasDoneBeforeAndFails(string cell, int exitCode)
    {
        await using var neuro = NeuroProcess.Start(Data, "run", Write("n.ipynb", "40 + 2", cell, "3"), "-o", Path.Combine(Folder, "out"));

        (await neuro.ExitAsync(Cancel)).ShouldBe(exitCode, neuro.Output);

        Executed(0).ShouldBe("42");
        if (exitCode < 134)
        {
            neuro.Output.ShouldContain("Cell 2 ended the whole process; what was done before it is kept.");
        }
    }

    [Fact]
    public async Task Run_Resumed_KeepsTheTaggedCellAndGoesOnWithTheMendedOne()
    {
        var log = Path.Combine(Folder, "log");
        string[] cells = [$"!File.AppendAllText(\"{log}\", \"x\"); var order = \"A1\";", "throw new Exception(order);"];
        await using (var first = NeuroProcess.Start(Data, "run", Write("n.dib", cells), "-o", Path.Combine(Folder, "out")))
        {
            (await first.ExitAsync(Cancel)).ShouldBe(1, first.Output);
            first.Output.ShouldContain("Exception: A1 (cell line 1)");
        }

        await using var again = NeuroProcess.Start(Data, "run", Write("n.dib", cells[0], "order + \" came\""), "-o", Path.Combine(Folder, "out"), "--resume");

        (await again.ExitAsync(Cancel)).ShouldBe(0, again.Output);
        again.Output.ShouldMatch(@"\[ 1/2\] .* kept");
        File.ReadAllText(log).ShouldBe("x");
        Executed(1).ShouldBe("A1 came");
        again.Output.ShouldNotContain("Starting the platform");
    }

    [Fact]
    public async Task Run_AScript_PrintsAsAProgramAndFailsWithOneLine()
    {
        var script = Path.Combine(Folder, "s.csx");
        await File.WriteAllTextAsync(script, "Console.WriteLine($\"{args.Length} {args[0]}\");\nnew[] { 1, 2 }.Sum()\n\n// %%\nthrow new InvalidOperationException(\"no\");\n", Cancel);

        await using var neuro = NeuroProcess.Start(Data, "run", script, "--", "a", "-p");

        (await neuro.ExitAsync(Cancel)).ShouldBe(1, neuro.Output);
        neuro.Output.ReplaceLineEndings("\n").ShouldContain("2 a\n3\n");
        neuro.Output.ShouldContain("InvalidOperationException: no (cell line 1)");
        Directory.GetFiles(Folder).ShouldBe([script]);
    }

    [Fact]
    public async Task Convert_ThereAndBack_IsTheSameAndSaysWhatHasNoPlace()
    {
        var source = Path.Combine(Repository.Root, "notebooks", "01-quickstart.ipynb");
        var (script, back) = (Path.Combine(Folder, "q.cs"), Path.Combine(Folder, "q.ipynb"));
        await using (var there = NeuroProcess.Start(Data, "convert", source, script))
        {
            (await there.ExitAsync(Cancel)).ShouldBe(0, there.Output);
        }

        Notebook.Read(script).Write(back);

        JsonNode.DeepEquals(JsonNode.Parse(Notebook.Read(back).ToJson()), JsonNode.Parse(Notebook.Read(source).ToJson())).ShouldBeTrue();
        await using var twice = NeuroProcess.Start(Data, "convert", source, script);
        (await twice.ExitAsync(Cancel)).ShouldBe(1);
        twice.Output.ShouldContain("--force writes over it. (convert.exists)");
    }
}
