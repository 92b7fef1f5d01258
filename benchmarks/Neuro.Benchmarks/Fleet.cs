using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend;
using Neuro.Backend.Accounts;
using Neuro.Backend.Dispatch;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Client.Api;

namespace Neuro.Benchmarks;

/// <summary>Nodes that are rows and keys, and no processes.</summary>
internal sealed class Fleet(Platform platform, IReadOnlyList<FleetNode> nodes)
{
    private const int Chunk = 10_000;

    // To make a key costs more than anything else here; who signs nothing needs none.
    private const int Keys = 256;

    public IReadOnlyList<FleetNode> Nodes => nodes;

    public JobBoard Board { get; } = platform.Services.GetRequiredService<JobBoard>();

    public static async Task<Fleet> JoinAsync(Platform platform, int count)
    {
        var owner = (await platform.Services.GetRequiredService<AccountDirectory>().FindAsync(platform.NodeOwnerKey, CancellationToken.None))!.Account;
        var database = platform.Services.GetRequiredService<Database>();
        var registry = platform.Services.GetRequiredService<NodeRegistry>();
        var nodes = new List<FleetNode>(count);
        foreach (var some in Enumerable.Range(0, count).Chunk(Chunk))
        {
            await using var db = database.CreateDbContext();
            foreach (var i in some)
            {
                var secret = i < Keys ? Ed25519.NewKey() : null;
                var id = secret is null ? Convert.ToBase64String(Guid.NewGuid().ToByteArray().Concat(Guid.NewGuid().ToByteArray()).ToArray()) : Ed25519.PublicKey(secret);
                nodes.Add(new(id, secret));
                db.Nodes.Add(new NodeRow
                {
                    Id = id, Name = $"node {i}", AccountId = owner, FloorNano = 1_000_000_000, Pool = "bench", Device = "bench", Cores = 1, MemoryBytes = 1 << 30,
                    RenderCuPerSecond = 1, LastSeen = DateTimeOffset.UtcNow, ShardsDone = 1_000_000_000,
                });
            }

            await db.SaveChangesAsync();
        }

        await registry.LoadAsync(CancellationToken.None);
        nodes.ForEach(node => registry.Beat(node.Id));
        return new(platform, nodes);
    }
}

/// <param name="Secret">Null for a node that signs nothing.</param>
internal sealed record FleetNode(string Id, byte[]? Secret);
