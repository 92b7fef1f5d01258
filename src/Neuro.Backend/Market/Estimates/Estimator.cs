using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Jobs;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Market;
using Neuro.Client.Nodes;

namespace Neuro.Backend.Market.Estimates;

/// <summary>Says what a job will take, with an error, and learns from what verified shards took.</summary>
/// <remarks>Learning goes on in the background, now and then; a quote only reads what was learned last.</remarks>
internal sealed class Estimator(Database database, TimeProvider time, ILogger<Estimator> logger) : BackgroundService
{
    /// <summary>So many verified shards of a kind, of so many jobs, are enough to learn from.</summary>
    public const int FewestShards = 30;
    public const int FewestJobs = 5;

    /// <summary>Only the newest of a kind count, and are kept.</summary>
    public const int MostShards = 2000;

    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    // Before there is history nothing is known of the error: from half to double is a guess.
    private const double Guess = 2;

    private const double MostMemoryBytes = 1L << 46;
    private static readonly Resource[] Resources = Enum.GetValues<Resource>();

    private volatile Dictionary<string, IReadOnlyDictionary<Resource, UsageModel>> learned = [];
    private readonly Dictionary<string, DateTimeOffset> learnedUntil = [];

    /// <summary>What a planned job takes.</summary>
    /// <param name="nodes">How many nodes the auction chose.</param>
    /// <param name="speed">Of those that can be at work at once, CU per second.</param>
    /// <param name="start">Until the last of them begins, seconds.</param>
    public ResourceEstimate Estimate(string kind, WorkPlan plan, int nodes, double speed, double start)
    {
        var job = ShardFeatures.OfJob(plan, nodes);
        var models = learned.GetValueOrDefault(kind);
        var shards = plan.Shards.CountBy(shard => (shard.Work, shard.Count, Bytes: shard.Inputs.Sum(input => input.Bytes)))
            .Select(same => (Features: ShardFeatures.OfShard(job, same.Key.Work, same.Key.Count, same.Key.Bytes), Times: same.Value)).ToList();
        var all = Resources.ToDictionary(resource => resource, resource => Whole(resource, models?[resource], shards));
        var work = all[Resource.Work];
        var seconds = work with { Value = start + (work.Value / speed), Low = start + (work.Low / speed), High = start + (work.High / speed) };
        return new(work, seconds, all[Resource.Memory], all[Resource.BytesIn], all[Resource.BytesOut]);
    }

    /// <summary>Notes what a verified shard took, in the transaction that pays it. What the node says is used only as far as it can be true.</summary>
    /// <param name="cuPerSecond">The node's measured speed for this kind.</param>
    public static void Note(NeuroDb db, JobRow job, ShardRow shard, double cuPerSecond, DateTimeOffset now)
    {
        var usage = shard.Usage is null ? null : JsonSerializer.Deserialize<Usage>(shard.Usage, NeuroJson.Options);
        var inputs = Bytes(shard.Inputs);
        var longest = (shard.DeliveredAt - shard.LeasedAt)?.TotalSeconds + 1;
        if (usage is null || !(usage.Seconds > 0 && usage.Seconds <= longest) || !(usage.PeakMemoryBytes > 0 && usage.PeakMemoryBytes <= MostMemoryBytes) || usage.BytesIn < 0 || usage.BytesIn > inputs)
        {
            return;
        }

        var features = ShardFeatures.OfShard(JsonSerializer.Deserialize<Dictionary<string, double>>(job.Features, NeuroJson.Options)!, new(shard.WorkMilli), shard.Count, inputs);
        db.Usage.Add(new UsageRow
        {
            ShardId = shard.Id,
            JobId = job.Id,
            Kind = job.Kind,
            Features = JsonSerializer.Serialize(features, NeuroJson.Options),
            Work = usage.Seconds * cuPerSecond,
            MemoryBytes = usage.PeakMemoryBytes,
            BytesIn = usage.BytesIn,
            BytesOut = Bytes(shard.Outputs!),
            At = now,
        });
    }

    /// <summary>Learns anew for each kind of which more shards were verified since the last time.</summary>
    public async Task LearnAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        foreach (var kind in await db.Usage.GroupBy(row => row.Kind).Select(group => new { group.Key, Newest = group.Max(row => row.At) }).ToListAsync(cancel))
        {
            if (learnedUntil.GetValueOrDefault(kind.Key) == kind.Newest)
            {
                continue;
            }

            var rows = await db.Usage.AsNoTracking().Where(row => row.Kind == kind.Key).OrderByDescending(row => row.At).ThenBy(row => row.ShardId).Take(MostShards).ToListAsync(cancel);
            if (rows.Count == MostShards)
            {
                var oldest = rows[^1].At;
                await db.Usage.Where(row => row.Kind == kind.Key && row.At < oldest).ExecuteDeleteAsync(cancel);
            }

            if (rows.Count >= FewestShards && rows.Select(row => row.JobId).Distinct().Count() >= FewestJobs)
            {
                learned = new(learned) { [kind.Key] = Learn(rows) };
            }

            learnedUntil[kind.Key] = kind.Newest;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                try
                {
                    await LearnAsync(stoppingToken);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    logger.LogError(failure, "Nothing could be learned from finished shards; it will be tried again in {Interval}", Interval);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The platform stops.
        }
    }

    private static Dictionary<Resource, UsageModel> Learn(List<UsageRow> rows)
    {
        var features = rows.ConvertAll(row => JsonSerializer.Deserialize<Dictionary<string, double>>(row.Features, NeuroJson.Options)!);
        return Resources.ToDictionary(resource => resource, resource => UsageModel.Learn(resource, [.. rows.Select((row, i) => new UsageSample(row.JobId, features[i], Taken(resource, row)))]));
    }

    private static double Taken(Resource resource, UsageRow row) => resource switch
    {
        Resource.Work => row.Work,
        Resource.Memory => row.MemoryBytes,
        Resource.BytesIn => row.BytesIn,
        _ => row.BytesOut,
    };

    // Memory is that of the shard that needs most; all else adds up. Shards of a job err alike, so their errors are added and not averaged.
    private static Estimated Whole(Resource resource, UsageModel? model, List<(IReadOnlyDictionary<string, double> Features, int Times)> shards)
    {
        var whole = new Estimated(0, 0, 0, 0, model?.IsLearned ?? false);
        foreach (var (features, times) in shards)
        {
            var formula = ShardFeatures.Formula(resource, features);
            var (value, low, high, seen) = model?.Estimate(features) ?? (formula, formula / Guess, formula * Guess, 0);
            whole = resource == Resource.Memory
                ? whole with { Value = Math.Max(whole.Value, value), Low = Math.Max(whole.Low, low), High = Math.Max(whole.High, high), Shards = seen }
                : whole with { Value = whole.Value + (times * value), Low = whole.Low + (times * low), High = whole.High + (times * high), Shards = seen };
        }

        return whole;
    }

    private static long Bytes(string artifacts) => JsonSerializer.Deserialize<List<ArtifactRef>>(artifacts, NeuroJson.Options)!.Sum(artifact => artifact.Bytes);
}
