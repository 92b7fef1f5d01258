using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Neuro.Backend.Portal;
using Neuro.Backend.Telemetry;

namespace Neuro.Backend.Tests.Telemetry;

public sealed class LogTests
{
    private const string Password = "correct-horse-battery-staple";
    private const string WebToken = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsImV4cCI6OTk5OTk5OTk5OX0.c2lnbmF0dXJl";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Logs_AtDebugOfRequestsWithSecretsEverywhere_HaveNoneOfThem(bool json)
    {
        var log = new StringWriter();
        await using var platform = await TestPlatform.StartAsync(options => options with { JsonLog = json, Verbose = true, Log = TextWriter.Synchronized(log) });
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var lease = await node.ClaimOneAsync();
        var made = (await customer.CreateKeyAsync("new", cancel: Cancel)).Secret;
        string[] secrets = [platform.Platform.FirstUserKey, platform.Platform.NodeOwnerKey, made, node.Token, lease.Token, WebToken, Password];
        foreach (var secret in secrets)
        {
            await SendEverywhereAsync(platform, secret);
        }

        var files = Directory.GetFiles(Path.Combine(platform.Options.DataFolder, "logs")).Select(File.ReadAllText);
        var all = string.Join('\n', files.Append(log.ToString()));
        secrets.Where(all.Contains).ShouldBeEmpty();
        all.ShouldContain("POST /v1/quotes failed", customMessage: "it logs at all");
        all.ShouldContain("was answered with 401, http.401");
        all.ShouldContain("was answered with 400, request.bad_json");
        if (json)
        {
            var entries = log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
            entries.ShouldAllBe(entry => entry["time"] != null && entry["level"] != null && entry["category"] != null && entry["message"] != null && entry["fields"] != null);
            var refused = entries.First(entry => (string?)entry["fields"]!["Code"] == "request.bad_json");
            ((int)refused["fields"]!["Status"]!, (string?)refused["level"], (string?)refused["category"]).ShouldBe((400, "Information", typeof(ProblemWriter).FullName));
            ((string?)refused["trace"])!.Length.ShouldBe(32);
        }
    }

    [Theory]
    [InlineData("Authorization: Bearer nk_0123456789abcdef", "nk_0123456789abcdef")]
    [InlineData("the key nk_0123456789abcdef is wrong", "nk_0123456789abcdef")]
    [InlineData("{\"owner\":\"nk_0123456789abcdef\"}", "nk_0123456789abcdef")]
    [InlineData("nt_bm9kZQ.c2ln-_x and nl_bGVhc2U.c2ln", "bGVhc2U", "c2ln")]
    [InlineData("Host=db;Username=neuro;Password=correct-horse;Database=neuro", "correct-horse")]
    [InlineData("{\"password\": \"correct-horse\"}", "correct-horse")]
    [InlineData("?api_key=correct-horse&x=1", "correct-horse")]
    [InlineData("authorization: bearer correct-horse", "correct-horse")]
    [InlineData("SECRET = 'correct-horse'", "correct-horse")]
    public void Mask_Secret_IsGoneAndTheRestIsThere(string text, params string[] secrets)
    {
        var masked = SecretMask.Mask(text);
        secrets.Where(masked.Contains).ShouldBeEmpty();
        masked.ShouldContain("…");
    }

    [Theory]
    [InlineData("POST /v1/jobs id=6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001 was answered with 401, http.401")]
    [InlineData("The token is not that of a lease; a password is never asked for.")]
    [InlineData("link_to_a_thing, bank_holiday, int_value")]
    public void Mask_WhatIsNoSecret_StaysAsItIs(string text) => SecretMask.Mask(text).ShouldBe(text);

    [Fact]
    public void ErrorLog_ExceptionThatQuotesAKey_DoesNotKeepIt()
    {
        var folder = Directory.CreateTempSubdirectory("neuro-log-").FullName;
        using var log = new ErrorLog(folder, new FakeTimeProvider());
        log.CreateLogger("x").LogError(new FormatException("The input string 'nk_0123456789abcdef' was not in a correct format."), "{What} failed", "Reading nt_abcdefgh.ijklmnop");
        var written = File.ReadAllText(Directory.GetFiles(Path.Combine(folder, "logs")).Single());
        written.ShouldContain("x: Reading nt_… failed");
        written.ShouldContain("The input string 'nk_…' was not in a correct format.");
        Directory.Delete(folder, recursive: true);
    }

    // In headers, query and bodies of requests that are good, refused, unreadable and unforeseen.
    private static async Task SendEverywhereAsync(TestPlatform platform, string secret)
    {
        using var good = platform.Http(platform.Platform.FirstUserKey);
        using var other = platform.Http();
        other.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {secret}");
        other.DefaultRequestHeaders.TryAddWithoutValidation("X-Password", secret);
        other.DefaultRequestHeaders.TryAddWithoutValidation("Cookie", $"token={secret}");
        foreach (var http in new[] { good, other })
        {
            foreach (var address in new[] { $"v1/platform?token={secret}", $"v1/account?{secret}", $"v1/jobs?after={secret}", $"v1/{secret}", $"v1/ledger/lines?limit={secret}", $"v1/jobs/{secret}.x" })
            {
                using var reply = await http.GetAsync(address, Cancel);
            }

            foreach (var (address, body) in new[]
            {
                ("v1/account/keys", $"{{\"name\":\"{secret[..Math.Min(secret.Length, 60)]}\"}}"),
                ("v1/account/keys", $"{{\"name\":\"a\",\"password\":\"{secret}\"}}"),
                ("v1/account/keys", $"{{\"name\":\"a\",\"expires\":\"{secret}\"}}"),
                ("v1/treasury/purchases", $"{{\"id\":\"{secret}\",\"amount\":\"{secret}\"}}"),
                ("v1/treasury/purchases", secret),
                ("v1/nodes/join", $"{{\"publicKey\":\"x\",\"nonce\":\"{secret}\",\"owner\":\"{secret}\"}}"),
                ("v1/quotes", $"{{\"job\":{{\"kind\":\"render\",\"recipe\":{{\"perShard\":\"{secret}\"}},\"seed\":1,\"count\":1}}}}"),
                ("v1/quotes", $"{{\"job\":{{\"kind\":\"{secret}\"}}}}"),
            })
            {
                using var reply = await http.PostAsync(address, new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
            }
        }
    }
}
