using System.Net;
using System.Net.Http.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Portal;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Accounts;

public sealed class KeyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_ThenList_ShowsEverythingButTheSecret()
    {
        await using var platform = await TestPlatform.StartAsync();
        var (ada, _) = await platform.NewCustomerAsync("Ada");
        var expires = platform.Clock.GetUtcNow().AddDays(7);
        var made = await ada.CreateKeyAsync("reports", ["read"], expires, Cancel);
        made.Secret.ShouldStartWith("nk_");

        using var http = platform.Http(made.Secret);
        (await http.GetAsync("v1/account/keys", Cancel)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var listed = (await ada.KeysAsync(Cancel)).Single(key => key.Id == made.Key.Id);
        (listed.Name, listed.Scopes.ShouldHaveSingleItem(), listed.Hint).ShouldBe(("reports", "read", made.Key.Hint));
        listed.Expires!.Value.ToUnixTimeMilliseconds().ShouldBe(expires.ToUnixTimeMilliseconds());
        (await ada.Api.GetKeysAsync(Cancel)).Select(key => key.Name).ShouldBe(["reports", "first key"], ignoreOrder: true);
        await platform.Platform.DisposeAsync();
        Directory.GetFiles(platform.Options.DataFolder, "neuro.db*").ShouldAllBe(file => !File.ReadAllText(file).Contains(made.Secret));
    }

    [Theory]
    [InlineData("GET", "v1/jobs", "read")]
    [InlineData("GET", "v1/account/audit", "read")]
    [InlineData("POST", "v1/treasury/purchases", "trade")]
    [InlineData("POST", "v1/jobs/6f0c1f9e-0d5e-4b43-a6a1-51d1c3b0a001/cancel", "trade")]
    [InlineData("PUT", "v1/generators/shop", "publish")]
    [InlineData("PUT", "v1/artifacts/0000000000000000000000000000000000000000000000000000000000000000", "publish")]
    [InlineData("GET", "v1/account/keys", "admin")]
    [InlineData("GET", "v1/admin/audit", "admin")]
    public async Task Key_WithEveryOtherScope_Is403AndWithThisOneIsNot(string method, string path, string scope)
    {
        await using var platform = await TestPlatform.StartAsync();
        var owner = await platform.CustomerAsync();
        string[] others = [.. new[] { "read", "trade", "publish", "admin" }.Except([scope])];
        using var without = await SendAsync((await owner.CreateKeyAsync("others", others, cancel: Cancel)).Secret);
        (without.StatusCode, await AccessTests.CodeAsync(without)).ShouldBe((HttpStatusCode.Forbidden, "access.scope_missing"));
        (await without.Content.ReadAsStringAsync(Cancel)).ShouldContain($"the scope {scope};");
        using var with = await SendAsync((await owner.CreateKeyAsync("this", [scope], cancel: Cancel)).Secret);
        with.StatusCode.ShouldNotBe(HttpStatusCode.Forbidden);

        async Task<HttpResponseMessage> SendAsync(string key)
        {
            using var http = platform.Http(key);
            return await http.SendAsync(new(new(method), path) { Content = method == "GET" ? null : JsonContent.Create(new { }) }, Cancel);
        }
    }

    [Fact]
    public async Task Account_RoleMissing_Is403AndNamesTheRole()
    {
        await using var platform = await TestPlatform.StartAsync();
        var miner = await platform.CustomerAsync(await platform.Platform.CreateAccountAsync("node", "miner", Cancel));
        (await miner.Api.GetAccountAsync(Cancel)).Roles.ShouldBe(["node-owner"]);
        var refused = await Should.ThrowAsync<NeuroException>(() => miner.BuyAsync(Ntk.Of(1), Cancel));
        (refused.Code, refused.Status).ShouldBe(("access.role_missing", 403));
        refused.Message.ShouldBe("This needs the role consumer; your account has node-owner. An operator of the platform can give it the role.");

        var (ada, key) = await platform.NewCustomerAsync("Ada");
        (await ada.Api.GetAccountAsync(Cancel)).Roles.ShouldBe(["consumer", "supplier", "labeller"]);
        (await Should.ThrowAsync<NeuroException>(() => platform.NodeAsync(owner: key))).Message.ShouldContain("the role node-owner");
        using var http = platform.Http(key);
        using var admin = await http.GetAsync("v1/admin/audit", Cancel);
        (admin.StatusCode, await AccessTests.CodeAsync(admin)).ShouldBe((HttpStatusCode.Forbidden, "access.role_missing"));
    }

    [Fact]
    public async Task Roles_ChangedByAnOperator_HoldAtOnce()
    {
        await using var platform = await TestPlatform.StartAsync();
        var (ada, key) = await platform.NewCustomerAsync("Ada");
        var id = (await ada.Api.GetAccountAsync(Cancel)).Id;
        using var first = platform.Http(platform.Platform.FirstUserKey);
        (await ChangeAsync(id, "node-owner")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await platform.NodeAsync(owner: key);
        (await Should.ThrowAsync<NeuroException>(() => ada.BuyAsync(Ntk.Of(1), Cancel))).Code.ShouldBe("access.role_missing");
        (await AccessTests.CodeAsync(await ChangeAsync(id, "king"))).ShouldBe("account.bad_role");
        (await AccessTests.CodeAsync(await ChangeAsync(Guid.NewGuid(), "operator"))).ShouldBe("account.not_found");
        (await AccessTests.CodeAsync(await ChangeAsync(Neuro.Backend.Ledger.SystemAccounts.Treasury, "consumer"))).ShouldBe("account.not_found");
        var own = (await first.GetFromJsonAsync<Neuro.Client.Market.Account>("v1/account", NeuroJson.Options, Cancel))!.Id;
        (await AccessTests.CodeAsync(await ChangeAsync(own, "consumer"))).ShouldBe("account.own_role");

        Task<HttpResponseMessage> ChangeAsync(Guid account, string role) => first.PutAsJsonAsync($"v1/admin/accounts/{account}/roles", new { roles = new[] { role } }, Cancel);
    }

    [Fact]
    public async Task Create_MoreThanItsOwnScopes_IsRefused()
    {
        await using var platform = await TestPlatform.StartAsync();
        var (ada, _) = await platform.NewCustomerAsync("Ada");
        var all = await ada.CreateKeyAsync("all", cancel: Cancel);
        var lesser = await platform.CustomerAsync((await ada.CreateKeyAsync("lesser", ["read", "admin"], cancel: Cancel)).Secret);
        (await lesser.CreateKeyAsync("same", ["admin", "read"], cancel: Cancel)).Key.Scopes.ShouldBe(["read", "admin"]);
        (await Should.ThrowAsync<NeuroException>(() => lesser.CreateKeyAsync("more", ["read", "trade"], cancel: Cancel))).Message.ShouldContain("the scope trade,");
        (await Should.ThrowAsync<NeuroException>(() => lesser.CreateKeyAsync("all", cancel: Cancel))).Message.ShouldContain("the scope trade, publish,");
        (await Should.ThrowAsync<NeuroException>(() => lesser.RotateKeyAsync(all.Key.Id, cancel: Cancel))).Code.ShouldBe("access.scope_missing");
        (await Should.ThrowAsync<NeuroException>(() => ada.CreateKeyAsync("x", ["everything"], cancel: Cancel))).Code.ShouldBe("key.bad_scope");
        (await Should.ThrowAsync<NeuroException>(() => ada.CreateKeyAsync("x", null, platform.Clock.GetUtcNow(), Cancel))).Code.ShouldBe("key.bad_expiry");
        (await Should.ThrowAsync<NeuroException>(() => ada.CreateKeyAsync(new string('x', 101), cancel: Cancel))).Code.ShouldBe("request.out_of_range");
    }

    [Fact]
    public async Task Create_AHundredAndFirst_IsRefused()
    {
        await using var platform = await TestPlatform.StartAsync();
        var (ada, _) = await platform.NewCustomerAsync("Ada");
        for (var made = 1; made < 100; made++)
        {
            await ada.CreateKeyAsync("one", ["read"], cancel: Cancel);
        }

        (await Should.ThrowAsync<NeuroException>(() => ada.CreateKeyAsync("one", ["read"], cancel: Cancel))).Code.ShouldBe("key.too_many");
    }

    [Fact]
    public async Task Key_ExpiredOrDeleted_StopsAtOnce()
    {
        await using var platform = await TestPlatform.StartAsync();
        var (ada, _) = await platform.NewCustomerAsync("Ada");
        var brief = await ada.CreateKeyAsync("brief", ["read"], platform.Clock.GetUtcNow().AddSeconds(2), Cancel);
        var gone = await ada.CreateKeyAsync("gone", ["read"], cancel: Cancel);
        using var expiring = platform.Http(brief.Secret);
        using var deleted = platform.Http(gone.Secret);
        (await StatusAsync(expiring), await StatusAsync(deleted)).ShouldBe((HttpStatusCode.OK, HttpStatusCode.OK));
        await ada.DeleteKeyAsync(gone.Key.Id, Cancel);
        (await StatusAsync(deleted)).ShouldBe(HttpStatusCode.Unauthorized);
        platform.Clock.Advance(TimeSpan.FromSeconds(1.999));
        (await StatusAsync(expiring)).ShouldBe(HttpStatusCode.OK);
        platform.Clock.Advance(TimeSpan.FromSeconds(0.001));
        (await StatusAsync(expiring)).ShouldBe(HttpStatusCode.Unauthorized);
        (await Should.ThrowAsync<NeuroException>(() => ada.RotateKeyAsync(brief.Key.Id, cancel: Cancel))).Code.ShouldBe("key.expired");
        (await Should.ThrowAsync<NeuroException>(() => ada.DeleteKeyAsync(gone.Key.Id, Cancel))).Code.ShouldBe("key.not_found");
    }

    [Fact]
    public async Task Key_DeletedByAnotherProcess_StopsWithinFiveSeconds()
    {
        await using var platform = await TestPlatform.StartAsync();
        var (ada, _) = await platform.NewCustomerAsync("Ada");
        var made = await ada.CreateKeyAsync("one", ["read"], cancel: Cancel);
        using var http = platform.Http(made.Secret);
        (await StatusAsync(http)).ShouldBe(HttpStatusCode.OK);
        await using (var other = new SqliteConnection($"Data Source={Path.Combine(platform.Options.DataFolder, "neuro.db")};Pooling=false"))
        {
            await other.OpenAsync(Cancel);
            await using var delete = other.CreateCommand();
            delete.CommandText = "DELETE FROM api_keys WHERE name = 'one'";
            (await delete.ExecuteNonQueryAsync(Cancel)).ShouldBe(1);
        }

        platform.Clock.Advance(TimeSpan.FromSeconds(5));
        (await StatusAsync(http)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Rotate_WithGrace_OldSecretWorksUntilItIsOver()
    {
        await using var platform = await TestPlatform.StartAsync();
        var (ada, _) = await platform.NewCustomerAsync("Ada");
        var first = await ada.CreateKeyAsync("ci", ["read"], cancel: Cancel);
        using var old = platform.Http(first.Secret);
        (await StatusAsync(old)).ShouldBe(HttpStatusCode.OK);
        var second = await ada.RotateKeyAsync(first.Key.Id, graceMinutes: 10, Cancel);
        (second.Key.Id, second.Key.Name, second.Key.Scopes.ShouldHaveSingleItem()).ShouldBe((first.Key.Id, "ci", "read"));
        using var next = platform.Http(second.Secret);
        (await StatusAsync(old), await StatusAsync(next)).ShouldBe((HttpStatusCode.OK, HttpStatusCode.OK));
        (await ada.KeysAsync(Cancel)).Count(key => key.Id == first.Key.Id).ShouldBe(1);
        platform.Clock.Advance(TimeSpan.FromMinutes(10));
        (await StatusAsync(old), await StatusAsync(next)).ShouldBe((HttpStatusCode.Unauthorized, HttpStatusCode.OK));
        (await Should.ThrowAsync<NeuroException>(() => ada.RotateKeyAsync(first.Key.Id, graceMinutes: 1441, Cancel))).Code.ShouldBe("request.out_of_range");
    }

    [Fact]
    public async Task Rotate_WithoutGrace_EndsEveryOlderSecret()
    {
        await using var platform = await TestPlatform.StartAsync();
        var (ada, _) = await platform.NewCustomerAsync("Ada");
        var first = await ada.CreateKeyAsync("ci", ["read"], cancel: Cancel);
        var second = await ada.RotateKeyAsync(first.Key.Id, graceMinutes: 1440, Cancel);
        var third = await ada.RotateKeyAsync(first.Key.Id, cancel: Cancel);
        foreach (var (secret, status) in new[] { (first.Secret, HttpStatusCode.Unauthorized), (second.Secret, HttpStatusCode.Unauthorized), (third.Secret, HttpStatusCode.OK) })
        {
            using var http = platform.Http(secret);
            (await StatusAsync(http)).ShouldBe(status);
        }
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Delete_LastKeyWithAdmin_IsRefusedAlsoWhenTwoDeleteEachOther(string engine)
    {
        var postgres = engine == "postgres" ? await Ledger.LedgerEngine.NewPostgresAsync() : null;
        await using var platform = await TestPlatform.StartAsync(options => options with { PostgresConnectionString = postgres });
        var (ada, _) = await platform.NewCustomerAsync("Ada");
        var first = (await ada.KeysAsync(Cancel)).Single();
        await ada.CreateKeyAsync("reader", ["read"], cancel: Cancel);
        await ada.CreateKeyAsync("brief", ["admin"], platform.Clock.GetUtcNow().AddMinutes(1), Cancel);
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var refused = await Should.ThrowAsync<NeuroException>(() => ada.DeleteKeyAsync(first.Id, Cancel));
        (refused.Code, refused.Status).ShouldBe(("key.last_admin", 409));
        for (var round = 0; round < 10; round++)
        {
            var (left, right) = (await ada.CreateKeyAsync("left", ["admin"], cancel: Cancel), await ada.CreateKeyAsync("right", ["admin"], cancel: Cancel));
            if (round == 0)
            {
                await ada.DeleteKeyAsync(first.Id, Cancel);
            }
            else
            {
                foreach (var key in (await ada.KeysAsync(Cancel)).Where(key => key.Id != left.Key.Id && key.Id != right.Key.Id))
                {
                    await (await platform.CustomerAsync(left.Secret)).DeleteKeyAsync(key.Id, Cancel);
                }
            }

            var (one, other) = (await platform.CustomerAsync(left.Secret), await platform.CustomerAsync(right.Secret));
            var outcomes = await Task.WhenAll(TryAsync(one, right.Key.Id), TryAsync(other, left.Key.Id));
            outcomes.Count(code => code == "deleted").ShouldBe(1, string.Join(", ", outcomes));
            ada = outcomes[0] == "deleted" ? one : other;
        }

        async Task<string> TryAsync(NeuroClient client, Guid key)
        {
            try
            {
                await client.DeleteKeyAsync(key, Cancel);
                return "deleted";
            }
            catch (NeuroException other)
            {
                return other.Code;
            }
        }
    }

    [Fact]
    public async Task HouseKey_IsNotDeletedButReplacedWithItsFile()
    {
        await using var platform = await TestPlatform.StartAsync();
        var owner = await platform.CustomerAsync();
        var house = (await owner.KeysAsync(Cancel)).ShouldHaveSingleItem();
        house.Name.ShouldBe("first-user.key");
        (await Should.ThrowAsync<NeuroException>(() => owner.DeleteKeyAsync(house.Id, Cancel))).Code.ShouldBe("key.kept_in_file");
        (await Should.ThrowAsync<NeuroException>(() => owner.RotateKeyAsync(house.Id, cancel: Cancel))).Code.ShouldBe("key.kept_in_file");
        var old = platform.Platform.FirstUserKey;
        await platform.RestartAsync(() =>
        {
            File.Delete(Path.Combine(platform.Options.DataFolder, "first-user.key"));
            return Task.CompletedTask;
        });
        using var http = platform.Http(old);
        (await StatusAsync(http)).ShouldBe(HttpStatusCode.Unauthorized);
        (await (await platform.CustomerAsync()).KeysAsync(Cancel)).ShouldHaveSingleItem().Id.ShouldBe(house.Id);
    }

    [Fact]
    public async Task Keys_OfADatabaseFromBefore_GetIdsAndRolesByKind()
    {
        await using var platform = await TestPlatform.StartAsync();
        var key = await platform.Platform.CreateAccountAsync("customer", "Ada", Cancel);
        await platform.RestartAsync(async () =>
        {
            // The tables as they were before there were roles, named keys and a chain of transfers.
            await using var database = Database.Sqlite(Path.Combine(platform.Options.DataFolder, "neuro.db"));
            await using var db = database.CreateDbContext();
            await db.GetService<IMigrator>().MigrateAsync("PublishedGenerators", Cancel);
        });
        var ada = await platform.CustomerAsync(key);
        (await ada.Api.GetAccountAsync(Cancel)).Roles.ShouldBe(["consumer", "supplier", "labeller"]);
        (await ada.KeysAsync(Cancel)).ShouldHaveSingleItem().Id.ShouldNotBe(Guid.Empty);
        var first = await platform.CustomerAsync();
        (await first.Api.GetAccountAsync(Cancel)).Roles.ShouldContain("operator");
        (await first.KeysAsync(Cancel)).ShouldHaveSingleItem().Name.ShouldBe("first-user.key");
        (await first.Api.GetProofAsync(Cancel)).Faults.ShouldBeEmpty();
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http) => (await http.GetAsync("v1/jobs", Cancel)).StatusCode;
}
