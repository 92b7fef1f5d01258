using System.Text;
using Neuro.Client.Api;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Nodes;

/// <summary>A benchmark that comes with a join: the node's own, of these days, and of the capacity that it claims; or refused.</summary>
public sealed class BenchmarkTests
{
    private static readonly Capacity Capacity = new("cpu-test", "test", 2, 1 << 30, 10, 9.5);
    private static readonly byte[] Secret = Ed25519.NewKey();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Join_WithAFreshBenchmarkOfItsOwn_IsTakenIn()
    {
        await using var platform = await TestPlatform.StartAsync();
        await JoinAsync(platform, Measured(DateTimeOffset.UtcNow.AddDays(-7)).Signed(Secret));
        await JoinAsync(platform, (Measured(DateTimeOffset.UtcNow) with { Upload = 12.5, Download = 100 }).Signed(Secret));
    }

    [Fact]
    public async Task Join_WithABenchmarkThatIsNotRight_IsRefusedAndTheNodeNotKnown()
    {
        await using var platform = await TestPlatform.StartAsync();
        var (fresh, now) = (Measured(DateTimeOffset.UtcNow).Signed(Secret), DateTimeOffset.UtcNow);
        await RefusedAsync(platform, fresh with { Signature = "x" }, "node.benchmark_forged");
        await RefusedAsync(platform, fresh with { DiskRead = 2 }, "node.benchmark_forged");
        await RefusedAsync(platform, Measured(now).Signed(Ed25519.NewKey()), "node.benchmark_forged");
        await RefusedAsync(platform, Measured(now.AddDays(-9)).Signed(Secret), "node.benchmark_stale");
        await RefusedAsync(platform, Measured(now.AddDays(2)).Signed(Secret), "node.benchmark_stale");
        await RefusedAsync(platform, (fresh with { Capacity = Capacity with { RenderCuPerSecond = 11 } }).Signed(Secret), "node.benchmark_differs");
        await RefusedAsync(platform, fresh with { Capacity = null! }, "request.missing");
        await RefusedAsync(platform, (fresh with { DiskWrite = -1 }).Signed(Secret), "request.out_of_range");
        (await (await platform.CustomerAsync()).NodesAsync(Cancel)).ShouldBeEmpty();
    }

    private static Benchmark Measured(DateTimeOffset at) => new(DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds()), "build", Capacity, 100.1, 200.2, null, null, "");

    private static async Task RefusedAsync(TestPlatform platform, Benchmark benchmark, string code) =>
        (await Should.ThrowAsync<NeuroException>(() => JoinAsync(platform, benchmark))).Code.ShouldBe(code);

    private static async Task JoinAsync(TestPlatform platform, Benchmark benchmark)
    {
        await using var node = new TestNode(platform.Platform.Url, "measured", Secret);
        var challenge = await node.Api.ChallengeAsync(Cancel);
        var signature = Ed25519.Sign(Secret, Encoding.UTF8.GetBytes($"neuro join 1\n{challenge.Nonce}\n"));
        await node.Api.JoinAsync(new(node.Id, challenge.Nonce, signature, platform.Platform.NodeOwnerKey, "measured", Ntk.Of(1), Capacity, benchmark), Cancel);
    }
}
