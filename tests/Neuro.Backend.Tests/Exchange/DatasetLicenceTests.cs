using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Exchange;

public sealed class DatasetLicenceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Licence_IssuedSoldAndRedeemed_GivesTheDatasetToItsHolder()
    {
        await using var platform = await TestPlatform.StartAsync();
        var (ada, dataset) = await OwnerAsync(platform);
        var (bo, _) = await platform.NewCustomerAsync("Bo", ntk: 1000);
        var (asset, issue) = ($"licence:{dataset.Id}", Guid.NewGuid());
        await ada.Api.IssueLicencesAsync(dataset.Id, new(issue, 3), Cancel);
        (await ada.Api.IssueLicencesAsync(dataset.Id, new(issue, 3), Cancel)).Lots.ShouldBe(3);
        (await CodeAsync(() => ada.Api.IssueLicencesAsync(dataset.Id, new(issue, 4), Cancel))).ShouldBe("lots.exists_with_different_content");
        (await CodeAsync(() => ada.Api.IssueLicencesAsync(dataset.Id, new(Guid.NewGuid(), 0), Cancel))).ShouldBe("request.out_of_range");
        (await CodeAsync(() => bo.Api.IssueLicencesAsync(dataset.Id, new(Guid.NewGuid(), 1), Cancel))).ShouldBe("dataset.not_found");
        (await bo.Api.GetBooksAsync(Cancel)).Single(book => book.Asset == asset).SuggestedPrice.ShouldBe(Ntk.Of(10));

        (await CodeAsync(() => bo.Api.RedeemAsync(dataset.Id, new(Guid.NewGuid()), Cancel))).ShouldBe("licence.not_found");
        await ada.Api.PlaceAsync(asset, new(Guid.NewGuid(), "ask", "limit", Ntk.Of(10), 3), Cancel);
        await bo.Api.PlaceAsync(asset, new(Guid.NewGuid(), "bid", "limit", Ntk.Of(10), 2), Cancel);
        (await CodeAsync(() => bo.Api.GetDatasetAsync(dataset.Id, Cancel))).ShouldBe("dataset.not_found", "to have a licence is not yet to use it");

        var redemption = Guid.NewGuid();
        var redeemed = await bo.Api.RedeemAsync(dataset.Id, new(redemption), Cancel);
        redeemed.Shards.ShouldBe(dataset.Shards);
        (await bo.Api.RedeemAsync(dataset.Id, new(redemption), Cancel)).Id.ShouldBe(dataset.Id);
        (await bo.Api.GetHoldingsAsync(Cancel)).ShouldHaveSingleItem().ShouldBe(new Holding(asset, 1, 0), "one of two is used up, once");
        (await CodeAsync(() => bo.Api.RedeemAsync(dataset.Id, new(Guid.NewGuid()), Cancel))).ShouldBe("licence.not_needed");
        (await CodeAsync(() => ada.Api.RedeemAsync(dataset.Id, new(Guid.NewGuid()), Cancel))).ShouldBe("licence.not_needed");

        (await bo.Api.GetDatasetAsync(dataset.Id, Cancel)).Name.ShouldBe(dataset.Name);
        (await bo.Api.GetDatasetsAsync(Cancel)).ShouldHaveSingleItem();
        (await bo.DownloadAsync(dataset, Cancel)).Count.ShouldBe(dataset.Shards.Count);
        (await bo.QuoteAsync(new TrainSpec(dataset.Id, new JsonObject(), 1, 1), cancel: Cancel)).Kind.ShouldBe("train");
        (await CodeAsync(() => bo.Api.IssueLicencesAsync(dataset.Id, new(Guid.NewGuid(), 1), Cancel))).ShouldBe("dataset.not_found", "a reader is no owner");
        (await ada.Api.GetProofAsync(Cancel)).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Redeem_ManyAtOnce_UsesUpOne()
    {
        await using var platform = await TestPlatform.StartAsync();
        var (ada, dataset) = await OwnerAsync(platform);
        var (bo, _) = await platform.NewCustomerAsync("Bo", ntk: 1000);
        var asset = $"licence:{dataset.Id}";
        await ada.Api.IssueLicencesAsync(dataset.Id, new(Guid.NewGuid(), 20), Cancel);
        await ada.Api.PlaceAsync(asset, new(Guid.NewGuid(), "ask", "limit", Ntk.Of(10), 20), Cancel);
        await bo.Api.PlaceAsync(asset, new(Guid.NewGuid(), "bid", "limit", Ntk.Of(10), 20), Cancel);
        var account = (await bo.Api.GetAccountAsync(Cancel)).Id;
        var licences = platform.Platform.Services.GetRequiredService<Backend.Exchange.DatasetLicences>();
        var codes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            try
            {
                await licences.RedeemAsync(account, dataset.Id, new(Guid.NewGuid()), Cancel);
                return "done";
            }
            catch (NeuroException refused)
            {
                return refused.Code;
            }
        }));
        codes.Count(code => code == "done").ShouldBe(1);
        codes.Where(code => code != "done").ShouldAllBe(code => code == "licence.not_needed");
        (await bo.Api.GetHoldingsAsync(Cancel)).ShouldHaveSingleItem().Available.ShouldBe(19);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Redeem_DatasetOfManyShards_GrantsEachOfThem(string engine)
    {
        await using var market = await TestExchange.OpenAsync(engine);
        var id = DerivedId.Of("test/dataset");
        var manifest = new DatasetManifest(id, "many", "hash", 1, 1, [], "", [.. Enumerable.Range(0, 1001).Select(i => new ArtifactRef($"{i:x64}", 1, "shard", "x/y"))], Guid.NewGuid(), DateTimeOffset.UnixEpoch);
        await using var db = market.Database.CreateDbContext();
        db.Datasets.Add(new DatasetRow { Id = id, AccountId = TestExchange.Seller, Document = System.Text.Json.JsonSerializer.Serialize(manifest, NeuroJson.Options) });
        await db.SaveChangesAsync(Cancel);
        var licences = new Backend.Exchange.DatasetLicences(market.Database, market.Ledger, market.Exchange, TimeProvider.System);
        await licences.IssueAsync(TestExchange.Seller, id, new(Guid.NewGuid(), 1), Cancel);
        var asset = Backend.Exchange.DatasetLicences.AssetOf(id);
        await market.Exchange.PlaceAsync(TestExchange.Seller, asset, new(Guid.NewGuid(), "ask", "limit", Ntk.Of(1), 1), Cancel);
        await market.Exchange.PlaceAsync(TestExchange.Buyer, asset, new(Guid.NewGuid(), "bid", "limit", Ntk.Of(1), 1), Cancel);
        await licences.RedeemAsync(TestExchange.Buyer, id, new(Guid.NewGuid()), Cancel);
        (await db.ArtifactReaders.CountAsync(row => row.Reader == Backend.Accounts.Caller.Reader(TestExchange.Buyer), Cancel)).ShouldBe(1001);
        (await market.Ledger.ProofAsync(Cancel)).Faults.ShouldBeEmpty();
    }

    private static async Task<(NeuroClient Ada, DatasetManifest Dataset)> OwnerAsync(TestPlatform platform)
    {
        var (ada, _) = await platform.NewCustomerAsync("Ada", ntk: 1000);
        var node = await platform.NodeAsync();
        var job = await ada.OrderAsync(await ada.QuoteAsync(NumberWork.Spec(2), cancel: Cancel), Cancel);
        await node.WorkAllAsync();
        return (ada, await ada.DatasetAsync(await ada.CompleteAsync(job, cancel: Cancel), Cancel));
    }

    private static async Task<string> CodeAsync(Func<Task> what) => (await Should.ThrowAsync<NeuroException>(what)).Code;
}
