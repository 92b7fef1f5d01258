using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Neuro.Backend.Tests.Artifacts;

public sealed class ArtifactTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Put_ThenGet_WholeOrInRanges()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        var address = Address(bytes);
        (await http.SendAsync(new(HttpMethod.Head, address), Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.PutAsync(address, new ByteArrayContent(bytes), Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var head = await http.SendAsync(new(HttpMethod.Head, address), Cancel);
        (head.StatusCode, head.Content.Headers.ContentLength).ShouldBe((HttpStatusCode.OK, 300_000));
        (await http.GetByteArrayAsync(address, Cancel)).ShouldBe(bytes);
        using var part = await http.SendAsync(new(HttpMethod.Get, address) { Headers = { Range = new RangeHeaderValue(299_990, null) } }, Cancel);
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync(Cancel)).ShouldBe(bytes[299_990..]);
    }

    [Fact]
    public async Task Put_OtherBytesThanTheName_KeepsNothing()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var address = Address([1, 2, 3]);
        using var reply = await http.PutAsync(address, new ByteArrayContent([1, 2, 4]), Cancel);
        (await reply.Content.ReadFromJsonAsync<JsonObject>(Cancel))!["code"]!.GetValue<string>().ShouldBe("artifact.hash_mismatch");
        Directory.GetFiles(Path.Combine(platform.Options.DataFolder, "artifacts"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("..%2f..%2fplatform.lock")]
    [InlineData("ABCDEF")]
    [InlineData("zz")]
    public async Task Get_NotAHash_IsRefused(string name)
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        using var reply = await http.GetAsync($"v1/artifacts/{name}", Cancel);
        (await reply.Content.ReadFromJsonAsync<JsonObject>(Cancel))!["code"]!.GetValue<string>().ShouldBe("artifact.bad_name");
    }

    [Fact]
    public async Task Get_NodeWithoutTheLease_SeesNoInputs()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var (worker, idle) = (await platform.NodeAsync("worker"), await platform.NodeAsync("idle"));
        var catalogue = await customer.Artifacts.UploadAsync([7, 7, 7], "catalogue.tar", cancel: Cancel);
        var spec = NumberWork.Spec(2);
        spec.Recipe["catalogue"] = catalogue.Sha256;
        var job = await TestPlatform.OrderAsync(customer, spec);
        var lease = await worker.ClaimOneAsync();
        File.ReadAllBytes(await worker.Artifacts.DownloadAsync(lease.Inputs.Single(), Cancel)).ShouldBe([7, 7, 7]);
        (await Should.ThrowAsync<Neuro.Client.Api.NeuroException>(() => idle.Artifacts.DownloadAsync(lease.Inputs.Single(), Cancel))).Code.ShouldBe("artifact.not_found");
        await worker.WorkAsync(lease);
        var dataset = await customer.DatasetAsync(await customer.CompleteAsync(job, cancel: Cancel), Cancel);
        dataset.Catalogue.ShouldBe(catalogue.Sha256);
    }

    [Theory]
    [InlineData(5000, false)]
    [InlineData(5000, true)]
    [InlineData(10_000, false)]
    [InlineData(10_000, true)]
    [InlineData(20_000, true)]
    public async Task Download_PartLeftByAnEarlierRun_GoesOnOrBeginsAnew(int left, bool spoilt)
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        var bytes = UploadCalls.Bytes(10_000, seed: left);
        var artifact = await customer.Artifacts.UploadAsync(bytes, "some.bin", cancel: Cancel);
        var cache = Directory.CreateTempSubdirectory("neuro-downloads-").FullName;
        var part = new byte[left];
        bytes.AsSpan(0, Math.Min(left, bytes.Length)).CopyTo(part);
        part[17] ^= (byte)(spoilt ? 1 : 0);
        await File.WriteAllBytesAsync(Path.Combine(cache, artifact.Sha256 + ".part"), part, Cancel);
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var reports = new Reports();
        File.ReadAllBytes(await new Neuro.Client.Api.ArtifactStore(http, cache).DownloadAsync(artifact, Cancel, reports)).ShouldBe(bytes);
        Directory.GetFiles(cache).ShouldHaveSingleItem();
        if (!spoilt)
        {
            reports.All.ShouldAllBe(now => now > left); // Nothing was sent twice.
        }

        Directory.Delete(cache, recursive: true);
    }

    private static string Address(byte[] bytes) => $"v1/artifacts/{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
}
