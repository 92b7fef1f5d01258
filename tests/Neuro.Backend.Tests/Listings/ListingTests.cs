using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Listings;

/// <summary>Putting things on offer.</summary>
public sealed class ListingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_Dataset_ShowsWhatThePlatformMeasuredAndAPicture_ButNotTheThing()
    {
        await using var platform = await Wares.StartAsync();
        var ada = await platform.CustomerAsync(ntk: 100);
        var dataset = await Wares.DatasetAsync(platform, ada);
        var listing = await Wares.ListedAsync(ada, Wares.Dataset(dataset, stock: 3, quotes: true));
        var (bo, key) = await platform.NewCustomerAsync("Bo");

        var seen = await bo.Api.GetListingAsync(listing.Id, Cancel);
        (seen.Version, seen.State, seen.Price, seen.Left, seen.Quotes, seen.FeeBasisPoints, seen.Supplier).ShouldBe((1, "listed", Ntk.Of(10), 3L, true, 1000, "first user"));
        (seen.Card!.Images, seen.Card.Classes, seen.Card.Bytes, seen.Card.ClassNames!.Count).ShouldBe((4, 2, dataset.Bytes, 2));
        (seen.Asset, listing.Asset).ShouldBe((null, dataset.Id.ToString()));
        (await (await bo.Api.GetPreviewAsync(listing.Id, Cancel)).ReadAsByteArrayAsync(Cancel)).ShouldBe(Wares.Picture);
        var listed = (await bo.Api.GetListingsAsync("dataset", cancel: Cancel)).ShouldHaveSingleItem();
        (listed.Id, listed.Card!.ClassNames).ShouldBe((listing.Id, null));
        (await bo.Api.GetListingsAsync("model", cancel: Cancel)).ShouldBeEmpty();

        using var http = platform.Http(key);
        (await http.GetAsync($"v1/artifacts/{dataset.Shards[0].Sha256}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Wares.RefusedAsync(() => bo.Api.GetDatasetAsync(dataset.Id, Cancel))).ShouldBe("dataset.not_found");
    }

    [Fact]
    public async Task Publish_SameContentAgain_ChangesNothing_OtherContentIsTheNextVersion_OtherTermsAreNot()
    {
        await using var platform = await Wares.StartAsync();
        var ada = await platform.CustomerAsync(ntk: 100);
        var first = Wares.Dataset(await Wares.DatasetAsync(platform, ada));
        var listing = await Wares.ListedAsync(ada, first);
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        (await ada.Api.PublishListingAsync(listing.Id, first, Cancel)).ShouldBeEquivalentTo(listing);

        var dearer = await ada.Api.PublishListingAsync(listing.Id, first with { Price = Ntk.Of(12), Stock = 5 }, Cancel);
        (dearer.Version, dearer.Price, dearer.Left).ShouldBe((1, Ntk.Of(12), 5L));
        var next = await ada.Api.PublishListingAsync(listing.Id, first with { Title = "More numbers" }, Cancel);
        (next.Version, next.Title, next.Price, next.Left).ShouldBe((2, "More numbers", Ntk.Of(10), null));

        (await Wares.RefusedAsync(() => Wares.ListedAsync(ada, first))).ShouldBe("listing.name_taken");
        (await Wares.RefusedAsync(() => ada.Api.PublishListingAsync(listing.Id, first with { Name = "letters" }, Cancel))).ShouldBe("listing.exists_with_different_name");
        var (bo, _) = await platform.NewCustomerAsync("Bo");
        (await Wares.RefusedAsync(() => bo.Api.PublishListingAsync(listing.Id, Wares.Service(), Cancel))).ShouldBe("listing.id_taken");
        (await Wares.ListedAsync(bo, Wares.Service() with { Name = "numbers" })).Name.ShouldBe("numbers", "a name is unique among one supplier's listings, not among all");
    }

    [Fact]
    public async Task Publish_AtOnce_GivesEachContentAVersionOfItsOwn()
    {
        await using var platform = await Wares.StartAsync();
        var ada = await platform.CustomerAsync();
        var id = Guid.NewGuid();
        var versions = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => ada.Api.PublishListingAsync(id, Wares.Service() with { Title = $"Title {i}" }, Cancel)));
        (await ada.Api.GetListingAsync(id, Cancel)).Version.ShouldBe(8);
        (await ada.Api.GetListingsAsync(mine: true, cancel: Cancel)).ShouldHaveSingleItem();
        versions.Max(one => one.Version).ShouldBe(8);
    }

    [Fact]
    public async Task Delist_TakesItOffTheOffer_PublishListsItAgain()
    {
        await using var platform = await Wares.StartAsync();
        var ada = await platform.CustomerAsync(ntk: 100);
        var publication = Wares.Dataset(await Wares.DatasetAsync(platform, ada), quotes: true);
        var listing = await Wares.ListedAsync(ada, publication);
        var (bo, _) = await platform.NewCustomerAsync("Bo", ntk: 100);
        (await Wares.RefusedAsync(() => bo.Api.DelistAsync(listing.Id, Cancel))).ShouldBe("listing.not_found");
        (await ada.Api.DelistAsync(listing.Id, Cancel)).State.ShouldBe("delisted");
        (await ada.Api.DelistAsync(listing.Id, Cancel)).State.ShouldBe("delisted");

        (await bo.Api.GetListingsAsync(cancel: Cancel)).ShouldBeEmpty();
        (await ada.Api.GetListingsAsync(mine: true, cancel: Cancel)).ShouldHaveSingleItem();
        (await Wares.RefusedAsync(() => Wares.BuyAsync(bo, listing))).ShouldBe("listing.delisted");
        (await Wares.RefusedAsync(() => bo.Api.OpenDealAsync(new(Guid.NewGuid(), listing.Id, "cheaper?", platform.Clock.GetUtcNow().AddDays(1)), Cancel))).ShouldBe("listing.delisted");
        (await bo.BalanceAsync(Cancel)).Total.ShouldBe(Ntk.Of(100));
        (await ada.Api.PublishListingAsync(listing.Id, publication, Cancel)).ShouldBeEquivalentTo(listing);
        (await Wares.BuyAsync(bo, listing)).Price.ShouldBe(Ntk.Of(10));
    }

    [Fact]
    public async Task Publish_WhatIsAnothers_IsNotThere()
    {
        await using var platform = await Wares.StartAsync();
        var ada = await platform.CustomerAsync(ntk: 100);
        var dataset = await Wares.DatasetAsync(platform, ada);
        var model = await Wares.ModelAsync(platform, ada, dataset);
        await ada.Artifacts.UploadAsync([1], "catalogue.tar", cancel: Cancel);
        await ada.Api.PublishGeneratorAsync("a-shop", new("Shop", "", "MIT", new JsonObject { ["perShard"] = 1 }), Cancel);
        var (bo, _) = await platform.NewCustomerAsync("Bo", ntk: 100);
        ListingPublication[] theirs =
        [
            Wares.Dataset(dataset),
            Wares.Dataset(dataset) with { Kind = "model", Asset = model.Id.ToString() },
            Wares.Dataset(dataset) with { Kind = "generator", Asset = "a-shop" },
        ];
        foreach (var (publication, code) in theirs.Zip(["dataset.not_found", "model.not_found", "generator.not_found"]))
        {
            (await Wares.RefusedAsync(() => Wares.ListedAsync(bo, publication))).ShouldBe(code);
        }

        foreach (var publication in theirs)
        {
            (await Wares.ListedAsync(ada, publication with { Name = publication.Kind })).Kind.ShouldBe(publication.Kind);
        }

        // Who bought it may use it, not sell it.
        await Wares.BuyAsync(bo, (await bo.Api.GetListingsAsync("dataset", cancel: Cancel)).Single());
        (await Wares.RefusedAsync(() => Wares.ListedAsync(bo, theirs[0]))).ShouldBe("dataset.not_found");
    }

    [Fact]
    public async Task Publish_WhatCannotBe_IsOneSentenceWithACode()
    {
        await using var platform = await Wares.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        (string Field, string Value, string Code)[] cases =
        [
            ("price", "\"0\"", "request.out_of_range"),
            ("price", "\"-1\"", "request.out_of_range"),
            ("price", "\"1000000001\"", "request.out_of_range"),
            ("price", "\"99999999999999999999\"", "request.bad_json"),
            ("price", "\"0.0000000001\"", "request.bad_json"),
            ("price", "null", "listing.bad_terms"),
            ("stock", "0", "request.out_of_range"),
            ("stock", "-1", "request.out_of_range"),
            ("stock", "9223372036854775807", "request.out_of_range"),
            ("kind", "\"shares\"", "request.out_of_range"),
            ("kind", "\"labelling\"", "listing.bad_terms"),
            ("kind", "null", "request.bad_json"),
            ("name", "\"My Numbers\"", "listing.bad_name"),
            ("name", "\"\"", "listing.bad_name"),
            ("title", "\"\"", "request.out_of_range"),
            ("licence", "\"\"", "request.out_of_range"),
            ("asset", "null", "listing.bad_asset"),
            ("asset", "\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\"", "dataset.not_found"),
            ("asset", "\"..\"", "dataset.not_found"),
            ("name", "million", "listing.bad_name"),
            ("title", "million", "request.out_of_range"),
            ("description", "million", "request.out_of_range"),
            ("licence", "million", "request.out_of_range"),
            ("asset", "million", "dataset.not_found"),
        ];
        foreach (var (field, value, code) in cases)
        {
            var body = JsonNode.Parse("""{"kind":"dataset","name":"numbers","title":"t","description":"d","licence":"MIT","asset":"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001","price":"10","stock":2}""")!.AsObject();
            body[field] = value == "million" ? new string('x', 1_000_000) : JsonNode.Parse(value);
            if (field == "price" && value == "null")
            {
                body.Remove("stock");
            }

            using var reply = await http.PutAsync($"v1/listings/{Guid.NewGuid()}", new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), Cancel);
            var problem = JsonNode.Parse(await reply.Content.ReadAsStringAsync(Cancel))!;
            problem["code"]!.GetValue<string>().ShouldBe(code, $"{field} {value}");
            problem["detail"]!.GetValue<string>().Length.ShouldBeInRange(10, 400, $"{field} {value}");
        }

        (await (await platform.CustomerAsync()).Api.GetListingsAsync(mine: true, cancel: Cancel)).ShouldBeEmpty();
    }
}
