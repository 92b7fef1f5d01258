using Neuro.Backend.Listings;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Models;
using Neuro.Client.Tokens;
using System.Text.Json.Nodes;

namespace Neuro.Backend.Tests.Listings;

/// <summary>What suppliers of the tests have and do.</summary>
internal static class Wares
{
    public static readonly byte[] Picture = [0xFF, 0xD8, 1, 2, 3];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static Task<TestPlatform> StartAsync(string? postgres = null) => TestPlatform.StartAsync(options => options with { Appraiser = new Counting(), PostgresConnectionString = postgres });

    /// <summary>A dataset that a job of theirs made.</summary>
    public static async Task<DatasetManifest> DatasetAsync(TestPlatform platform, NeuroClient supplier, int count = 4)
    {
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(supplier, NumberWork.Spec(count));
        await node.WorkAllAsync();
        return await supplier.DatasetAsync(await supplier.CompleteAsync(job, cancel: Cancel), Cancel);
    }

    /// <summary>A model that a job of theirs trained.</summary>
    public static async Task<ModelManifest> ModelAsync(TestPlatform platform, NeuroClient supplier, DatasetManifest dataset)
    {
        var node = await platform.NodeAsync();
        var job = await supplier.OrderAsync(await supplier.QuoteAsync(new TrainSpec(dataset.Id, new JsonObject(), 1, 1), cancel: Cancel), Cancel);
        await node.WorkAllAsync();
        return await supplier.ModelAsync(await supplier.CompleteAsync(job, cancel: Cancel), Cancel);
    }

    public static ListingPublication Dataset(DatasetManifest dataset, int? price = 10, long? stock = null, string title = "Numbers", bool quotes = false) =>
        new("dataset", "numbers", title, "Hashes of numbers.", "CC BY 4.0", dataset.Id.ToString(), price is { } ntk ? Ntk.Of(ntk) : null, stock, quotes);

    public static ListingPublication Service(string kind = "labelling", string name = "by-hand") => new(kind, name, "Labelling by hand", "Boxes round whatever you like.", "All rights are yours.", Quotes: true);

    public static async Task<Listing> ListedAsync(NeuroClient supplier, ListingPublication publication) => await supplier.Api.PublishListingAsync(Guid.NewGuid(), publication, Cancel);

    public static Task<Licence> BuyAsync(NeuroClient buyer, Listing listing) => buyer.Api.BuyLicenceAsync(listing.Id, new(Guid.NewGuid(), listing.Version, listing.Price!.Value), Cancel);

    public static async Task<string> RefusedAsync(Func<Task> what) => (await Should.ThrowAsync<NeuroException>(what)).Code;

    /// <summary>Counts, and has the same picture of everything.</summary>
    private sealed class Counting : IAppraiser
    {
        public Task<Appraisal> GeneratorAsync(GeneratorListing generator, Func<string, string> artifactPath, CancellationToken cancel) =>
            Task.FromResult(new Appraisal(new AssetCard { Labels = generator.Labels }, Picture));

        public Task<Appraisal> DatasetAsync(DatasetManifest dataset, Func<string, string> artifactPath, CancellationToken cancel)
        {
            var lines = dataset.Shards.Sum(shard => File.ReadAllLines(artifactPath(shard.Sha256)).Length);
            return Task.FromResult(new Appraisal(new AssetCard { Images = lines, Classes = 2, ClassNames = ["odd", "even"], Bytes = dataset.Bytes }, Picture));
        }

        public Task<Appraisal> ModelAsync(ModelManifest model, Func<string, string> artifactPath, CancellationToken cancel) =>
            Task.FromResult(new Appraisal(new AssetCard { ValidationAccuracy = model.ValidationAccuracy, Bytes = new FileInfo(artifactPath(model.Package.Sha256)).Length }, null));
    }
}
