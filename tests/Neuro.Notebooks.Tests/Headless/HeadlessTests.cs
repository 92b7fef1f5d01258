using Neuro.Client.Api;
using Neuro.Interactive.Formatting;
using Neuro.Notebooks.Documents;
using Neuro.Notebooks.Engine;
using Neuro.Notebooks.Engine.References;
using Neuro.Notebooks.Headless;
using Neuro.Notebooks.Tests.Engine;

namespace Neuro.Notebooks.Tests.Headless;

public sealed class Noted(string name) : IDisposable
{
    public static List<string> Disposed { get; } = [];

    public string Name => name;

    public void Dispose() => Disposed.Add(name);
}

public sealed class NotedLater(string name) : IAsyncDisposable
{
    public string Name => name;

    public ValueTask DisposeAsync()
    {
        Noted.Disposed.Add(name);
        return ValueTask.CompletedTask;
    }
}

public sealed class HeadlessTests(SessionFixture fixture) : IClassFixture<SessionFixture>
{
    private async Task<Notebook> Run(string cell)
    {
        var notebook = new Notebook();
        notebook.Add(CellKind.Code, cell);
        await foreach (var _ in new NotebookRunner(fixture.Session).RunAsync(notebook, null, TestContext.Current.CancellationToken))
        {
        }

        return notebook;
    }

    [Fact]
    public async Task RunAsync_TwoHundredMegabytesShown_AreCutAndTheCutIsSaid()
    {
        var notebook = await Run("display(new string('x', 100_000_000), \"text/html\"); display(\"after\");");

        var json = notebook.ToJson();
        json.Length.ShouldBeLessThan(10_000);
        json.ShouldContain("… cut off: a cell may show 20 million characters", customMessage: json);
        json.ShouldContain("after");
    }

    [Fact]
    public async Task RunAsync_TwoHundredMegabytesPrinted_AreCutAndTheCutIsSaid()
    {
        var notebook = await Run("var line = new string('x', 99_999); for (var i = 0; i < 2_000; i++) Console.WriteLine(line);");

        notebook.ToJson().Length.ShouldBeInRange(10_000_000, 11_000_000);
        notebook.ToJson().ShouldContain("… cut off: a cell may write 10000000 characters.");
    }

    [Fact]
    public void Take_MoreThanACellMayShow_SaysSoOnceAndBeginsAgainWhenCleared()
    {
        var (bounds, cell) = (new OutputBounds(), new Notebook().Add(CellKind.Code, ""));
        var shown = Enumerable.Range(0, OutputBounds.MostOutputs + 10).Select(i => bounds.Take(cell, new MimeBundle("x"))?.Text).ToList();

        shown.Count(text => text == "x").ShouldBe(OutputBounds.MostOutputs);
        shown.Count(text => text is not null and not "x").ShouldBe(1);
        bounds.Clear(cell);
        bounds.Take(cell, new MimeBundle("x"))!.Text.ShouldBe("x");
    }

    [Fact]
    public void Take_OfManyCells_LeavesANotebookThatCanBeRead()
    {
        var (bounds, notebook, large) = (new OutputBounds(), new Notebook(), new MimeBundle(new string('x', 15_000_000)));

        Enumerable.Range(0, 20).Count(i => bounds.Take(notebook.Add(CellKind.Code, $"{i}"), large) == large).ShouldBe((int)(OutputBounds.MostOfAll / 15_000_000));
    }

    [Fact]
    public async Task RunAsync_AProgramsDirectives_AreTakenWhereTheSessionHasThem()
    {
        var notebook = await Run("#!/usr/bin/env dotnet\n#:project ../../src/Neuro.Notebooks\n#:property PublishAot=false\n// text\n\nvar script = \"\"\"\n#!/bin/sh\n#:sdk x\n\"\"\";\nscript");

        MultilineText.Read(notebook.Cells[0].Outputs.Single()!["data"]!["text/plain"]).ShouldBe("#!/bin/sh\n#:sdk x");
    }

    [Fact]
    public async Task DisposeAsync_OfWhatCellsDeclaredByUsing_DisposesTheLastFirst()
    {
        var notebook = new Notebook();
        notebook.Add(CellKind.Code, "using System.Text;\nusing var one = new Neuro.Notebooks.Tests.Headless.Noted(\"one\");\nawait using var two = new Neuro.Notebooks.Tests.Headless.NotedLater(\"two\");\nvar text = \"\"\"\nusing var x = 1;\n\"\"\";");
        notebook.Add(CellKind.Code, "one.Name + two.Name + text.Length");
        Noted.Disposed.Clear();
        await using (var runner = new NotebookRunner(fixture.Session))
        {
            await foreach (var _ in runner.RunAsync(notebook, null, TestContext.Current.CancellationToken))
            {
            }

            MultilineText.Read(notebook.Cells[1].Outputs.Single()!["data"]!["text/plain"]).ShouldBe("onetwo16");
            Noted.Disposed.ShouldBeEmpty();
        }

        Noted.Disposed.ShouldBe(["two", "one"]);
    }

    [Fact]
    public void WithoutBuild_AProjectThatIsNotHere_SaysWhatToDo() =>
        Should.Throw<NeuroException>(() => ProgramDirectives.WithoutBuild("#:project ../Mine/Mine.csproj")).Message.ShouldStartWith("#:project ../Mine/Mine.csproj is not part of this program.\n");
}
