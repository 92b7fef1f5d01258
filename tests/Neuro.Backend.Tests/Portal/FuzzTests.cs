using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Neuro.Backend.Jobs;
using Neuro.Backend.Tests.Ledger;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Portal;

/// <summary>Whatever is sent, the answer is a success or problem details with a code, and never a 500.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Fields =
    [
        "id", "quoteId", "amount", "job", "kind", "recipe", "seed", "count", "dataset", "model", "epochs", "deadline", "limit", "name", "scopes", "expires", "graceMinutes", "roles",
        "publicKey", "nonce", "signature", "owner", "floor", "startCost", "startTime", "usage", "seconds", "peakMemoryBytes", "bytesIn", "mostSpend", "pricing", "capacity", "pool", "device", "cores", "memoryBytes", "renderCuPerSecond", "trainCuPerSecond",
        "token", "outputs", "claims", "fraction", "points", "reason", "sha256", "bytes", "mediaType", "title", "description", "license", "catalogue", "generator",
        "tick", "feeBasisPoints", "account", "lots", "cents", "reference", "from", "to", "ntk", "asset", "books", "leastNtk", "mostNtk", "spreadBasisPoints", "size", "leastLots", "mostLots",
        "budgetCents", "periodDays", "leastPrice", "start", "side", "price", "quantity", "mostSpent",
        "licence", "asset", "price", "stock", "quotes", "version", "listingId", "text", "until", "wish", "milestones", "deliveryDays", "note", "offerId", "milestone", "deliveryId",
        "benchmark", "at", "build", "diskWrite", "diskRead", "upload", "download",
    ];

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String[0, 20], Gen.OneOf("", "\0", "\ud800", "é\u202e", "render", "train", "1", "-1", "1e400", "NaN", "0.0000000001", "9223372036854775807", "PT1H", "9999-12-31T23:59:59Z", "-9999999999", "10675199.02:48:05"),
        Gen.Guid.Select(id => id.ToString()), Gen.Int[1, 2].Select(length => new string('x', (int)Math.Pow(100, length))));

    private static readonly Gen<string> Scalars = Gen.OneOf(
        Texts.Select(text => "\"" + string.Concat(text.Select(letter => letter < ' ' || letter > '~' || letter is '"' or '\\' ? $"\\u{(int)letter:x4}" : letter.ToString())) + "\""),
        Gen.OneOf("null", "true", "false", "0", "-1", "1.5", "1e400", "-1e-400", "18446744073709551616", "9223372036854775808", "2147483648", "01", "\"open", "{", "]", "NaN"),
        Gen.Long.Select(number => number.ToString(CultureInfo.InvariantCulture)), Gen.Double.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));

    private static readonly Gen<string> Documents = Gen.Recursive<string>((depth, inner) => depth > 4
        ? Scalars
        : Gen.Frequency(
            (2, Scalars),
            (1, inner.Array[0, 4].Select(items => "[" + string.Join(',', items) + "]")),
            (4, Gen.Select(Gen.OneOf(Fields), inner).Array[0, 8].Select(members => "{" + string.Join(',', members.Select(member => $"\"{member.Item1}\":{member.Item2}")) + "}"))));

    private static readonly Gen<byte[]> Bodies = Gen.Frequency(
        (12, Documents.Select(Encoding.UTF8.GetBytes)),
        (2, Gen.Byte.Array[0, 200]),
        (1, Gen.Int[1, 100_000].Select(depth => Encoding.UTF8.GetBytes(new string('[', depth)))),
        (1, Gen.Int[1, 200].Select(depth => Encoding.UTF8.GetBytes($"{{\"job\":{{\"kind\":\"render\",\"seed\":1,\"count\":1,\"recipe\":{{\"a\":{new string('[', depth)}{new string(']', depth)}}}}}}}"))));

    // Whole requests with one thing wrong: random ones seldom get past the first check.
    private static readonly string[] Whole =
    [
        "{\"id\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\",\"amount\":\"1.5\"}",
        "{\"id\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\",\"quoteId\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a002\"}",
        "{\"job\":{\"kind\":\"render\",\"recipe\":{\"perShard\":1,\"catalogue\":\"x\"},\"seed\":1,\"count\":2},\"deadline\":\"00:01:00\",\"limit\":\"5\",\"mostSpend\":\"50\",\"pricing\":\"uniform\"}",
        "{\"job\":{\"kind\":\"train\",\"dataset\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a002\",\"model\":{},\"epochs\":1,\"seed\":1}}",
        "{\"name\":\"a key\",\"scopes\":[\"read\"],\"expires\":\"9000-01-01T00:00:00Z\"}",
        "{\"graceMinutes\":5}",
        "{\"title\":\"t\",\"description\":\"d\",\"license\":\"MIT\",\"recipe\":{\"perShard\":1},\"catalogue\":\"x\"}",
        "{\"token\":\"nl_x\",\"fraction\":0.5,\"points\":[{\"step\":1,\"steps\":2,\"epoch\":0,\"loss\":1,\"accuracy\":0.5,\"samplesPerSecond\":1}]}",
        "{\"token\":\"nl_x\",\"signature\":\"x\",\"outputs\":[{\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"bytes\":1,\"name\":\"n\",\"mediaType\":\"a/b\"}],\"claims\":{\"a\":1},\"usage\":{\"seconds\":1,\"peakMemoryBytes\":1,\"bytesIn\":0}}",
        "{\"publicKey\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"nonce\":\"nc_x\",\"signature\":\"x\",\"owner\":\"nk_x\",\"name\":\"n\",\"floor\":\"1\",\"startCost\":\"1\",\"startTime\":\"00:00:01\",\"capacity\":{\"pool\":\"p\",\"device\":\"d\",\"cores\":1,\"memoryBytes\":1,\"renderCuPerSecond\":1,\"trainCuPerSecond\":1}}",
        "{\"publicKey\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"nonce\":\"nc_x\",\"signature\":\"x\",\"name\":\"n\",\"floor\":\"1\",\"capacity\":{\"pool\":\"p\",\"device\":\"d\",\"cores\":1,\"memoryBytes\":1,\"renderCuPerSecond\":1,\"trainCuPerSecond\":1},\"benchmark\":{\"at\":\"2026-01-01T00:00:00Z\",\"build\":\"b\",\"capacity\":null,\"diskWrite\":1,\"diskRead\":1,\"signature\":\"x\"}}",
        "{\"roles\":[\"consumer\"]}",
        "{\"title\":\"t\",\"tick\":\"0.5\",\"feeBasisPoints\":5}",
        "{\"id\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\",\"account\":\"d3062f73-0d5e-4b43-a6a1-51d1c3b0a001\",\"lots\":5,\"cents\":5,\"reference\":\"r\"}",
        "{\"id\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\",\"side\":\"bid\",\"kind\":\"limit\",\"price\":\"1\",\"quantity\":2}",
        "{\"id\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\",\"from\":\"treasury\",\"to\":\"market-maker\",\"reference\":\"r\",\"ntk\":\"1\",\"asset\":null,\"lots\":null}",
        "{\"leastNtk\":\"0\",\"mostNtk\":\"9\",\"books\":[{\"asset\":\"CASH\",\"reference\":\"1\",\"spreadBasisPoints\":5,\"size\":1,\"leastLots\":0,\"mostLots\":9}]}",
        "{\"budgetCents\":5,\"periodDays\":1,\"leastPrice\":\"1\"}",
        "{\"start\":\"2027-01-01\"}",
        "{\"kind\":\"labelling\",\"name\":\"by-hand\",\"title\":\"t\",\"description\":\"d\",\"licence\":\"MIT\",\"quotes\":true}",
        "{\"kind\":\"generator\",\"name\":\"shop\",\"title\":\"t\",\"description\":\"d\",\"licence\":\"MIT\",\"asset\":\"a-shop\",\"price\":\"5\",\"stock\":3}",
        "{\"id\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\",\"version\":1,\"price\":\"5\"}",
        "{\"id\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\",\"listingId\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a003\",\"text\":\"x\",\"until\":\"2030-01-01T00:00:00Z\",\"wish\":\"5\"}",
        "{\"id\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\",\"price\":\"5\",\"milestones\":[{\"title\":\"a\",\"price\":\"5\"}],\"deliveryDays\":3,\"expires\":\"2030-01-01T00:00:00Z\",\"note\":\"n\"}",
        "{\"offerId\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\"}",
        "{\"id\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\",\"milestone\":1,\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"note\":\"n\"}",
        "{\"deliveryId\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\",\"reason\":\"r\"}",
    ];

    private static readonly Gen<byte[]> Spoilt = Gen.Select(Gen.OneOf(Whole), Gen.Int[0, 40], Scalars).Select((whole, place, value) =>
    {
        // Replaces the value after one of the colons.
        var colons = Enumerable.Range(0, whole.Length).Where(at => whole[at] == ':' && whole[at - 1] == '"').ToArray();
        var from = colons[place % colons.Length] + 1;
        var to = whole.IndexOfAny([',', '}'], from);
        return Encoding.UTF8.GetBytes(place % 3 == 0 ? whole : whole[..from] + value + whole[to..]);
    });

    private static readonly Gen<string> Types = Gen.Frequency(
        (10, Gen.Const("application/json")), (1, Gen.OneOf("", "text/plain", "application/json; charset=utf-16", "application/json; charset=nonsense", "multipart/form-data", "application/x-www-form-urlencoded", ";;", "a")));

    private static readonly Gen<string> Keys = Gen.Frequency((6, Gen.Const("")), (2, Gen.OneOf("k1", "k2")), (1, Gen.String[0, 120]));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite", 1000)]
    [InlineData("postgres", 600)]
    public async Task EveryPostAndPut_AnyBodyAndHeaders_IsNeverA500(string engine, int requests)
    {
        var postgres = engine == "postgres" ? await LedgerEngine.NewPostgresAsync() : null;
        await using var platform = await TestPlatform.StartAsync(options => options with { PostgresConnectionString = postgres, Workloads = [new Careful(), new TrainWork()] });
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var id = (await customer.CreateKeyAsync("one", cancel: Cancel)).Key.Id;
        var (supplier, _) = await platform.NewCustomerAsync("Ada");
        var service = await supplier.Api.PublishListingAsync(Guid.NewGuid(), new("labelling", "boxes", "Boxes", "", "MIT", Quotes: true), Cancel);
        var deal = await customer.Api.OpenDealAsync(new(Guid.NewGuid(), service.Id, "ten boxes", platform.Clock.GetUtcNow().AddDays(1)), Cancel);
        await supplier.Api.OfferAsync(deal.Id, new(Guid.NewGuid(), Ntk.Of(5), [new("all", Ntk.Of(5))], 3, platform.Clock.GetUtcNow().AddDays(1)), Cancel);
        using var http = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8, Expect100ContinueTimeout = TimeSpan.FromSeconds(20) }) { BaseAddress = platform.Platform.Url };
        // A drained platform answers 503, as it should; it takes no body either.
        var addresses = (await AccessTests.AddressesAsync(http)).Where(address => address != "PUT /v1/admin/drain" && (address.StartsWith("POST ", StringComparison.Ordinal) || address.StartsWith("PUT ", StringComparison.Ordinal))).ToArray();
        var statuses = new HashSet<HttpStatusCode>();
        await Gen.Select(
            Gen.OneOf(addresses), Gen.OneOf(Bodies, Spoilt), Types, Keys, Gen.OneOf(id.ToString(), deal.Id.ToString(), service.Id.ToString(), "x", "%01%F0", "a-shop", "CASH", new string('0', 64))).SampleAsync(
            async sent =>
            {
                var (address, body, type, key, name) = sent;
                var path = address.Split(' ')[1];
                foreach (var field in new[] { "{id}", "{name}", "{sha256}", "{shard}", "{asset}" })
                {
                    path = path.Replace(field, name);
                }

                using var request = new HttpRequestMessage(new(address.Split(' ')[0]), path) { Content = new ByteArrayContent(body) };
                request.Headers.Authorization = new("Bearer", path.Contains("/v1/nodes") ? node.Token : platform.Platform.FirstUserKey);
                if (type.Length > 0)
                {
                    request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
                }

                if (key.Length > 0 && !key.AsSpan().ContainsAny('\r', '\n', '\0'))
                {
                    request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
                }

                using var reply = await http.SendAsync(request, Cancel);
                statuses.Add(reply.StatusCode);
                await CheckAsync(reply, $"{address} {name} {type} {key}: {Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 2000)))}");
            },
            iter: requests,
            threads: 1);
        new[] { HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.NotFound, HttpStatusCode.Conflict, HttpStatusCode.UnsupportedMediaType }.Except(statuses).ShouldBeEmpty();
        (await customer.Api.GetProofAsync(Cancel)).Faults.ShouldBeEmpty();
        (await customer.Api.GetProofAsync(Cancel)).Sum.ShouldBe(Ntk.Zero);
    }

    [Theory]
    [InlineData("v1/account/keys", "name", 1_000_000)]
    [InlineData("v1/account/keys", "name", 4_300_000)]
    [InlineData("v1/treasury/purchases", "amount", 1_000_000)]
    [InlineData("v1/quotes", "deadline", 1_000_000)]
    [InlineData("v1/nodes/join", "name", 1_000_000)]
    [InlineData("v1/deals", "text", 1_000_000)]
    public async Task Post_AVeryLongName_IsRefusedInAShortSentence(string path, string field, int length)
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        foreach (var key in new[] { null, "k1" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent($"{{\"{field}\":\"{new string('x', length)}\"}}", Encoding.UTF8, "application/json") };
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
            request.Headers.ExpectContinue = true; // Or the platform hangs up while the rest is still being sent.
            using var reply = await http.SendAsync(request, Cancel);
            ((int)reply.StatusCode).ShouldBe(length > 4 << 20 ? 413 : 400);
            (await CheckAsync(reply, path)).Length.ShouldBeLessThan(1000);
        }
    }

    [Theory]
    [InlineData("v1/treasury/purchases", "{\"id\":\"6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001\",\"amount\":\"1\",\"amount\":\"2\"}")]
    [InlineData("v1/account/keys", "{\"name\":\"a\",\"Name\":\"b\"}")]
    [InlineData("v1/quotes", "{\"job\":{\"kind\":\"render\",\"seed\":1,\"count\":1,\"recipe\":{\"perShard\":1,\"perShard\":2}}}")]
    public async Task Post_TheSameFieldTwice_Is400(string path, string body)
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.NodeAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        using var reply = await http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
        (reply.StatusCode, await AccessTests.CodeAsync(reply)).ShouldBe((HttpStatusCode.BadRequest, "request.bad_json"));
    }

    private static async Task<string> CheckAsync(HttpResponseMessage reply, string sent)
    {
        var text = await reply.Content.ReadAsStringAsync(Cancel);
        if (reply.IsSuccessStatusCode)
        {
            return text;
        }

        ((int)reply.StatusCode).ShouldBeLessThan(500, $"{sent}\n{text}");
        reply.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", $"{(int)reply.StatusCode} {sent}");
        var problem = JsonNode.Parse(text)!;
        problem["code"]!.GetValue<string>().ShouldMatch("^[a-z]+\\.[a-z0-9_]+$", sent);
        problem["detail"]!.GetValue<string>().Length.ShouldBeInRange(10, 900, sent);
        problem["status"]!.GetValue<int>().ShouldBe((int)reply.StatusCode);
        return text;
    }

    // The workload of the other tests breaks on recipes that it cannot read; one that is sold must not.
    private sealed class Careful : IWorkload
    {
        private readonly NumberWork numbers = new();

        public string Kind => numbers.Kind;

        public async Task<WorkPlan> PlanAsync(JobSpec spec, IPlanContext context, CancellationToken cancel)
        {
            try
            {
                return await numbers.PlanAsync(spec, context, cancel);
            }
            catch (Exception unreadable) when (unreadable is InvalidOperationException or NullReferenceException or FormatException or OverflowException or DivideByZeroException or ArgumentException or JsonException)
            {
                throw new NeuroException("recipe.unreadable", "The recipe cannot be read: it needs perShard and work, both whole numbers.", unreadable);
            }
        }

        public Task<ShardVerdict> VerifyAsync(VerifyRequest request, CancellationToken cancel) => numbers.VerifyAsync(request, cancel);
    }
}
