using System.Net;
using System.Text.Json;
using Neuro.Client.Api;

namespace Neuro.Notebooks.Jupyter;

/// <summary>Where a kernel listens and the key that its messages are signed with, as Jupyter writes it into a file before it starts a kernel.</summary>
/// <param name="Path">The file.</param>
/// <param name="Key">Shared with the client through the file alone.</param>
public sealed record ConnectionFile(string Path, IPAddress Ip, int ShellPort, int ControlPort, int StdinPort, int IopubPort, int HbPort, string Key)
{
    private const int MostBytes = 65_536;

    /// <exception cref="NeuroException"><c>jupyter.bad_connection_file</c>: missing, not one, or with something that this kernel does not do.</exception>
    public static ConnectionFile Read(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        Func<string, NeuroException> bad = problem => new("jupyter.bad_connection_file", $"{full}: {problem}");
        try
        {
            using var json = JsonDocument.Parse(Bytes(full, bad));
            var fields = new Fields(json.RootElement, bad);
            if (fields.Text("transport", "tcp") is not "tcp" and var transport)
            {
                throw bad($"transport is '{transport}'; this kernel speaks 'tcp' alone. Take KernelManager.transport out of the configuration of Jupyter, or set it to 'tcp'.");
            }

            if (fields.Text("signature_scheme", MessageFormat.Scheme) is not MessageFormat.Scheme and var scheme)
            {
                throw bad($"signature_scheme is '{scheme}'; expected '{MessageFormat.Scheme}'.");
            }

            ConnectionFile file = new(
                full, fields.Address(), fields.Port("shell_port"), fields.Port("control_port"), fields.Port("stdin_port"), fields.Port("iopub_port"), fields.Port("hb_port"), fields.Text("key", ""));
            return file switch
            {
                { Key: "" } => throw bad("key is empty, and without one every user of this machine could run code here. Let Jupyter write the file."),
                { Ports: var ports } when ports.Distinct().Count() < ports.Length => throw bad($"two of the ports {string.Join(", ", ports)} are the same."),
                _ => file,
            };
        }
        catch (JsonException broken)
        {
            throw bad($"it is not JSON ({broken.Message.TrimEnd('.')}). Let Jupyter write the file.");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw bad($"it cannot be read ({refused.Message.TrimEnd('.')}). Jupyter gives the kernel the file that it wrote.");
        }
    }

    internal int[] Ports => [ShellPort, ControlPort, StdinPort, IopubPort, HbPort];

    internal string Address(int port) => $"tcp://{(Ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{Ip}]" : Ip)}:{port}";

    private static byte[] Bytes(string path, Func<string, NeuroException> bad)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[MostBytes + 1];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length <= MostBytes ? bytes[..length] : throw bad($"it has more than {MostBytes} bytes; a connection file has some hundred.");
    }

    private sealed record Fields(JsonElement Root, Func<string, NeuroException> Bad)
    {
        public string Text(string name, string otherwise) => Value(name) switch
        {
            null => otherwise,
            { ValueKind: JsonValueKind.String } text => text.GetString()!,
            { } other => throw Bad($"{name} is {Shown(other)}; expected a text."),
        };

        public int Port(string name) => Value(name) switch
        {
            null => throw Bad($"{name} is missing; expected a number from 1 to 65535."),
            { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var port) && port is > 0 and < 65_536 => port,
            { } other => throw Bad($"{name} is {Shown(other)}; expected a number from 1 to 65535."),
        };

        public IPAddress Address() => Text("ip", "127.0.0.1") switch
        {
            "localhost" => IPAddress.Loopback,
            "*" => IPAddress.Any,
            var text when IPAddress.TryParse(text, out var address) => address,
            var text => throw Bad($"ip is '{text}'; expected an address such as 127.0.0.1."),
        };

        private JsonElement? Value(string name) => Root.ValueKind != JsonValueKind.Object ? throw Bad($"it holds {Shown(Root)}; expected an object.")
            : Root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

        private static string Shown(JsonElement value) => value.GetRawText() is { Length: > 60 } text ? text[..60] + "…" : value.GetRawText();
    }
}
