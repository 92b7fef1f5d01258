using System.Diagnostics;
using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Tests.Engine;

public sealed class AssistTests(SessionFixture fixture, ITestOutputHelper output) : IClassFixture<SessionFixture>
{
    private readonly Notes notes = new(fixture.Session);

    /// <summary>The cursor is where the bar stands.</summary>
    private async Task<(Completions Found, string Code)> Complete(string marked)
    {
        var cursor = marked.IndexOf('|');
        var code = marked.Remove(cursor, 1);
        return (await fixture.Session.CompleteAsync(code, cursor, TestContext.Current.CancellationToken), code);
    }

    [Theory]
    [InlineData("Console.Wri|", "WriteLine", "method")]
    [InlineData("Con|", "Console", "class")]
    [InlineData("var local = 5;\nlo|cal", "local", "variable")]
    [InlineData("pears.Firs|", "First", "method")]
    [InlineData("pears[0].Si|", "Size", "property")]
    [InlineData("pea|", "pears", "variable")]
    [InlineData("#!who\npear|", "pears", "variable")]
    [InlineData("new Complex(1, 2).Imag|", "Imaginary", "property")]
    [InlineData("fore|", "foreach", "keyword")]
    [InlineData("using System.Tex|", "Text", "namespace")]
    [InlineData("dis|", "display", "method")]
    [InlineData("#!ti|", "#!time", "magic")]
    [InlineData("1 + 1\n#!imp|", "#!import", "magic")]
    [InlineData("#!import --f|", "--file", "parameter")]
    [InlineData("#!set x @pea|", "@pears", "variable")]
    public async Task CompleteAsync_AtTheCursor_OffersWhatIsTypedSoFar(string marked, string text, string kind)
    {
        await notes.Run("using System.Numerics; record Pear(int Size); var pears = new List<Pear> { new(3) };");

        var (found, code) = await Complete(marked);

        found.Items.ShouldContain(item => item.Text == text && item.Kind == kind);
        var typed = code[found.Start..marked.IndexOf('|')];
        found.Items.ShouldAllBe(item => item.Text.StartsWith(typed, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task CompleteAsync_InAPath_OffersFilesAndFolders()
    {
        var folder = Directory.CreateTempSubdirectory("neuro-assist-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "script.csx"), "");
            Directory.CreateDirectory(Path.Combine(folder, "scripts"));
            foreach (var marked in new[] { $"#load \"{folder}/scr|", $"#r \"{folder}/scr|", $"#!import {folder}/scr|" })
            {
                var (found, code) = await Complete(marked);
                found.Items.Select(item => (item.Text, item.Kind)).ShouldBe([($"{folder}/script.csx", "file"), ($"{folder}/scripts/", "file")]);
                code[found.Start..found.End].ShouldBe($"{folder}/scr");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task CompleteAsync_FewItems_HaveTheirSignatures()
    {
        var (found, _) = await Complete("Console.WriteLin|");

        found.Items.ShouldHaveSingleItem().Signature.ShouldNotBeNull().ShouldContain("void Console.WriteLine(");
    }

    [Theory]
    [InlineData("Console.Write|Line(1);", 0, "void Console.WriteLine(int value)")]
    [InlineData("Console.Write|Line(1);", 0, "Writes the text representation of the specified 32-bit signed integer value")]
    [InlineData("string.Jo|in(\",\", [1])", 0, "Concatenates")]
    [InlineData("boxes|", 0, "int boxes")]
    [InlineData("boxes|", 1, "int boxes = 3;")]
    [InlineData("#!ti|me", 0, "Says how long the rest of the cell took.")]
    public async Task InspectAsync_NameAtTheCursor_ShowsSignatureAndDocumentation(string marked, int detail, string shown)
    {
        await notes.Run("int boxes = 3;");
        var cursor = marked.IndexOf('|');

        var found = await fixture.Session.InspectAsync(marked.Remove(cursor, 1), cursor, detail, TestContext.Current.CancellationToken);

        found.ShouldNotBeNull().Text.ShouldContain(shown);
    }

    [Fact]
    public async Task InspectAsync_Nothing_IsNull() =>
        (await fixture.Session.InspectAsync("  1 + 1", 0, 0, TestContext.Current.CancellationToken)).ShouldBeNull();

    [Fact]
    public async Task CompleteAsync_Warm_SaysItsTime()
    {
        for (var i = 0; i < 40; i++)
        {
            await Complete($"Console.Wri|\nvar y{i} = 1;");
        }

        var times = new List<double>();
        var busy = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < 20; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await Complete($"var x{i} = 1;\nEnumerable.Range(0, {i}).Sel|");
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        busy = Environment.CpuUsage.TotalTime - busy;
        output.WriteLine($"completion median {times.Order().ElementAt(10):0.0} ms, most {times.Max():0.0} ms, of the processor {busy.TotalMilliseconds / 20:0.0} ms each");
        times.ShouldAllBe(time => time < 5000);
    }

    [Theory]
    [InlineData("1 + 1", CompletenessStatus.Complete, "")]
    [InlineData("", CompletenessStatus.Complete, "")]
    [InlineData("if (true) {", CompletenessStatus.Incomplete, "    ")]
    [InlineData("class A\n{\n    void B()\n    {", CompletenessStatus.Incomplete, "        ")]
    [InlineData("var x = Math.Max(", CompletenessStatus.Incomplete, "    ")]
    [InlineData("var x = 1 +", CompletenessStatus.Incomplete, "")]
    [InlineData("/* begun", CompletenessStatus.Incomplete, "")]
    [InlineData("var x = \"begun;", CompletenessStatus.Invalid, "")]
    [InlineData("var 1x = ;", CompletenessStatus.Invalid, "")]
    [InlineData("#!time\nwhile (true) {", CompletenessStatus.Incomplete, "    ")]
    [InlineData("#!markdown\nif (true) {", CompletenessStatus.Complete, "")]
    [InlineData("#!nosuch", CompletenessStatus.Invalid, "")]
    public void IsComplete_WhatIsTyped_SaysWhetherItIsReady(string code, CompletenessStatus status, string indent) =>
        fixture.Session.IsComplete(code).ShouldBe(new(status, indent));

    [Fact]
    public async Task EvaluateAsync_Expression_IsFormattedAndLeavesNothing()
    {
        await notes.Run("int counted = 4;");
        var before = fixture.Session.ExecutionCount;

        (await fixture.Session.EvaluateAsync("counted + 1", TestContext.Current.CancellationToken)).Text.ShouldBe("5");
        await Should.ThrowAsync<DivideByZeroException>(() => fixture.Session.EvaluateAsync("counted / (counted - 4)", TestContext.Current.CancellationToken));
        (await Should.ThrowAsync<Exception>(() => fixture.Session.EvaluateAsync("int leaked = 1;", TestContext.Current.CancellationToken))).Message.ShouldContain("'int leaked = 1;' is not one expression");
        fixture.Session.TryGetVariable("leaked", out _).ShouldBeFalse();
        fixture.Session.ExecutionCount.ShouldBe(before);
    }
}
