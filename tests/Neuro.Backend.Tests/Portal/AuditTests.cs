using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Neuro.Backend.Portal;
using Neuro.Backend.Storage;
using Neuro.Client.Accounts;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Portal;

public sealed class AuditTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Log_WhatAnAccountAndItsNodesDid_IsThereInOrderAndWithoutSecrets()
    {
        await using var platform = await TestPlatform.StartAsync();
        var (ada, key) = await platform.NewCustomerAsync("Ada", ntk: 100);
        var keyId = (await ada.KeysAsync(Cancel)).Single().Id;
        var node = await platform.NodeAsync();
        var job = await ada.OrderAsync(await ada.QuoteAsync(NumberWork.Spec(1), cancel: Cancel), Cancel);
        await node.WorkAllAsync();
        var made = await ada.CreateKeyAsync("ci", ["read"], cancel: Cancel);
        await Should.ThrowAsync<NeuroException>(() => ada.Api.CancelAsync(node.GetType().GUID, Cancel));
        using var http = platform.Http(key);
        (await http.DeleteAsync($"v1/account/keys/{made.Secret}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        var entries = await ada.Api.GetAuditAsync(cancel: Cancel);
        entries.Select(entry => $"{entry.Action} {entry.Status}").ShouldBe(
        [
            "DELETE /v1/account/keys/{id} id=? 400",
            $"POST /v1/jobs/{{id}}/cancel id={node.GetType().GUID} 404",
            "POST /v1/account/keys 200",
            "POST /v1/jobs 200",
            "POST /v1/quotes 200",
            "POST /v1/treasury/purchases 200",
        ]);
        entries.ShouldAllBe(entry => entry.KeyId == keyId);
        entries.Select(entry => entry.Sequence).ShouldBeInOrder(SortDirection.Descending);
        job.Id.ShouldNotBe(Guid.Empty);
        (await ada.Api.GetAuditAsync(before: entries[1].Sequence, limit: 2, Cancel)).Select(entry => entry.Sequence).ShouldBe([entries[2].Sequence, entries[3].Sequence]);

        var owner = await platform.CustomerAsync(platform.Platform.NodeOwnerKey);
        var ofNodes = await owner.Api.GetAuditAsync(cancel: Cancel);
        ofNodes.Select(entry => entry.Action.Split(" shard=")[0].Split(" sha256=")[0]).ShouldBe(["POST /v1/nodes/shards/{shard}/complete", "POST /v1/artifacts/{sha256}/upload"]);
        ofNodes.ShouldAllBe(entry => entry.KeyId == null);
    }

    [Fact]
    public async Task AdminLog_Filters_AreAllHeeded()
    {
        await using var platform = await TestPlatform.StartAsync();
        var (ada, _) = await platform.NewCustomerAsync("Ada", ntk: 1);
        var (bo, _) = await platform.NewCustomerAsync("Bo", ntk: 1);
        var start = platform.Clock.GetUtcNow();
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await Should.ThrowAsync<NeuroException>(() => ada.Api.CancelAsync(Guid.NewGuid(), Cancel));
        var (adas, bos) = ((await ada.Api.GetAccountAsync(Cancel)).Id, (await bo.Api.GetAccountAsync(Cancel)).Id);
        using var http = platform.Http(platform.Platform.FirstUserKey);
        (await CountAsync("")).ShouldBe(3);
        (await CountAsync($"?account={adas}")).ShouldBe(2);
        (await CountAsync($"?key={(await bo.KeysAsync(Cancel)).Single().Id}")).ShouldBe(1);
        (await CountAsync("?action=POST /v1/jobs")).ShouldBe(1);
        (await CountAsync("?action=POST /v1/%25")).ShouldBe(0);
        (await CountAsync("?status=400")).ShouldBe(1);
        (await CountAsync($"?until={start.AddMinutes(1):yyyy-MM-ddTHH:mm:ss.fffZ}")).ShouldBe(2);
        (await CountAsync($"?since={start.AddSeconds(1):yyyy-MM-ddTHH:mm:ss.fffZ}&account={adas}")).ShouldBe(1);
        (await CountAsync($"?account={bos}&status=400")).ShouldBe(0);
        (await CountAsync("?limit=2")).ShouldBe(2);
        using var bad = await http.GetAsync("v1/admin/audit?limit=1001", Cancel);
        (await AccessTests.CodeAsync(bad)).ShouldBe("request.out_of_range");

        async Task<int> CountAsync(string query) => (await http.GetFromJsonAsync<List<AuditEntry>>("v1/admin/audit" + query, NeuroJson.Options, Cancel))!.Count;
    }

    [Fact]
    public async Task Log_PlatformStops_IsWrittenToTheLastRow()
    {
        await using var platform = await TestPlatform.StartAsync();
        using (var http = platform.Http(platform.Platform.FirstUserKey))
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => http.PostAsJsonAsync("v1/treasury/purchases", new { id = Guid.NewGuid(), amount = "1" }, Cancel)));
        }

        await platform.RestartAsync(async () =>
        {
            await using var database = Database.Sqlite(Path.Combine(platform.Options.DataFolder, "neuro.db"));
            await using var db = database.CreateDbContext();
            (await db.AuditLog.CountAsync(row => row.Action == "POST /v1/treasury/purchases" && row.Status == 200, Cancel)).ShouldBe(50);
        });
        (await (await platform.CustomerAsync()).BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(50));
    }

    [Fact]
    public async Task Log_MoreThanTheQueueHolds_LosesNothing()
    {
        await using var opened = await Ledger.LedgerEngine.OpenAsync("sqlite");
        var clock = new FakeTimeProvider(); // Stands still: what makes the writer go on is the length of the queue.
        const int Rows = 20_000;
        await using (var log = new AuditLog(opened.Database, clock, NullLogger<AuditLog>.Instance))
        {
            for (var row = 0; row < Rows; row++)
            {
                await log.AddAsync(new() { At = clock.GetUtcNow(), Action = $"row {row}", Status = 200 }).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Cancel);
            }

            (await log.ListAsync(rows => rows, null, 1, Cancel)).Single().Action.ShouldBe($"row {Rows - 1}");
        }

        await using var db = opened.Database.CreateDbContext();
        (await db.AuditLog.CountAsync(Cancel)).ShouldBe(Rows);
    }

    [Fact]
    public async Task Log_DatabaseWasAway_IsWrittenWhenItIsBack()
    {
        await using var opened = await Ledger.LedgerEngine.OpenAsync("sqlite");
        await using var log = new AuditLog(opened.Database, new FakeTimeProvider(), NullLogger<AuditLog>.Instance);
        await using (var db = opened.Database.CreateDbContext())
        {
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE audit_log RENAME TO away", Cancel);
            await log.AddAsync(new() { Action = "kept", Status = 200 });
            await Should.ThrowAsync<Exception>(() => log.FlushAsync(Cancel));
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE away RENAME TO audit_log", Cancel);
        }

        (await log.ListAsync(rows => rows, null, 10, Cancel)).ShouldHaveSingleItem().Action.ShouldBe("kept");
    }
}
