using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Neuro.Backend.Portal;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Ledger;

namespace Neuro.Backend.Tests.Portal;

public sealed class HealthTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("health/live")]
    [InlineData("health/ready")]
    public async Task Health_AskedByAStrangerAgainAndAgain_Is200WithoutAWordOrALimit(string address)
    {
        await using var platform = await TestPlatform.StartAsync(options => options with { RequestsPerSecond = 1, RequestBurst = 1 });
        using var http = platform.Http();
        for (var asked = 0; asked < 5; asked++)
        {
            using var reply = await http.GetAsync(address, Cancel);
            reply.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await reply.Content.ReadAsByteArrayAsync(Cancel)).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Ready_DatabaseGoneAndBackAgain_Is503ThenAfterASecond200AndLiveAllTheTime()
    {
        var postgres = await LedgerEngine.NewPostgresAsync();
        await using var platform = await TestPlatform.StartAsync(options => options with { PostgresConnectionString = postgres });
        using var http = platform.Http();
        await using var admin = Database.Postgres(postgres);
        (await CodeAsync(http)).ShouldBe((HttpStatusCode.OK, ""));
        await RenameAsync(admin, "accounts", "gone");

        (await CodeAsync(http)).ShouldBe((HttpStatusCode.OK, ""));
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        (await CodeAsync(http)).ShouldBe((HttpStatusCode.ServiceUnavailable, "platform.not_ready"));
        (await http.GetAsync("health/live", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await RenameAsync(admin, "gone", "accounts");
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        (await CodeAsync(http)).ShouldBe((HttpStatusCode.OK, ""));
    }

    [Fact]
    public async Task IsReady_DatabaseThatTakesTheCallAndSaysNothing_IsFalseAfterASecondAndAskedOnce()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var clock = new FakeTimeProvider();
        await using var database = Database.Postgres($"Host=127.0.0.1;Port={((IPEndPoint)silent.LocalEndpoint).Port};Username=nobody;SSL Mode=Disable");
        var health = new Health(database, clock, NullLogger<Health>.Instance);
        var (first, second) = (health.IsReadyAsync(), health.IsReadyAsync());
        using var call = await silent.AcceptTcpClientAsync(Cancel);
        first.IsCompleted.ShouldBeFalse();

        clock.Advance(TimeSpan.FromSeconds(1));

        (await first).ShouldBeFalse();
        second.ShouldBeSameAs(first);
        silent.Pending().ShouldBeFalse();
    }

    private static async Task RenameAsync(Database database, string from, string to)
    {
        await using var connection = await database.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = $"ALTER TABLE {from} RENAME TO {to}";
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static async Task<(HttpStatusCode Status, string Code)> CodeAsync(HttpClient http)
    {
        using var reply = await http.GetAsync("health/ready", Cancel);
        return (reply.StatusCode, reply.IsSuccessStatusCode ? "" : await AccessTests.CodeAsync(reply));
    }
}
