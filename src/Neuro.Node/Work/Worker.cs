using Microsoft.Extensions.DependencyInjection;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;
using Neuro.Node.Benchmark;
using Neuro.Node.Bidding;
using Neuro.Node.Sandbox;
using Neuro.Node.Settings;
using Measurement = Neuro.Client.Nodes.Benchmark;

namespace Neuro.Node.Work;

/// <summary>A node at work: measures itself, joins, then claims, does, uploads and delivers one shard after the other until it is told to stop.</summary>
public sealed class Worker : IDisposable
{
    /// <summary>How the line begins that says that the node has joined and waits for work.</summary>
    public const string JoinedLine = "Joined ";

    // Ten times what it should take and a minute: whatever is so slow will not end.
    private const double MostTimes = 10;
    private static readonly TimeSpan AtLeast = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestMeasuring = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestShard = TimeSpan.FromDays(30);

    private const string Unreachable = "platform.unreachable";
    private static readonly string[] InputAreas = ["recipe", "catalogue", "picture", "model", "training"];
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private const int MostTries = 12;
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(15);

    private readonly NodeOptions options;
    private readonly Action<string> log;
    private readonly TimeProvider time;
    private readonly NodeFolder folder;
    private readonly ServiceProvider services;
    private readonly INodeApi api;
    private readonly DoWork work;
    private readonly WorkChild? child;
    private readonly SemaphoreSlim joining = new(1);
    private readonly TunedFloor? tuned;
    private readonly Foreman foreman;
    private Capacity? capacity;
    private Measurement? benchmark;
    private JoinReply? joined;
    private Ntk filed;

    /// <param name="workCommand">Program and arguments of the process that does the work, which end in <see cref="WorkHost.Run()"/>.</param>
    /// <param name="log">Told what the node does, a line each.</param>
    /// <param name="foreman">Of a supervised node; one that has no supervisor above it if left out.</param>
    /// <exception cref="NeuroException"><c>node.folder_in_use</c>, <c>node.key_broken</c>, <c>node.bad_settings</c>, <c>node.not_cut_off</c>.</exception>
    public Worker(NodeOptions options, IReadOnlyList<string> workCommand, Action<string> log, TimeProvider? time = null, Foreman? foreman = null)
        : this(options, workCommand, NodeSettings.Read(options.Folder).Work, NetworkCut.Probe(), log, time ?? TimeProvider.System, foreman)
    {
    }

    internal Worker(NodeOptions options, IReadOnlyList<string> workCommand, WorkLimits limits, NetworkCut network, Action<string> log, TimeProvider time, Foreman? foreman = null)
        : this(options, log, time, new WorkChild(workCommand, options.Folder, limits, Suffices(network, limits), log, time), foreman)
    {
    }

    private Worker(NodeOptions options, Action<string> log, TimeProvider time, WorkChild child, Foreman? foreman)
        : this(options, log, time, child.RunAsync, foreman)
    {
        this.child = child;
        this.foreman.IsCutOff(child.Network);
    }

    internal Worker(NodeOptions options, Action<string> log, TimeProvider time, DoWork work, Foreman? foreman = null)
    {
        this.options = options;
        this.log = log;
        this.time = time;
        this.work = work;
        folder = new NodeFolder(options.Folder);
        tuned = options.IsTuned ? new TunedFloor(folder.Path, options.Floor, log) : null;
        this.foreman = foreman ?? new Foreman(options.Folder, time);
        services = NeuroClient.Services(options.Platform, apiKey: null).BuildServiceProvider();
        api = services.GetRequiredService<INodeApi>();
        this.foreman.Starts(options.Platform, options.Name);
    }

    /// <summary>Does a shard somewhere; see <see cref="WorkChild.RunAsync"/>.</summary>
    internal delegate Task<WorkResult> DoWork(Lease lease, IReadOnlyList<string> inputs, string scratch, WorkProgress progress, TimeSpan longest, CancellationToken cancel);

    /// <summary>The platform has taken it in, or renewed its token.</summary>
    internal event Action? Joined;

    /// <summary>Works until cancelled; a shard in hand is then given back, so that another node can take it at once.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        await api.ChallengeAsync(cancel); // Before anything takes time: is there a platform at this address?
        benchmark = CapacityBenchmark.Known(folder) ?? await MeasureAsync(cancel);
        await RunAsync(benchmark.Capacity, cancel);
    }

    internal async Task RunAsync(Capacity measured, CancellationToken cancel)
    {
        capacity = measured;
        foreman.Measured(measured);
        if (child is not null)
        {
            log(child.Network.Detail);
        }

        var backOff = TimeSpan.Zero;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                if (backOff > TimeSpan.Zero)
                {
                    await Task.Delay(backOff, time, cancel);
                }

                if (!await foreman.MayClaimAsync(cancel))
                {
                    return;
                }

                await AskAsync(cancel);
                var began = time.GetTimestamp();
                var claim = await api.ClaimAsync(await TokenAsync(cancel), cancel);
                tuned?.Idled(time.GetElapsedTime(began));
                foreman.Answers();
                // A process that does not stay alive would use up the attempts of other people's shards.
                backOff = claim.Lease is not { } lease || await DoAsync(lease, cancel) ? TimeSpan.Zero : Next(backOff);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                break;
            }
            catch (NeuroException refused) when (refused.Status is 401)
            {
                joined = null; // The token ran out or the platform has a new key: join again.
                backOff = Next(backOff);
            }
            catch (NeuroException failed) when (failed.Status is 0 or >= 500 or 409 or 408 or 429)
            {
                backOff = Next(backOff);
                foreman.Fails(failed.Message, away: true);
                log($"{failed.Message} Trying again in {backOff.TotalSeconds:0.#} s.");
            }
        }
    }

    private Ntk Floor => foreman.Floor(tuned?.Floor ?? options.Floor);

    public void Dispose()
    {
        child?.Dispose();
        services.Dispose();
        folder.Dispose();
        joining.Dispose();
    }

    private static NetworkCut Suffices(NetworkCut network, WorkLimits limits) => network.Works || !limits.MustBeCutOff
        ? network
        : throw new NeuroException("node.not_cut_off", $"{NodeSettings.FileName} says work.network required, but this machine does not allow it. {network.Detail}");

    private static TimeSpan Next(TimeSpan backOff) =>
        TimeSpan.FromMilliseconds(Math.Min(LongestBackOff.TotalMilliseconds, Math.Max(250, backOff.TotalMilliseconds * 2)));

    // Asks for the floor that the tuner or the miner names by now; what was promised for a lower one before stays.
    private async Task AskAsync(CancellationToken cancel)
    {
        var token = await TokenAsync(cancel);
        if (Floor is var floor && floor != filed)
        {
            await api.ChangeFloorAsync(token, new(floor), cancel);
            log($"Floor {floor} NTK per CU, after {filed}.");
            filed = floor;
            foreman.Joined(floor);
        }
    }

    private async Task<Measurement> MeasureAsync(CancellationToken cancel)
    {
        using var device = await foreman.TakeDeviceAsync(cancel);
        return await CapacityBenchmark.MeasureAndKeepAsync(folder, log, (scratch, stop) => child!.MeasureAsync(scratch, LongestMeasuring, stop), cancel);
    }

    // Asked before every call: a shard may take longer than a token lasts.
    private async Task<string> TokenAsync(CancellationToken cancel)
    {
        await joining.WaitAsync(cancel);
        try
        {
            if (joined is null || joined.Expires - time.GetUtcNow() < RenewBefore)
            {
                var floor = Floor;
                joined = await Enrolment.JoinAsync(api, folder, options with { Floor = floor }, capacity!, benchmark, cancel);
                filed = floor;
                foreman.Joined(floor);
                log($"{JoinedLine}{options.Platform} as {options.Name} ({joined.NodeId[..8]}…), floor {filed} NTK per CU.");
                Joined?.Invoke();
            }

            return joined.Token;
        }
        finally
        {
            joining.Release();
        }
    }

    // False when the process that did the work did not stand it.
    private async Task<bool> DoAsync(Lease lease, CancellationToken cancel)
    {
        var stood = true;
        log($"Shard {lease.Shard} of {lease.Spec.Kind} job {lease.JobId}, attempt {lease.Attempt}, for {lease.Pay} NTK.");
        foreman.Begins(lease);
        var scratch = folder.Scratch(lease.ShardId);
        var progress = new WorkProgress();
        var (began, delivered) = (time.GetTimestamp(), false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var beats = BeatAsync(lease, progress, stop);
        try
        {
            var completion = await WorkAsync(lease, scratch, progress, stop.Token);
            await InsistAsync(async () => await api.CompleteAsync(await TokenAsync(stop.Token), lease.ShardId, completion, stop.Token), stop.Token);
            foreman.Delivered(lease);
            log($"Shard {lease.Shard} of job {lease.JobId} delivered.");
            delivered = true;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await GiveBackAsync(lease, "The node is stopping.", fatal: false);
            throw;
        }
        catch (OperationCanceledException)
        {
            log($"Shard {lease.Shard} of job {lease.JobId} is no longer ours: dropped.");
        }
        catch (NeuroException refused) when (refused.Status is 401 or 404 or 409 or 410)
        {
            log(refused.Message); // The lease was lost meanwhile; somebody else has the shard.
        }
        catch (Exception failed) when (failed is not NeuroException { Code: Unreachable } and not OutOfMemoryException)
        {
            foreman.Fails(failed.Message, away: false);
            log($"Shard {lease.Shard} of job {lease.JobId} failed: {failed.Message}");
            stood = failed is not NeuroException broken || !broken.Code.StartsWith(WorkChild.Area, StringComparison.Ordinal);
            await GiveBackAsync(lease, failed.Message, IsOfTheInput(failed));
        }
        finally
        {
            await stop.CancelAsync();
            await beats;
            if (delivered)
            {
                tuned?.Delivered(lease.Pay, lease.Reliability, lease.Work, time.GetElapsedTime(began));
            }
            else
            {
                tuned?.Idled(time.GetElapsedTime(began));
            }

            foreman.Ends();
            if (!cancel.IsCancellationRequested)
            {
                Directory.Delete(scratch, recursive: true); // Kept when the node is stopped: the same shard may come back to it.
            }
        }

        return stood;
    }

    private TimeSpan Longest(Lease lease)
    {
        var speed = capacity!.CuPerSecond(lease.Spec.Kind) is > 0 and var measured ? measured : 1; // By the reference node.
        var seconds = AtLeast.TotalSeconds + MostTimes * (double)lease.Work.Units / speed;
        return seconds < LongestShard.TotalSeconds ? TimeSpan.FromSeconds(seconds) : LongestShard;
    }

    private async Task<Completion> WorkAsync(Lease lease, string scratch, WorkProgress progress, CancellationToken cancel)
    {
        var (began, bytesIn) = (time.GetTimestamp(), 0L);
        var inputs = new List<string>(lease.Inputs.Count);
        foreach (var input in lease.Inputs)
        {
            bytesIn += Artifacts(await TokenAsync(cancel)).Has(input) ? 0 : input.Bytes;
            await InsistAsync(async () => inputs.Add(await Artifacts(await TokenAsync(cancel)).DownloadAsync(input, cancel)), cancel);
        }

        WorkResult result;
        using (await foreman.TakeDeviceAsync(cancel))
        {
            result = await work(lease, inputs, scratch, progress, Longest(lease), cancel);
        }

        var outputs = new List<ArtifactRef>(result.Files.Count);
        foreach (var file in result.Files)
        {
            await InsistAsync(async () => outputs.Add(await Artifacts(await TokenAsync(cancel)).UploadFileAsync(file.Path, file.MediaType, cancel)), cancel);
        }

        var signature = Ed25519.Sign(folder.Key, Receipt.WorkBytes(lease.JobId, lease.Shard, outputs.Select(output => output.Sha256)));
        return new Completion(lease.Token, outputs, signature, result.Claims, new(time.GetElapsedTime(began).TotalSeconds, result.PeakMemoryBytes, bytesIn));
    }

    // An hour's work is not lost because the platform is away or busy for a minute; whether the lease is, the beats find out.
    private async Task InsistAsync(Func<Task> ask, CancellationToken cancel)
    {
        var backOff = TimeSpan.Zero;
        for (var tries = 1; ; tries++)
        {
            try
            {
                await ask();
                return;
            }
            catch (NeuroException away) when ((away.Code == Unreachable || away.Status is 429 or 503) && tries < MostTries)
            {
                backOff = Next(backOff);
                log($"{away.Message} Trying again in {backOff.TotalSeconds:0.#} s.");
                await Task.Delay(backOff, time, cancel);
            }
        }
    }

    private ArtifactStore Artifacts(string token)
    {
        var http = services.GetRequiredService<IHttpClientFactory>().CreateClient("streams");
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return new ArtifactStore(http, folder.Cache, time);
    }

    // Keeps the lease alive; when the platform says that the shard is gone, stops the work.
    private async Task BeatAsync(Lease lease, WorkProgress progress, CancellationTokenSource stop)
    {
        using var timer = new PeriodicTimer(Beat, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                var (fraction, points) = progress.Take();
                try
                {
                    var reply = await api.HeartbeatAsync(await TokenAsync(stop.Token), lease.ShardId, new Heartbeat(lease.Token, fraction, points), stop.Token);
                    if (reply.Cancel)
                    {
                        await stop.CancelAsync();
                    }
                }
                catch (NeuroException lost) when (lost.Status is 404 or 409 or 410)
                {
                    log(lost.Message);
                    await stop.CancelAsync();
                }
                catch (NeuroException expired) when (expired.Status is 401)
                {
                    progress.Return(points);
                    joined = null; // By the platform's clock the token is over: the next beat joins again.
                }
                catch (NeuroException unreachable)
                {
                    progress.Return(points);
                    log(unreachable.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }
    }

    private async Task GiveBackAsync(Lease lease, string reason, bool fatal)
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3), time);
            await api.FailAsync(await TokenAsync(limit.Token), lease.ShardId, new Failure(lease.Token, reason, fatal), limit.Token);
        }
        catch (Exception unreachable) when (unreachable is NeuroException or OperationCanceledException)
        {
            // The lease runs out by itself.
        }
    }

    // What the recipe, the catalogue, the dataset or the model spec is refused for, every node would refuse; a full disk is this node's own trouble.
    private static bool IsOfTheInput(Exception failed) => failed is NeuroException refused && InputAreas.Contains(refused.Code.Split('.')[0]);
}
