using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend.Nodes;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Portal;

public sealed class AccessTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Every address of the OpenAPI document, as "METHOD path".</summary>
    internal static async Task<IReadOnlyList<string>> AddressesAsync(HttpClient http)
    {
        var document = (await http.GetFromJsonAsync<JsonObject>("openapi/v1.json", Cancel))!;
        return [.. document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(method => $"{method.Key.ToUpperInvariant()} {path.Key}")).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task OpenApi_Addresses_AreTheAgreedOnes()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http();
        Snapshot.Match(string.Join('\n', await AddressesAsync(http)));
    }

    [Fact]
    public async Task EveryAddress_WithoutKey_Is401UnlessPublic()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http();
        string[] open = ["GET /health/live", "GET /health/chain", "GET /health/ready", "GET /v1/platform", "POST /v1/nodes/challenge", "POST /v1/nodes/join", "POST /v1/session", "POST /v1/session/challenge"];
        foreach (var address in (await AddressesAsync(http)).Except(open))
        {
            using var reply = await SendAsync(http, address, Guid.NewGuid());
            reply.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, address);
            (await CodeAsync(reply)).ShouldBe("http.401", address);
        }
    }

    [Fact]
    public async Task EveryNodeAddress_WithAnAccountsKey_Is403AndTheOtherWayRound()
    {
        await using var platform = await TestPlatform.StartAsync();
        var node = await platform.NodeAsync();
        using var account = platform.Http(platform.Platform.FirstUserKey);
        using var worker = platform.Http(node.Token);
        foreach (var address in await AddressesAsync(account))
        {
            var forNodes = address.Contains("/claim") || address.Contains("/shards/") || address.Contains("/nodes/me/");
            var isOpen = address.Contains(" /health/") || address.EndsWith("/v1/platform") || address.EndsWith("/challenge") || address.EndsWith("/join") || address.Contains("/session") || address.Contains("/artifacts/");
            if (!isOpen)
            {
                using var reply = await SendAsync(forNodes ? account : worker, address, Guid.NewGuid());
                reply.StatusCode.ShouldBe(HttpStatusCode.Forbidden, address);
            }
        }
    }

    [Fact]
    public async Task Join_AfterAStrangerAskedForManyChallenges_StillWorks()
    {
        await using var platform = await TestPlatform.StartAsync();
        var registry = platform.Platform.Services.GetRequiredService<NodeRegistry>();
        for (var asked = 0; asked < 20_000; asked++)
        {
            registry.Challenge();
        }

        (await platform.NodeAsync()).Token.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task OthersThings_WithAnotherKey_AreNotThere()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var quote = await customer.QuoteAsync(NumberWork.Spec(2), cancel: Cancel);
        var job = await customer.OrderAsync(quote, Cancel);
        await node.WorkAllAsync();
        var done = await customer.CompleteAsync(job, cancel: Cancel);
        var dataset = await customer.DatasetAsync(done, Cancel);
        await customer.DownloadAsync(dataset, Cancel);

        var key = await platform.Platform.CreateAccountAsync("customer", "somebody else", Cancel);
        var other = await platform.CustomerAsync(key);
        using var http = platform.Http(key);
        foreach (var address in new[] { $"v1/jobs/{job.Id}", $"v1/jobs/{job.Id}/receipts", $"v1/jobs/{job.Id}/events", $"v1/datasets/{dataset.Id}", $"v1/artifacts/{dataset.Shards[0].Sha256}" })
        {
            using var reply = await http.GetAsync(address, Cancel);
            reply.StatusCode.ShouldBe(HttpStatusCode.NotFound, address);
            (await CodeAsync(reply)).ShouldEndWith(".not_found");
        }

        (await Should.ThrowAsync<NeuroException>(() => other.Api.CancelAsync(job.Id, Cancel))).Code.ShouldBe("job.not_found");
        (await Should.ThrowAsync<NeuroException>(() => other.Api.OrderAsync(new(Guid.NewGuid(), quote.Id), Cancel))).Code.ShouldBe("quote.not_found");
        (await Should.ThrowAsync<NeuroException>(() => other.Api.OrderAsync(new(job.Id, quote.Id), Cancel))).Code.ShouldBe("job.exists_with_different_quote");
        (await Should.ThrowAsync<NeuroException>(() => other.QuoteAsync(new TrainSpec(dataset.Id, new JsonObject(), 1, 1), cancel: Cancel))).Code.ShouldBe("dataset.not_found");
        (await other.Api.GetJobsAsync(Cancel)).ShouldBeEmpty();
        (await other.Api.GetDatasetsAsync(Cancel)).ShouldBeEmpty();
        (await other.LedgerAsync(cancel: Cancel)).ShouldBeEmpty();
        (await other.BalanceAsync(Cancel)).Total.ShouldBe(Ntk.Zero);
    }

    [Theory]
    [InlineData("", "request.bad_parameter")]
    [InlineData("{", "request.bad_json")]
    [InlineData("null", "request.bad_parameter")]
    [InlineData("[]", "request.bad_json")]
    [InlineData("{\"id\":\"x\"}", "request.bad_json")]
    [InlineData("{\"id\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\",\"amount\":12}", "request.bad_json")]
    [InlineData("{\"id\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\",\"amount\":\"0.0000000001\"}", "request.bad_json")]
    [InlineData("{\"id\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\",\"amount\":\"99999999999999\"}", "request.bad_json")]
    [InlineData("{\"id\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\",\"amount\":\"-5\"}", "request.out_of_range")]
    [InlineData("{\"amount\":\"5\"}", "request.missing")]
    public async Task Buy_Garbage_IsOneSentenceWithACode(string body, string code)
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        using var reply = await http.PostAsync("v1/treasury/purchases", new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
        reply.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        reply.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = (await reply.Content.ReadFromJsonAsync<JsonObject>(Cancel))!;
        problem["code"]!.GetValue<string>().ShouldBe(code);
        problem["detail"]!.GetValue<string>().ShouldNotContain("   at ");
        problem["trace"].ShouldBeNull();
    }

    [Theory]
    [InlineData("{}", "request.missing")]
    [InlineData("{\"job\":{}}", "request.bad_json")]
    [InlineData("{\"job\":{\"kind\":\"mine\"}}", "request.bad_json")]
    [InlineData("{\"job\":{\"kind\":\"render\",\"recipe\":null,\"seed\":1,\"count\":1}}", "request.bad_json")]
    [InlineData("{\"job\":{\"kind\":\"render\",\"recipe\":{},\"seed\":-1,\"count\":1}}", "request.bad_json")]
    public async Task Quote_Garbage_IsOneSentenceWithACode(string body, string code)
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        using var reply = await http.PostAsync("v1/quotes", new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
        (reply.StatusCode, await CodeAsync(reply)).ShouldBe((HttpStatusCode.BadRequest, code));
    }

    [Fact]
    public async Task UnknownAddress_AndUnforeseenError_HaveCodesToo()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        using var nowhere = await http.GetAsync("v1/nowhere", Cancel);
        (nowhere.StatusCode, await CodeAsync(nowhere)).ShouldBe((HttpStatusCode.NotFound, "http.404"));
        using var badId = await http.GetAsync("v1/jobs/7", Cancel);
        (badId.StatusCode, await CodeAsync(badId)).ShouldBe((HttpStatusCode.BadRequest, "request.bad_parameter"));
        await platform.NodeAsync();

        // A recipe that this workload cannot read makes its plan throw something that is no NeuroException.
        using var broken = await http.PostAsync("v1/quotes", new StringContent("{\"job\":{\"kind\":\"render\",\"recipe\":{\"perShard\":\"two\"},\"seed\":1,\"count\":1}}", Encoding.UTF8, "application/json"), Cancel);
        (broken.StatusCode, await CodeAsync(broken)).ShouldBe((HttpStatusCode.InternalServerError, "platform.internal"));
        (await File.ReadAllTextAsync(Directory.GetFiles(Path.Combine(platform.Options.DataFolder, "logs")).Single(), Cancel)).ShouldContain("POST /v1/quotes failed");
    }

    [Fact]
    public async Task Join_ReplayedOrForged_IsRefused()
    {
        await using var platform = await TestPlatform.StartAsync();
        var node = await platform.NodeAsync();
        var challenge = await node.Api.ChallengeAsync(Cancel);
        var good = new Neuro.Client.Nodes.JoinRequest(
            node.Id, challenge.Nonce, Ed25519.Sign(node.Secret, Encoding.UTF8.GetBytes($"neuro join 1\n{challenge.Nonce}\n")), null, "node", Ntk.Of(1), new("cpu", "x", 1, 1, 1, 1));
        await node.Api.JoinAsync(good, Cancel);
        (await Should.ThrowAsync<NeuroException>(() => node.Api.JoinAsync(good, Cancel))).Code.ShouldBe("node.challenge_unknown");
        var next = await node.Api.ChallengeAsync(Cancel);
        (await Should.ThrowAsync<NeuroException>(() => node.Api.JoinAsync(good with { Nonce = next.Nonce }, Cancel))).Code.ShouldBe("node.bad_signature");
        await using var stranger = new TestNode(platform.Platform.Url, "stranger");
        (await Should.ThrowAsync<NeuroException>(() => stranger.JoinAsync(null, Ntk.Of(1)))).Code.ShouldBe("node.owner_missing");
        (await Should.ThrowAsync<NeuroException>(() => stranger.JoinAsync("nk_wrong", Ntk.Of(1)))).Code.ShouldBe("node.owner_unknown");
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, string address, Guid id)
    {
        var (method, path) = (address.Split(' ')[0], address.Split(' ')[1].Replace("{sha256}", new string('0', 64)).Replace("{id}", id.ToString()).Replace("{shard}", id.ToString()));
        return await http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path) { Content = method is "POST" or "PUT" ? JsonContent.Create(new { }) : null }, Cancel);
    }

    internal static async Task<string> CodeAsync(HttpResponseMessage reply) => (await reply.Content.ReadFromJsonAsync<JsonObject>(Cancel))!["code"]!.GetValue<string>();
}
