using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend.Accounts;
using Neuro.Backend.Jobs;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Artifacts;
using Neuro.Backend.Tests.Portal;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Security;

/// <summary>What somebody does who means harm: refused with a stable code, no matter for the log of errors, and nothing is lost by it. docs/security.md has the whole list.</summary>
public sealed class AttackTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LeaseToken_ForgedStolenOrOfSomethingElse_IsRefusedAndTheLeaseGoesOn()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var (node, thief) = (await platform.NodeAsync("node"), await platform.NodeAsync("thief"));
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(4));
        var (mine, other) = (await node.ClaimOneAsync(), await node.ClaimOneAsync());
        var (fields, seal) = (mine.Token.Split('.')[0], mine.Token.Split('.')[1]);
        string[] forged =
        [
            "", "nl_", "nl_.", "nl_e30.", fields, $"{fields}.", $"{fields}.{new string('A', seal.Length)}", $"{fields}A.{seal}", $"{fields}.{seal}.{seal}", $"{mine.Token}A", mine.Token.ToUpperInvariant(),
            other.Token, // Of another shard of the same node.
            node.Token, platform.Platform.FirstUserKey, (await node.Api.ChallengeAsync(Cancel)).Nonce, // Of another kind.
            "nl_" + node.Token[Tokens.NodePrefix.Length..], // Of another kind, under this kind's name.
        ];
        foreach (var token in forged)
        {
            await RefusedAsync(() => node.WorkAsync(mine with { Token = token }), "lease.bad_token", token);
            await RefusedAsync(() => node.BeatAsync(mine with { Token = token }, 0.5), "lease.bad_token", token);
            await RefusedAsync(() => node.Api.FailAsync(node.Token, mine.ShardId, new(token, "gone", Fatal: true), Cancel), "lease.bad_token", token);
        }

        await RefusedAsync(() => thief.WorkAsync(mine), "lease.bad_token", "stolen");
        await RefusedAsync(() => thief.Api.FailAsync(thief.Token, mine.ShardId, new(mine.Token, "gone", Fatal: true), Cancel), "lease.bad_token", "stolen");
        await node.WorkAsync(mine);
        await node.WorkAsync(other);
        await PaidOnceAsync(customer, job, node, shards: 2);
        platform.ErrorsLogged().ShouldBeEmpty();
    }

    [Fact]
    public async Task LeaseToken_ExpiredOrReplayed_IsRefusedAndPaysNothingMore()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var (node, quick) = (await platform.NodeAsync("node"), await platform.NodeAsync("quick"));
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var over = await node.ClaimOneAsync();
        platform.Clock.Advance(platform.Options.LeaseTime + TimeSpan.FromSeconds(1));
        await RefusedAsync(() => node.WorkAsync(over), "lease.lost", "expired");
        await RefusedAsync(() => node.BeatAsync(over, 0.5), "lease.lost", "expired");
        await TestPlatform.UntilAsync(customer, job.Id, "fell silent");
        var lease = await quick.ClaimOneAsync();
        await quick.WorkAsync(lease);
        await PaidOnceAsync(customer, job, quick, shards: 1);

        // Once it was taken the same delivery changes nothing, and another one is refused.
        await quick.WorkAsync(lease);
        await RefusedAsync(() => quick.DeliverAsync(lease, "something else"u8.ToArray()), "lease.lost", "replayed");
        await RefusedAsync(() => quick.BeatAsync(lease, 0.5), "lease.lost", "replayed");
        await RefusedAsync(() => quick.Api.FailAsync(quick.Token, lease.ShardId, new(lease.Token, "again", Fatal: true), Cancel), "lease.lost", "replayed");
        await PaidOnceAsync(customer, job, quick, shards: 1);
        platform.ErrorsLogged().ShouldBeEmpty();
    }

    [Fact]
    public async Task Result_OfAnotherSizeCountOrNodeOrBadlySigned_IsRefusedAndTheLeaseGoesOn()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var (node, other) = (await platform.NodeAsync("node"), await platform.NodeAsync("other"));
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var lease = await node.ClaimOneAsync();
        var output = await node.Artifacts.UploadAsync([1, 2, 3], "mine.tar", cancel: Cancel);
        var theirs = await other.Artifacts.UploadAsync([4, 5, 6], "theirs.tar", cancel: Cancel);
        await RefusedAsync(() => node.CompleteAsync(lease, [output with { Bytes = 4 }]), "artifact.missing", "size");
        await RefusedAsync(() => node.CompleteAsync(lease, [theirs]), "artifact.missing", "another node's bytes");
        await RefusedAsync(() => node.CompleteAsync(lease, [output with { Sha256 = new string('0', 64) }]), "artifact.missing", "hash");
        await RefusedAsync(() => node.CompleteAsync(lease, [output with { Sha256 = "../../neuro.db" }]), "artifact.bad_name", "path");
        await RefusedAsync(() => node.CompleteAsync(lease, []), "request.out_of_range", "none");
        await RefusedAsync(() => node.CompleteAsync(lease, [.. Enumerable.Repeat(output, 65)]), "request.out_of_range", "too many");
        await RefusedAsync(() => node.CompleteAsync(lease, [output with { Bytes = 10L << 30 }]), "request.out_of_range", "10 GB");
        var unsigned = new Completion(lease.Token, [output], Ed25519.Sign(other.Secret, Receipt.WorkBytes(lease.JobId, lease.Shard, [output.Sha256])));
        await RefusedAsync(() => node.Api.CompleteAsync(node.Token, lease.ShardId, unsigned, Cancel), "completion.bad_signature", "signed by another");
        await node.WorkAsync(lease);
        await PaidOnceAsync(customer, job, node, shards: 1);
        platform.ErrorsLogged().ShouldBeEmpty();
    }

    [Fact]
    public async Task Bearer_JwtWithoutSignatureOrATokenOfAnotherKind_IsNobody()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var lease = await node.ClaimOneAsync();
        var account = (await customer.Api.GetAccountAsync(Cancel)).Id;
        string[] tokens =
        [
            Jwt("none", account, ""), Jwt("None", account, ""), Jwt("HS256", account, "c2lnbmVk"), Jwt("none", node.Id, ""),
            lease.Token, (await node.Api.ChallengeAsync(Cancel)).Nonce, AccountDirectory.Hash(platform.Platform.FirstUserKey), platform.Platform.FirstUserKey + "0",
            node.Token + "A", node.Token[..^2], "nt_" + lease.Token[3..], $"{account}", new('x', 5000),
        ];
        foreach (var token in tokens)
        {
            using var http = platform.Http();
            http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");
            foreach (var (method, address) in new[] { ("GET", "v1/account"), ("GET", "v1/admin/audit"), ("POST", "v1/nodes/claim"), ("GET", $"v1/artifacts/{new string('0', 64)}") })
            {
                (await http.SendAsync(new(new(method), address), Cancel).RefusedAsync()).ShouldBe((401, "http.401"), $"{method} {address} {token}");
            }
        }

        // A node's token ends with its hour.
        platform.Clock.Advance(TimeSpan.FromHours(1));
        await RefusedAsync(() => node.ClaimAsync(), "http.401", "an hour later");
        platform.ErrorsLogged().ShouldBeEmpty();
    }

    [Fact]
    public async Task Join_AThousandTimesWithOneKey_IsOneNodeAndSlowedDown()
    {
        const int joins = 1000;
        await using var platform = await TestPlatform.StartAsync(options => options with { RequestBurst = 400 });
        await using var node = new TestNode(platform.Platform.Url, "again and again");
        var registry = platform.Platform.Services.GetRequiredService<NodeRegistry>();
        using var http = platform.Http();
        var replies = new List<(int Status, string Code)>();
        foreach (var some in Enumerable.Range(0, joins).Chunk(50))
        {
            replies.AddRange(await Task.WhenAll(some.Select(_ => http.PostAsJsonAsync("v1/nodes/join", Request(node, registry.Challenge().Nonce, platform.Platform.NodeOwnerKey), NeuroJson.Options, Cancel).RefusedAsync())));
        }

        replies.CountBy(reply => reply).OrderBy(reply => reply.Key.Status).ShouldBe([new((200, ""), 400), new((429, "request.rate_limited"), joins - 400)]);
        var database = platform.Platform.Services.GetRequiredService<Database>();
        await using (var db = database.CreateDbContext())
        {
            ((await db.Nodes.SingleAsync(Cancel)).Id, await db.UsedChallenges.CountAsync(Cancel)).ShouldBe((node.Id, 400));
        }

        // What is remembered of them goes.
        platform.Clock.Advance(TimeSpan.FromMinutes(3));
        await registry.ForgetChallengesAsync(Cancel);
        await using (var db = database.CreateDbContext())
        {
            (await db.UsedChallenges.CountAsync(Cancel)).ShouldBe(0);
        }

        platform.ErrorsLogged().ShouldBeEmpty();
    }

    [Fact]
    public async Task Claim_FromANodeThatNeverWorks_GetsFewerAndFewerAndTheJobIsDoneByOthers()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 1000);
        var (sloth, honest) = (await platform.NodeAsync("sloth", proven: false), await platform.NodeAsync("honest", proven: false));

        // Either would need ten seconds, so that both are promised their pay.
        var job = await customer.OrderAsync(await customer.QuoteAsync(NumberWork.Spec(100, perShard: 1), deadline: TimeSpan.FromSeconds(8), cancel: Cancel), Cancel);

        // A lease from before the platform was started would not count. A newcomer is trusted with 95 of a hundred: 60 of 64.
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        (await FloodAsync(sloth)).ShouldBe(60);
        (await FloodAsync(sloth)).ShouldBe(0);
        await LoseAllAsync(platform, sloth);

        // 19 of 80, says its record. What it lost it leaves to others for a while; there are 40 more.
        (await FloodAsync(sloth)).ShouldBeInRange(0, 15);
        await honest.WorkAllAsync();
        await LoseAllAsync(platform, sloth);
        await honest.WorkAllAsync();
        await PaidOnceAsync(customer, job, honest, shards: 100);

        // And by now its floor counts fivefold: a new job is not promised to it, nor given while another takes the price.
        await TestPlatform.OrderAsync(customer, NumberWork.Spec(10, perShard: 1));
        (await FloodAsync(sloth)).ShouldBe(0);
        (await honest.ClaimAsync()).ShouldNotBeNull();
    }

    [Fact]
    public async Task Claim_FromANodeThatIsAlwaysNearlyDone_IsGivenToASecondOne()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var (liar, quick) = (await platform.NodeAsync("liar"), await platform.NodeAsync("quick"));
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var kept = await liar.ClaimOneAsync();
        for (var beat = 0; beat < 3; beat++)
        {
            (await quick.ClaimAsync()).ShouldBeNull("it may well be nearly done");
            platform.Clock.Advance(TimeSpan.FromSeconds(16));
            await liar.BeatAsync(kept, 0.99);
        }

        platform.Clock.Advance(TimeSpan.FromSeconds(3));
        await quick.WorkAsync(await quick.ClaimOneAsync());
        await PaidOnceAsync(customer, job, quick, shards: 1);
        await RefusedAsync(() => liar.BeatAsync(kept, 0.99), "lease.lost", "still nearly done");
    }

    [Theory]
    [InlineData("v1/quotes", 413, "request.too_large")]
    [InlineData("v1/nodes/join", 413, "request.too_large")]
    public async Task Body_OfTenGigabytes_IsRefusedByWhatItAnnounces(string address, int status, string code)
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new Announced(10L << 30) };
        request.Headers.ExpectContinue = true;
        (await http.SendAsync(request, Cancel).RefusedAsync()).ShouldBe((status, code));
        platform.ErrorsLogged().ShouldBeEmpty();
    }

    [Fact]
    public async Task Body_ThatInflatesOrNestsWithoutEnd_IsNotFollowed()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(new byte[100 << 20], Cancel);
        }

        using var bomb = new ByteArrayContent(packed.ToArray());
        bomb.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        bomb.Headers.ContentEncoding.Add("gzip");
        (await http.PostAsync("v1/quotes", bomb, Cancel).RefusedAsync()).ShouldBe((400, "request.bad_json"));
        var deep = "{\"job\":{\"kind\":\"render\",\"seed\":1,\"count\":1,\"recipe\":" + string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1" + new string('}', 100_002);
        (await http.PostAsync("v1/quotes", new StringContent(deep, Encoding.UTF8, "application/json"), Cancel).RefusedAsync()).ShouldBe((400, "request.bad_json"));
        platform.ErrorsLogged().ShouldBeEmpty();
    }

    [Fact]
    public async Task Refusals_AreInTheAuditOnceAndWhatNobodyForesawInTheErrorsOnce()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var lease = await node.ClaimOneAsync();
        await RefusedAsync(() => node.Api.FailAsync(node.Token, lease.ShardId, new("nl_forged", "gone", Fatal: true), Cancel), "lease.bad_token", "forged");
        var owner = await platform.CustomerAsync(platform.Platform.NodeOwnerKey);
        (await owner.Api.GetAuditAsync(cancel: Cancel)).Select(entry => $"{entry.Action} {entry.Status}").ShouldHaveSingleItem().ShouldBe($"POST /v1/nodes/shards/{{shard}}/fail shard={lease.ShardId} 403");
        platform.ErrorsLogged().ShouldBeEmpty();

        using var http = platform.Http(platform.Platform.FirstUserKey);
        using var broken = new StringContent("{\"job\":{\"kind\":\"render\",\"recipe\":{\"perShard\":\"two\"},\"seed\":1,\"count\":1}}", Encoding.UTF8, "application/json");
        (await http.PostAsync("v1/quotes", broken, Cancel).RefusedAsync()).ShouldBe((500, "platform.internal"));
        platform.ErrorsLogged().ShouldHaveSingleItem().ShouldContain("POST /v1/quotes failed");
    }

    private static async Task RefusedAsync(Func<Task> attempt, string code, string what) => (await Should.ThrowAsync<NeuroException>(attempt, what)).Code.ShouldBe(code, what);

    private static async Task PaidOnceAsync(NeuroClient customer, Job job, TestNode node, int shards)
    {
        var done = await customer.CompleteAsync(job, cancel: Cancel);
        var receipts = await customer.ReceiptsAsync(job.Id, Cancel);
        receipts.Select(receipt => (receipt.Shard, receipt.NodeId)).Order().ShouldBe(Enumerable.Range(0, shards).Select(shard => (shard, node.Id)));
        done.Paid.ShouldBe(receipts.Aggregate(Ntk.Zero, (sum, receipt) => sum + receipt.Price));
        (await customer.Api.GetProofAsync(Cancel)).Faults.ShouldBeEmpty();
    }

    /// <summary>Claims from eighty connections at once; how many shards it got.</summary>
    private static async Task<int> FloodAsync(TestNode node) => (await Task.WhenAll(Enumerable.Range(0, 80).Select(_ => node.ClaimAsync()))).Count(lease => lease is not null);

    /// <summary>Lets time pass until the platform has taken back all that a node has, and knows it.</summary>
    private static async Task LoseAllAsync(TestPlatform platform, TestNode node)
    {
        var registry = platform.Platform.Services.GetRequiredService<NodeRegistry>();
        platform.Clock.Advance(platform.Options.LeaseTime + TimeSpan.FromSeconds(1));
        for (var tries = 0; ; tries++)
        {
            tries.ShouldBeLessThan(1500, "its leases did not run out");
            await using var db = platform.Platform.Services.GetRequiredService<Database>().CreateDbContext();
            var row = await db.Nodes.SingleAsync(row => row.Id == node.Id, Cancel);
            if (!await db.Shards.AnyAsync(shard => shard.NodeId == node.Id && shard.State == (int)ShardState.Leased, Cancel)
                && registry.Get(node.Id).Reliability == TrackRecord.Reliability(row.ShardsDone, row.ShardsLost))
            {
                return;
            }

            await Task.Delay(20, Cancel);
        }
    }

    private static JoinRequest Request(TestNode node, string nonce, string owner) =>
        new(node.Id, nonce, Ed25519.Sign(node.Secret, Encoding.UTF8.GetBytes($"neuro join 1\n{nonce}\n")), owner, "again", Ntk.Of(1), new("cpu", "test", 1, 1 << 30, 1, 1));

    private static string Jwt(string algorithm, object subject, string signature) =>
        $"{Part($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{Part($$"""{"sub":"{{subject}}","account":"{{subject}}","node":"{{subject}}","role":"operator","exp":9999999999}""")}.{signature}";

    private static string Part(string json) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    /// <summary>Says how long it is, and must not be asked for more.</summary>
    private sealed class Announced : HttpContent
    {
        private readonly long length;

        public Announced(long length)
        {
            this.length = length;
            Headers.ContentType = new("application/json");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new InvalidOperationException("Nothing may be sent.");

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }
}

internal static class LoggedErrors
{
    /// <summary>The entries of the platform's log of errors, each by its first line.</summary>
    public static string[] ErrorsLogged(this TestPlatform platform)
    {
        var folder = Path.Combine(platform.Options.DataFolder, "logs");
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "errors-*.log").SelectMany(File.ReadLines).Where(line => line.StartsWith("20", StringComparison.Ordinal))] : [];
    }
}
