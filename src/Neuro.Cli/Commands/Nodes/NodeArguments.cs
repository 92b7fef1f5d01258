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
    private const string Tuned = "tuned";

    private readonly Option<string?> floor = new("--floor") { Description = "The least it takes per CU, in NTK; or 'tuned': it learns which floor earns most, from --cost upwards. What it joined with, or 1, if left out." };
    private readonly Option<string?> cost = new("--cost") { Description = "What a CU costs it, in NTK; a tuned floor is never below." };
    private readonly Option<string?> startCost = new("--start-cost") { Description = "The least it takes once for a job, however much of it it does, in NTK; nothing if left out." };
    private readonly Option<TimeSpan?> startTime = new("--start-time") { Description = "How long it takes before its first shard of a job begins, such as 00:00:30; no time if left out." };

    public Option<string> Folder { get; } = new("--folder") { Description = "Where the node keeps its key, settings and cache.", DefaultValueFactory = _ => Path.Combine(DataFolder.Path, "node") };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { platform, Folder, name, floor, cost, startCost, startTime })
        {
            command.Add(option);
        }
    }

    public string ReadFolder(ParseResult parsed) => Path.GetFullPath(parsed.GetValue(Folder)!);

    /// <exception cref="NeuroException"><c>platform.not_running</c>, <c>platform.bad_url</c>, <c>node.bad_floor</c>, <c>node.bad_cost</c>, <c>node.bad_start_cost</c>, <c>node.bad_start_time</c>.</exception>
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
        var (least, isTuned) = Floor(parsed.GetValue(floor), parsed.GetValue(cost), known);
        return new NodeOptions
        {
            Platform = address,
            Folder = ReadFolder(parsed),
            Name = parsed.GetValue(name) ?? known?.Name ?? Environment.MachineName,
            Floor = least,
            IsTuned = isTuned,
            StartCost = parsed.GetValue(startCost) is { } once ? Amount("--start-cost", "node.bad_start_cost", once, Ntk.Zero) : known?.StartCost ?? Ntk.Zero,
            StartTime = parsed.GetValue(startTime) is not { } wait ? known?.StartTime ?? TimeSpan.Zero
                : wait >= TimeSpan.Zero && wait <= TimeSpan.FromDays(1) ? wait
                : throw new NeuroException("node.bad_start_time", $"--start-time: {wait} is not from 0 to a day."),
            OwnerKey = Environment.GetEnvironmentVariable(NodeCommand.OwnerKeyVariable) ?? (here is not null && Uri.TryCreate(here.Url, UriKind.Absolute, out var local) && local == address ? here.ApiKey : null),
        };
    }

    /// <summary>The same; null when no platform is named and none was joined.</summary>
    public NodeOptions? TryRead(ParseResult parsed) => parsed.GetValue(platform) is null && Membership.Read(ReadFolder(parsed)) is null ? null : Read(parsed);

    /// <summary>The options with which another process reads the same floor.</summary>
    public static IEnumerable<string> Floor(NodeOptions options) =>
    [
        .. options.IsTuned ? ["--floor", Tuned, "--cost", options.Floor.ToString()] : (string[])["--floor", options.Floor.ToString()],
        "--start-cost", options.StartCost.ToString(), "--start-time", options.StartTime.ToString(),
    ];

    private static (Ntk Least, bool IsTuned) Floor(string? floor, string? cost, Membership? known) => (floor, cost) switch
    {
        (null, null) => (known?.Floor ?? Ntk.Of(1), known?.IsTuned ?? false),
        (Tuned, { } text) => (Amount("--cost", "node.bad_cost", text, new(1)), true),
        (Tuned, null) => throw new NeuroException("node.bad_cost", "--floor tuned needs --cost: what a CU costs this node in NTK, such as 0.8."),
        ({ } text, null) => (Amount("--floor", "node.bad_floor", text, new(1)), false),
        _ => throw new NeuroException("node.bad_cost", $"--cost is for --floor tuned; the floor is {floor ?? "not named"}. Leave one of them out."),
    };

    private static Ntk Amount(string option, string code, string text, Ntk least)
    {
        try
        {
            return Ntk.Parse(text) is var amount && amount >= least ? amount : throw new FormatException($"'{text}' is too little; {least} is the least.");
        }
        catch (FormatException wrong)
        {
            throw new NeuroException(code, $"{option}: {wrong.Message}");
        }
    }
}
