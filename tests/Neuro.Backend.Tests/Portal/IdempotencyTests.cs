using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Neuro.Backend.Accounts;
using Neuro.Backend.Portal;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Portal;

public sealed class IdempotencyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Post_SameKeyAndBody_IsTheSameAnswerAndMovesOnce(string engine)
    {
        var postgres = engine == "postgres" ? await Ledger.LedgerEngine.NewPostgresAsync() : null;
        await using var platform = await TestPlatform.StartAsync(options => options with { PostgresConnectionString = postgres });
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var body = Purchase("3");
        var (first, answer) = await PostAsync(http, "k1", body);
        first.Headers.Contains("Idempotency-Replayed").ShouldBeFalse();
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var (second, again) = await PostAsync(http, "k1", body);
        second.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        (second.StatusCode, second.Content.Headers.ContentType!.MediaType, again).ShouldBe((HttpStatusCode.OK, "application/json", answer));
        (await (await platform.CustomerAsync()).BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(3));
    }

    [Fact]
    public async Task Post_SameKeyOtherRequest_Is409()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        await PostAsync(http, "k1", Purchase("3"));
        var (other, problem) = await PostAsync(http, "k1", Purchase("3"));
        (other.StatusCode, Code(problem)).ShouldBe((HttpStatusCode.Conflict, "idempotency.other_request"));
        (other, problem) = await PostAsync(http, "k1", Purchase("3"), "v1/jobs");
        (other.StatusCode, Code(problem)).ShouldBe((HttpStatusCode.Conflict, "idempotency.other_request"));
        (await (await platform.CustomerAsync()).BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(3));
    }

    [Fact]
    public async Task Post_KeyOfAnotherAccount_IsNotTheirAnswer()
    {
        await using var platform = await TestPlatform.StartAsync();
        var (_, adas) = await platform.NewCustomerAsync("Ada");
        using var ada = platform.Http(adas);
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var body = Purchase("3");
        (await PostAsync(ada, "k1", body)).Reply.StatusCode.ShouldBe(HttpStatusCode.OK);
        var (reply, problem) = await PostAsync(http, "k1", body);
        (reply.StatusCode, Code(problem)).ShouldBe((HttpStatusCode.Conflict, "purchase.exists_with_different_amount"));
        reply.Headers.Contains("Idempotency-Replayed").ShouldBeFalse();
    }

    [Fact]
    public async Task Post_RefusedForGood_IsRefusedInTheSameWords()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var (first, problem) = await PostAsync(http, "k1", "{\"id\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\",\"amount\":\"-5\"}");
        var (second, again) = await PostAsync(http, "k1", "{\"id\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\",\"amount\":\"-5\"}");
        (first.StatusCode, second.StatusCode, again).ShouldBe((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, problem));
        second.Headers.Contains("Idempotency-Replayed").ShouldBeTrue();
        second.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Post_AfterADay_IsDoneAgainAndTheAnswersAreGone()
    {
        await using var platform = await TestPlatform.StartAsync();
        var body = Purchase("3");
        var (_, answer) = await PostAsync(platform.Http(platform.Platform.FirstUserKey), "k1", body);
        await PassADayAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var (again, same) = await PostAsync(http, "k1", body);
        again.Headers.Contains("Idempotency-Replayed").ShouldBeFalse();
        same.ShouldBe(answer);
        (await PostAsync(http, "k1", body)).Reply.Headers.Contains("Idempotency-Replayed").ShouldBeTrue();
        await PassADayAsync();
        await platform.Platform.Services.GetRequiredService<IdempotentAnswers>().SweepAsync(Cancel);
        await using var db = platform.Platform.Services.GetRequiredService<Database>().CreateDbContext();
        (await db.Idempotency.CountAsync(Cancel)).ShouldBe(0);
        (await (await platform.CustomerAsync()).BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(3));

        // While it is down: a day is 86,400 ticks of a platform that runs.
        Task PassADayAsync() => platform.RestartAsync(() =>
        {
            platform.Clock.Advance(TimeSpan.FromHours(24));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task Post_AfterACrashBeforeTheAnswerWasKept_IsTheSameResult()
    {
        await using var platform = await TestPlatform.StartAsync();
        var body = Purchase("3");
        using (var http = platform.Http(platform.Platform.FirstUserKey))
        {
            var (_, answer) = await PostAsync(http, "k1", body);
            await platform.RestartAsync(async () =>
            {
                // What a crash between the two commits leaves: the money has moved, the answer is not there.
                await using var database = Database.Sqlite(Path.Combine(platform.Options.DataFolder, "neuro.db"));
                await using var db = database.CreateDbContext();
                (await db.Idempotency.ExecuteDeleteAsync(Cancel)).ShouldBe(1);
            });
            using var later = platform.Http(platform.Platform.FirstUserKey);
            var (reply, again) = await PostAsync(later, "k1", body);
            (reply.StatusCode, again).ShouldBe((HttpStatusCode.OK, answer));
            reply.Headers.Contains("Idempotency-Replayed").ShouldBeFalse();
        }

        (await (await platform.CustomerAsync()).BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(3));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("käse")]
    [InlineData("LONG")]
    [InlineData("TWO")]
    public async Task Post_BadKey_Is400AndNothingMoves(string key)
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var request = new HttpRequestMessage(HttpMethod.Post, "v1/treasury/purchases") { Content = new StringContent(Purchase("3"), Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key switch { "LONG" => [new string('x', 101)], "TWO" => ["a", "b"], _ => [key] }).ShouldBeTrue();
        using var sender = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = platform.Platform.Url };
        sender.DefaultRequestHeaders.Authorization = http.DefaultRequestHeaders.Authorization;
        using var reply = await sender.SendAsync(request, Cancel);
        (reply.StatusCode, await AccessTests.CodeAsync(reply)).ShouldBe((HttpStatusCode.BadRequest, "idempotency.bad_key"));
        (await (await platform.CustomerAsync()).BalanceAsync(Cancel)).Total.ShouldBe(Ntk.Zero);
    }

    [Fact]
    public async Task Post_ManyAtOnceWithOneKey_AreOneAnswer()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var body = Purchase("3");
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PostAsync(http, "k1", body)));
        replies.Select(reply => reply.Body).Distinct().Count().ShouldBe(1);
        replies.Count(reply => reply.Reply.Headers.Contains("Idempotency-Replayed")).ShouldBe(19);
    }

    [Fact]
    public async Task Second_WhileTheFirstRuns_WaitsForItsAnswerAndIsToldAfterTenSeconds()
    {
        await using var platform = await TestPlatform.StartAsync();
        var (started, gate, runs) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        var idempotency = Middleware(platform, async context =>
        {
            runs++;
            started.SetResult();
            await gate.Task;
            await context.Response.WriteAsync("done");
        });
        var first = idempotency("k1", "a");
        await started.Task;
        var (waiting, impatient) = (idempotency("k1", "a"), idempotency("k1", "a"));
        (await Should.ThrowAsync<NeuroException>(() => idempotency("k1", "b"))).Code.ShouldBe("idempotency.other_request");
        platform.Clock.Advance(TimeSpan.FromSeconds(10));
        foreach (var late in new[] { waiting, impatient })
        {
            var told = await Should.ThrowAsync<NeuroException>(() => late);
            (told.Code, told.Status, told.RetryAfter).ShouldBe(("idempotency.in_progress", 409, TimeSpan.FromSeconds(1)));
        }

        var patient = idempotency("k1", "a");
        gate.SetResult();
        (await first, await patient, runs).ShouldBe(("200 done", "200 done replayed", 1));
    }

    [Theory]
    [InlineData(500, 2)]
    [InlineData(503, 2)]
    [InlineData(429, 2)]
    [InlineData(409, 1)]
    [InlineData(204, 1)]
    public async Task Answer_ThatMayComeOutOtherwise_IsNotKept(int status, int expectedRuns)
    {
        await using var platform = await TestPlatform.StartAsync();
        var runs = 0;
        var idempotency = Middleware(platform, context =>
        {
            runs++;
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        await idempotency("k1", "a");
        await idempotency("k1", "a");
        runs.ShouldBe(expectedRuns);
    }

    [Fact]
    public async Task First_ThatThrows_LetsTheNextOneRun()
    {
        await using var platform = await TestPlatform.StartAsync();
        var runs = 0;
        var idempotency = Middleware(platform, context => ++runs == 1 ? throw new InvalidOperationException("broken") : context.Response.WriteAsync("done"));
        await Should.ThrowAsync<InvalidOperationException>(() => idempotency("k1", "a"));
        (await idempotency("k1", "a")).ShouldBe("200 done");
    }

    [Fact]
    public async Task EveryPostOfAnAccount_HeedsTheKey_ButThoseThatShowSecrets()
    {
        await using var platform = await TestPlatform.StartAsync();
        var deaf = platform.Platform.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("POST") == true && endpoint.Metadata.GetMetadata<MovesMoney>() is null
                && endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(rule => rule.Policy == Policies.Account))
            .Select(endpoint => endpoint.RoutePattern.RawText!.TrimEnd('/')).Order();
        deaf.ShouldBe(["/v1/account/keys", "/v1/account/keys/{id}/rotate"]);
    }

    [Fact]
    public async Task Client_BuyAndOrder_SendTheirIds()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        var purchase = await customer.BuyAsync(Ntk.Of(100), Cancel);
        await platform.NodeAsync();
        var job = await customer.OrderAsync(await customer.QuoteAsync(NumberWork.Spec(2), cancel: Cancel), Cancel);
        await using var db = platform.Platform.Services.GetRequiredService<Database>().CreateDbContext();
        (await db.Idempotency.Select(row => row.Key).ToListAsync(Cancel)).ShouldBe([purchase.Id.ToString(), job.Id.ToString()], ignoreOrder: true);
    }

    // The middleware alone over a handler of the test's own; returns status, body, and whether the answer was replayed.
    private static Func<string, string, Task<string>> Middleware(TestPlatform platform, RequestDelegate handler)
    {
        var middleware = new Idempotency(handler, platform.Platform.Services.GetRequiredService<IdempotentAnswers>(), platform.Clock, NullLogger<Idempotency>.Instance);
        var caller = new KnownKey(Guid.NewGuid(), Guid.NewGuid(), Roles.All, Scopes.All, null);
        return async (key, body) =>
        {
            var context = new DefaultHttpContext { User = new(new KeyIdentity(caller, "test")) };
            context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new MovesMoney()), "test"));
            (context.Request.Method, context.Request.Path, context.Request.Body) = ("POST", "/test", new MemoryStream(Encoding.UTF8.GetBytes(body)));
            context.Request.Headers["Idempotency-Key"] = key;
            var wire = new MemoryStream();
            context.Response.Body = wire;
            await middleware.InvokeAsync(context);
            return $"{context.Response.StatusCode} {Encoding.UTF8.GetString(wire.ToArray())}{(context.Response.Headers.ContainsKey("Idempotency-Replayed") ? " replayed" : "")}";
        };
    }

    private static string Purchase(string amount) => $"{{\"id\":\"{Guid.NewGuid()}\",\"amount\":\"{amount}\"}}";

    private static string Code(string problem) => JsonNode.Parse(problem)!["code"]!.GetValue<string>();

    private static async Task<(HttpResponseMessage Reply, string Body)> PostAsync(HttpClient http, string key, string body, string path = "v1/treasury/purchases")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", key);
        var reply = await http.SendAsync(request, Cancel);
        return (reply, await reply.Content.ReadAsStringAsync(Cancel));
    }
}
