using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Neuro.Backend.Artifacts;
using Neuro.Client.Api;
using Neuro.Client.Jobs;

namespace Neuro.Backend.Tests.Artifacts;

/// <summary>Artifacts in a bucket. What s3rver leaves unchecked, and a real store does not, stands in docs/artifacts.md.</summary>
public sealed class S3Tests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WholeJob_OverABucket_IsTheSame()
    {
        await using var s3 = await S3Server.StartAsync();
        await using var platform = await TestPlatform.StartAsync(options => options with { S3 = s3.Options });
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var catalogue = await customer.Artifacts.UploadAsync([7, 7, 7], "catalogue.tar", cancel: Cancel);
        var spec = NumberWork.Spec(4);
        spec.Recipe["catalogue"] = catalogue.Sha256;
        var job = await TestPlatform.OrderAsync(customer, spec);
        var lease = await node.ClaimOneAsync();
        File.ReadAllBytes(await node.Artifacts.DownloadAsync(lease.Inputs.Single(), Cancel)).ShouldBe([7, 7, 7]);
        await node.WorkAsync(lease);
        await node.WorkAllAsync();
        var done = await customer.CompleteAsync(job, cancel: Cancel);
        done.State.ShouldBe(JobState.Succeeded);
        var paths = await customer.DownloadAsync(await customer.DatasetAsync(done, Cancel), Cancel);
        File.ReadAllBytes(paths[1]).ShouldBe(NumberWork.Make(7, 2, 2));
        s3.Objects().Length.ShouldBe(3);
        platform.StoredFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task Get_AnswersWithAnAddressThatNeedsNoKey()
    {
        await using var s3 = await S3Server.StartAsync();
        await using var platform = await TestPlatform.StartAsync(options => options with { S3 = s3.Options });
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = platform.Platform.Url, DefaultRequestHeaders = { Authorization = new("Bearer", platform.Platform.FirstUserKey) } };
        var bytes = UploadCalls.Bytes(1000);
        (await http.PutAsync(UploadCalls.Address(bytes), new ByteArrayContent(bytes), Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var head = await http.SendAsync(new(HttpMethod.Head, UploadCalls.Address(bytes)), Cancel);
        (head.StatusCode, head.Content.Headers.ContentLength).ShouldBe((HttpStatusCode.OK, 1000));
        using var reply = await http.GetAsync(UploadCalls.Address(bytes), Cancel);
        reply.StatusCode.ShouldBe(HttpStatusCode.TemporaryRedirect);
        using var stranger = new HttpClient();
        using var range = new HttpRequestMessage(HttpMethod.Get, reply.Headers.Location) { Headers = { Range = new(990, null) } };
        (await (await stranger.SendAsync(range, Cancel)).Content.ReadAsByteArrayAsync(Cancel)).ShouldBe(bytes[990..]);
    }

    [Fact]
    public async Task Upload_LargeInParts_GoesThroughThePlatformIntoTheBucket()
    {
        await using var s3 = await S3Server.StartAsync();
        await using var platform = await TestPlatform.StartAsync(options => options with { S3 = s3.Options });
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var bytes = UploadCalls.Bytes(12 << 20); // More than one part of the store's own.
        await http.BeginAsync(bytes).OkAsync();
        await http.AppendAsync(bytes, 0, 7 << 20).OkAsync();
        s3.Objects().ShouldBeEmpty();
        (await http.AppendAsync(bytes, 7 << 20, 12 << 20).OkAsync()).Complete.ShouldBeTrue();
        s3.Objects().ShouldHaveSingleItem().ShouldStartWith(UploadCalls.Hash(bytes));
        platform.StoredFiles().ShouldBeEmpty();
        (await http.GetByteArrayAsync(UploadCalls.Address(bytes), Cancel)).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
    }

    [Fact]
    public async Task PutDirectly_OtherBytes_AreNotAdmittedAndLaterOnesChangeNothing()
    {
        await using var s3 = await S3Server.StartAsync();
        await using var platform = await TestPlatform.StartAsync(options => options with { S3 = s3.Options });
        using var http = platform.Http(platform.Platform.FirstUserKey);
        using var stranger = new HttpClient();
        var (bytes, other) = (UploadCalls.Bytes(1000), UploadCalls.Bytes(1000, seed: 2));

        var address = (await http.BeginAsync(bytes).OkAsync()).Address.ShouldNotBeNull();
        (await stranger.PutAsync(address, new ByteArrayContent(UploadCalls.Bytes(2000)), Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.AppendAsync(bytes, 1000, 1000, complete: true).RefusedAsync()).ShouldBe((409, "artifact.wrong_offset"));
        (await stranger.PutAsync(address, new ByteArrayContent(other), Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.AppendAsync(bytes, 1000, 1000, complete: true).RefusedAsync()).ShouldBe((400, "artifact.hash_mismatch"));
        (await http.GetAsync(UploadCalls.Address(bytes), Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        address = (await http.BeginAsync(bytes).OkAsync()).Address.ShouldNotBeNull();
        (await stranger.PutAsync(address, new ByteArrayContent(bytes), Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.AppendAsync(bytes, 1000, 1000, complete: true).OkAsync()).Complete.ShouldBeTrue();
        (await stranger.PutAsync(address, new ByteArrayContent(other), Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.GetByteArrayAsync(UploadCalls.Address(bytes), Cancel)).ShouldBe(bytes);

        // Whatever else was put there goes once its address is over.
        platform.Clock.Advance(TimeSpan.FromMinutes(61));
        await platform.Platform.Services.GetRequiredService<Collector>().DeleteBytesAsync(Cancel);
        s3.Objects().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Collect_DeletesTheObject()
    {
        await using var s3 = await S3Server.StartAsync();
        await using var platform = await TestPlatform.StartAsync(options => options with { S3 = s3.Options });
        var customer = await platform.CustomerAsync();
        var uploaded = await customer.Artifacts.UploadAsync(UploadCalls.Bytes(1000), "one", cancel: Cancel);
        s3.Objects().ShouldHaveSingleItem();
        await customer.Api.DeleteArtifactAsync(uploaded.Sha256, Cancel);
        (await Platform.CollectAsync(platform.Options, dryRun: false, Cancel)).Collected.ShouldBe(new(1, 1000));
        s3.Objects().ShouldBeEmpty();
    }

    [Fact]
    public async Task PathOf_BytesInTheBucketAreOthers_IsRefused()
    {
        await using var s3 = await S3Server.StartAsync();
        await using var platform = await TestPlatform.StartAsync(options => options with { S3 = s3.Options });
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var bytes = UploadCalls.Bytes(1000);
        await http.BeginAsync(bytes).OkAsync();
        await http.AppendAsync(bytes, 0, 1000).OkAsync();
        s3.Spoil(s3.Objects().Single());
        Should.Throw<NeuroException>(() => platform.Platform.Services.GetRequiredService<ArtifactFiles>().PathOf(UploadCalls.Hash(bytes))).Code.ShouldBe("artifact.hash_mismatch");
    }

    [Fact]
    public async Task StoreAway_IsSaidWithoutItsKeys()
    {
        var options = new S3Options(new("http://127.0.0.1:9"), "neuro", "the-access-key", "the-secret-key");
        await using var platform = await TestPlatform.StartAsync(usual => usual with { S3 = options });
        using var http = platform.Http(platform.Platform.FirstUserKey);
        using var reply = await http.PutAsync(UploadCalls.Address([1]), new ByteArrayContent([1]), Cancel);
        reply.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var text = await reply.Content.ReadAsStringAsync(Cancel);
        text.ShouldContain("artifact.store_failed");
        text.ShouldContain("neuro at http://127.0.0.1:9/");
        foreach (var said in new[] { text, options.ToString(), platform.Options.ToString() })
        {
            said.ShouldNotContain("the-access-key");
            said.ShouldNotContain("the-secret-key");
        }
    }

    [Fact]
    public async Task LocalCopies_Full_TheLongestUnusedMakesRoom()
    {
        var folder = Directory.CreateTempSubdirectory("neuro-copies-").FullName;
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var store = new FileByteStore(Path.Combine(folder, "store"));
        var copies = new LocalCopies(store, Path.Combine(folder, "copies"), clock, most: 2500);
        var hashes = new List<string>();
        for (var seed = 0; seed < 4; seed++)
        {
            var bytes = UploadCalls.Bytes(1000, seed);
            hashes.Add(UploadCalls.Hash(bytes));
            Directory.CreateDirectory(Path.GetDirectoryName(store.PathOf(hashes[seed]))!);
            await File.WriteAllBytesAsync(store.PathOf(hashes[seed]), bytes, Cancel);
        }

        // What is in use stays, also where it is too much.
        foreach (var hash in hashes.Take(3))
        {
            await copies.FetchAsync(hash, hash, 1000, Cancel);
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        Directory.GetFiles(Path.Combine(folder, "copies")).Length.ShouldBe(3);
        clock.Advance(TimeSpan.FromHours(2));
        await copies.FetchAsync(hashes[0], hashes[0], 1000, Cancel);
        await copies.FetchAsync(hashes[3], hashes[3], 1000, Cancel);
        Directory.GetFiles(Path.Combine(folder, "copies")).Select(Path.GetFileName).ShouldBe([hashes[0], hashes[3]], ignoreOrder: true);
        Directory.Delete(folder, recursive: true);
    }
}
