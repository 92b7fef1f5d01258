using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend.Listings;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Listings;

/// <summary>Buying at the posted price.</summary>
public sealed class LicenceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Buy_Dataset_PaysSupplierAndFeeOnce_AndTheBuyerReadsAndTrainsOnIt(string engine)
    {
        await using var platform = await Wares.StartAsync(engine == "postgres" ? await Ledger.LedgerEngine.NewPostgresAsync() : null);
        var ada = await platform.CustomerAsync(ntk: 100);
        var dataset = await Wares.DatasetAsync(platform, ada);
        var listing = await Wares.ListedAsync(ada, Wares.Dataset(dataset, stock: 2));
        var before = (await ada.BalanceAsync(Cancel)).Available;
        var (bo, key) = await platform.NewCustomerAsync("Bo", ntk: 100);
        var purchase = new LicencePurchase(Guid.NewGuid(), 1, Ntk.Of(10));

        var licence = await bo.Api.BuyLicenceAsync(listing.Id, purchase, Cancel);
        (licence.Price, licence.Fee, licence.FeeBasisPoints, licence.Listing.Asset).ShouldBe((Ntk.Of(10), Ntk.Of(1), 1000, dataset.Id.ToString()));
        (await bo.Api.BuyLicenceAsync(listing.Id, purchase, Cancel)).ShouldBeEquivalentTo(licence);
        (await bo.BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(90));
        (await ada.BalanceAsync(Cancel)).Available.ShouldBe(before + Ntk.Of(9));
        (await bo.Api.GetListingAsync(listing.Id, Cancel)).Left.ShouldBe(1);

        (await bo.Api.GetDatasetsAsync(Cancel)).ShouldHaveSingleItem().Id.ShouldBe(dataset.Id);
        File.ReadAllBytes((await bo.DownloadAsync(await bo.Api.GetDatasetAsync(dataset.Id, Cancel), Cancel))[0]).ShouldBe(NumberWork.Make(7, 0, 2));
        using var http = platform.Http(key);
        (await http.GetAsync($"v1/artifacts/{dataset.Shards[^1].Sha256}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var node = await platform.NodeAsync();
        var training = await bo.OrderAsync(await bo.QuoteAsync(new TrainSpec(dataset.Id, new JsonObject(), 1, 1), cancel: Cancel), Cancel);
        await node.WorkAllAsync();
        (await bo.CompleteAsync(training, cancel: Cancel)).State.ShouldBe(JobState.Succeeded);

        (await ada.Api.GetLicenseesAsync(listing.Id, cancel: Cancel)).ShouldHaveSingleItem().Account.ShouldBe("Bo");
        (await Wares.RefusedAsync(() => bo.Api.GetLicenseesAsync(listing.Id, cancel: Cancel))).ShouldBe("listing.not_found");
        (await ada.Api.GetProofAsync(Cancel)).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Buy_Model_IsAmongTheBuyersModels()
    {
        await using var platform = await Wares.StartAsync();
        var ada = await platform.CustomerAsync(ntk: 100);
        var dataset = await Wares.DatasetAsync(platform, ada);
        var model = await Wares.ModelAsync(platform, ada, dataset);
        var listing = await Wares.ListedAsync(ada, Wares.Dataset(dataset) with { Kind = "model", Asset = model.Id.ToString() });
        (listing.Card!.ValidationAccuracy, listing.HasPreview).ShouldBe((0.875, false));
        (await Wares.RefusedAsync(() => ada.Api.GetPreviewAsync(listing.Id, Cancel))).ShouldBe("preview.not_found");
        var (bo, _) = await platform.NewCustomerAsync("Bo", ntk: 100);
        (await Wares.RefusedAsync(() => bo.Artifacts.DownloadAsync(model.Package, Cancel))).ShouldBe("artifact.not_found");
        await Wares.BuyAsync(bo, listing);
        (await bo.Api.GetModelsAsync(Cancel)).ShouldHaveSingleItem().Id.ShouldBe(model.Id);
        await bo.DownloadAsync(await bo.Api.GetModelAsync(model.Id, Cancel), Cancel);
        (await bo.Api.GetDatasetsAsync(Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Buy_WhatIsNotForSaleSo_IsRefusedWithACodeAndMovesNothing()
    {
        await using var platform = await Wares.StartAsync();
        var ada = await platform.CustomerAsync(ntk: 100);
        var publication = Wares.Dataset(await Wares.DatasetAsync(platform, ada), stock: 1);
        var listing = await Wares.ListedAsync(ada, publication);
        var service = await Wares.ListedAsync(ada, Wares.Service());
        var (bo, _) = await platform.NewCustomerAsync("Bo", ntk: 100);
        var (poor, _) = await platform.NewCustomerAsync("Cy", ntk: 9);
        var dear = await Should.ThrowAsync<NeuroException>(() => bo.Api.BuyLicenceAsync(listing.Id, new(Guid.NewGuid(), 1, Ntk.Of(9)), Cancel));
        (dear.Code, dear.Status).ShouldBe(("listing.price_changed", 409));
        dear.Message.ShouldContain("costs 10 NTK now");
        (await Wares.RefusedAsync(() => bo.Api.BuyLicenceAsync(listing.Id, new(Guid.NewGuid(), 2, Ntk.Of(10)), Cancel))).ShouldBe("listing.version_changed");
        (await Wares.RefusedAsync(() => bo.Api.BuyLicenceAsync(listing.Id, new(Guid.NewGuid(), 1, Ntk.Zero), Cancel))).ShouldBe("request.out_of_range");
        (await Wares.RefusedAsync(() => bo.Api.BuyLicenceAsync(listing.Id, new(Guid.NewGuid(), -1, Ntk.Of(10)), Cancel))).ShouldBe("request.out_of_range");
        (await Wares.RefusedAsync(() => bo.Api.BuyLicenceAsync(listing.Id, new(Guid.Empty, 1, Ntk.Of(10)), Cancel))).ShouldBe("request.missing");
        (await Wares.RefusedAsync(() => bo.Api.BuyLicenceAsync(Guid.NewGuid(), new(Guid.NewGuid(), 1, Ntk.Of(10)), Cancel))).ShouldBe("listing.not_found");
        (await Wares.RefusedAsync(() => bo.Api.BuyLicenceAsync(service.Id, new(Guid.NewGuid(), 1, Ntk.Of(10)), Cancel))).ShouldBe("listing.no_price");
        (await Wares.RefusedAsync(() => Wares.BuyAsync(ada, listing))).ShouldBe("listing.own");
        var broke = await Should.ThrowAsync<NeuroException>(() => Wares.BuyAsync(poor, listing));
        (broke.Code, broke.Status).ShouldBe(("ledger.insufficient_funds", 402));
        broke.Message.ShouldContain("10 NTK");
        (await bo.BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(100));
        (await poor.BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(9));
        (await ada.Api.GetListingAsync(listing.Id, Cancel)).Left.ShouldBe(1, "nothing was taken from stock");

        var bought = await Wares.BuyAsync(bo, listing);
        (await Wares.RefusedAsync(() => Wares.BuyAsync(bo, listing))).ShouldBe("listing.already_licensed");
        (await Wares.RefusedAsync(() => bo.Api.BuyLicenceAsync(listing.Id, new(bought.Id, 1, Ntk.Of(11)), Cancel))).ShouldBe("licence.exists_with_different_content");
        var (dee, _) = await platform.NewCustomerAsync("Dee", ntk: 100);
        (await Wares.RefusedAsync(() => dee.Api.BuyLicenceAsync(listing.Id, new(bought.Id, 1, Ntk.Of(10)), Cancel))).ShouldBe("licence.exists_with_different_content");
        (await Wares.RefusedAsync(() => Wares.BuyAsync(dee, listing))).ShouldBe("listing.sold_out");
        (await ada.Api.PublishListingAsync(listing.Id, publication with { Stock = 3 }, Cancel)).Left.ShouldBe(2, "stock counts licences from the first day on, so that a publication sent again sells none twice");
        (await Wares.BuyAsync(dee, listing)).Listing.Version.ShouldBe(1);
    }

    [Fact]
    public async Task Buy_ThenTheSupplierGoesOn_TheLicenceIsOfWhatWasBought()
    {
        await using var platform = await Wares.StartAsync();
        var ada = await platform.CustomerAsync(ntk: 100);
        var dataset = await Wares.DatasetAsync(platform, ada);
        var listing = await Wares.ListedAsync(ada, Wares.Dataset(dataset));
        var (bo, key) = await platform.NewCustomerAsync("Bo", ntk: 100);
        var licence = await Wares.BuyAsync(bo, listing);
        var other = await Wares.DatasetAsync(platform, ada, count: 6);
        var next = await ada.Api.PublishListingAsync(listing.Id, Wares.Dataset(other, title: "Six numbers", price: 20) with { Licence = "Ask first" }, Cancel);
        await ada.Api.DelistAsync(listing.Id, Cancel);

        var kept = await bo.Api.GetLicenceAsync(licence.Id, Cancel);
        (kept.Listing.Version, kept.Listing.Title, kept.Listing.Licence, kept.Listing.Asset, kept.Price).ShouldBe((1, "Numbers", "CC BY 4.0", dataset.Id.ToString(), Ntk.Of(10)));
        using var http = platform.Http(key);
        (await http.GetAsync($"v1/artifacts/{dataset.Shards[0].Sha256}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.GetAsync($"v1/artifacts/{other.Shards[^1].Sha256}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Wares.RefusedAsync(() => bo.Api.GetDatasetAsync(other.Id, Cancel))).ShouldBe("dataset.not_found");
        (await bo.Api.GetListingAsync(listing.Id, Cancel)).Asset.ShouldBeNull("the new version is of something else, which was not bought");
        await ada.Api.PublishListingAsync(listing.Id, Wares.Dataset(other, title: "Six numbers", price: 20) with { Licence = "Ask first" }, Cancel);
        (await Wares.BuyAsync(bo, next)).Listing.Asset.ShouldBe(other.Id.ToString());
        (await bo.Api.GetLicencesAsync(cancel: Cancel)).Select(one => one.Listing.Version).ShouldBe([2, 1], ignoreOrder: true);
        (await Wares.RefusedAsync(() => ada.Api.GetLicenceAsync(licence.Id, Cancel))).ShouldBe("licence.not_found");
    }

    [Theory]
    [InlineData("sqlite", 2_000)]
    [InlineData("postgres", 300)]
    public async Task Buy_TheLastLicenceByManyAtOnce_SellsItOnce(string engine, int callers)
    {
        await using var platform = await Wares.StartAsync(engine == "postgres" ? await Ledger.LedgerEngine.NewPostgresAsync() : null);
        var ada = await platform.CustomerAsync(ntk: 100);
        var listing = await Wares.ListedAsync(ada, Wares.Dataset(await Wares.DatasetAsync(platform, ada), stock: 1));
        var start = (await ada.BalanceAsync(Cancel)).Available;
        var people = new List<(NeuroClient Client, Guid Id)>();
        for (var i = 0; i < 20; i++)
        {
            var (client, _) = await platform.NewCustomerAsync($"buyer {i}", ntk: 20);
            people.Add((client, (await client.Api.GetAccountAsync(Cancel)).Id));
        }

        var licences = platform.Platform.Services.GetRequiredService<Licences>();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, callers).Select(i => Task.Run(async () =>
        {
            try
            {
                await licences.BuyAsync(people[i % people.Count].Id, listing.Id, new(Guid.NewGuid(), 1, Ntk.Of(10)), Cancel);
                return "bought";
            }
            catch (NeuroException refused)
            {
                return refused.Code;
            }
        })));

        outcomes.Count(outcome => outcome == "bought").ShouldBe(1);
        // The one who got it may be among those who ask again.
        outcomes.Where(outcome => outcome != "bought").Distinct().ShouldBeSubsetOf(["listing.sold_out", "listing.already_licensed"]);
        outcomes.Count(outcome => outcome == "listing.sold_out").ShouldBe(callers - (callers / people.Count));
        (await ada.BalanceAsync(Cancel)).Available.ShouldBe(start + Ntk.Of(9));
        var spent = await Task.WhenAll(people.Select(async person => (await person.Client.BalanceAsync(Cancel)).Available));
        spent.Order().ShouldBe([Ntk.Of(10), .. Enumerable.Repeat(Ntk.Of(20), 19)]);
        await using var db = platform.Platform.Services.GetRequiredService<Database>().CreateDbContext();
        (await db.Licences.CountAsync(Cancel)).ShouldBe(1);
        (await ada.Api.GetProofAsync(Cancel)).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Buy_WhileTheSupplierChangesThePrice_NobodyPaysAnotherPriceThanTheySaw()
    {
        await using var platform = await Wares.StartAsync();
        var ada = await platform.CustomerAsync(ntk: 100);
        var publication = Wares.Dataset(await Wares.DatasetAsync(platform, ada));
        var listing = await Wares.ListedAsync(ada, publication);
        var people = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => platform.Platform.CreateAccountAsync("customer", $"buyer {i}", Cancel)));
        var buyers = new List<NeuroClient>();
        foreach (var key in people)
        {
            buyers.Add(await platform.CustomerAsync(key, ntk: 50));
        }

        var prices = Enumerable.Range(0, 12).Select(i => ada.Api.PublishListingAsync(listing.Id, publication with { Price = Ntk.Of(10 + (i % 3)) }, Cancel));
        var bought = buyers.Select(async buyer =>
        {
            try
            {
                return (await Wares.BuyAsync(buyer, listing)).Price;
            }
            catch (NeuroException refused) when (refused.Code is "listing.price_changed" or "listing.busy")
            {
                return Ntk.Zero;
            }
        }).ToList();
        await Task.WhenAll(prices);
        foreach (var (buyer, price) in buyers.Zip(await Task.WhenAll(bought)))
        {
            price.ShouldBeOneOf(Ntk.Zero, Ntk.Of(10));
            (await buyer.BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(50) - price);
        }
    }
}
