using System.Text.Json.Nodes;

namespace Neuro.Notebooks.Tests.Jupyter;

/// <summary>execute_request, on the wire.</summary>
public sealed class ExecuteTests(KernelFixture kernel) : IClassFixture<KernelFixture>
{
    private readonly TestClient client = kernel.Client;

    [Fact]
    public void Execute_Expression_IsBusyInputResultIdleUnderItsRequest()
    {
        var done = client.Execute("1 + 1");

        done.Status.ShouldBe("ok");
        done.Result.ShouldBe("2");
        done.Published.Select(message => message.Type).ShouldBe(["status", "execute_input", "execute_result", "status"]);
        var count = (int)done.Content["execution_count"]!;
        ((int)done.Only("execute_input")["execution_count"]!).ShouldBe(count);
        ((int)done.Only("execute_result")["execution_count"]!).ShouldBe(count);
        done.Content["payload"]!.AsArray().ShouldBeEmpty();
        ((string?)done.Reply.Parent["username"]).ShouldBe("tester");
        ((int)done.Reply.Parent["more"]!).ShouldBe(1, "the parent is the request's header as it was");
    }

    [Fact]
    public void Execute_Next_CountsOn()
    {
        var first = (int)client.Execute("var counted = 1;").Content["execution_count"]!;

        ((int)client.Execute("counted").Content["execution_count"]!).ShouldBe(first + 1);
    }

    [Fact]
    public void Execute_Silent_NeitherCountsNorShowsItself()
    {
        var before = (int)client.Execute("1").Content["execution_count"]!;
        var silent = client.Execute("var quiet = 7; quiet", asked => asked["silent"] = true);

        silent.Published.Select(message => message.Type).ShouldBe(["status", "status"]);
        client.Execute("quiet").ShouldSatisfyAllConditions(after => after.Result.ShouldBe("7"), after => ((int)after.Content["execution_count"]!).ShouldBe(before + 1));
    }

    [Fact]
    public void Execute_WithoutHistory_DoesNotCount()
    {
        var before = (int)client.Execute("1").Content["execution_count"]!;

        ((int)client.Execute("2", asked => asked["store_history"] = false).Content["execution_count"]!).ShouldBe(before);
        client.Request("history_request", new() { ["hist_access_type"] = "tail", ["n"] = 1 }).Content["history"]![0]![2]!.GetValue<string>().ShouldBe("1");
    }

    [Fact]
    public void Execute_UserExpressions_HaveTheirValuesOrTheirErrors()
    {
        var values = client.Execute("var asked = 20;", asked => asked["user_expressions"] = new JsonObject { ["good"] = "asked * 2", ["bad"] = "nothing" }).Content["user_expressions"]!;

        ((string?)values["good"]!["status"]).ShouldBe("ok");
        ((string?)values["good"]!["data"]!["text/plain"]).ShouldBe("40");
        ((string?)values["bad"]!["status"]).ShouldBe("error");
        ((string?)values["bad"]!["ename"]).ShouldBe("CS0103");
    }

    [Fact]
    public void Execute_RuntimeError_HasTypeMessageLineAndOneRedLine()
    {
        var failed = client.Execute("var fine = 1;\nthrow new FormatException(\"no number\");");

        failed.Status.ShouldBe("error");
        foreach (var error in new[] { failed.Content, failed.Only("error") })
        {
            ((string?)error["ename"]).ShouldBe("FormatException");
            ((string?)error["evalue"]).ShouldBe("no number (cell line 2)");
            ((string?)error["traceback"]![0]).ShouldBe("\u001b[31mFormatException: no number (cell line 2)\u001b[0m");
        }
    }

    [Fact]
    public void Execute_CompileError_ShowsTheLineAndACaret()
    {
        var lines = client.Execute("var broken = nothing;").Only("error")["traceback"]!.AsArray().Select(line => (string)line!).ToList();

        lines[0].ShouldContain("CS0103");
        lines[1..].ShouldBe(["    var broken = nothing;", "                 ^^^^^^^"]);
    }

    [Fact]
    public void Execute_ErrorWithCellsWaiting_AbortsThem()
    {
        var ids = new[] { "throw new Exception(\"first\");", "var ran = true;", "var ranToo = true;" }.Select(code => client.Send("execute_request", TestClient.Cell(code))).ToList();
        var info = client.Send("kernel_info_request", []);

        client.Collect(ids[0]).Status.ShouldBe("error");
        client.Collect(ids[1]).Status.ShouldBe("aborted");
        client.Collect(ids[2]).Status.ShouldBe("aborted");
        client.Collect(info).Status.ShouldBe("ok");
        client.Execute("ran").Status.ShouldBe("error");
    }

    [Fact]
    public void Execute_ErrorWithoutStopOnError_RunsTheNext()
    {
        var failing = TestClient.Cell("throw new Exception();");
        failing["stop_on_error"] = false;
        var (first, second) = (client.Send("execute_request", failing), client.Send("execute_request", TestClient.Cell("3")));

        client.Collect(first).Status.ShouldBe("error");
        client.Collect(second).Result.ShouldBe("3");
    }

    [Fact]
    public void Execute_BothStreams_StayInOrder()
    {
        var streams = client.Execute("Console.Write(1); Console.Error.Write(2); Console.Write(3);").Of("stream").Select(message => $"{message.Content["name"]} {message.Content["text"]}");

        streams.ShouldBe(["stdout 1", "stderr 2", "stdout 3"]);
    }

    [Fact]
    public void Execute_ManyLines_ComeInFewMessages()
    {
        var done = client.Execute("for (var i = 0; i < 20_000; i++) { Console.WriteLine(i); }");

        done.Text("stdout").ShouldBe(string.Concat(Enumerable.Range(0, 20_000).Select(i => i + "\n")));
        done.Of("stream").Count().ShouldBeLessThan(500);
    }

    [Fact]
    public void Execute_LineThatIsNotEnded_IsShownWhileTheCellRuns()
    {
        var running = client.Send("execute_request", TestClient.Cell("Console.Write(\"half\"); Thread.Sleep(-1);"));

        ((string?)client.Published(running, "stream").Content["text"]).ShouldBe("half");
        client.Request("interrupt_request", [], onControl: true);
        client.Collect(running).Status.ShouldBe("error");
    }

    [Fact]
    public void Execute_TaskThatOutlivesItsCell_ShowsUnderThatCell()
    {
        var cell = client.Send("execute_request", TestClient.Cell("""
            var go = new TaskCompletionSource();
            var late = Task.Run(async () => { await go.Task; Console.WriteLine("late"); display(7); });
            """));
        client.Collect(cell).Status.ShouldBe("ok");

        client.Execute("go.SetResult(); await late;").Published.Select(message => message.Type).ShouldBe(["status", "execute_input", "status"]);

        ((string?)client.Published(cell, "stream").Content["text"]).ShouldBe("late\n");
        ((string?)client.Published(cell, "display_data").Content["data"]!["text/plain"]).ShouldBe("7");
    }

    [Fact]
    public void Execute_Emoji_ComesWhole()
    {
        client.Execute("Console.Write(string.Concat(Enumerable.Repeat(\"🦊\", 50_000)));").Text("stdout").ShouldBe(string.Concat(Enumerable.Repeat("🦊", 50_000)));
    }

    [Fact]
    public void Execute_Display_HasPlainTextAndTheIdOfItsUpdates()
    {
        var done = client.Execute("var shown = display(1); shown.Update(2);");
        var later = client.Execute("shown.Update(3);");

        var id = (string?)done.Only("display_data")["transient"]!["display_id"];
        id.ShouldNotBeNullOrEmpty();
        foreach (var (update, text) in new[] { (done.Only("update_display_data"), "2"), (later.Only("update_display_data"), "3") })
        {
            ((string?)update["transient"]!["display_id"]).ShouldBe(id);
            ((string?)update["data"]!["text/plain"]).ShouldBe(text);
        }
    }

    [Theory]
    [InlineData("display(\"<b>x</b>\", \"text/html\");", "text/html", "\"<b>x</b>\"")]
    [InlineData("display(\"{\\\"a\\\":1}\", \"application/json\");", "application/json", "{\"a\":1}")]
    [InlineData("display(\"{broken\", \"application/json\");", "application/json", "\"{broken\"")]
    public void Execute_Bundle_AlwaysHasPlainTextAndJsonIsJson(string code, string mime, string expected)
    {
        var data = client.Execute(code).Only("display_data")["data"]!.AsObject();

        data["text/plain"].ShouldNotBeNull();
        System.Text.RegularExpressions.Regex.Unescape(data[mime]!.ToJsonString()).ShouldBe(expected);
    }

    [Fact]
    public void Execute_ClearOutput_SaysWhetherToWait()
    {
        client.Execute("Console.Write(\"gone\"); clear_output(true); Console.Write(\"stays\");").ShouldSatisfyAllConditions(
            done => ((bool)done.Only("clear_output")["wait"]!).ShouldBeTrue(),
            done => done.Published.Select(message => message.Type).ShouldBe(["status", "execute_input", "stream", "clear_output", "stream", "status"]));
    }

    [Fact]
    public void Execute_FieldsLeftOutAndUnknown_HaveTheProtocolsDefaults()
    {
        client.Request("execute_request", new() { ["code"] = "40 + 2", ["cell_meta"] = new JsonArray(1) }).Result.ShouldBe("42");
    }

    [Fact]
    public void Execute_ContentThatMakesNoSense_IsAnsweredWithAnError()
    {
        client.Request("execute_request", new() { ["code"] = 5 }).Status.ShouldBe("error");
        client.Request("execute_request", []).Status.ShouldBe("error");
        client.Execute("1").Status.ShouldBe("ok");
    }
}
