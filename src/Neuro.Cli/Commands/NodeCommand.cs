using System.CommandLine;
using System.Diagnostics;
using Neuro.Client.Api;
using Neuro.Client.Tokens;
using Neuro.Node.Work;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro node</c>: sells this machine's compute to a platform.</summary>
internal static class NodeCommand
{
    /// <summary>Set by a parent that ends the node by closing its standard input, also when the parent is killed.</summary>
    public const string SupervisedVariable = "NEURO_NODE_SUPERVISED";

    /// <summary>The owner's key reaches the node by its environment: a command line can be read by every user of the machine.</summary>
    public const string OwnerKeyVariable = "NEURO_NODE_OWNER_KEY";

    private const string Tuned = "tuned";

    private static readonly TimeSpan PatienceForPredecessor = TimeSpan.FromSeconds(20);

    public static Command Create()
    {
        var url = new Option<string?>("--platform") { Description = "The platform's address; the one on this machine if left out." };
        var folder = new Option<string>("--folder") { Description = "Where the node keeps its key and cache.", DefaultValueFactory = _ => Path.Combine(DataFolder.Path, "node") };
        var name = new Option<string>("--name") { Description = "What people call it.", DefaultValueFactory = _ => Environment.MachineName };
        var floor = new Option<string>("--floor") { Description = "The least it takes per CU, in NTK; or 'tuned': it learns which floor earns most, from --cost upwards.", DefaultValueFactory = _ => "1" };
        var cost = new Option<string?>("--cost") { Description = "What a CU costs it, in NTK; a tuned floor is never below." };
        var startCost = new Option<string>("--start-cost") { Description = "The least it takes once for a job, however much of it it does, in NTK.", DefaultValueFactory = _ => "0" };
        var startTime = new Option<TimeSpan>("--start-time") { Description = "How long it takes before its first shard of a job begins, such as 00:00:30." };
        var command = new Command("node", "Works for a platform: renders and trains for NTK until Ctrl-C.") { url, folder, name, floor, cost, startCost, startTime };
        command.SetAction(async (parsed, cancel) =>
        {
            var here = Connection.Read();
            var platform = parsed.GetValue(url) ?? here?.Url
                ?? throw new NeuroException("platform.not_running", "No platform runs on this machine. Start one with `neuro up`, or name one with --platform.");
            var (least, isTuned) = Floor(parsed.GetValue(floor)!, parsed.GetValue(cost));
            var options = new NodeOptions
            {
                Platform = Uri.TryCreate(platform, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
                    ? address
                    : throw new NeuroException("platform.bad_url", $"--platform: '{platform}' is not an address; expected something like http://127.0.0.1:5080."),
                Folder = parsed.GetValue(folder)!,
                Name = parsed.GetValue(name)!,
                Floor = least,
                IsTuned = isTuned,
                StartCost = Amount("--start-cost", "node.bad_start_cost", parsed.GetValue(startCost)!, Ntk.Zero),
                StartTime = parsed.GetValue(startTime) is var time && time >= TimeSpan.Zero && time <= TimeSpan.FromDays(1)
                    ? time
                    : throw new NeuroException("node.bad_start_time", $"--start-time: {time} is not from 0 to a day."),
                OwnerKey = Environment.GetEnvironmentVariable(OwnerKeyVariable) ?? (here?.Url == platform ? here.ApiKey : null),
            };
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var supervised = Environment.GetEnvironmentVariable(SupervisedVariable) == "1";
            if (supervised)
            {
                _ = StopAtEndOfInputAsync(stop);
            }

            using var worker = supervised ? await TakeOverAsync(options, stop.Token) : new Worker(options, Console.Out.WriteLine);
            await worker.RunAsync(stop.Token);
            return 0;
        });
        return command;
    }

    private static (Ntk Least, bool IsTuned) Floor(string floor, string? cost) => (floor, cost) switch
    {
        (Tuned, { } text) => (Amount("--cost", "node.bad_cost", text, new(1)), true),
        (Tuned, null) => throw new NeuroException("node.bad_cost", "--floor tuned needs --cost: what a CU costs this node in NTK, such as 0.8."),
        (_, null) => (Amount("--floor", "node.bad_floor", floor, new(1)), false),
        _ => throw new NeuroException("node.bad_cost", $"--cost is for --floor tuned; the floor is {floor}. Leave one of them out."),
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

    // A platform that was killed and started again may be here before the node of its former life has put its work down.
    private static async Task<Worker> TakeOverAsync(NodeOptions options, CancellationToken cancel)
    {
        for (var began = Stopwatch.StartNew(); ;)
        {
            try
            {
                return new Worker(options, Console.Out.WriteLine);
            }
            catch (NeuroException inUse) when (inUse.Code == "node.folder_in_use" && began.Elapsed < PatienceForPredecessor)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancel);
            }
        }
    }

    // The end of standard input is the one sign of a parent's death that also comes when it is killed.
    private static async Task StopAtEndOfInputAsync(CancellationTokenSource stop)
    {
        await using var input = Console.OpenStandardInput();
        var buffer = new byte[64];
        while (await input.ReadAsync(buffer) > 0)
        {
        }

        await stop.CancelAsync();
    }
}
