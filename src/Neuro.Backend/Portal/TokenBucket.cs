using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace Neuro.Backend.Portal;

/// <summary>A token bucket: a request takes a token, and tokens come back at a steady rate up to a burst. It goes by the clock it is given and needs no timer.</summary>
/// <remarks>It counts the time until it is full again, in whole ticks: whoever waits as long as they are told is let through (GCRA, ITU-T I.371).</remarks>
internal sealed class TokenBucket(double perSecond, int burst, TimeProvider time) : RateLimiter
{
    private readonly Lock taking = new();
    private readonly long perToken = (long)Math.Ceiling(TimeSpan.TicksPerSecond / perSecond);
    private long untilFull;
    private long countedAt = time.GetTimestamp();

    /// <summary>Since when it has been full: whoever holds many buckets may throw such a one away.</summary>
    public override TimeSpan? IdleDuration
    {
        get
        {
            lock (taking)
            {
                var idle = time.GetElapsedTime(countedAt) - TimeSpan.FromTicks(untilFull);
                return idle >= TimeSpan.Zero ? idle : null;
            }
        }
    }

    public override RateLimiterStatistics? GetStatistics() => null;

    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        lock (taking)
        {
            var now = time.GetTimestamp();
            untilFull = Math.Max(0, untilFull - time.GetElapsedTime(countedAt, now).Ticks);
            countedAt = now;
            var after = untilFull + (permitCount * perToken);
            if (after > burst * perToken)
            {
                return new Lease(TimeSpan.FromTicks(after - (burst * perToken)));
            }

            untilFull = after;
            return Lease.Granted;
        }
    }

    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) => new(AttemptAcquireCore(permitCount));

    private sealed class Lease(TimeSpan? retryAfter) : RateLimitLease
    {
        public static readonly Lease Granted = new(null);

        public override bool IsAcquired => retryAfter is null;

        public override IEnumerable<string> MetadataNames => IsAcquired ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? retryAfter : null;
            return metadata is not null;
        }
    }
}
