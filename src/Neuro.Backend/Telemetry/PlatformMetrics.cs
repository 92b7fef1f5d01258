using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Market;
using Neuro.Backend.Nodes;

namespace Neuro.Backend.Telemetry;

/// <summary>The platform's instruments. Each is read when an exporter asks: shared figures from the <see cref="Sampler"/>, alike at every replica, and this replica's own.</summary>
internal sealed class PlatformMetrics
{
    public const string MeterName = "Neuro.Platform";

    private readonly Sampler sampler;
    private readonly ILogger<PlatformMetrics> logger;

    public PlatformMetrics(IMeterFactory meters, Sampler sampler, NodeRegistry nodes, Ledger.Ledger ledger, ILogger<PlatformMetrics> logger)
    {
        (this.sampler, this.logger) = (sampler, logger);
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("neuro.shards.open", () => One(now => now.Shards.Open), "{shard}", "Shards that wait for a node.");
        meter.CreateObservableGauge("neuro.shards.leased", () => One(now => now.Shards.Leased), "{shard}", "Shards that nodes work on.");
        meter.CreateObservableGauge("neuro.shards.delivered", () => One(now => now.Shards.Delivered), "{shard}", "Shards delivered and not yet checked and paid.");
        meter.CreateObservableGauge("neuro.lease.age", () => One(now => now.OldestLease.TotalSeconds), "s", "How long the oldest lease has lasted.");
        meter.CreateObservableCounter("neuro.shards.verified", () => One(now => now.Done.Done), "{shard}", "Shards verified and paid, ever.");
        meter.CreateObservableCounter("neuro.shards.rejected", () => One(now => now.Done.Rejected), "{shard}", "Shards delivered and found wrong, ever.");
        meter.CreateObservableCounter("neuro.shards.lost", () => One(now => now.Done.Lost), "{shard}", "Leases that ran out, ever.");
        meter.CreateObservableGauge("neuro.verify.overhead", () => One(now => now.VerifyOverhead), "1", "CU that checks did again over CU verified.");
        meter.CreateObservableGauge("neuro.jobs.running", () => Many(now => now.Jobs.Select(kind => Of(kind.Kind, (long)kind.Running))), "{job}", "Running jobs.");
        meter.CreateObservableGauge("neuro.price.clearing", () => Many(now => now.Jobs.Select(kind => Of(kind.Kind, kind.PriceNano / 1e9))), "NTK/CU", "What the newest running job pays per CU.");
        meter.CreateObservableGauge("neuro.nodes.live", () => Fees.BasisPoints.Keys.Select(kind => Of(kind, (long)nodes.Live(kind).Count)), "{node}", "Nodes heard of within a minute that can do such work.");
        meter.CreateObservableGauge("neuro.ledger.waiting", () => ledger.Waiting, "{group}", "Groups of transfers that wait for this replica's writer.");
    }

    private static Measurement<T> Of<T>(string kind, T value)
        where T : struct => new(value, new KeyValuePair<string, object?>("kind", kind));

    private IEnumerable<Measurement<T>> One<T>(Func<Sample, T> read)
        where T : struct => Many<T>(now => [new Measurement<T>(read(now))]);

    // An exporter's own thread waits here, for two seconds at most; without an answer of the database it is told nothing.
    private IEnumerable<Measurement<T>> Many<T>(Func<Sample, IEnumerable<Measurement<T>>> read)
        where T : struct
    {
        var asked = sampler.LatestAsync();
        try
        {
            return read(asked.GetAwaiter().GetResult());
        }
        catch (Exception broken)
        {
            logger.LogWarning("How the platform stands could not be read: {Why}", broken.Message);
            return [];
        }
    }
}
