namespace Neuro.Notebooks.Tests.Jupyter;

/// <summary>What comes while a cell runs, on the wire: each test has a kernel of its own.</summary>
public sealed class ControlTests
{
    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("Thread.Sleep(-1);")]
    [InlineData("await Task.Delay(-1);")]
    [InlineData("while (true) Console.WriteLine(\"more\");")]
    public async Task Interrupt_RunningCell_EndsItAndKeepsTheState(string code)
    {
        await using var kernel = new KernelFixture();
        kernel.Client.Execute("var kept = 11;");
        var running = kernel.Client.Send("execute_request", TestClient.Cell($"Console.WriteLine(\"begun\"); {code}"));
        kernel.Client.Published(running, "stream");

        kernel.Client.Request("interrupt_request", [], onControl: true).Status.ShouldBe("ok");

        ((string?)kernel.Client.Collect(running).Content["ename"]).ShouldBe("Interrupted");
        kernel.Client.Execute("kept").Result.ShouldBe("11");
    }

    [Fact]
    public async Task Interrupt_NothingRuns_IsAnsweredAndHarmless()
    {
        await using var kernel = new KernelFixture();

        kernel.Client.Request("interrupt_request", [], onControl: true).Status.ShouldBe("ok");

        kernel.Client.Execute("1").Result.ShouldBe("1");
    }

    [Fact]
    public async Task KernelInfo_WhileACellRuns_IsAnsweredOnControl()
    {
        await using var kernel = new KernelFixture();
        var running = kernel.Client.Send("execute_request", TestClient.Cell("Console.WriteLine(\"begun\"); Console.ReadLine()"));
        kernel.Client.Published(running, "stream");

        kernel.Client.Request("kernel_info_request", [], onControl: true).Status.ShouldBe("ok");

        kernel.Client.Answer(kernel.Client.Question(), "go");
        kernel.Client.Collect(running).Result.ShouldBe("go");
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public async Task Shutdown_Request_IsAnsweredAndTheKernelEnds(bool onControl, bool restart)
    {
        await using var kernel = new KernelFixture();

        var answer = kernel.Client.Request("shutdown_request", new() { ["restart"] = restart }, onControl);

        ((bool)answer.Content["restart"]!).ShouldBe(restart);
        answer.Of("shutdown_reply").ShouldHaveSingleItem();
        await kernel.Ended.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Shutdown_WhileACellRuns_EndsBoth()
    {
        await using var kernel = new KernelFixture();
        var running = kernel.Client.Send("execute_request", TestClient.Cell("Console.WriteLine(\"begun\"); while (true) { }"));
        kernel.Client.Published(running, "stream");

        kernel.Client.Request("shutdown_request", new() { ["restart"] = false }, onControl: true).Status.ShouldBe("ok");

        await kernel.Ended.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("Console.ReadLine()", "", false)]
    [InlineData("input(\"name? \")", "name? ", false)]
    [InlineData("password(\"secret? \")", "secret? ", true)]
    public async Task Input_Question_IsAskedAndAnswered(string code, string prompt, bool password)
    {
        await using var kernel = new KernelFixture();
        var asking = kernel.Client.Send("execute_request", TestClient.Cell(code));

        var question = kernel.Client.Question();

        question.Type.ShouldBe("input_request");
        question.ParentId.ShouldBe(asking);
        ((string?)question.Content["prompt"]).ShouldBe(prompt);
        ((bool)question.Content["password"]!).ShouldBe(password);
        kernel.Client.Answer(question, "Ada");
        kernel.Client.Collect(asking).Result.ShouldBe("Ada");
    }

    [Fact]
    public async Task Input_NotAllowed_FailsWithItsReason()
    {
        await using var kernel = new KernelFixture();

        var failed = kernel.Client.Execute("Console.ReadLine()", asked => asked["allow_stdin"] = false);

        ((string?)failed.Content["ename"]).ShouldBe("cell.no_input");
    }

    [Fact]
    public async Task Interrupt_WhileAQuestionIsOpen_EndsTheCell()
    {
        await using var kernel = new KernelFixture();
        var asking = kernel.Client.Send("execute_request", TestClient.Cell("input()"));
        var question = kernel.Client.Question();

        kernel.Client.Request("interrupt_request", [], onControl: true);

        kernel.Client.Collect(asking).Status.ShouldBe("error");
        kernel.Client.Answer(question, "too late");
        kernel.Client.Execute("1").Result.ShouldBe("1");
    }
}
