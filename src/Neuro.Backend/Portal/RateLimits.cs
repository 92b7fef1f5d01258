using System.Globalization;
using System.Net;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend.Accounts;
using Neuro.Client.Api;

namespace Neuro.Backend.Portal;

/// <summary>How many requests one caller may make: a bucket for each API key, each node, and each address of those who are neither.</summary>
/// <remarks>An upload or a stream of events counts as one request. Buckets that are full for ten seconds are thrown away.</remarks>
internal static class RateLimits
{
    // Strangers have so many addresses that they could fill the memory; two that share a bucket are no harm.
    private const uint AddressBuckets = 1 << 16;

    public static void AddRateLimits(this IServiceCollection services, PlatformOptions options) => services.AddRateLimiter(limiter =>
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            RateLimitPartition.Get(Caller(context), _ => new TokenBucket(options.RequestsPerSecond, options.RequestBurst, options.Time)));
        limiter.OnRejected = (rejected, _) => throw TooMany(rejected, options);
    });

    private static string Caller(HttpContext context) =>
        context.User.Key() is { } key ? $"key {key.Id}"
        : context.User.FindFirstValue(Accounts.Caller.NodeClaim) is { } node ? $"node {node}"
        : string.Create(CultureInfo.InvariantCulture, $"address {Bucket(context.Connection.RemoteIpAddress)}");

    // Whoever has an IPv6 address has a whole /64 of them.
    private static uint Bucket(IPAddress? address)
    {
        var bytes = (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.GetAddressBytes() ?? [];
        var hash = default(HashCode);
        hash.AddBytes(bytes.AsSpan(0, Math.Min(bytes.Length, 8)));
        return unchecked((uint)hash.ToHashCode()) % AddressBuckets;
    }

    private static NeuroException TooMany(OnRejectedContext rejected, PlatformOptions options)
    {
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
        var who = rejected.HttpContext.User.Identity is { IsAuthenticated: true } ? "your key or token" : "your address";
        return new("request.rate_limited", string.Create(
            CultureInfo.InvariantCulture, $"Too many requests with {who}: {options.RequestsPerSecond} a second are taken, {options.RequestBurst} at once. Nothing was done; send the request again after the seconds in Retry-After."))
        { Status = StatusCodes.Status429TooManyRequests, RetryAfter = wait };
    }
}
