using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Neuro.Interactive.Formatting;
using Neuro.Notebooks.Documents;
using Neuro.Notebooks.Engine;
using Neuro.Notebooks.Headless;
using Neuro.Notebooks.Tests.Engine;

namespace Neuro.Notebooks.Tests.Headless;

public sealed partial class NotebookRunnerTests(SessionFixture fixture) : IClassFixture<SessionFixture>
{
    private static Notebook Of(params string[] cells)
    {
        var notebook = new Notebook();
        foreach (var cell in cells)
        {
            notebook.Add(CellKind.Code, cell);
        }

        return notebook;
    }

    private async Task<List<NotebookEvent>> Run(Notebook notebook, Dictionary<string, string>? parameters = null, CancellationToken? cancel = null)
    {
        var events = new List<NotebookEvent>();
        await foreach (var happened in new NotebookRunner(fixture.Session).RunAsync(notebook, new() { Parameters = parameters ?? [] }, cancel ?? TestContext.Current.CancellationToken))
        {
            events.Add(happened);
        }

        return events;
    }

    private static string Texts(NotebookCell cell) => string.Join(
        '|', cell.Outputs.Select(output => MultilineText.Read(output!["text"] ?? output["data"]?["text/plain"]) ?? output["evalue"]!.ToString()));

    [Fact]
    public async Task RunAsync_Outputs_AreWrittenIntoTheDocument()
    {
        var notebook = Of(
            "// Show everything\nConsole.WriteLine(\"a\"); Console.WriteLine(\"b\"); Console.Error.Write(\"c\");\nvar live = display(1); live.Update(new { x = 2 });",
            "live.Update(\"three\"); 40 + 2",
            "throw new InvalidOperationException(\"stop\");",
            "\"never\"");
        notebook.Cells[3].Outputs.Add(NotebookOutputs.Stream("stdout", "from an earlier run"));

        var events = await Run(notebook);

        events.OfType<CellStarted>().Select(cell => (cell.Number, cell.Count, cell.Title)).ShouldBe(
            [(1, 4, "Show everything"), (2, 4, "live.Update(\"three\"); 40 + 2"), (3, 4, "throw new InvalidOperationException(\"stop\");")]);
        events[^1].ShouldBeOfType<CellFinished>().Result.Error!.Line.ShouldBe("InvalidOperationException: stop (cell line 1)");
        notebook.Cells.Select(Texts).ShouldBe(["a\nb\n|c|three", "42", "stop (cell line 1)", ""]);
        notebook.Cells[3].ExecutionCount.ShouldBeNull();
        Notebook.Parse(notebook.ToJson()).ToJson().ShouldBe(notebook.ToJson());
    }

    [Fact]
    public async Task RunAsync_Document_HasTheFormOfNbformat()
    {
        var notebook = Of("Console.WriteLine(1);\ndisplay(2);\n3", "nowhere");

        await Run(notebook);

        var counted = notebook.Cells.Select(cell => cell.ExecutionCount!.Value).ToList();
        (counted[1] - counted[0]).ShouldBe(1);
        Snapshot.Match(Varying().Replace(notebook.ToJson(), "$1N"), "json");
    }

    [GeneratedRegex("(\"(?:execution_count|seconds)\": )[0-9.]+")]
    private static partial Regex Varying();

    [Fact]
    public async Task RunAsync_Progress_IsSeenByTheConsoleAndLeftOutOfTheDocument()
    {
        var notebook = Of($"var bar = display(new Neuro.Interactive.Formatting.MimeBundle(\"half\", (\"{MimeTypes.Progress}\", \"{{}}\"), (\"application/json\", \"[1]\")));");

        var events = await Run(notebook);

        events.OfType<CellShowed>().Select(shown => shown.Output).OfType<DisplayOutput>().Single().Bundle[MimeTypes.Progress].ShouldBe("{}");
        notebook.Cells[0].Outputs.Single()!["data"]!.ToJsonString().ShouldBe("""{"text/plain":["half"],"application/json":[1]}""");
    }

    private static Notebook Parametrised()
    {
        var notebook = Of("// defaults\nint images = 600;\nvar name = \"shelf\"; long seed = 1; double rate = 0.5;\nvar fast = true; var other = DateTime.UnixEpoch;", "$\"{images} {name} {seed} {rate} {fast}\"");
        notebook.Cells[0].Metadata["tags"] = new JsonArray("parameters");
        return notebook;
    }

    [Fact]
    public async Task RunAsync_Parameters_OverrideTheTaggedCellAndStandInTheDocument()
    {
        var notebook = Parametrised();
        var given = new Dictionary<string, string> { ["images"] = "-20", ["name"] = "a \"b\"\n", ["seed"] = "9000000000", ["rate"] = "1e-3", ["fast"] = "False" };

        await Run(notebook, given);

        notebook.Cells[1].Tags.ShouldBe(["injected-parameters"]);
        notebook.Cells[1].Source.ShouldBe("// Parameters\nimages = -20;\nname = \"a \\\"b\\\"\\n\";\nseed = 9000000000L;\nrate = 0.001d;\nfast = false;");
        Texts(notebook.Cells[2]).ShouldBe("-20 a \"b\"\n 9000000000 0.001 False");
    }

    [Fact]
    public async Task RunAsync_ParametersAgain_ReplaceTheEarlierOnes()
    {
        var notebook = Parametrised();
        await Run(notebook, new() { ["images"] = "1" });
        await Run(notebook, new() { ["images"] = "2" });

        notebook.Cells.Count.ShouldBe(3);
        Texts(notebook.Cells[2]).ShouldStartWith("2 shelf");
    }

    [Theory]
    [InlineData("image", "1", "notebook.unknown_parameter", "The notebook has no parameter image; it has images (int), name (string), seed (long), rate (double), fast (bool).")]
    [InlineData("images", "many", "notebook.bad_parameter", "images is 'many'; expected a whole number (int).")]
    [InlineData("images", "9000000000", "notebook.bad_parameter", "images is '9000000000'; expected a whole number (int).")]
    [InlineData("rate", "NaN", "notebook.bad_parameter", "rate is 'NaN'; expected a number (double).")]
    [InlineData("fast", "yes", "notebook.bad_parameter", "fast is 'yes'; expected true or false (bool).")]
    public async Task RunAsync_WrongParameter_SaysWhatTheNotebookTakes(string name, string value, string code, string message)
    {
        var refusal = await Should.ThrowAsync<NotebookException>(() => Run(Parametrised(), new() { [name] = value }));

        (refusal.Code, refusal.Message).ShouldBe((code, message));
    }

    [Fact]
    public async Task RunAsync_ParametersWithoutATaggedCell_SaysToTagOne()
    {
        var refusal = await Should.ThrowAsync<NotebookException>(() => Run(Of("int x = 1;"), new() { ["x"] = "2" }));

        refusal.Message.ShouldBe("x cannot be set: the notebook has no code cell tagged 'parameters'. Tag the cell that declares its parameters.");
    }

    [Fact]
    public async Task RunAsync_Cancelled_EndsWithThatCellAndKeepsItsOutputs()
    {
        using var stop = new CancellationTokenSource();
        var notebook = Of("Console.WriteLine(\"here\"); await new TaskCompletionSource().Task.WaitAsync(Cancel);", "2");
        var events = new List<NotebookEvent>();

        await foreach (var happened in new NotebookRunner(fixture.Session).RunAsync(notebook, null, stop.Token))
        {
            events.Add(happened);
            if (happened is CellShowed)
            {
                await stop.CancelAsync();
            }
        }

        events[^1].ShouldBeOfType<CellFinished>().Result.Error!.Name.ShouldBe("Interrupted");
        Texts(notebook.Cells[0]).ShouldBe("here\n|The cell was interrupted.");
        notebook.Cells[1].ExecutionCount.ShouldBeNull();
    }

    [Fact]
    public async Task RunAsync_CancelledBetweenCells_EndsWithTheNextOne()
    {
        using var stop = new CancellationTokenSource();
        var notebook = Of("1", "display(2);", "3");
        var events = new List<NotebookEvent>();

        await foreach (var happened in new NotebookRunner(fixture.Session).RunAsync(notebook, null, stop.Token))
        {
            events.Add(happened);
            if (happened is CellStarted)
            {
                await stop.CancelAsync();
            }
        }

        events[^1].ShouldBeOfType<CellFinished>().Result.Error!.Name.ShouldBe("Interrupted");
        notebook.Cells[2].ExecutionCount.ShouldBeNull();
    }

    [Fact]
    public async Task RunAsync_ReaderThatLeaves_StopsTheRun()
    {
        var notebook = Of("await new TaskCompletionSource().Task.WaitAsync(Cancel);", "2");

        await foreach (var _ in new NotebookRunner(fixture.Session).RunAsync(notebook, null, TestContext.Current.CancellationToken))
        {
            break;
        }

        Texts(notebook.Cells[0]).ShouldBe("The cell was interrupted.");
        notebook.Cells[1].ExecutionCount.ShouldBeNull();
    }
}
