using System.Text.Json.Nodes;

namespace Neuro.Notebooks.Tests.Jupyter;

/// <summary>The requests that run no cell, on the wire.</summary>
public sealed class RequestTests(KernelFixture kernel) : IClassFixture<KernelFixture>
{
    private readonly TestClient client = kernel.Client;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void KernelInfo_ShellAndControl_SaysWhatItSpeaks(bool onControl)
    {
        var info = client.Request("kernel_info_request", [], onControl).Content;

        ((string?)info["status"]).ShouldBe("ok");
        ((string?)info["protocol_version"]).ShouldBe("5.4");
        ((string?)info["implementation"]).ShouldBe("neuro");
        ((string?)info["language_info"]!["name"]).ShouldBe("C#");
        ((string?)info["language_info"]!["file_extension"]).ShouldBe(".cs");
        ((bool)info["debugger"]!).ShouldBeFalse();
        ((string?)info["banner"]).ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void Heartbeat_AnyBytes_ComeBack() => client.Heartbeat([1, 2, 3]).ShouldBe([1, 2, 3]);

    [Fact]
    public void Complete_Variable_HasMatchesKindsAndCodePoints()
    {
        client.Execute("var elephant = 1;");
        const string code = "/* 🦊🦊 */ eleph";

        var reply = client.Request("complete_request", new() { ["code"] = code, ["cursor_pos"] = code.Length - 2 }).Content;

        reply["matches"]!.AsArray().Select(match => (string)match!).ShouldBe(["elephant"]);
        ((int)reply["cursor_start"]!).ShouldBe(9);
        ((int)reply["cursor_end"]!).ShouldBe(14);
        ((string?)reply["metadata"]!["_jupyter_types_experimental"]![0]!["type"]).ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(10_000)]
    public void Complete_CursorOutsideTheCode_IsAnswered(int cursor) =>
        ((string?)client.Request("complete_request", new() { ["code"] = "abc", ["cursor_pos"] = cursor }).Content["status"]).ShouldBe("ok");

    [Fact]
    public void Inspect_Variable_IsFound()
    {
        client.Execute("var giraffe = \"tall\";");

        var found = client.Request("inspect_request", new() { ["code"] = "giraffe", ["cursor_pos"] = 7, ["detail_level"] = 0 }).Content;

        ((bool)found["found"]!).ShouldBeTrue();
        ((string)found["data"]!["text/plain"]!).ShouldContain("giraffe");
    }

    [Fact]
    public void Inspect_Nothing_IsAnsweredWithNotFound()
    {
        var reply = client.Request("inspect_request", new() { ["code"] = "   ", ["cursor_pos"] = 1 });

        reply.Status.ShouldBe("ok");
        ((bool)reply.Content["found"]!).ShouldBeFalse();
    }

    [Theory]
    [InlineData("1 + 1", "complete")]
    [InlineData("if (true) {", "incomplete")]
    [InlineData("var = = ;", "invalid")]
    public void IsComplete_Code_GetsOneReply(string code, string status)
    {
        client.Request("is_complete_request", new() { ["code"] = code }).Status.ShouldBe(status);
        client.Request("kernel_info_request", []).Reply.Type.ShouldBe("kernel_info_reply", "no second reply came in between");
    }

    [Fact]
    public void History_TailRangeAndSearch_FindTheCells()
    {
        var first = (int)client.Execute("\"needle one\"").Content["execution_count"]!;
        client.Execute("\"needle two\"");

        Inputs(new() { ["hist_access_type"] = "tail", ["n"] = 2 }).ShouldBe(["\"needle one\"", "\"needle two\""]);
        Inputs(new() { ["hist_access_type"] = "range", ["session"] = 0, ["start"] = first, ["stop"] = first + 1 }).ShouldBe(["\"needle one\""]);
        Inputs(new() { ["hist_access_type"] = "search", ["pattern"] = "*needle t?o*", ["n"] = 10 }).ShouldBe(["\"needle two\""]);
        var withOutput = client.Request("history_request", new() { ["hist_access_type"] = "tail", ["n"] = 1, ["output"] = true }).Content["history"]![0]!;
        ((string?)withOutput[2]![1]).ShouldBe("needle two");

        IEnumerable<string> Inputs(JsonObject asked) => client.Request("history_request", asked).Content["history"]!.AsArray().Select(entry => (string)entry![2]!);
    }

    [Fact]
    public void CommOpen_UnknownTarget_IsClosedAgain()
    {
        var id = client.Send("comm_open", new() { ["comm_id"] = "c1", ["target_name"] = "nobody", ["data"] = new JsonObject() });

        ((string?)client.Published(id, "comm_close").Content["comm_id"]).ShouldBe("c1");
        client.Request("comm_info_request", []).Content["comms"]!.AsObject().ShouldNotContainKey("c1");
    }

    [Fact]
    public void Comm_RegisteredTarget_TalksBothWays()
    {
        client.Execute("""
            Neuro.Notebooks.Jupyter.Comms.Current.Register("echo", (comm, opening) =>
            {
                comm.Received = data => { Console.Write("heard"); comm.Send(new { back = data.GetProperty("say").GetString() }); };
                comm.Send(new { hello = opening.GetProperty("who").GetString() });
            });
            """).Status.ShouldBe("ok");

        var open = client.Send("comm_open", new() { ["comm_id"] = "c2", ["target_name"] = "echo", ["data"] = new JsonObject { ["who"] = "page" } });
        ((string?)client.Published(open, "comm_msg").Content["data"]!["hello"]).ShouldBe("page");
        ((string?)client.Request("comm_info_request", new() { ["target_name"] = "echo" }).Content["comms"]!["c2"]!["target_name"]).ShouldBe("echo");
        var said = client.Send("comm_msg", new() { ["comm_id"] = "c2", ["data"] = new JsonObject { ["say"] = "hi" } });
        ((string?)client.Published(said, "comm_msg").Content["data"]!["back"]).ShouldBe("hi");
        client.Send("comm_close", new() { ["comm_id"] = "c2", ["data"] = new JsonObject() });
        client.Request("comm_info_request", []).Content["comms"]!.AsObject().ShouldNotContainKey("c2");
    }

    [Fact]
    public void Comm_OpenedByACell_IsAnnounced()
    {
        var done = client.Execute("var channel = Neuro.Notebooks.Jupyter.Comms.Current.Open(\"widget\", new { size = 3 }); channel.Close();");

        ((string?)done.Only("comm_open")["target_name"]).ShouldBe("widget");
        ((int)done.Only("comm_open")["data"]!["size"]!).ShouldBe(3);
        ((string?)done.Only("comm_close")["comm_id"]).ShouldBe((string?)done.Only("comm_open")["comm_id"]);
    }

    [Fact]
    public void Comm_HandlerThatThrows_LeavesTheKernelServing()
    {
        client.Execute("Neuro.Notebooks.Jupyter.Comms.Current.Register(\"bad\", (_, _) => throw new Exception(\"handler\"));");
        client.Send("comm_open", new() { ["comm_id"] = "c3", ["target_name"] = "bad", ["data"] = new JsonObject() });

        client.Execute("5").Result.ShouldBe("5");
        kernel.Log.ShouldContain(line => line.Contains("handler", StringComparison.Ordinal));
    }
}
