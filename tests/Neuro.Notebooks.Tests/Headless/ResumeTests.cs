using System.Text.Json.Nodes;
using Neuro.Notebooks.Documents;
using Neuro.Notebooks.Engine;
using Neuro.Notebooks.Headless;
using Neuro.Notebooks.Tests.Engine;

namespace Neuro.Notebooks.Tests.Headless;

public sealed class ResumeTests(SessionFixture fixture) : IClassFixture<SessionFixture>
{
    private static Notebook Of(params string[] cells)
    {
        var notebook = new Notebook();
        foreach (var cell in cells)
        {
            var skips = cell.StartsWith("!", StringComparison.Ordinal);
            var added = notebook.Add(CellKind.Code, skips ? cell[1..] : cell);
            if (skips)
            {
                added.Metadata["tags"] = new JsonArray("skip-on-resume");
            }
        }

        return notebook;
    }

    private async Task<string> Run(Notebook notebook, Notebook? earlier = null, CSharpSession? session = null, Action<Notebook>? save = null)
    {
        var steps = "";
        await foreach (var happened in new NotebookRunner(session ?? fixture.Session).RunAsync(notebook, new() { Earlier = earlier, Save = save }, TestContext.Current.CancellationToken))
        {
            steps += happened switch
            {
                CellFinished { Result.Succeeded: true } => "+",
                CellFinished => "!",
                CellSkipped => "-",
                _ => "",
            };
        }

        return steps;
    }

    /// <summary>As a file that was written and read again.</summary>
    private static Notebook Reread(Notebook notebook) => Notebook.Parse(notebook.ToJson());

    private static string Text(NotebookCell cell) => string.Concat(cell.Outputs.Select(output => MultilineText.Read(output!["text"] ?? output["data"]?["text/plain"])));

    [Fact]
    public async Task RunAsync_OfAnEarlierRun_SkipsTheTaggedCellsBringsTheirValuesBackAndKeepsTheirOutputs()
    {
        string[] cells = ["var r0 = 1;", "!Shared.TimesRun++;\nvar (r1, r2, r3, r4) = (\"id\", 0.1, 9000000000, true);\nr0 = 5;\nConsole.Write(\"done once\");", "$\"{r0} {r1} {r2} {r3} {r4}\""];
        var first = Of(cells);
        (await Run(first)).ShouldBe("+++");
        Shared.TimesRun.ShouldBe(1);
        var again = Of(cells);

        (await Run(again, Reread(first), new CSharpSession(new() { References = [typeof(Shared).Assembly], Usings = [typeof(Shared).Namespace!] }))).ShouldBe("+-+");

        Shared.TimesRun.ShouldBe(1);
        again.Cells.Select(Text).ShouldBe(["", "done once", "5 id 0.1 9000000000 True"]);
        again.Cells[1].ExecutionCount.ShouldBe(first.Cells[1].ExecutionCount);
    }

    [Fact]
    public async Task RunAsync_ACodeBeforeChanged_RunsTheTaggedCellAgain()
    {
        var first = Of("var s0 = 1;", "!var s1 = 2;");
        await Run(first);

        (await Run(Of("var s0 = 3;", "!var s1 = 2;"), Reread(first))).ShouldBe("++");
    }

    [Theory]
    [InlineData("!var t0 = new List<int>();")]
    [InlineData("!int t1() => 1;")]
    [InlineData("!using System.Numerics;")]
    [InlineData("!class T2;")]
    public async Task RunAsync_ATaggedCellThatLeavesMoreThanValues_RunsAgainAndSaysWhy(string cell)
    {
        var first = Of(cell);
        await Run(first);

        first.Cells[0].Metadata["neuro"]!["again"]!.ToString().ShouldBe(cell.Contains("List") ? "its variable t0 (List`1) cannot be kept" : "it declares more than variables");
        (await Run(Of(cell), Reread(first))).ShouldBe("+");
    }

    [Fact]
    public async Task RunAsync_AFailedCell_IsNotSkippedNextTime()
    {
        var first = Of("!throw new Exception();");
        (await Run(first)).ShouldBe("!");

        (await Run(Of("!throw new Exception();"), Reread(first))).ShouldBe("!");
    }

    [Theory]
    [InlineData("""{"int":"x"}""")]
    [InlineData("""{"code":"1"}""")]
    [InlineData("7")]
    public async Task RunAsync_AnEarlierRunWithValuesThatCannotBe_RunsTheCellAgain(string value)
    {
        var first = Of("!var u0 = 1;");
        await Run(first);
        first.Cells[0].Metadata["neuro"]!["values"]!["u0"] = JsonNode.Parse(value);

        (await Run(Of("!var u0 = 1;"), Reread(first))).ShouldBe("+");
    }

    [Fact]
    public async Task RunAsync_Save_SeesEachCellsOutputsAlsoThatOfTheFailedOne()
    {
        var saved = new List<string>();
        var notebook = Of("Console.Write(1);", "Console.Write(2); throw new Exception();", "Console.Write(3);");

        await Run(notebook, save: now => saved.Add(string.Join('|', now.Cells.Select(Text))));

        saved.ShouldBe(["1||", "1|2|"]);
    }

    [Fact]
    public async Task RunAsync_AlreadyRun_LeavesTheFirstCellsAsTheyAre()
    {
        var notebook = Of("var w0 = 1; Console.Write(w0);", "w0");
        await Run(notebook);
        notebook.Cells[1].Source = "w0 + 1";
        var numbers = new List<int>();

        await foreach (var happened in new NotebookRunner(fixture.Session).RunAsync(notebook, new() { AlreadyRun = 1 }, TestContext.Current.CancellationToken))
        {
            numbers.Add(happened.Number);
        }

        numbers.Distinct().ShouldBe([2]);
        notebook.Cells.Select(Text).ShouldBe(["1", "2"]);
    }
}
