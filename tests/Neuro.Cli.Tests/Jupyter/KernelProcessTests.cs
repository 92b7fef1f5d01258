using System.Diagnostics;
using Neuro.Notebooks.Tests.Jupyter;

namespace Neuro.Cli.Tests.Jupyter;

/// <summary>The kernel as Jupyter starts it, a process of its own: what ends it, and what does not.</summary>
public sealed class KernelProcessTests : CliFact
{
    private readonly KernelPorts ports = KernelPorts.Free();

    private string Connection => Path.Combine(Folder, "kernel-1.json");

    [Fact]
    public async Task Exit_ByACell_IsToldToWhoWaitsForIt()
    {
        await using var kernel = Start();
        using var client = new TestClient(ports);

        var ended = client.Execute("Console.Write(\"last words\"); Environment.Exit(3);");

        ended.Status.ShouldBe("error");
        ((string?)ended.Only("error")["ename"]).ShouldBe("KernelExit");
        ((string?)ended.Content["evalue"]).ShouldBe("The cell ended the kernel (exit code 3). Run the notebook again from the top.");
        (await kernel.ExitAsync(Cancel)).ShouldBe(3);
    }

    [Fact]
    public async Task StackOverflow_InACell_EndsTheProcessAndIsNamedInJupytersLog()
    {
        await using var kernel = Start();
        using var client = new TestClient(ports);

        client.Send("execute_request", TestClient.Cell("int Fall(int n) => Fall(n + 1) + Fall(n + 2); Fall(0)"));

        (await kernel.ExitAsync(Cancel)).ShouldNotBe(0);
        await kernel.LineAsync("Stack overflow", Cancel);
    }

    [Fact]
    public async Task OutOfMemory_InACell_IsItsErrorAndTheSessionGoesOn()
    {
        await using var kernel = Start("/usr/bin/env", "DOTNET_GCHeapHardLimit=0x18000000"); // 384 MiB.
        using var client = new TestClient(ports);
        client.Execute("var kept = 5;");

        var full = client.Execute("int Fill() { var all = new List<byte[]>(); while (true) all.Add(new byte[20_000_000]); } Fill()");

        ((string?)full.Only("error")["ename"]).ShouldBe("OutOfMemoryException");
        client.Execute("kept").Result.ShouldBe("5");
    }

    [Fact]
    public async Task SigInt_WhileACellRuns_StopsTheCellAndNotTheKernel()
    {
        await using var kernel = Start();
        using var client = new TestClient(ports);
        client.Execute("var kept = 5;");
        var running = client.Send("execute_request", TestClient.Cell("Console.WriteLine(\"begun\"); Thread.Sleep(-1);"));
        client.Published(running, "stream");

        kernel.Interrupt();

        client.Collect(running).Status.ShouldBe("error");
        client.Execute("kept").Result.ShouldBe("5");
    }

    [Fact]
    public async Task SigTerm_Idle_EndsTheKernelInOrder()
    {
        await using var kernel = Start();
        using var client = new TestClient(ports);
        client.Execute("1");

        NeuroProcess.Signal(kernel.Id, 15);

        (await kernel.ExitAsync(Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task Parent_Gone_EndsTheKernel()
    {
        using var parent = Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await using var kernel = Start("/usr/bin/env", $"JPY_PARENT_PID={parent.Id}");
        using var client = new TestClient(ports);
        client.Execute("1").Result.ShouldBe("1");

        parent.Kill();

        (await kernel.ExitAsync(Cancel)).ShouldBe(0);
        kernel.Output.ShouldContain($"process {parent.Id}) is gone");
    }

    [Fact]
    public async Task SigKill_AfterACell_LeavesNoChild()
    {
        await using var kernel = Start();
        using var client = new TestClient(ports);
        client.Execute("1");

        File.ReadAllText($"/proc/{kernel.Id}/task/{kernel.Id}/children").ShouldBeEmpty();
        kernel.Kill();
        await kernel.ExitAsync(Cancel);

        NeuroProcess.Running(Connection).ShouldBeEmpty();
    }

    [Fact]
    public async Task Start_SecondOnOneFile_SaysSoAndEnds()
    {
        await using var first = Start();
        using var client = new TestClient(ports);

        await using var second = Start();

        (await second.ExitAsync(Cancel)).ShouldBe(1);
        second.Output.ShouldContain("may be running already");
        second.Output.ShouldContain("(jupyter.port_taken)");
        client.Execute("1").Result.ShouldBe("1");
    }

    [Fact]
    public async Task Start_NoSuchFile_IsOneSentence()
    {
        await using var kernel = NeuroProcess.Start(Data, "jupyter", "kernel", "--connection-file", Path.Combine(Folder, "none.json"));

        (await kernel.ExitAsync(Cancel)).ShouldBe(1);
        kernel.Output.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain("(jupyter.bad_connection_file)");
    }

    [Fact]
    public async Task Cell_PlatformsNamespacesAndMagics_AreInScope()
    {
        await using var kernel = Start();
        using var client = new TestClient(ports);

        client.Execute("Ntk.Parse(\"1.5\")").Result.ShouldNotBeNull();
        client.Execute("#!lsmagic").Only("display_data")["data"]!["text/plain"]!.GetValue<string>().ShouldContain("#!neuro-balance");
    }

    private NeuroProcess Start(params string[] wrapper)
    {
        File.WriteAllText(Connection, ports.ToJson().ToJsonString());
        return NeuroProcess.Start(Data, wrapper, ["jupyter", "kernel", "--connection-file", Connection]);
    }
}
