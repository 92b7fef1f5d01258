using System.CommandLine;
using Neuro.Client.Api;
using Neuro.Client.Tokens;
using Neuro.Node.Work;

namespace Neuro.Cli.Commands.Nodes;

/// <summary>What the commands of a node are told: its folder, and what is not said there.</summary>
internal sealed class NodeArguments
{
    private readonly Option<string?> platform = new("--platform") { Description = "The platform's address; the one it joined, or the one on this machine, if left out." };
    private readonly Option<string?> name = new("--name") { Description = "What people call it; the name it joined with, or the machine's, if left out." };
    private readonly Option<string?> floor = new("--floor") { Description = "The least it takes per CU, in NTK; what it joined with, or 1, if left out." };

    public Option<string> Folder { get; } = new("--folder") { Description = "Where the node keeps its key, settings and cache.", DefaultValueFactory = _ => Path.Combine(DataFolder.Path, "node") };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { platform, Folder, name, floor })
        {
            command.Add(option);
        }
    }

    public string ReadFolder(ParseResult parsed) => Path.GetFullPath(parsed.GetValue(Folder)!);

    /// <exception cref="NeuroException"><c>platform.not_running</c>, <c>platform.bad_url</c>, <c>node.bad_floor</c>.</exception>
    public NodeOptions Read(ParseResult parsed)
    {
        var here = Connection.Read();
        var known = Membership.Read(ReadFolder(parsed));
        // The platform on this machine may have another port each time it starts.
        var joined = known is { Platform.IsLoopback: true } && here is not null ? here.Url : known?.Platform.ToString();
        var url = parsed.GetValue(platform) ?? joined ?? here?.Url
            ?? throw new NeuroException("platform.not_running", "No platform runs on this machine. Start one with `neuro up`, or name one with --platform.");
        var address = Uri.TryCreate(url, UriKind.Absolute, out var read) && read.Scheme is "http" or "https"
            ? read
            : throw new NeuroException("platform.bad_url", $"--platform: '{url}' is not an address; expected something like http://127.0.0.1:5080.");
        return new NodeOptions
        {
            Platform = address,
            Folder = ReadFolder(parsed),
            Name = parsed.GetValue(name) ?? known?.Name ?? Environment.MachineName,
            Floor = parsed.GetValue(floor) is { } text ? ParseFloor(text) : known?.Floor ?? Ntk.Of(1),
            OwnerKey = Environment.GetEnvironmentVariable(NodeCommand.OwnerKeyVariable) ?? (here is not null && Uri.TryCreate(here.Url, UriKind.Absolute, out var local) && local == address ? here.ApiKey : null),
        };
    }

    /// <summary>The same; null when no platform is named and none was joined.</summary>
    public NodeOptions? TryRead(ParseResult parsed) => parsed.GetValue(platform) is null && Membership.Read(ReadFolder(parsed)) is null ? null : Read(parsed);

    private static Ntk ParseFloor(string text)
    {
        try
        {
            var floor = Ntk.Parse(text);
            return floor > Ntk.Zero ? floor : throw new FormatException($"'{text}' is not above zero; 0.000000001 is the least.");
        }
        catch (FormatException wrong)
        {
            throw new NeuroException("node.bad_floor", $"--floor: {wrong.Message}");
        }
    }
}
