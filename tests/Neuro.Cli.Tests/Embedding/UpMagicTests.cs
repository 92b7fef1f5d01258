using Neuro.Notebooks.Tests.Jupyter;

namespace Neuro.Cli.Tests.Embedding;

/// <summary><c>#!neuro-up</c> in the kernel that Jupyter starts.</summary>
public sealed class UpMagicTests : CliFact
{
    [Fact]
    public async Task Up_InTheKernel_IsAPlatformThatStopsWithIt()
    {
        var (ports, connection) = (KernelPorts.Free(), Path.Combine(Folder, "kernel-up.json"));
        File.WriteAllText(connection, ports.ToJson().ToJsonString());
        await using var kernel = NeuroProcess.Start(Data, "jupyter", "kernel", "--connection-file", connection);
        using var client = new TestClient(ports);

        client.Execute("#!neuro-up").Status.ShouldBe("ok", kernel.Output);
        client.Execute("#!neuro-up").Status.ShouldBe("ok", kernel.Output); // Up already: connected to.
        client.Execute("(await client.NodesAsync()).Count").Result.ShouldBe("1");

        NeuroProcess.Signal(kernel.Id, 15);
        (await kernel.ExitAsync(Cancel)).ShouldBe(0);
        NeuroProcess.Running(Data).ShouldBeEmpty(); // The node is gone too.
    }
}
