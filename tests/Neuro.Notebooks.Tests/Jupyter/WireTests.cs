using System.Net;
using System.Net.Sockets;
using System.Text;
using Neuro.Client.Api;
using Neuro.Notebooks.Engine;
using Neuro.Notebooks.Jupyter;

namespace Neuro.Notebooks.Tests.Jupyter;

/// <summary>What strangers send: the kernel serves on.</summary>
public sealed class WireTests
{
    [Fact]
    public async Task Receive_WrongSignature_IsDroppedWithOneLine()
    {
        await using var kernel = new KernelFixture();

        kernel.Client.SendRaw(kernel.Client.Frames("execute_request", TestClient.Cell("var evil = 1;"), null, "other key"u8.ToArray(), out _));

        ((string?)kernel.Client.Execute("evil").Content["ename"]).ShouldBe("CS0103");
        kernel.Log.ShouldBe(["A message on the shell socket was dropped: its signature is wrong."]);
    }

    [Fact]
    public async Task Receive_Replay_RunsOnce()
    {
        await using var kernel = new KernelFixture();
        kernel.Client.Execute("var times = 0;");
        var frames = kernel.Client.Frames("execute_request", TestClient.Cell("times++;"), out var id);

        kernel.Client.SendRaw(frames);
        kernel.Client.SendRaw(frames);

        kernel.Client.Collect(id).Status.ShouldBe("ok");
        kernel.Client.Execute("times").Result.ShouldBe("1");
        kernel.Log.ShouldBe(["A message on the shell socket was dropped: it came before."]);
    }

    [Fact]
    public async Task Receive_TooManyFrames_IsDroppedWhole()
    {
        await using var kernel = new KernelFixture();

        kernel.Client.SendRaw([.. Enumerable.Repeat(new byte[10], 5000)]);

        kernel.Client.Execute("1").Result.ShouldBe("1");
        kernel.Log.ShouldHaveSingleItem().ShouldContain("64 frames");
    }

    [Fact]
    public async Task Receive_ManyWrongMessages_ReportsTheFirstAlone()
    {
        await using var kernel = new KernelFixture();
        for (var i = 0; i < 100; i++)
        {
            kernel.Client.SendRaw("garbage"u8.ToArray());
        }

        kernel.Client.Execute("1").Result.ShouldBe("1");
        kernel.Log.Count.ShouldBe(20);
    }

    [Fact]
    public async Task Receive_UnknownType_IsLeftAlone()
    {
        await using var kernel = new KernelFixture();

        var id = kernel.Client.Send("debug_request", []);

        kernel.Client.Published(id, "status").Content["execution_state"]!.GetValue<string>().ShouldBe("busy");
        kernel.Client.Execute("1").Result.ShouldBe("1");
    }

    /// <summary>Bytes that are no ZeroMQ, ZeroMQ that is no Jupyter, lengths that lie, connections that are cut.</summary>
    [Fact]
    public async Task Connection_GarbageOnEverySocket_LeavesTheKernelServing()
    {
        await using var kernel = new KernelFixture();
        var random = new Random(7);
        foreach (var port in new[] { kernel.Ports.Shell, kernel.Ports.Control, kernel.Ports.Stdin, kernel.Ports.Iopub, kernel.Ports.Hb })
        {
            foreach (var bytes in Garbage(random))
            {
                using var connection = new TcpClient();
                await connection.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
                await connection.GetStream().WriteAsync(bytes, TestContext.Current.CancellationToken);
                connection.Client.LingerState = new(random.Next(2) == 0, 0); // Half of them are reset.
            }
        }

        kernel.Client.Execute("1 + 1").Result.ShouldBe("2");
        kernel.Client.Heartbeat([9]).ShouldBe([9]);
        kernel.Client.Request("kernel_info_request", [], onControl: true).Status.ShouldBe("ok");
    }

    private static IEnumerable<byte[]> Garbage(Random random)
    {
        byte[] greeting = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0, .. Encoding.ASCII.GetBytes("NULL".PadRight(20, '\0')), .. new byte[32]];
        byte[] ready = [4, 41, 5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, 6, .. "DEALER"u8, 8, .. "Identity"u8];
        yield return "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray();
        yield return [.. greeting, .. ready, 2, 0x7F, 255, 255, 255, 255, 255, 255, 255];
        yield return [.. greeting, .. ready, 2, 0xFF, 255, 255, 255, 255, 255, 255, 255];
        for (var i = 0; i < 20; i++)
        {
            var noise = new byte[random.Next(1, 400)];
            random.NextBytes(noise);
            yield return noise;
            yield return [.. greeting, .. noise];
            yield return [.. greeting, .. ready, .. noise];
        }
    }

    [Fact]
    public async Task RunAsync_SecondKernelOnOneFile_SaysSoAndTheFirstServesOn()
    {
        await using var kernel = new KernelFixture();

        var refused = await Should.ThrowAsync<NeuroException>(() => JupyterKernel.RunAsync(ConnectionFile.Read(kernel.Path), new SessionOptions(), cancel: TestContext.Current.CancellationToken));

        refused.Code.ShouldBe("jupyter.port_taken");
        refused.Message.ShouldContain(kernel.Path);
        kernel.Client.Execute("1").Result.ShouldBe("1");
    }
}
