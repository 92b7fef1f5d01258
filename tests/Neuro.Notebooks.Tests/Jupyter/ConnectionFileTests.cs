using System.Net;
using System.Text.Json.Nodes;
using CsCheck;
using Neuro.Client.Api;
using Neuro.Notebooks.Jupyter;

namespace Neuro.Notebooks.Tests.Jupyter;

public sealed class ConnectionFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-connection-").FullName;

    private string File => Path.Combine(folder, "kernel.json");

    [Fact]
    public void Read_FileOfJupyter_HasAddressPortsAndKey()
    {
        var ports = KernelPorts.Free();

        var read = Read(ports.ToJson());

        read.Ip.ShouldBe(IPAddress.Loopback);
        (read.ShellPort, read.ControlPort, read.StdinPort, read.IopubPort, read.HbPort, read.Key).ShouldBe((ports.Shell, ports.Control, ports.Stdin, ports.Iopub, ports.Hb, ports.Key));
    }

    [Fact]
    public void Read_NoAddress_IsLoopback()
    {
        var json = KernelPorts.Free().ToJson();
        json.Remove("ip");

        Read(json).Ip.ShouldBe(IPAddress.Loopback);
    }

    [Theory]
    [InlineData("transport", "\"ipc\"", "'tcp' alone")]
    [InlineData("signature_scheme", "\"hmac-md5\"", "expected 'hmac-sha256'")]
    [InlineData("key", "\"\"", "key is empty")]
    [InlineData("ip", "\"example.org\"", "ip is 'example.org'")]
    [InlineData("shell_port", "0", "shell_port is 0")]
    [InlineData("shell_port", "65536", "shell_port is 65536")]
    [InlineData("iopub_port", "\"1\"", "iopub_port is \"1\"")]
    [InlineData("hb_port", "null", "hb_port is missing")]
    [InlineData("key", "[1]", "key is [1]; expected a text")]
    public void Read_BadField_SaysWhichAndWhatWasExpected(string field, string value, string expected)
    {
        var json = KernelPorts.Free().ToJson();
        json[field] = JsonNode.Parse(value);

        Should.Throw<NeuroException>(() => Read(json)).ShouldSatisfyAllConditions(
            error => error.Code.ShouldBe("jupyter.bad_connection_file"), error => error.Message.ShouldContain(expected), error => error.Message.ShouldContain(File));
    }

    [Fact]
    public void Read_PortTwice_IsRefused()
    {
        var json = KernelPorts.Free().ToJson();
        json["hb_port"] = (int)json["shell_port"]!;

        Should.Throw<NeuroException>(() => Read(json)).Message.ShouldContain("are the same");
    }

    [Fact]
    public void Read_Missing_SaysSo() => Should.Throw<NeuroException>(() => ConnectionFile.Read(File)).Code.ShouldBe("jupyter.bad_connection_file");

    [Fact]
    public void Read_Anything_IsAFileOrARefusal() =>
        Gen.OneOf(Gen.String, Gen.String.Select(text => $"{{\"shell_port\":{text}}}"), Gen.Const("[]"), Gen.Const("null"), Gen.Const(new string('[', 2000)), Gen.Const(new string(' ', 70_000))).Sample(
            text =>
            {
                System.IO.File.WriteAllText(File, text);
                Should.Throw<NeuroException>(() => ConnectionFile.Read(File)).Code.ShouldBe("jupyter.bad_connection_file");
            },
            iter: 200,
            threads: 1);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private ConnectionFile Read(JsonObject json)
    {
        System.IO.File.WriteAllText(File, json.ToJsonString());
        return ConnectionFile.Read(File);
    }
}
