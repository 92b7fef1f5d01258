using System.Globalization;
using System.Net;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Ledger;
using Neuro.Backend.Tests.Portal;

namespace Neuro.Backend.Tests.Telemetry;

public sealed class MetricsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Metrics_WhileAnOrderIsDone_FollowIt(string engine)
    {
        var postgres = engine == "postgres" ? await LedgerEngine.NewPostgresAsync() : null;
        await using var platform = await TestPlatform.StartAsync(options => options with { PostgresConnectionString = postgres });
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync(floor: 1.5m, proven: false);
        await ShouldBeAsync(platform, http, ("neuro_shards_open", 0), ("neuro_nodes_live{kind=\"render\"}", 1), ("neuro_shards_verified_total", 0), ("neuro_verify_overhead", 0));

        var quote = await customer.QuoteAsync(NumberWork.Spec(6, perShard: 2), cancel: Cancel);
        var job = await customer.OrderAsync(quote, Cancel);
        var lease = await node.ClaimOneAsync();
        await ShouldBeAsync(
            platform, http, ("neuro_shards_open", 2), ("neuro_shards_leased", 1), ("neuro_jobs_running{kind=\"render\"}", 1), ("neuro_lease_age_seconds", 2), ("neuro_price_clearing{kind=\"render\"}", quote.PricePerCu.Nano / 1e9));
        (await customer.Api.GetOverviewAsync(Cancel)).ClearingPrices["render"].ShouldBe(quote.PricePerCu);

        await node.WorkAsync(lease);
        await node.WorkAllAsync();
        await customer.CompleteAsync(job, cancel: Cancel);
        var page = await ShouldBeAsync(platform, http, ("neuro_shards_open", 0), ("neuro_shards_leased", 0), ("neuro_shards_delivered", 0), ("neuro_shards_verified_total", 3), ("neuro_lease_age_seconds", 0));
        page.ShouldNotContain("neuro_jobs_running", customMessage: "no job runs any more");
        var claims = page.Split('\n').Single(line => line.StartsWith("http_server_request_duration_seconds_count", StringComparison.Ordinal) && line.Contains("/v1/nodes/claim"));
        claims.ShouldEndWith(" 4", customMessage: "three claims had a shard, one had none");
        page.ShouldNotContain(node.Token);
        page.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(line => line.StartsWith("# ") || System.Text.RegularExpressions.Regex.IsMatch(line, "^[a-z_]+(\\{([a-z_]+=\"[^\"]*\",?)+\\})? [0-9.eE+-]+$"));
    }

    [Fact]
    public async Task Metrics_AskedByOthersThanOperators_AreNotShown()
    {
        await using var platform = await TestPlatform.StartAsync();
        var first = await platform.CustomerAsync();
        using var scraper = platform.Http((await first.CreateKeyAsync("prometheus", ["read"], cancel: Cancel)).Secret);
        using var customer = platform.Http((await platform.NewCustomerAsync("Bo")).Key);
        using var stranger = platform.Http();
        using var shown = await scraper.GetAsync("metrics", Cancel);
        using var refused = await customer.GetAsync("metrics", Cancel);
        using var unknown = await stranger.GetAsync("metrics", Cancel);
        (shown.StatusCode, refused.StatusCode, unknown.StatusCode).ShouldBe((HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized));
        (await AccessTests.CodeAsync(refused)).ShouldBe("access.role_missing");
        shown.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
    }

    [Fact]
    public async Task Metrics_WithoutItsTables_LeavesThoseFiguresOutUntilTheyAreBack()
    {
        var postgres = await LedgerEngine.NewPostgresAsync();
        await using var platform = await TestPlatform.StartAsync(options => options with { PostgresConnectionString = postgres });
        using var http = platform.Http(platform.Platform.FirstUserKey);
        await using var admin = Database.Postgres(postgres);
        await RenameAsync(admin, "shards", "gone");
        platform.Clock.Advance(TimeSpan.FromSeconds(2));
        var page = await http.GetStringAsync("metrics", Cancel);
        page.ShouldNotContain("neuro_shards_open");
        page.ShouldContain("neuro_ledger_waiting 0");

        await RenameAsync(admin, "gone", "shards");
        (await http.GetStringAsync("metrics", Cancel)).ShouldNotContain("neuro_shards_open", customMessage: "it is not asked again within two seconds");
        await ShouldBeAsync(platform, http, ("neuro_shards_open", 0));
    }

    // Two seconds later, when the figures are read anew.
    private static async Task<string> ShouldBeAsync(TestPlatform platform, HttpClient http, params (string Series, double Value)[] expected)
    {
        platform.Clock.Advance(TimeSpan.FromSeconds(2));
        var page = await http.GetStringAsync("metrics", Cancel);
        foreach (var (series, value) in expected)
        {
            var line = page.Split('\n').SingleOrDefault(line => line.StartsWith(series + " ", StringComparison.Ordinal)).ShouldNotBeNull($"there is no {series} in\n{page}");
            double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture).ShouldBe(value, 0.001, series);
        }

        return page;
    }

    private static async Task RenameAsync(Database database, string from, string to)
    {
        await using var connection = await database.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = $"ALTER TABLE {from} RENAME TO {to}";
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
