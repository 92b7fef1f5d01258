using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Portal;

/// <summary>What belongs to one account is not there for another, on any address of the OpenAPI document.</summary>
public sealed class InvisibleTests
{
    private const string Public = "public";
    private const string Book = "labelling:hour";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What Ada has: an id for every address with one, and the words that must not reach anybody else.</summary>
    private sealed record Belongings(IReadOnlyDictionary<string, string> Ids, IReadOnlyList<string> Words);

    [Theory]
    [InlineData("customer")]
    [InlineData("operator")]
    public async Task EveryAddress_WithAnothersKey_AnswersAsIfTheThingWereNotThere(string who)
    {
        await using var platform = await TestPlatform.StartAsync(WithShelf);
        var ada = await OwnAsync(platform);
        using var http = platform.Http(who == "operator" ? platform.Platform.FirstUserKey : (await platform.NewCustomerAsync("Bo")).Key);

        // Lists first: later the audit log has, rightly, the ids that this caller asked for.
        foreach (var address in (await AccessTests.AddressesAsync(http)).Append("HEAD /v1/artifacts/{sha256}").Append("HEAD /v1/artifacts/{sha256}/upload").OrderBy(address => address.Contains('{')))
        {
            if (IsForOthers(address, who))
            {
                continue;
            }

            if (!address.Contains('{'))
            {
                (await BodyAsync(http, address, null)).ShouldNotContainAny(ada.Words, address);
                continue;
            }

            ada.Ids.Keys.ShouldContain(address, $"{address} names a thing by its id: tell this test which of Ada's, so that it can see that others get 404");
            if (ada.Ids[address] == Public)
            {
                continue;
            }

            var (real, unknown) = (ada.Ids[address], address.Contains("{sha256}") ? new string('1', 64) : Guid.NewGuid().ToString());
            using var reply = await SendAsync(http, address, real);
            using var nothing = await SendAsync(http, address, unknown);
            reply.StatusCode.ShouldBe(HttpStatusCode.NotFound, address);
            if (!address.StartsWith("HEAD", StringComparison.Ordinal))
            {
                (await AccessTests.CodeAsync(reply)).ShouldEndWith(".not_found", customMessage: address);
            }

            // Not by a word or a header is it to be told from what never was.
            (await reply.Content.ReadAsStringAsync(Cancel)).Replace(real, "ID").ShouldBe((await nothing.Content.ReadAsStringAsync(Cancel)).Replace(unknown, "ID"), address);
            Headers(reply).ShouldBe(Headers(nothing), address);
        }
    }

    [Fact]
    public async Task Things_InABody_AreNotThereEither()
    {
        await using var platform = await TestPlatform.StartAsync(WithShelf);
        var ada = await OwnAsync(platform);
        var (bo, _) = await platform.NewCustomerAsync("Bo", ntk: 100);
        var dataset = Guid.Parse(ada.Ids["GET /v1/datasets/{id}"]);
        (await Should.ThrowAsync<NeuroException>(() => bo.QuoteAsync(new TrainSpec(dataset, new JsonObject(), 1, 1), cancel: Cancel))).Code.ShouldBe("dataset.not_found");
        var catalogue = new RenderSpec(new JsonObject { ["perShard"] = 1, ["catalogue"] = ada.Ids["GET /v1/artifacts/{sha256}"] }, 1, 1);
        (await Should.ThrowAsync<NeuroException>(() => bo.QuoteAsync(catalogue, cancel: Cancel))).Code.ShouldBe("artifact.not_found");
    }

    [Fact]
    public async Task EveryAddress_WithItsOwnersKey_IsThere()
    {
        // Else the test above would be content with ids that nobody has.
        await using var platform = await TestPlatform.StartAsync(WithShelf);
        var ada = await OwnAsync(platform);
        using var http = platform.Http(ada.Words[^1]);
        foreach (var (address, id) in ada.Ids.Where(entry => entry.Value != Public).OrderBy(entry => entry.Key.StartsWith("DELETE", StringComparison.Ordinal)))
        {
            using var reply = await SendAsync(http, address, id, HttpCompletionOption.ResponseHeadersRead);
            reply.StatusCode.ShouldNotBe(HttpStatusCode.NotFound, address);
            reply.StatusCode.ShouldNotBe(HttpStatusCode.Forbidden, address);
        }
    }

    [Fact]
    public async Task AdminAddresses_WithoutTheRole_AnswerTheSameForAnyId()
    {
        await using var platform = await TestPlatform.StartAsync();
        var (ada, _) = await platform.NewCustomerAsync("Ada");
        var id = (await ada.Api.GetAccountAsync(Cancel)).Id.ToString();
        using var http = platform.Http((await platform.NewCustomerAsync("Bo")).Key);
        foreach (var address in (await AccessTests.AddressesAsync(http)).Where(IsForOperators))
        {
            using var reply = await SendAsync(http, address, id);
            (reply.StatusCode, await AccessTests.CodeAsync(reply)).ShouldBe((HttpStatusCode.Forbidden, "access.role_missing"), address);
            (await reply.Content.ReadAsStringAsync(Cancel)).ShouldNotContain(id);
        }
    }

    private static bool IsForOperators(string address) => address.Contains("/v1/admin/") || address == "GET /metrics";

    // Node addresses take a node's token, admin addresses an operator's key, those of the chain a chain; all have tests of their own.
    private static bool IsForOthers(string address, string who) =>
        address.Contains("/chain") || address.Contains("/v1/nodes/claim") || address.Contains("/v1/nodes/me/") || address.Contains("/v1/nodes/shards/") || (IsForOperators(address) && who != "operator") || address is "GET /v1/admin/audit" or "PUT /v1/admin/accounts/{id}/roles";

    private static PlatformOptions WithShelf(PlatformOptions options) => options with { Generators = [new GeneratorListing("shelf", 1, "Shelf", "Shelves.", "MIT", ["boxes"], [])] };

    private static async Task<Belongings> OwnAsync(TestPlatform platform)
    {
        var (ada, key) = await platform.NewCustomerAsync("Ada Lovelace", ntk: 1000);
        var node = await platform.NodeAsync();
        var quote = await ada.QuoteAsync(NumberWork.Spec(2), cancel: Cancel);
        var job = await ada.OrderAsync(quote, Cancel);
        await node.WorkAllAsync();
        var dataset = await ada.DatasetAsync(await ada.CompleteAsync(job, cancel: Cancel), Cancel);
        var training = await ada.OrderAsync(await ada.QuoteAsync(new TrainSpec(dataset.Id, new JsonObject(), 1, 1), cancel: Cancel), Cancel);
        await node.WorkAllAsync();
        var model = await ada.ModelAsync(await ada.CompleteAsync(training, cancel: Cancel), Cancel);
        var artifact = await ada.Artifacts.UploadAsync([1, 2, 3], "mine.bin", cancel: Cancel);
        var begun = new string('a', 64);
        using (var http = platform.Http(key))
        {
            using var beginning = new HttpRequestMessage(HttpMethod.Post, $"v1/artifacts/{begun}/upload") { Headers = { { UploadHeaders.Length, "3" } } };
            (await http.SendAsync(beginning, Cancel)).EnsureSuccessStatusCode();
        }

        var made = await ada.CreateKeyAsync("Adas second key", cancel: Cancel);
        var account = (await ada.Api.GetAccountAsync(Cancel)).Id;
        await platform.Platform.Services.GetRequiredService<Backend.Exchange.Exchange>().OpenBookAsync(Book, "Hours of labelling", Ntk.Of(1), 0, Cancel);
        var bid = await ada.Api.PlaceAsync(Book, new(Guid.NewGuid(), "bid", "limit", Ntk.Of(2), 3), Cancel);
        var shop = (Id: Guid.NewGuid(), Work: new ListingPublication("labelling", "by-ada", "By Ada", "", "MIT", Quotes: true));
        await ada.Api.PublishListingAsync(shop.Id, shop.Work, Cancel);
        await ada.Api.DelistAsync(shop.Id, Cancel); // Or her name would be on offer for everybody.
        var (licence, deal) = await DealAsync(ada, (await platform.NewCustomerAsync("Cy")).Client, platform);
        var lines = await ada.LedgerAsync(cancel: Cancel);
        var (jobId, keyId) = (job.Id.ToString(), made.Key.Id.ToString());
        return new(
            new Dictionary<string, string>
            {
                ["GET /v1/jobs/{id}"] = jobId,
                ["GET /v1/jobs/{id}/events"] = jobId,
                ["GET /v1/jobs/{id}/receipts"] = jobId,
                ["POST /v1/jobs/{id}/cancel"] = jobId,
                ["PUT /v1/jobs/{id}/dispatch"] = jobId,
                ["GET /v1/datasets/{id}"] = dataset.Id.ToString(),
                ["POST /v1/datasets/{id}/licences"] = dataset.Id.ToString(), // Not made here: the name of their book has the dataset's id, and its title the name.
                ["POST /v1/datasets/{id}/redemptions"] = dataset.Id.ToString(),
                ["GET /v1/models/{id}"] = model.Id.ToString(),
                ["GET /v1/artifacts/{sha256}"] = artifact.Sha256,
                ["HEAD /v1/artifacts/{sha256}"] = artifact.Sha256,
                ["DELETE /v1/artifacts/{sha256}"] = artifact.Sha256,
                ["GET /v1/artifacts/{sha256}/upload"] = begun,
                ["HEAD /v1/artifacts/{sha256}/upload"] = begun,
                ["PATCH /v1/artifacts/{sha256}/upload"] = begun,
                ["DELETE /v1/artifacts/{sha256}/upload"] = begun,
                ["POST /v1/artifacts/{sha256}/upload"] = Public, // One's own, whoever asks; it tells nothing of others'.
                ["POST /v1/account/keys/{id}/rotate"] = keyId,
                ["DELETE /v1/account/keys/{id}"] = keyId,
                ["POST /v1/books/{asset}/orders/{id}/cancel"] = bid.Id.ToString(),
                ["GET /v1/books/{asset}/depth"] = Public, // Prices and trades are for everybody, without names.
                ["GET /v1/books/{asset}/trades"] = Public,
                ["GET /v1/books/{asset}/candles"] = Public,
                ["GET /v1/books/{asset}/events"] = Public,
                ["GET /v1/books/{asset}/orders"] = Public, // One's own, whoever asks.
                ["POST /v1/books/{asset}/orders"] = Public,
                ["PUT /v1/books/{asset}"] = Public, // For operators, over what is there for everybody.
                ["POST /v1/books/{asset}/issues"] = Public,
                ["GET /v1/listings/{id}"] = Public, // What is on offer is for everybody to see.
                ["GET /v1/listings/{id}/preview"] = Public,
                ["PUT /v1/listings/{id}"] = Public,
                ["POST /v1/listings/{id}/licences"] = Public,
                ["GET /v1/listings/{id}/licensees"] = shop.Id.ToString(),
                ["POST /v1/listings/{id}/delist"] = shop.Id.ToString(),
                ["GET /v1/licences/{id}"] = licence.Id.ToString(),
                ["GET /v1/deals/{id}"] = deal.Id.ToString(),
                ["POST /v1/deals/{id}/offers"] = deal.Id.ToString(),
                ["POST /v1/deals/{id}/accept"] = deal.Id.ToString(),
                ["POST /v1/deals/{id}/close"] = deal.Id.ToString(),
                ["POST /v1/deals/{id}/deliveries"] = deal.Id.ToString(),
                ["POST /v1/deals/{id}/approve"] = deal.Id.ToString(),
                ["POST /v1/deals/{id}/reject"] = deal.Id.ToString(),
                ["POST /v1/deals/{id}/cancel"] = deal.Id.ToString(),
                ["POST /v1/deals/{id}/end"] = deal.Id.ToString(),
                ["PUT /v1/artifacts/{sha256}"] = Public, // Whoever has the bytes may upload them; without them it is a wrong hash, whether they are there or not.
                ["PUT /v1/generators/{name}"] = Public, // The names of generators are listed for everybody.
            },
            [
                "Ada Lovelace", "Adas second key", jobId, training.Id.ToString(), quote.Id.ToString(), dataset.Id.ToString(), model.Id.ToString(), artifact.Sha256, dataset.Shards[0].Sha256, keyId, begun,
                made.Secret, account.ToString(), licence.Id.ToString(), deal.Id.ToString(), deal.Text, .. lines.Select(line => line.TransferId.ToString()), key,
            ]);
    }

    /// <summary>What Ada bought of another, and asked of them.</summary>
    private static async Task<(Licence Licence, Deal Deal)> DealAsync(NeuroClient ada, NeuroClient supplier, TestPlatform platform)
    {
        await supplier.Api.PublishGeneratorAsync("cys-shop", new("Shop", "", "MIT", new JsonObject { ["perShard"] = 1 }), Cancel);
        var listing = await supplier.Api.PublishListingAsync(Guid.NewGuid(), new("generator", "shop", "Shop", "", "MIT", "cys-shop", Ntk.Of(1)), Cancel);
        var service = await supplier.Api.PublishListingAsync(Guid.NewGuid(), new("labelling", "boxes", "Boxes", "", "MIT", Quotes: true), Cancel);
        var licence = await ada.Api.BuyLicenceAsync(listing.Id, new(Guid.NewGuid(), 1, Ntk.Of(1)), Cancel);
        return (licence, await ada.Api.OpenDealAsync(new(Guid.NewGuid(), service.Id, "boxes round secret things", platform.Clock.GetUtcNow().AddDays(1)), Cancel));
    }

    private static async Task<string> BodyAsync(HttpClient http, string address, string? id)
    {
        using var reply = await SendAsync(http, address, id ?? "");
        reply.StatusCode.ShouldNotBe(HttpStatusCode.Forbidden, address);
        return await reply.Content.ReadAsStringAsync(Cancel);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, string address, string id, HttpCompletionOption waitFor = HttpCompletionOption.ResponseContentRead)
    {
        var (method, path) = (address.Split(' ')[0], address.Split(' ')[1].Replace("{sha256}", id).Replace("{asset}", Book).Replace("{id}", id).Replace("{name}", id).Replace("{shard}", id));
        var request = new HttpRequestMessage(new(method), path) { Content = method is "POST" or "PUT" ? JsonContent.Create(new { }) : null };
        if (method == "PATCH")
        {
            request.Content = new ByteArrayContent([]);
            request.Headers.Add(UploadHeaders.Offset, "0");
            request.Headers.Add(UploadHeaders.Complete, "?0");
        }

        return await http.SendAsync(request, waitFor, Cancel);
    }

    private static string Headers(HttpResponseMessage reply) =>
        string.Join('\n', reply.Headers.Concat(reply.Content.Headers).Where(header => header.Key is not ("Date" or "Content-Length")).Select(header => $"{header.Key}: {string.Join(',', header.Value)}"));
}

internal static class AnyOf
{
    /// <summary>Fails when the text has one of the words.</summary>
    public static void ShouldNotContainAny(this string text, IReadOnlyList<string> words, string where)
    {
        foreach (var word in words)
        {
            text.ShouldNotContain(word, Case.Insensitive, where);
        }
    }
}
