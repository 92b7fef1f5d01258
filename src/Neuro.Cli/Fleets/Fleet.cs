using System.Diagnostics;
using System.Globalization;
using Neuro.Backend;
using Neuro.Cli.Workloads;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Nodes;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Node.Benchmark;

namespace Neuro.Cli.Fleets;

/// <summary>A platform and several nodes on this machine, in a temporary folder, gone without a trace when disposed.</summary>
/// <remarks>
/// Real are the platform, the node processes, the auction, the work, its checks and the money. Played are the machines: all nodes share this one, so each files a share of
/// the speed that was measured here once, and miners are loops that take no power, with a yield that is said. Leases are short, so that nobody waits long for a node that was killed.
/// </remarks>
public sealed class Fleet : IAsyncDisposable
{
    private const ulong Seed = 2017;
    private const int WarmUpImages = 8;
    private const int MeasuredImages = 24;

    // What the auction takes a newcomer for: (19 + 0) / (20 + 0).
    private const double NewcomerReliability = 0.95;

    /// <summary>A third of what a platform has by itself.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(10);

    private readonly string folder = Directory.CreateTempSubdirectory("neuro-fleet-").FullName;
    private readonly IReadOnlyList<Rig> rigs;
    private readonly List<FleetMember> members = [];
    private Platform? platform;
    private NeuroClient? client;
    private Recipe? recipe;
    private double cuPerImage;
    private bool nodesStopped;

    private Fleet(IReadOnlyList<Rig> rigs) => this.rigs = rigs;

    /// <summary>Where all of it lies, until it is disposed.</summary>
    public string Folder => folder;

    public NeuroClient Client => client!;

    public IReadOnlyList<FleetMember> Members => members;

    /// <summary>Of this machine, as measured when the fleet started.</summary>
    public double CuPerSecond { get; private set; }

    /// <summary>Measures this machine, starts everything, and returns when all nodes have joined.</summary>
    /// <param name="log">Told what happens, a line each.</param>
    /// <exception cref="NeuroException"><c>fleet.bad_count</c>, <c>fleet.node_ended</c>.</exception>
    public static async Task<Fleet> StartAsync(IReadOnlyList<Rig> rigs, Action<string>? log = null, CancellationToken cancel = default)
    {
        Rig.Check(rigs.Count);
        var fleet = new Fleet(rigs);
        try
        {
            await fleet.OpenAsync(log ?? (_ => { }), cancel);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>The price of pictures that take the whole machine about so long. The deadline is set so that all but the dearest quarter of the nodes are needed.</summary>
    public Task<Quote> QuoteAsync(TimeSpan machineTime, CancellationToken cancel = default)
    {
        var images = Math.Max(1, (int)Math.Ceiling(machineTime.TotalSeconds * CuPerSecond / cuPerImage));
        var byAsk = rigs.OrderBy(rig => rig.Ask).Take(rigs.Count - Math.Max(1, rigs.Count / 4)).ToList();
        var needed = (byAsk.Sum(rig => rig.Weight) - (byAsk[^1].Weight / 2.0)) / rigs.Sum(rig => rig.Weight) * NewcomerReliability;
        var deadline = TimeSpan.FromSeconds(Math.Max(1, images * cuPerImage / (CuPerSecond * needed)));
        return Client.QuoteAsync(new RenderSpec(recipe!.ToJson(), Seed, images), deadline, cancel: cancel);
    }

    /// <summary>Buys what is held, and orders.</summary>
    public async Task<Job> OrderAsync(Quote quote, CancellationToken cancel = default)
    {
        await Client.BuyAsync(quote.Cap, cancel);
        return await Client.OrderAsync(quote, cancel);
    }

    /// <summary>Orders, and watches the job until it ends.</summary>
    /// <param name="interrupt">Whether a node is killed in the middle of a shard.</param>
    /// <param name="look">Called four times a second.</param>
    public async Task<FleetRun> RunAsync(Quote quote, bool interrupt, Action<FleetRun>? look = null, CancellationToken cancel = default)
    {
        var run = new FleetRun(this, quote, await OrderAsync(quote, cancel));
        await run.WatchAsync(interrupt, look ?? (_ => { }), cancel);
        return run;
    }

    /// <summary>Stops the nodes and their miners, so that their histories are whole. The platform stays.</summary>
    public async Task StopNodesAsync()
    {
        if (!nodesStopped)
        {
            nodesStopped = true;
            await Task.WhenAll(members.Select(member => member.StopAsync()));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopNodesAsync();
        if (client is not null)
        {
            await client.DisposeAsync();
        }

        if (platform is not null)
        {
            await platform.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    private async Task OpenAsync(Action<string> log, CancellationToken cancel)
    {
        var catalogue = FleetCatalogue.Make(Path.Combine(folder, "catalogue"));
        recipe = ShelfRecipe.Default(catalogue);
        log($"Measures this machine: renders {MeasuredImages} images.");
        await Task.Run(() => Measure(catalogue, cancel), cancel);
        var owner = await StartPlatformAsync(catalogue, cancel);
        var weights = rigs.Sum(rig => rig.Weight);
        foreach (var (rig, number) in rigs.Select((rig, number) => (rig, number)))
        {
            var share = (double)rig.Weight / weights;
            var device = string.Create(CultureInfo.InvariantCulture, $"{share * 100:0} % of this machine");
            // Training is not measured, so none is offered.
            var capacity = new Capacity("cpu", device, Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, CuPerSecond * share, 0);
            members.Add(FleetMember.Start(rig, Path.Combine(folder, $"node-{number}"), capacity, platform!.Url, owner, log));
        }

        await Task.WhenAll(members.Select(member => member.JoinedAsync(cancel)));
    }

    private void Measure(Catalogue catalogue, CancellationToken cancel)
    {
        DatasetRenderer.RenderShard(recipe!, catalogue, Seed, 0, WarmUpImages, Path.Combine(folder, "warm-up.tar"), null, cancel); // Compiles the kernels.
        var clock = Stopwatch.StartNew();
        var made = DatasetRenderer.RenderShard(recipe!, catalogue, Seed, 0, MeasuredImages, Path.Combine(folder, "measured.tar"), null, cancel);
        cuPerImage = ReferenceNode.RenderCu(1, recipe!, (double)made.Objects / MeasuredImages);
        CuPerSecond = MeasuredImages * cuPerImage / clock.Elapsed.TotalSeconds;
    }

    private async Task<string> StartPlatformAsync(Catalogue catalogue, CancellationToken cancel)
    {
        var options = new PlatformOptions { DataFolder = Path.Combine(folder, "platform"), LeaseTime = LeaseTime, Workloads = [new RenderWorkload()] };
        platform = await Platform.StartAsync(options, cancel);
        client = await NeuroClient.ConnectAsync(platform.Url.ToString(), platform.FirstUserKey, cancel);
        await client.Artifacts.UploadAsync(catalogue.Pack(), "catalogue.tar", "application/x-tar", cancel);
        return platform.NodeOwnerKey;
    }
}
