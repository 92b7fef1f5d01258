using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Models;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests;

/// <summary>A node as the platform sees one: it speaks the node API and does whatever the test tells it.</summary>
internal sealed class TestNode(Uri url, string name, byte[]? secret = null) : IAsyncDisposable
{
    private readonly byte[] secret = secret ?? Ed25519.NewKey();
    private readonly ServiceProvider services = NeuroClient.Services(url, null).BuildServiceProvider();
    private readonly HttpClient uploads = new() { BaseAddress = url };

    public INodeApi Api => services.GetRequiredService<INodeApi>();

    public byte[] Secret => secret;

    public string Id => Ed25519.PublicKey(secret);

    public string Token { get; private set; } = "";

    public ArtifactStore Artifacts => new(uploads, Path.Combine(DataFolder.Cache(), Guid.NewGuid().ToString("N")));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task<JoinReply> JoinAsync(string? owner, Ntk floor, double speed = 10, Ntk startCost = default, TimeSpan startTime = default)
    {
        var challenge = await Api.ChallengeAsync(Cancel);
        var signature = Ed25519.Sign(secret, Encoding.UTF8.GetBytes($"neuro join 1\n{challenge.Nonce}\n"));
        var reply = await Api.JoinAsync(new(Id, challenge.Nonce, signature, owner, name, floor, new("cpu-test", "test", 2, 1 << 30, speed, speed)) { StartCost = startCost, StartTime = startTime }, Cancel);
        Token = reply.Token;
        uploads.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        return reply;
    }

    public async Task<Lease?> ClaimAsync() => (await Api.ClaimAsync(Token, Cancel)).Lease;

    public async Task<Lease> ClaimOneAsync() => (await ClaimAsync()).ShouldNotBeNull("there was no shard to claim");

    public Task<HeartbeatReply> BeatAsync(Lease lease, double fraction, IReadOnlyList<TrainingPoint>? points = null) => Api.HeartbeatAsync(Token, lease.ShardId, new(lease.Token, fraction, points), Cancel);

    /// <summary>Does the work honestly.</summary>
    public Task WorkAsync(Lease lease, Usage? usage = null) => DeliverAsync(
        lease, lease.Spec is RenderSpec render ? NumberWork.Make(render.Seed, lease.First, lease.Count) : Encoding.UTF8.GetBytes($"model of {lease.JobId}"),
        new Dictionary<string, double> { ["validation_accuracy"] = 0.9 }, usage);

    public async Task DeliverAsync(Lease lease, byte[] bytes, IReadOnlyDictionary<string, double>? claims = null, Usage? usage = null)
    {
        var output = await Artifacts.UploadAsync(bytes, $"{lease.Shard:000000}.tar", cancel: Cancel);
        await CompleteAsync(lease, [output], claims, usage);
    }

    public Task CompleteAsync(Lease lease, IReadOnlyList<ArtifactRef> outputs, IReadOnlyDictionary<string, double>? claims = null, Usage? usage = null) => Api.CompleteAsync(
        Token, lease.ShardId, new(lease.Token, outputs, Ed25519.Sign(secret, Receipt.WorkBytes(lease.JobId, lease.Shard, outputs.Select(output => output.Sha256))), claims, usage), Cancel);

    /// <summary>Claims and does shards until there are none.</summary>
    public async Task WorkAllAsync()
    {
        while (await ClaimAsync() is { } lease)
        {
            await WorkAsync(lease);
        }
    }

    public async ValueTask DisposeAsync()
    {
        uploads.Dispose();
        await services.DisposeAsync();
    }
}
