using System.Net;
using System.Net.Http.Json;
using System.Threading.RateLimiting;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Neuro.Backend.Portal;

namespace Neuro.Backend.Tests.Portal;

public sealed class RateLimitTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Bucket_AnySequenceOfPausesAndRequests_GrantsNoMoreThanBurstAndRate() =>
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 20], Gen.Int[0, 500].List[1, 200]).Sample(
            run =>
            {
                var (perSecond, burst, pauses) = run;
                var clock = new FakeTimeProvider();
                var (start, granted) = (clock.GetUtcNow(), 0);
                using var bucket = new TokenBucket(perSecond, burst, clock);
                foreach (var milliseconds in pauses)
                {
                    clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
                    using var lease = bucket.AttemptAcquire();
                    if (lease.IsAcquired)
                    {
                        granted++;
                        granted.ShouldBeLessThanOrEqualTo((int)(burst + ((clock.GetUtcNow() - start).TotalSeconds * perSecond) + 1e-6));
                        continue;
                    }

                    // Exactly as long as it says, and not a tick less.
                    lease.TryGetMetadata(MetadataName.RetryAfter, out var wait).ShouldBeTrue();
                    wait.ShouldBeGreaterThan(TimeSpan.Zero);
                    clock.Advance(wait - TimeSpan.FromTicks(1));
                    bucket.AttemptAcquire().IsAcquired.ShouldBeFalse();
                    clock.Advance(TimeSpan.FromTicks(1));
                    using var after = bucket.AttemptAcquire();
                    after.IsAcquired.ShouldBeTrue();
                    granted++;
                }
            },
            iter: 300);

    [Fact]
    public void Bucket_Full_IsIdle()
    {
        var clock = new FakeTimeProvider();
        using var bucket = new TokenBucket(10, 5, clock);
        bucket.AttemptAcquire(5).Dispose();
        bucket.IdleDuration.ShouldBeNull();
        clock.Advance(TimeSpan.FromSeconds(1.5));
        bucket.IdleDuration.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Request_BeyondTheBurst_Is429UntilTheClockHasGoneOn()
    {
        await using var platform = await TestPlatform.StartAsync(options => options with { RequestsPerSecond = 0.5, RequestBurst = 3 });
        var other = await platform.Platform.CreateAccountAsync("customer", "Ada", Cancel);
        using var http = platform.Http(platform.Platform.FirstUserKey);
        using var neighbour = platform.Http(other);
        using var stranger = platform.Http();
        for (var sent = 0; sent < 3; sent++)
        {
            (await http.GetAsync("v1/jobs", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        using var refused = await http.PostAsJsonAsync("v1/treasury/purchases", new { id = Guid.NewGuid(), amount = "1" }, Cancel);
        (refused.StatusCode, await AccessTests.CodeAsync(refused)).ShouldBe((HttpStatusCode.TooManyRequests, "request.rate_limited"));
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(2));
        refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await neighbour.GetAsync("v1/jobs", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await stranger.GetAsync("v1/platform", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        platform.Clock.Advance(TimeSpan.FromSeconds(2));
        (await http.GetAsync("v1/jobs", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.GetAsync("v1/jobs", Cancel)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Client_BeyondTheBurst_WaitsAsLongAsItIsTold()
    {
        await using var platform = await TestPlatform.StartAsync(options => options with { RequestsPerSecond = 2, RequestBurst = 3, Time = TimeProvider.System });
        var customer = await platform.CustomerAsync();
        for (var asked = 0; asked < 4; asked++)
        {
            (await customer.Api.GetJobsAsync(Cancel)).ShouldBeEmpty();
        }

        using var http = platform.Http(platform.Platform.FirstUserKey);
        var granted = 0;
        while ((await http.GetAsync("v1/jobs", Cancel)).StatusCode != HttpStatusCode.TooManyRequests)
        {
            (++granted).ShouldBeLessThan(100);
        }
    }

    [Fact]
    public async Task Request_WithAnotherWrongKeyEachTime_CountsForTheAddress()
    {
        await using var platform = await TestPlatform.StartAsync(options => options with { RequestsPerSecond = 0.5, RequestBurst = 3 });
        var statuses = new List<HttpStatusCode>();
        for (var sent = 0; sent < 4; sent++)
        {
            using var http = platform.Http($"nk_{sent}");
            statuses.Add((await http.GetAsync("v1/jobs", Cancel)).StatusCode);
        }

        statuses.ShouldBe([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests]);
    }
}
