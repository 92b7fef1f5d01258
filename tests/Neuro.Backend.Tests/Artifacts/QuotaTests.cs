using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Ledger;
using Neuro.Client.Api;

namespace Neuro.Backend.Tests.Artifacts;

public sealed class QuotaTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Begin_MoreThanIsLeft_IsRefusedWithUsedAndLimit()
    {
        await using var platform = await TestPlatform.StartAsync(options => options with { ArtifactQuotaBytes = 1000 });
        var (ada, key) = await platform.NewCustomerAsync("Ada");
        using var http = platform.Http(key);
        await ada.Artifacts.UploadAsync(UploadCalls.Bytes(600), "one", cancel: Cancel);
        await http.BeginAsync(UploadCalls.Bytes(300, seed: 2)).OkAsync();
        var refused = await Should.ThrowAsync<NeuroException>(() => ada.Artifacts.UploadAsync(UploadCalls.Bytes(101, seed: 3), "two", cancel: Cancel));
        (refused.Code, refused.Status).ShouldBe(("artifact.over_quota", 413));
        refused.Message.ShouldStartWith("Your uploads take 900 of 1000 bytes, those that have begun included; 101 more do not fit.");
        await ada.Artifacts.UploadAsync(UploadCalls.Bytes(100, seed: 4), "three", cancel: Cancel);
        await ada.Artifacts.UploadAsync(UploadCalls.Bytes(600), "one again", cancel: Cancel);
        (await http.PutAsync(UploadCalls.Address([1]), new ByteArrayContent([1]), Cancel)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);

        // Another account has its own.
        await (await platform.NewCustomerAsync("Bo")).Client.Artifacts.UploadAsync(UploadCalls.Bytes(1000), "his", cancel: Cancel);
    }

    [Fact]
    public async Task Put_OfUnknownLength_IsRefusedAtTheLimit()
    {
        await using var platform = await TestPlatform.StartAsync(options => options with { ArtifactQuotaBytes = 1_000_000 });
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var (fits, not) = (UploadCalls.Bytes(700_000), UploadCalls.Bytes(700_000, seed: 2));
        (await http.PutAsync(UploadCalls.Address(fits), new Chunked(fits), Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await http.PutAsync(UploadCalls.Address(not), new Chunked(not), Cancel).RefusedAsync()).ShouldBe((413, "artifact.over_quota"));
        platform.StoredFiles().ShouldHaveSingleItem();

        // And what was reserved for it is free again.
        (await http.BeginAsync(UploadCalls.Bytes(300_000, seed: 3)).OkAsync()).Offset.ShouldBe(0);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Begin_ManyAtOnce_PassTheLimitTogetherNever(string engine)
    {
        var postgres = engine == "postgres" ? await LedgerEngine.NewPostgresAsync() : null;
        await using var platform = await TestPlatform.StartAsync(options => options with { PostgresConnectionString = postgres, ArtifactQuotaBytes = 1000 });

        // Some are reserved, some admitted meanwhile: the moment in between must not count as free. Again and again, since it is short.
        for (var round = 0; round < 8; round++)
        {
            using var http = platform.Http((await platform.NewCustomerAsync($"Ada {round}")).Key);
            var calls = await Task.WhenAll(Enumerable.Range(0, 16).Select(seed => seed % 2 == 0
                ? http.BeginAsync(UploadCalls.Bytes(300, seed)).RefusedAsync()
                : PutAsync(http, UploadCalls.Bytes(300, seed))));
            calls.Count(call => call.Status < 300).ShouldBe(3);
            calls.Where(call => call.Status >= 300).Distinct().ShouldBe([(413, "artifact.over_quota")]);
        }
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Drop_OwnUpload_IsFreeOnceItIsCollected(string engine)
    {
        var postgres = engine == "postgres" ? await LedgerEngine.NewPostgresAsync() : null;
        await using var platform = await TestPlatform.StartAsync(options => options with { PostgresConnectionString = postgres, ArtifactQuotaBytes = 1000 });
        var (ada, key) = await platform.NewCustomerAsync("Ada");
        using var http = platform.Http(key);
        var bytes = UploadCalls.Bytes(900);
        var uploaded = await ada.Artifacts.UploadAsync(bytes, "one", cancel: Cancel);
        await ada.Api.DeleteArtifactAsync(uploaded.Sha256, Cancel);
        (await http.GetAsync(UploadCalls.Address(bytes), Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Should.ThrowAsync<NeuroException>(() => ada.Api.DeleteArtifactAsync(uploaded.Sha256, Cancel))).Code.ShouldBe("artifact.not_found");

        // The bytes still take room: whoever deletes and uploads in turns must not fill the disk.
        (await http.BeginAsync(UploadCalls.Bytes(900, seed: 2)).RefusedAsync()).ShouldBe((413, "artifact.over_quota"));
        var report = await platform.Platform.Services.GetRequiredService<Collector>().RunAsync(dryRun: false, Cancel);
        report.Collected.ShouldBe(new(1, 900));
        platform.StoredFiles().ShouldBeEmpty();
        await http.BeginAsync(UploadCalls.Bytes(900, seed: 2)).OkAsync();
    }

    [Fact]
    public async Task Drop_TheKeeper_CollectsWithinMinutes()
    {
        await using var platform = await TestPlatform.StartAsync();
        var ada = await platform.CustomerAsync();
        platform.Clock.Advance(TimeSpan.FromMinutes(2)); // The collection after the start is over or comes later: either is right.
        await ada.Api.DeleteArtifactAsync((await ada.Artifacts.UploadAsync(UploadCalls.Bytes(900), "one", cancel: Cancel)).Sha256, Cancel);
        for (var minute = 0; minute < 2000 && platform.StoredFiles().Length > 0; minute++)
        {
            platform.Clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        platform.StoredFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task Drop_WhatOneBought_StaysReadable()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        await node.WorkAllAsync();
        var shard = (await customer.DatasetAsync(await customer.CompleteAsync(job, cancel: Cancel), Cancel)).Shards[0];
        (await Should.ThrowAsync<NeuroException>(() => customer.Api.DeleteArtifactAsync(shard.Sha256, Cancel))).Code.ShouldBe("artifact.not_found");
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var bytes = await http.GetByteArrayAsync($"v1/artifacts/{shard.Sha256}", Cancel);
        (await http.PutAsync($"v1/artifacts/{shard.Sha256}", new ByteArrayContent(bytes), Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await customer.Api.DeleteArtifactAsync(shard.Sha256, Cancel);
        (await http.GetByteArrayAsync($"v1/artifacts/{shard.Sha256}", Cancel)).ShouldBe(bytes);
    }

    [Fact]
    public async Task Node_Uploads_CountForItsOwnerUntilTheyAreBought()
    {
        var one = NumberWork.Make(7, 0, 2).Length;
        await using var platform = await TestPlatform.StartAsync(options => options with { ArtifactQuotaBytes = one + 10 });
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(4));
        var stuck = new TaskCompletionSource();
        platform.Numbers.Gate = stuck.Task;
        await node.WorkAsync(await node.ClaimOneAsync());
        var second = await node.ClaimOneAsync();
        (await Should.ThrowAsync<NeuroException>(() => node.WorkAsync(second))).Code.ShouldBe("artifact.over_quota");
        stuck.SetResult();
        await TestPlatform.UntilAsync(customer, job.Id, "verified");
        await node.WorkAsync(second);
        (await customer.CompleteAsync(job, cancel: Cancel)).Verified.ShouldBe(2);

        // Nor do they count for who bought them.
        await customer.Artifacts.UploadAsync(UploadCalls.Bytes(one), "catalogue", cancel: Cancel);
    }

    [Fact]
    public async Task Begin_TooManyUploads_IsRefused()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        await http.BeginAsync([1]).OkAsync();
        await platform.Platform.Services.GetRequiredService<Database>().WriteAsync(async db =>
        {
            var mine = await db.Uploads.SingleAsync(Cancel);
            db.Uploads.AddRange(Enumerable.Range(1, 999).Select(number => new UploadRow
            {
                Id = Guid.NewGuid(),
                Sha256 = number.ToString("x64", System.Globalization.CultureInfo.InvariantCulture),
                Reader = mine.Reader,
                ChargedTo = mine.ChargedTo,
                Resumable = true,
                TouchedAt = mine.TouchedAt,
            }));
            await db.SaveChangesAsync(Cancel);
        }, Cancel);
        (await http.BeginAsync([2]).RefusedAsync()).ShouldBe((429, "artifact.too_many_uploads"));
        (await http.DeleteAsync(UploadCalls.Address([1]) + "/upload", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await http.BeginAsync([2]).OkAsync();
    }

    private static Task<(int Status, string Code)> PutAsync(HttpClient http, byte[] bytes) => http.PutAsync(UploadCalls.Address(bytes), new ByteArrayContent(bytes), Cancel).RefusedAsync();

    private sealed class Chunked(byte[] bytes) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(bytes, 0, bytes.Length);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
