using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace Neuro.Backend.Portal;

/// <summary>A token bucket: a request takes a token, and tokens come back at a steady rate up to a burst. It goes by the clock it is given and needs no timer.</summary>
internal sealed class TokenBucket(double perSecond, int burst, TimeProvider time) : RateLimiter
{
    private readonly Lock taking = new();
    private double tokens = burst;
    private long filledAt = time.GetTimestamp();

    /// <summary>Since when it has been full: whoever holds many buckets may throw such a one away.</summary>
    public override TimeSpan? IdleDuration
    {
        get
        {
            lock (taking)
            {
                var idle = time.GetElapsedTime(filledAt) - TimeSpan.FromSeconds((burst - tokens) / perSecond);
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
            tokens = Math.Min(burst, tokens + (time.GetElapsedTime(filledAt, now).TotalSeconds * perSecond));
            filledAt = now;
            if (tokens < permitCount)
            {
                return new Lease(TimeSpan.FromSeconds((permitCount - tokens) / perSecond));
            }

            tokens -= permitCount;
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
