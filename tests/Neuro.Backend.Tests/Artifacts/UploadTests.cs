using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Ledger;
using Neuro.Client.Api;

namespace Neuro.Backend.Tests.Artifacts;

public sealed class UploadTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Append_InParts_IsTheArtifact(string engine)
    {
        var postgres = engine == "postgres" ? await LedgerEngine.NewPostgresAsync() : null;
        await using var platform = await TestPlatform.StartAsync(options => options with { PostgresConnectionString = postgres });
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var bytes = UploadCalls.Bytes(300_000);
        (await http.BeginAsync(bytes).OkAsync()).Offset.ShouldBe(0);
        (await http.AppendAsync(bytes, 0, 100_000).OkAsync()).ShouldBe(new(100_000, false, Uploads.LargestPart));
        (await http.BeginAsync(bytes).OkAsync()).Offset.ShouldBe(100_000);
        (await http.GetAsync(UploadCalls.Address(bytes), Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.AppendAsync(bytes, 100_000, 100_001).OkAsync()).Offset.ShouldBe(100_001);
        (await http.AppendAsync(bytes, 100_001, 300_000).OkAsync()).Complete.ShouldBeTrue();
        (await http.GetByteArrayAsync(UploadCalls.Address(bytes), Cancel)).ShouldBe(bytes);
        (await http.BeginAsync(bytes).OkAsync()).Complete.ShouldBeTrue();
        (await http.GetAsync(UploadCalls.Address(bytes) + "/upload", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        platform.StoredFiles().Length.ShouldBe(1);
    }

    [Fact]
    public async Task Append_TheStandardsWords_AreInTheHeaders()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var bytes = UploadCalls.Bytes(10);
        await http.BeginAsync(bytes).OkAsync();
        await http.AppendAsync(bytes, 0, 4).OkAsync();
        using var head = await http.SendAsync(new(HttpMethod.Head, UploadCalls.Address(bytes) + "/upload"), Cancel);
        head.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        head.Headers.GetValues("Upload-Offset").ShouldBe(["4"]);
        head.Headers.GetValues("Upload-Complete").ShouldBe(["?0"]);
        head.Headers.GetValues("Upload-Limit").ShouldBe(["max-append-size=67108864"]);
        (await http.DeleteAsync(UploadCalls.Address(bytes) + "/upload", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        platform.StoredFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task Append_BrokenPart_KeepsNothingOfItAndGoesOn()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var bytes = UploadCalls.Bytes(1000);
        await http.BeginAsync(bytes).OkAsync();
        await http.AppendAsync(bytes, 0, 400).OkAsync();
        var broken = bytes[400..1000];
        broken[7] ^= 1;
        (await http.AppendAsync(bytes, 400, 1000, instead: new ByteArrayContent(broken)).RefusedAsync()).ShouldBe((400, "artifact.part_broken"));
        (await http.StateAsync(bytes)).Offset.ShouldBe(400);
        (await http.AppendAsync(bytes, 400, 1000).OkAsync()).Complete.ShouldBeTrue();
        (await http.GetByteArrayAsync(UploadCalls.Address(bytes), Cancel)).ShouldBe(bytes);
    }

    [Theory]
    [InlineData("0", 409, "artifact.wrong_offset")]
    [InlineData("5", 409, "artifact.wrong_offset")]
    [InlineData("9223372036854775807", 409, "artifact.wrong_offset")]
    [InlineData("-1", 400, "artifact.bad_header")]
    [InlineData("9223372036854775808", 400, "artifact.bad_header")]
    [InlineData("+4", 400, "artifact.bad_header")]
    [InlineData("4, 4", 400, "artifact.bad_header")]
    [InlineData("0x4", 400, "artifact.bad_header")]
    [InlineData("", 400, "artifact.bad_header")]
    public async Task Append_AtAnotherOffset_IsRefused(string offset, int status, string code)
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var bytes = UploadCalls.Bytes(10);
        await http.BeginAsync(bytes).OkAsync();
        await http.AppendAsync(bytes, 0, 4).OkAsync();
        (await http.AppendAsync(bytes, 4, 10, offset: offset).RefusedAsync()).ShouldBe((status, code));
        (await http.StateAsync(bytes)).Offset.ShouldBe(4);
    }

    [Theory]
    [InlineData("-1", 400, "artifact.bad_header")]
    [InlineData("9223372036854775808", 400, "artifact.bad_header")]
    [InlineData("", 400, "artifact.bad_header")]
    [InlineData("8589934593", 413, "artifact.too_large")]
    [InlineData("9223372036854775807", 413, "artifact.too_large")]
    public async Task Begin_OfNoPossibleLength_IsRefused(string length, int status, string code)
    {
        await using var platform = await TestPlatform.StartAsync(options => options with { ArtifactQuotaBytes = 0 });
        using var http = platform.Http(platform.Platform.FirstUserKey);
        (await http.BeginAsync([1], length).RefusedAsync()).ShouldBe((status, code));
        platform.StoredFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task Append_MoreOrLessThanAnnounced_IsRefused()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var bytes = UploadCalls.Bytes(500_000);
        await http.BeginAsync(bytes, "400000").OkAsync();
        (await http.AppendAsync(bytes, 0, 500_000).RefusedAsync()).ShouldBe((400, "artifact.wrong_size"));
        (await http.AppendAsync(bytes, 0, 500_000, instead: new Counted(500_000, announced: null)).RefusedAsync()).ShouldBe((400, "artifact.wrong_size"));
        (await http.StateAsync(bytes)).Offset.ShouldBe(0);
        (await http.AppendAsync(bytes, 0, 100, complete: true).RefusedAsync()).ShouldBe((400, "artifact.wrong_size"));
        (await http.StateAsync(bytes)).Offset.ShouldBe(100);
    }

    [Fact]
    public async Task Complete_OtherBytesThanTheName_KeepsNothing()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var (named, sent) = (UploadCalls.Bytes(1000), UploadCalls.Bytes(1000, seed: 2));
        await http.BeginAsync(named).OkAsync();
        (await http.AppendAsync(named, 0, 1000, instead: new ByteArrayContent(sent), digest: System.Security.Cryptography.SHA256.HashData(sent)).RefusedAsync()).ShouldBe((400, "artifact.hash_mismatch"));
        (await http.GetAsync(UploadCalls.Address(named), Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.GetAsync(UploadCalls.Address(named) + "/upload", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        platform.StoredFiles().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("PUT", "", 10L << 30)]
    [InlineData("PATCH", "/upload", (64L << 20) + 1)]
    public async Task TenGigabyteJpeg_IsRefusedByWhatItAnnounces(string method, string rest, long length)
    {
        await using var platform = await TestPlatform.StartAsync(options => options with { ArtifactQuotaBytes = 0 });
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var content = new Counted(length, length);
        using var request = new HttpRequestMessage(new(method), UploadCalls.Address([1]) + rest) { Content = content };
        request.Headers.ExpectContinue = true;
        content.Headers.ContentType = new(method == "PUT" ? "image/jpeg" : "application/partial-upload");
        (await http.SendAsync(request, Cancel).RefusedAsync()).ShouldBe((413, "artifact.too_large"));
        content.Sent.ShouldBe(0);
    }

    [Theory]
    [InlineData("..%2f..%2fplatform.lock")]
    [InlineData("%2e%2e%2f%2e%2e%2fneuro.db")]
    [InlineData("ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000.0")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000%0a")]
    public async Task AnyCall_NotAHash_IsRefused(string name)
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        foreach (var call in new[] { "GET", "PUT", "DELETE", "POST /upload", "GET /upload", "PATCH /upload", "DELETE /upload" }.Select(call => call.Split(' ')))
        {
            using var request = new HttpRequestMessage(new(call[0]), $"v1/artifacts/{name}{(call.Length > 1 ? call[1] : "")}");
            (await http.SendAsync(request, Cancel).RefusedAsync()).ShouldBe((400, "artifact.bad_name"), string.Join(' ', call));
        }
    }

    [Fact]
    public async Task TwoUploaders_OfTheSameBytes_DoNotMeet()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ada = platform.Http((await platform.NewCustomerAsync("Ada")).Key);
        using var bo = platform.Http((await platform.NewCustomerAsync("Bo")).Key);
        using var cy = platform.Http((await platform.NewCustomerAsync("Cy")).Key);
        var bytes = UploadCalls.Bytes(1000);
        foreach (var http in new[] { ada, bo, cy })
        {
            await http.BeginAsync(bytes).OkAsync();
        }

        await ada.AppendAsync(bytes, 0, 600).OkAsync();
        await bo.AppendAsync(bytes, 0, 300).OkAsync();
        (await bo.StateAsync(bytes)).Offset.ShouldBe(300);
        await ada.AppendAsync(bytes, 600, 1000).OkAsync();
        (await bo.GetAsync(UploadCalls.Address(bytes), Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await cy.DeleteAsync(UploadCalls.Address(bytes) + "/upload", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await bo.AppendAsync(bytes, 300, 1000).OkAsync();
        await platform.Platform.Services.GetRequiredService<Collector>().DeleteBytesAsync(Cancel);
        (await ada.GetByteArrayAsync(UploadCalls.Address(bytes), Cancel)).ShouldBe(bytes);
        (await bo.GetByteArrayAsync(UploadCalls.Address(bytes), Cancel)).ShouldBe(bytes);
        (await cy.GetAsync(UploadCalls.Address(bytes), Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        platform.StoredFiles().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Append_WhileAnotherPartArrives_IsToldToWait()
    {
        await using var platform = await TestPlatform.StartAsync(options => options with { CallerPatience = TimeSpan.FromMinutes(5) });
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var bytes = UploadCalls.Bytes(1000);
        await http.BeginAsync(bytes).OkAsync();
        var slow = new Held(bytes);
        var first = http.AppendAsync(bytes, 0, 1000, instead: slow);
        await slow.Begun.WaitAsync(Cancel);

        // The first byte may still be on its way; until it is there the second part has the upload for itself, and is refused for its offset.
        string code;
        do
        {
            (_, code) = await http.AppendAsync(bytes, 500, 1000).RefusedAsync();
        }
        while (code == "artifact.wrong_offset" && !first.IsCompleted);

        code.ShouldBe("artifact.upload_busy");
        slow.Release();
        (await first.OkAsync()).Complete.ShouldBeTrue();
        (await http.GetByteArrayAsync(UploadCalls.Address(bytes), Cancel)).ShouldBe(bytes);
    }

    [Fact]
    public async Task Sweep_NobodyWentOnForADay_ForgetsTheUpload()
    {
        await using var platform = await TestPlatform.StartAsync();
        var bytes = UploadCalls.Bytes(1000);
        using var first = platform.Http(platform.Platform.FirstUserKey);
        await first.BeginAsync(bytes).OkAsync();
        await first.AppendAsync(bytes, 0, 500).OkAsync();
        using var second = await LaterAsync(23);
        await second.AppendAsync(bytes, 500, 600).OkAsync();
        using var third = await LaterAsync(23);
        (await third.StateAsync(bytes)).Offset.ShouldBe(600);
        using var last = await LaterAsync(2);
        (await last.AppendAsync(bytes, 600, 1000).RefusedAsync()).ShouldBe((404, "upload.not_found"));
        platform.StoredFiles().ShouldBeEmpty();

        // While it is down: a running platform would do each second of a day what is due in it.
        async Task<HttpClient> LaterAsync(int hours)
        {
            await platform.RestartAsync(() =>
            {
                platform.Clock.Advance(TimeSpan.FromHours(hours));
                return Task.CompletedTask;
            });
            await platform.Platform.Services.GetRequiredService<Uploads>().SweepAsync(Cancel);
            return platform.Http(platform.Platform.FirstUserKey);
        }
    }

    [Fact]
    public async Task Restart_OfThePlatform_UploadsInPartsGoOnAndOthersAreCleared()
    {
        await using var platform = await TestPlatform.StartAsync();
        var bytes = UploadCalls.Bytes(1000);
        using (var http = platform.Http(platform.Platform.FirstUserKey))
        {
            await http.BeginAsync(bytes).OkAsync();
            await http.AppendAsync(bytes, 0, 700).OkAsync();
        }

        var incoming = Path.Combine(platform.Options.DataFolder, "artifacts", "incoming");
        await platform.RestartAsync(between: async () =>
        {
            // What a kill leaves: bytes behind the last that were acknowledged, and an upload that ended with its connection.
            await using (var file = File.OpenWrite(Directory.GetFiles(incoming).Single()))
            {
                file.Position = file.Length;
                file.Write([1, 2, 3]);
            }

            await using var database = Database.Sqlite(Path.Combine(platform.Options.DataFolder, "neuro.db"));
            await using var db = database.CreateDbContext();
            var id = Guid.NewGuid();
            db.Uploads.Add(new UploadRow { Id = id, Sha256 = new string('1', 64), Reader = "account:x", Bytes = 5, TouchedAt = platform.Clock.GetUtcNow() });
            await db.SaveChangesAsync(Cancel);
            await File.WriteAllBytesAsync(Path.Combine(incoming, id.ToString("N")), [1], Cancel);
            await File.WriteAllBytesAsync(Path.Combine(incoming, "stray"), [1], Cancel);
        });
        using var again = platform.Http(platform.Platform.FirstUserKey);
        Directory.GetFiles(incoming).ShouldHaveSingleItem();
        await using (var db = platform.Platform.Services.GetRequiredService<Database>().CreateDbContext())
        {
            (await db.Uploads.CountAsync(Cancel)).ShouldBe(1);
        }

        (await again.StateAsync(bytes)).Offset.ShouldBe(700);
        (await again.AppendAsync(bytes, 700, 1000).OkAsync()).Complete.ShouldBeTrue();
        (await again.GetByteArrayAsync(UploadCalls.Address(bytes), Cancel)).ShouldBe(bytes);
    }

    [Fact]
    public async Task Complete_CutOffBetweenStoreAndDatabase_IsSentAgainAndLeavesNothing()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var bytes = UploadCalls.Bytes(1000);
        await http.BeginAsync(bytes).OkAsync();
        await http.AppendAsync(bytes, 0, 1000, complete: false).OkAsync();

        // What the disk holds when the process dies right after the bytes were put in their place.
        UploadRow upload;
        await using (var db = platform.Platform.Services.GetRequiredService<Database>().CreateDbContext())
        {
            upload = await db.Uploads.SingleAsync(Cancel);
        }

        var stored = platform.Platform.Services.GetRequiredService<IByteStore>().PathOf(Uploads.StoredAs(upload))!;
        Directory.CreateDirectory(Path.GetDirectoryName(stored)!);
        File.Move(platform.StoredFiles().Single(), stored);
        (await http.StateAsync(bytes)).Offset.ShouldBe(0);
        (await http.GetAsync(UploadCalls.Address(bytes), Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.AppendAsync(bytes, 0, 1000).OkAsync()).Complete.ShouldBeTrue();
        (await http.GetByteArrayAsync(UploadCalls.Address(bytes), Cancel)).ShouldBe(bytes);
        platform.StoredFiles().ShouldBe([stored]);
    }

    [Fact]
    public async Task Kill_OfThePlatformInMidUpload_TheClientGoesOnFromTheLastDurableByte()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var url = $"http://{probe.LocalEndpoint}";
        probe.Stop();
        var folder = Directory.CreateTempSubdirectory("neuro-kill-").FullName;
        var bytes = UploadCalls.Bytes(40 << 20);
        var child = CrashChild.Start(CrashChild.PlatformVerb, folder, url);
        (await child.StandardOutput.ReadLineAsync(Cancel)).ShouldNotBeNull("the child did not start");
        var key = (await File.ReadAllTextAsync(Path.Combine(folder, "first-user.key"), Cancel)).Trim();
        await using var customer = await NeuroClient.ConnectAsync(url, key, Cancel);
        var killed = -1;
        Reports reports = null!;
        reports = new Reports(offset =>
        {
            if (offset >= 16 << 20 && killed < 0)
            {
                killed = reports.All.Count;
                child.Kill();
                child.WaitForExit();
                child = CrashChild.Start(CrashChild.PlatformVerb, folder, url);
            }
        });
        await customer.Artifacts.UploadAsync(bytes, "large.bin", cancel: Cancel, progress: reports);
        killed.ShouldBeGreaterThan(0);
        reports.All[killed].ShouldBe(16 << 20); // What it says after it was started again.
        reports.All.ShouldBe(reports.All.Order());
        reports.All[^1].ShouldBe(bytes.Length);
        using var http = new HttpClient { BaseAddress = new(url + "/"), DefaultRequestHeaders = { Authorization = new("Bearer", key) } };
        (await http.GetByteArrayAsync(UploadCalls.Address(bytes), Cancel)).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        child.Kill();
        await child.WaitForExitAsync(Cancel);
        child.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task UploadAsync_BegunByAnotherProcess_SendsTheRest()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var bytes = UploadCalls.Bytes(20 << 20);
        await http.BeginAsync(bytes).OkAsync();
        await http.AppendAsync(bytes, 0, 5 << 20).OkAsync();
        var reports = new Reports();
        await customer.Artifacts.UploadAsync(bytes, "large.bin", cancel: Cancel, progress: reports);
        reports.All.ShouldBe([5L << 20, 13L << 20, 20L << 20]);
        await customer.Artifacts.UploadAsync(bytes, "large.bin", cancel: Cancel, progress: reports);
        reports.All[3..].ShouldBe([20L << 20]);
    }

    /// <summary>Zeros without end, of which it says how many were asked for.</summary>
    private sealed class Counted(long length, long? announced) : HttpContent
    {
        public long Sent { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var some = new byte[64 << 10];
            while (Sent < length)
            {
                var piece = (int)Math.Min(some.Length, length - Sent);
                Sent += piece;
                await stream.WriteAsync(some.AsMemory(0, piece));
            }
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = announced ?? 0;
            return announced is not null;
        }
    }

    /// <summary>Sends one byte, and the rest when it is let go.</summary>
    private sealed class Held(byte[] bytes) : HttpContent
    {
        private readonly TaskCompletionSource begun = new();
        private readonly TaskCompletionSource released = new();

        public Task Begun => begun.Task;

        public void Release() => released.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(bytes.AsMemory(0, 1));
            await stream.FlushAsync();
            begun.SetResult();
            await released.Task;
            await stream.WriteAsync(bytes.AsMemory(1));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return true;
        }
    }
}
