using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Client.Api;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;
using Neuro.Node.Benchmark;
using Measurement = Neuro.Client.Nodes.Benchmark;

namespace Neuro.Node.Work;

/// <summary>Makes a node known to a platform, before it works or instead of it.</summary>
public static class Enrolment
{
    // The platform takes what is a week old, and a node that runs for months measures itself only when it starts.
    private static readonly TimeSpan Fresh = TimeSpan.FromDays(7);

    /// <summary>Measures this machine if it was not in the last week, and joins once; the owner that is given is remembered by the platform.</summary>
    /// <exception cref="NeuroException"><c>node.folder_in_use</c> while the node runs; what the platform refuses.</exception>
    public static async Task<JoinReply> JoinAsync(NodeOptions options, Action<string> log, CancellationToken cancel)
    {
        using var folder = new NodeFolder(options.Folder);
        await using var services = NeuroClient.Services(options.Platform, apiKey: null).BuildServiceProvider();
        var api = services.GetRequiredService<INodeApi>();
        await api.ChallengeAsync(cancel); // Before anything takes time: is there a platform at this address?
        var benchmark = CapacityBenchmark.Known(folder) ?? await CapacityBenchmark.MeasureAndKeepAsync(folder, log, MeasureAsync, cancel);
        var joined = await JoinAsync(api, folder, options, benchmark.Capacity, benchmark, cancel);
        new Membership(options.Platform, options.Name, options.Floor, options.IsTuned, options.StartCost, options.StartTime).Write(folder.Path);
        return joined;
    }

    /// <summary>The node's public key, which is its id on every platform; null before its first run.</summary>
    public static string? NodeId(string folder) => NodeFolder.ReadKey(folder) is { } key ? Ed25519.PublicKey(key) : null;

    /// <summary>Measures this machine, and the line to the platform where one is given; the platform hears of it.</summary>
    /// <param name="options">Null for a node that has no platform yet.</param>
    /// <exception cref="NeuroException"><c>node.folder_in_use</c> while the node runs; what the platform refuses.</exception>
    public static async Task<Measurement> BenchmarkAsync(string path, NodeOptions? options, Action<string> log, CancellationToken cancel)
    {
        using var folder = new NodeFolder(path);
        var benchmark = await CapacityBenchmark.MeasureAndKeepAsync(folder, log, MeasureAsync, cancel);
        if (options is null)
        {
            return benchmark;
        }

        await using var services = NeuroClient.Services(options.Platform, apiKey: null).BuildServiceProvider();
        var joined = await JoinAsync(services.GetRequiredService<INodeApi>(), folder, options, benchmark.Capacity, benchmark, cancel);
        new Membership(options.Platform, options.Name, options.Floor).Write(folder.Path);
        var http = services.GetRequiredService<IHttpClientFactory>().CreateClient("streams");
        http.DefaultRequestHeaders.Authorization = new("Bearer", joined.Token);
        var (upload, download) = await LineBenchmark.MeasureAsync(http, folder.Key, cancel);
        return CapacityBenchmark.Keep(folder, benchmark with { Upload = upload, Download = download });
    }

    // In this process: it ends with the command, and does no work of others.
    private static Task<Capacity> MeasureAsync(string scratch, CancellationToken cancel) => Task.FromResult(CapacityBenchmark.Measure(scratch, cancel));

    internal static async Task<JoinReply> JoinAsync(INodeApi api, NodeFolder folder, NodeOptions options, Capacity capacity, Measurement? benchmark, CancellationToken cancel)
    {
        var challenge = await api.ChallengeAsync(cancel);
        var signature = Ed25519.Sign(folder.Key, Encoding.UTF8.GetBytes($"neuro join 1\n{challenge.Nonce}\n"));
        var known = benchmark is not null && DateTimeOffset.UtcNow - benchmark.At < Fresh ? benchmark : null;
        var request = new JoinRequest(Ed25519.PublicKey(folder.Key), challenge.Nonce, signature, options.OwnerKey, options.Name, options.Floor, capacity, known)
        {
            StartCost = options.StartCost,
            StartTime = options.StartTime,
        };
        return await api.JoinAsync(request, cancel);
    }
}

/// <summary>Which platform a node joined, and as what: what it goes on with when nothing else is said.</summary>
public sealed record Membership(Uri Platform, string Name, Ntk Floor, bool IsTuned = false, Ntk StartCost = default, TimeSpan StartTime = default)
{
    private const string FileName = "membership.json";

    public static Membership? Read(string folder) => StatusFile.Read<Membership>(Path.Combine(folder, FileName));

    internal void Write(string folder) => StatusFile.Write(Path.Combine(folder, FileName), this);
}
