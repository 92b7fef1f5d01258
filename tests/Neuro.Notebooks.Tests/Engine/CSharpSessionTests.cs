using Microsoft.Extensions.Time.Testing;
using Neuro.Interactive.Formatting;
using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Tests.Engine;

public sealed class CSharpSessionTests(SessionFixture fixture) : IClassFixture<SessionFixture>
{
    private readonly Notes notes = new(fixture.Session);

    [Theory]
    [InlineData("1 + 1", "2")]
    [InlineData("await Task.FromResult(3)", "3")]
    [InlineData("string.Join(\",\", Enumerable.Range(1, 3))", "1,2,3")]
    [InlineData("(string?)null", "null")]
    [InlineData("\"a\".ToUpper();", null)]
    [InlineData("var silent = 5;", null)]
    [InlineData("Console.Write(1)", null)]
    [InlineData("await Task.CompletedTask", null)]
    [InlineData("", null)]
    [InlineData("// nothing", null)]
    public async Task RunAsync_LastExpression_IsShownUnlessItIsSilent(string code, string? shown)
    {
        (await notes.Run(code)).Error.ShouldBeNull();

        notes.Result.ShouldBe(shown);
    }

    [Fact]
    public async Task RunAsync_LaterCell_SeesWhatEarlierOnesDeclared()
    {
        await notes.Run("using System.Globalization; int apples = 2; record Pear(int Size); int Twice(int a) => 2 * a;");
        await notes.Run("apples += 3;");
        await notes.Run("$\"{Twice(apples)} {new Pear(4)} {CultureInfo.InvariantCulture.Name}\"");

        notes.Result.ShouldBe("10 Pear { Size = 4 } ");
    }

    [Fact]
    public async Task RunAsync_BesideOtherSessions_MeansItsOwnNames()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 4), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (one, _) =>
        {
            var beside = new Notes(new(new() { Usings = one % 2 == 0 ? ["System.Text.RegularExpressions"] : [] }));
            for (var cell = 0; cell < 6; cell++)
            {
                (await beside.Run($"var v{cell} = {cell}; display(v{cell});")).Error.ShouldBeNull();
            }
        });
    }

    [Fact]
    public async Task RunAsync_NameDeclaredAgain_TakesItsNewType()
    {
        await notes.Run("var again = 1;");
        await notes.Run("var again = \"text\";");
        await notes.Run("again.Length");

        notes.Result.ShouldBe("4");
    }

    [Fact]
    public async Task RunAsync_ReferencedAssembly_IsTheOneThatIsRunning()
    {
        await notes.Run("Shared.Number++; typeof(Neuro.Client.Tokens.Ntk).Assembly.GetName().Name");

        Shared.Number.ShouldBe(42);
        notes.Result.ShouldBe("Neuro.Client");
    }

    [Fact]
    public async Task RunAsync_ConsoleAndDisplays_ComeInOrder()
    {
        await notes.Run("""
            Console.WriteLine("one");
            display(2);
            Console.Error.WriteLine("three");
            Console.Write("four");
            await Task.Run(() => Console.Write(", five"));
            6
            """);

        Joined(notes.Outputs).Select(Describe).ShouldBe(["out one\n", "display 2", "err three\n", "out four, five", "result 6"]);
    }

    /// <summary>How console text is cut into pieces is a matter of time; what counts is what lies between other outputs.</summary>
    private static List<CellOutput> Joined(IEnumerable<CellOutput> outputs)
    {
        var joined = new List<CellOutput>();
        foreach (var output in outputs)
        {
            if (output is StreamOutput text && joined.LastOrDefault() is StreamOutput before && before.IsError == text.IsError)
            {
                joined[^1] = before with { Text = before.Text + text.Text };
                continue;
            }

            joined.Add(output);
        }

        return joined;
    }

    private static string Describe(CellOutput output) => output switch
    {
        StreamOutput stream => $"{(stream.IsError ? "err" : "out")} {stream.Text}",
        DisplayOutput display => $"display {display.Bundle.Text}",
        DisplayUpdate update => $"update {update.Bundle.Text}",
        ResultOutput result => $"result {result.Bundle.Text}",
        ErrorOutput error => $"error {error.Error.Line}",
        _ => "?",
    };

    [Fact]
    public async Task Display_Update_GoesByTheIdOfItsDisplay()
    {
        await notes.Run("var shown = display(1); shown.Update(2);");
        var (id, updated) = (notes.Outputs.OfType<DisplayOutput>().Single().Id, notes.Outputs.OfType<DisplayUpdate>().Single());
        await notes.Run("shown.Update(3);");

        updated.Id.ShouldBe(id);
        notes.Outputs.OfType<DisplayUpdate>().Single().ShouldSatisfyAllConditions(later => later.Id.ShouldBe(id), later => later.Bundle.Text.ShouldBe("3"));
    }

    [Fact]
    public async Task Display_InsideATypeOfTheCell_Works()
    {
        await notes.Run("class Shower { public void Show() => display(\"<i>x</i>\", \"text/html\"); }\nnew Shower().Show();");

        notes.Outputs.OfType<DisplayOutput>().Single().Bundle.Html.ShouldBe("<i>x</i>");
    }

    [Fact]
    public async Task RunAsync_CompileError_IsOneLineWithTheCellsLineAndACaret()
    {
        var error = await notes.Fail("var fine = 1;\n\nvar broken = fine + nothing;");

        error.Line.ShouldBe("CS0103: The name 'nothing' does not exist in the current context (cell line 3)");
        error.Excerpt.ShouldBe(["    var broken = fine + nothing;", "                        ^^^^^^^"]);
    }

    [Fact]
    public async Task RunAsync_ManyCompileErrors_ShowsThreeAndCountsTheRest()
    {
        var error = await notes.Fail("a1;\nb1;\nc1;\nd1;\ne1;");

        error.Excerpt.Count(line => line.Contains('^')).ShouldBe(3);
        error.Excerpt[^1].ShouldStartWith("and ");
    }

    [Fact]
    public async Task RunAsync_RuntimeError_IsTypeMessageAndTheCellsLine()
    {
        var error = await notes.Fail("var zero = 0;\n\nvar boom = 1 / zero;");

        error.Line.ShouldBe("DivideByZeroException: Attempted to divide by zero. (cell line 3)");
        error.Excerpt.ShouldBeEmpty();
        error.Details.ShouldContain("DivideByZeroException");
        notes.Outputs.OfType<ErrorOutput>().Single().Error.ShouldBe(error);
    }

    [Fact]
    public async Task RunAsync_ErrorAfterAwaitInAMethodOfAnEarlierCell_HasThisCellsLine()
    {
        await notes.Run("\nasync Task LaterFails() { await Task.Yield(); throw new InvalidOperationException(\"no\"); }");

        (await notes.Fail("\n\n\nawait LaterFails();")).Line.ShouldBe("InvalidOperationException: no (cell line 4)");
    }

    [Fact]
    public async Task RunAsync_ErrorWithACode_ShowsMessageCodeAndWayOut()
    {
        var error = await notes.Fail("throw new CodedException();");

        (error.Name, error.Line).ShouldBe(("ledger.insufficient", "You have 3 NTK; 5 are needed. (ledger.insufficient)"));
        error.Excerpt.ShouldBe(["#!neuro-buy 2 gets them."]);
    }

    [Theory]
    [InlineData("throw new AggregateException(new InvalidOperationException(\"one\"));", "InvalidOperationException: one")]
    [InlineData("throw new System.Reflection.TargetInvocationException(new ArgumentException(\"inner\"));", "ArgumentException: inner")]
    [InlineData("class Mute : Exception { public override string Message => throw new Exception(); }\nthrow new Mute();", "Mute: (its Message throws) (cell line 2)")]
    [InlineData("class Silent : Exception { public override string ToString() => throw new Exception(); }\nthrow new Silent();", "Silent: Exception of type ")]
    [InlineData("throw new AggregateException(new Exception(\"one\"), new ArgumentException(\"two\"));", "AggregateException: 2 errors (cell line 1)")]
    [InlineData("throw new OperationCanceledException(\"nobody stopped it\");", "OperationCanceledException: nobody stopped it (cell line 1)")]
    public async Task RunAsync_ErrorOfAnyKind_IsOneLine(string code, string line) => (await notes.Fail(code)).Line.ShouldStartWith(line);

    [Fact]
    public async Task RunAsync_AfterAnError_KeepsWhatCameBeforeIt()
    {
        await notes.Run("int kept = 1; kept = 7; throw new Exception();");
        await notes.Run("kept");

        notes.Result.ShouldBe("7");
    }

    [Fact]
    public async Task RunAsync_MagicsBetweenCode_RunInOrder()
    {
        await notes.Run("var before = 1;\n#!markdown\n**it's** \"text\"\n#!csharp\nbefore + 1");

        notes.Outputs.Select(Describe).ShouldBe(["display **it's** \"text\"", "result 2"]);
    }

    [Fact]
    public async Task RunAsync_CodeAfterAMagic_KeepsTheCellsLineNumbers()
    {
        (await notes.Fail("#!who\n#!markdown\ntext\n#!csharp\nnowhere")).Line.ShouldEndWith("(cell line 5)");
        (await notes.Fail("#!time\n\nthrow new Exception(\"late\");")).Line.ShouldBe("Exception: late (cell line 3)");
    }

    [Fact]
    public async Task RunAsync_TimeMagic_ShowsTheValueAndHowLong()
    {
        await notes.Run("#!time\n40 + 2");

        notes.Outputs.Select(Describe).ShouldSatisfyAllConditions(
            shown => shown.First().ShouldBe("result 42"),
            shown => shown.Last().ShouldMatch("^display [0-9.]+ (ms|s)$"));
    }

    [Fact]
    public async Task RunAsync_MagicLineInsideAString_IsText()
    {
        await notes.Run("var raw = \"\"\"\n#!lsmagic\n\"\"\"; var verbatim = @\"\n#!who\n\"; /*\n#!who\n*/\nraw + verbatim.Trim()");

        notes.Outputs.Select(Describe).ShouldBe(["result #!lsmagic#!who"]);
    }

    [Fact]
    public async Task RunAsync_UnknownMagic_RunsNothingOfTheCell()
    {
        var error = await notes.Fail("Console.WriteLine(1);\n#!lsmagix");

        error.Line.ShouldBe("There is no magic #!lsmagix. Did you mean #!lsmagic? (magic.unknown)");
        notes.Stdout.ShouldBeEmpty();
    }

    [Fact]
    public async Task SetVariable_AnyType_IsThereForTheNextCell()
    {
        fixture.Session.SetVariable("listed", new Dictionary<string, int[,]> { ["a"] = new int[2, 3] });
        fixture.Session.SetVariable("hidden", new Hidden());
        await notes.Run("$\"{listed[\"a\"].Length} {hidden} {listed.GetType() == typeof(Dictionary<string, int[,]>)}\"");

        notes.Result.ShouldBe("6 hidden True");
        fixture.Session.SetVariable("listed", "now text");
        fixture.Session.TryGetVariable("listed", out var value).ShouldBeTrue();
        value.ShouldBe("now text");
        Should.Throw<ArgumentException>(() => fixture.Session.SetVariable("no name", 1)).Message.ShouldContain("'no name'");
    }

    private sealed class Hidden
    {
        public override string ToString() => "hidden";
    }

    [Fact]
    public async Task SetVariable_OfATypeThatACellDeclared_IsThereForTheNextCell()
    {
        await notes.Run("record Plum(int Stones); var plums = new List<Plum> { new(1) };");
        fixture.Session.TryGetVariable("plums", out var plums);
        fixture.Session.SetVariable("copied", plums);
        await notes.Run("copied[0].Stones");

        notes.Result.ShouldBe("1");
    }

    [Fact]
    public async Task RunAsync_SilentOrWithoutHistory_DoesNotCount()
    {
        await notes.Run("1");
        var before = fixture.Session.ExecutionCount;
        var shown = new List<CellOutput>();
        await fixture.Session.RunAsync("40 + 2", shown.Add, new() { Silent = true }, TestContext.Current.CancellationToken);
        shown.ShouldBeEmpty();
        await fixture.Session.RunAsync("40 + 2", shown.Add, new() { StoreHistory = false }, TestContext.Current.CancellationToken);

        shown.ShouldHaveSingleItem().ShouldBeOfType<ResultOutput>().Bundle.Text.ShouldBe("42");
        fixture.Session.ExecutionCount.ShouldBe(before);
    }

    [Theory]
    [InlineData("Console.ReadLine()", "", false)]
    [InlineData("input(\"name? \")", "name? ", false)]
    [InlineData("password(\"secret? \")", "secret? ", true)]
    [InlineData("#!set asked @input:\"what? \"\nasked", "what? ", false)]
    [InlineData("((char)Console.Read()).ToString() + Console.ReadLine()", "", false)]
    public async Task RunAsync_CellThatAsks_GetsTheAnswer(string code, string prompt, bool hidden)
    {
        var shown = new List<CellOutput>();
        InputRequest? asked = null;
        await fixture.Session.RunAsync(code, shown.Add, new() { Input = Answer }, TestContext.Current.CancellationToken);

        asked.ShouldBe(new(prompt, hidden));
        shown.OfType<ResultOutput>().Single().Bundle.Text.ShouldBe("the answer");

        Task<string?> Answer(InputRequest request, CancellationToken cancel)
        {
            asked = request;
            return Task.FromResult<string?>("the answer");
        }
    }

    [Fact]
    public async Task RunAsync_CellThatAsksNobody_SaysWhatToDo() =>
        (await notes.Fail("input(\"name? \")")).Line.ShouldBe("The cell asks for input ('name? '), but nobody is there to answer. (cell.no_input)");

    [Fact]
    public async Task ClearOutput_InACell_IsPassedOn()
    {
        await notes.Run("display(1); clear_output(wait: true); display(2);");

        notes.Outputs.OfType<ClearOutput>().ShouldHaveSingleItem().Wait.ShouldBeTrue();
    }

    [Fact]
    public async Task RunAsync_TaskThatOutlivesItsCell_ShowsInThatCell()
    {
        var (first, second) = (new List<CellOutput>(), new List<CellOutput>());
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await fixture.Session.RunAsync(
            "var go = new TaskCompletionSource(); var handle = display(1); _ = Task.Run(async () => { await go.Task; Console.WriteLine(\"late\"); handle.Update(2); });", Take, null, TestContext.Current.CancellationToken);
        await fixture.Session.RunAsync("go.SetResult();", second.Add, null, TestContext.Current.CancellationToken);
        await late.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        first.Select(Describe).ShouldBe(["display 1", "out late\n", "update 2"]);
        second.ShouldBeEmpty();

        void Take(CellOutput output)
        {
            first.Add(output);
            if (output is DisplayUpdate)
            {
                late.SetResult();
            }
        }
    }

    [Fact]
    public async Task RunAsync_ManyShortLines_ComeInFewPieces()
    {
        await notes.Run("for (var i = 0; i < 100_000; i++) Console.WriteLine(i);");

        notes.Stdout.ShouldBe(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i}\n")));
        notes.Outputs.Count.ShouldBeLessThan(5_000);
    }

    [Fact]
    public async Task RunAsync_GeneralMagics_SetAndKeepValues()
    {
        await notes.Run("#!set whole 5\n#!set half 0.5\n#!set yes true\n#!set word \"a b\"\n#!value lines\nfirst\nsecond\n#!csharp\n$\"{whole + 1} {half * 2} {yes} {word} {lines.Length}\"");
        notes.Result.ShouldBe("6 1 True a b 12");
        await notes.Run("#!mermaid\ngraph TD; A-->B");

        notes.Outputs.OfType<DisplayOutput>().Single().Bundle.ShouldSatisfyAllConditions(
            shown => shown.Text.ShouldBe("graph TD; A-->B"), shown => shown["text/vnd.mermaid"].ShouldBe("graph TD; A-->B"), shown => shown.Html.ShouldBe("<pre class=\"mermaid\">graph TD; A--&gt;B</pre>"));
    }

    [Fact]
    public async Task RunAsync_EndlessText_IsCutOffWithALine()
    {
        await notes.Run("var line = new string('x', 99_999); for (var i = 0; i < 200; i++) Console.WriteLine(line);");

        notes.Stdout.Length.ShouldBeInRange(10_000_000, 10_200_000);
        notes.Stdout.ShouldEndWith("… cut off: a cell may write 10000000 characters.\n");
    }

    [Fact]
    public async Task RunAsync_CancelledCellThatListens_StopsAndTheSessionGoesOn()
    {
        using var stop = new CancellationTokenSource();
        var listening = new TaskCompletionSource();
        var running = fixture.Session.RunAsync(
            "var beforeStop = 1; Console.WriteLine(\"here\"); await new TaskCompletionSource().Task.WaitAsync(Cancel);", output => listening.TrySetResult(), cancel: stop.Token);
        await listening.Task;
        await stop.CancelAsync();

        (await running).Error.ShouldNotBeNull().Line.ShouldBe("The cell was interrupted.");
        await notes.Run("beforeStop + 1");
        notes.Result.ShouldBe("2");
    }

    [Fact]
    public async Task RunAsync_InterruptedCellThatCannotBeStopped_IsLeftAfterItsGrace()
    {
        var time = new FakeTimeProvider();
        var session = new CSharpSession(new() { Time = time, Grace = TimeSpan.FromSeconds(2), References = [typeof(SessionFixture).Assembly], Usings = [typeof(Gate).Namespace!] });
        using var stop = new CancellationTokenSource();
        var listening = new TaskCompletionSource();
        var running = session.RunAsync("try { } finally { Console.WriteLine(\"here\"); SpinWait.SpinUntil(() => Gate.Opened.Task.IsCompleted); display(\"late\"); }", _ => listening.TrySetResult(), cancel: stop.Token);
        await listening.Task;
        await stop.CancelAsync();
        while (!running.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await running).Error.ShouldNotBeNull().Line.ShouldStartWith("The cell was interrupted, but its code goes on: native code, a finally block");
        Gate.Opened.SetResult();
        var alone = new Notes(session);
        await alone.Run("1 + 1");
        alone.Outputs.Select(Describe).ShouldBe(["result 2"]);
    }

    [Fact]
    public async Task RunAsync_StyleSheet_TravelsWithTheFirstOutputThatNeedsIt()
    {
        var session = new Notes(new CSharpSession());
        await session.Run("1");
        session.Outputs.OfType<ResultOutput>().Single().Bundle.Html!.ShouldNotContain("<style>");
        await session.Run("var d = display(new { a = 1 }); d.Update(new { a = 2 }); new { b = 1 }");

        session.Outputs.OfType<DisplayOutput>().Single().Bundle.Html!.ShouldStartWith(HtmlStyle.Element);
        session.Outputs.OfType<DisplayUpdate>().Single().Bundle.Html!.ShouldStartWith(HtmlStyle.Element);
        session.Outputs.OfType<ResultOutput>().Single().Bundle.Html!.ShouldNotContain("<style>");
    }
}

/// <summary>What a cell that hears no cancellation waits for.</summary>
public static class Gate
{
    public static TaskCompletionSource Opened { get; } = new();
}
