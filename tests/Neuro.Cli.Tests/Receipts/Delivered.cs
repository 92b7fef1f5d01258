using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Neuro.Cli.Receipts;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Tokens;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Cli.Tests.Receipts;

/// <summary>A small dataset as a node delivered it and a platform paid it: two shards, numbered against the order of their images, as dispatch may cut them.</summary>
internal sealed class Delivered : IDisposable
{
    public const string Shop = "datasets/corner-shop";
    public const ulong Seed = 7;
    private const int Images = 5;

    private readonly byte[] nodeKey = Ed25519.NewKey();
    private readonly byte[] platformKey = Ed25519.NewKey();
    private readonly Guid job = Guid.CreateVersion7();
    private readonly Recipe recipe;

    public Delivered()
    {
        Catalogue = Catalogue.Load(Path.Combine(Repository.Root, Shop));
        recipe = ShelfRecipe.Default(Catalogue) with { Width = 160, Height = 120 };
        DatasetRenderer.RenderShard(recipe, Catalogue, Seed, 0, 3, Path.Combine(Folder, "shard-000000.tar"), null, CancellationToken.None);
        DatasetRenderer.RenderShard(recipe, Catalogue, Seed, 3, 2, Path.Combine(Folder, "shard-000001.tar"), null, CancellationToken.None);
        Receipts = [Sign(1, "shard-000000.tar"), Sign(0, "shard-000001.tar")];
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("neuro-delivered-").FullName;

    public Catalogue Catalogue { get; }

    public string PublicKey => Ed25519.PublicKey(platformKey);

    public List<Receipt> Receipts { get; }

    public ReceiptBundle Bundle => new(new Uri("https://neuro.example/"), PublicKey, Receipts, new DatasetManifest(
        Guid.CreateVersion7(), "shelf", recipe.Hash, Seed, Images, (JsonObject)JsonNode.Parse(recipe.ToJson())!, Catalogue.Hash, [], job, DateTimeOffset.UnixEpoch));

    public ReceiptFile File => new(Bundle.Platform, PublicKey, Bundle.Dataset, Receipts);

    /// <summary>Delivers and pays what is in a file now, whatever it is.</summary>
    public Receipt Sign(int shard, string name)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(System.IO.File.ReadAllBytes(Path.Combine(Folder, name))));
        var node = Ed25519.Sign(nodeKey, Receipt.WorkBytes(job, shard, [hash]));
        var receipt = new Receipt(job, shard, RenderSpec.KindName, recipe.Hash, Ed25519.PublicKey(nodeKey), [hash], Ntk.Parse("1.1"), Ntk.Parse("0.1"), "looked at", DateTimeOffset.UnixEpoch, node, "");
        return receipt with { Signature = Ed25519.Sign(platformKey, receipt.SignedBytes()) };
    }

    /// <summary>Checks what is there now by signatures, files, and images made again.</summary>
    public ReceiptAudit Audit(ReceiptFile? file = null, string? key = null, int images = 2)
    {
        file ??= File;
        var audit = ReceiptAudit.Of(file, new(key ?? PublicKey, "given", "given by --key"));
        audit.FindFiles(ShardFiles.Find(Folder, [], CancellationToken.None));
        audit.Render(ShardRenderer.For(file, Path.Combine(Repository.Root, Shop), Folder), images, null, CancellationToken.None);
        return audit;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
