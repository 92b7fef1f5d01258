using System.Text.Json;
using System.Text.Json.Nodes;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Jobs;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Models;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Artifacts;

/// <summary>What is kept, what is collected, and every place where something may come in between.</summary>
public sealed class CollectorTests
{
    private static readonly TimeSpan LongAgo = TimeSpan.FromDays(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Run_NothingNamesIt_IsCollectedAfterADay(string engine)
    {
        await using var store = await TestStore.OpenAsync(engine);
        var bytes = UploadCalls.Bytes(1000);
        var hash = await store.UploadAsync(bytes);
        store.Clock.Advance(TimeSpan.FromHours(23));
        var early = await store.Collector.RunAsync(dryRun: false, Cancel);
        (early.Collected, early.Kept["new"]).ShouldBe((new Counted(0, 0), new Counted(1, 1000)));
        (await store.ReadAsync(hash)).ShouldBe(bytes);

        store.Clock.Advance(TimeSpan.FromHours(2));
        (await store.Collector.RunAsync(dryRun: true, Cancel)).Collected.ShouldBe(new(1, 1000));
        (await store.ReadAsync(hash)).ShouldBe(bytes);
        (await store.Collector.RunAsync(dryRun: false, Cancel)).Collected.ShouldBe(new(1, 1000));
        (await store.RowsAsync()).ShouldBe(0);
        store.StoredFiles().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("sqlite", "dataset")]
    [InlineData("sqlite", "model")]
    [InlineData("sqlite", "generator")]
    [InlineData("sqlite", "job")]
    [InlineData("sqlite", "job output")]
    [InlineData("sqlite", "quote")]
    [InlineData("sqlite", "receipt")]
    [InlineData("postgres", "dataset")]
    [InlineData("postgres", "job output")]
    [InlineData("postgres", "receipt")]
    public async Task Run_SomethingNamesIt_IsKept(string engine, string what)
    {
        await using var store = await TestStore.OpenAsync(engine);
        var (bytes, other) = (UploadCalls.Bytes(1000), UploadCalls.Bytes(500, seed: 2));
        var hash = await store.UploadAsync(bytes);
        await store.UploadAsync(other);
        await store.NameAsync(Row(what, hash, store.Clock.GetUtcNow()));
        store.Clock.Advance(LongAgo);
        var report = await store.Collector.RunAsync(dryRun: false, Cancel);
        report.Collected.ShouldBe(new(1, 500));
        report.Kept.ShouldBe([new(what.Split(' ')[0], new(1, 1000))]);
        (await store.ReadAsync(hash)).ShouldBe(bytes);
        store.StoredFiles().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Run_JobHasEnded_LetsItsInputsGo()
    {
        await using var store = await TestStore.OpenAsync("sqlite");
        var hash = await store.UploadAsync(UploadCalls.Bytes(1000));
        await store.NameAsync(db =>
        {
            Row("job", hash, store.Clock.GetUtcNow())(db);
            db.Jobs.Local.Single().State = (int)JobPhase.Cancelled;
        });
        store.Clock.Advance(LongAgo);
        (await store.Collector.RunAsync(dryRun: false, Cancel)).Collected.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Run_AReceiptNamesIt_IsKeptForItsTermAndNoLonger()
    {
        await using var store = await TestStore.OpenAsync("sqlite");
        var hash = await store.UploadAsync(UploadCalls.Bytes(1000));
        await store.NameAsync(Row("receipt", hash, store.Clock.GetUtcNow()));
        store.Clock.Advance(store.Options.ReceiptTerm - TimeSpan.FromHours(1));
        (await store.Collector.RunAsync(dryRun: false, Cancel)).Kept["receipt"].ShouldBe(new(1, 1000));
        (await store.ReadAsync(hash)).ShouldNotBeNull();
        store.Clock.Advance(TimeSpan.FromHours(2));
        (await store.Collector.RunAsync(dryRun: false, Cancel)).Collected.ShouldBe(new(1, 1000));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task GrantedBetweenLookAndDelete_Stays(string engine)
    {
        await using var store = await TestStore.OpenAsync(engine);
        var bytes = UploadCalls.Bytes(1000);
        var hash = await store.UploadAsync(bytes);
        store.Clock.Advance(LongAgo);
        var seen = await store.Collector.LookAsync(Cancel);
        seen.Unnamed.ShouldHaveSingleItem();
        await store.GrantAsync(hash, TestStore.Bo.Reader);
        (await store.Collector.DeleteRowsAsync(seen, Cancel)).Count.ShouldBe(0);
        await store.Collector.DeleteBytesAsync(Cancel);
        (await store.ReadAsync(hash, TestStore.Bo)).ShouldBe(bytes);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task UploadedAgainBetweenLookAndDelete_Stays(string engine)
    {
        await using var store = await TestStore.OpenAsync(engine);
        var bytes = UploadCalls.Bytes(1000);
        var hash = await store.UploadAsync(bytes);
        store.Clock.Advance(LongAgo);
        var seen = await store.Collector.LookAsync(Cancel);
        (await store.Uploads.BeginAsync(hash, 1000, "a/b", TestStore.Ada, Cancel)).Complete.ShouldBeTrue();
        await store.UploadAsync(bytes, TestStore.Bo);
        (await store.Collector.DeleteRowsAsync(seen, Cancel)).Count.ShouldBe(0);
        await store.Collector.DeleteBytesAsync(Cancel);
        (await store.ReadAsync(hash, TestStore.Ada)).ShouldBe(bytes);
        (await store.ReadAsync(hash, TestStore.Bo)).ShouldBe(bytes);
        store.StoredFiles().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task UploadedAgainBetweenRowsAndBytes_Stays(string engine)
    {
        await using var store = await TestStore.OpenAsync(engine);
        var bytes = UploadCalls.Bytes(1000);
        var hash = await store.UploadAsync(bytes);
        store.Clock.Advance(LongAgo);
        (await store.Collector.DeleteRowsAsync(await store.Collector.LookAsync(Cancel), Cancel)).Count.ShouldBe(1);
        (await store.ReadAsync(hash)).ShouldBeNull();
        await store.UploadAsync(bytes, TestStore.Bo);
        store.StoredFiles().Length.ShouldBe(2);
        await store.Collector.DeleteBytesAsync(Cancel);
        (await store.ReadAsync(hash, TestStore.Bo)).ShouldBe(bytes);
        store.StoredFiles().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task NamedOrGrantedAfterItsRowIsGone_IsRefused(string engine)
    {
        await using var store = await TestStore.OpenAsync(engine);
        var (hash, other) = (await store.UploadAsync(UploadCalls.Bytes(1000)), await store.UploadAsync(UploadCalls.Bytes(10)));
        store.Clock.Advance(LongAgo);
        var seen = await store.Collector.LookAsync(Cancel);
        await store.GrantAsync(other, TestStore.Bo.Reader);
        await store.Collector.DeleteRowsAsync(seen, Cancel);
        (await Should.ThrowAsync<NeuroException>(() => store.GrantAsync(hash, TestStore.Bo.Reader))).Code.ShouldBe("artifact.not_found");
        var refused = await Should.ThrowAsync<NeuroException>(() => store.Database.WriteAsync(db => ArtifactFiles.TouchAsync(db, [other, hash, hash], store.Clock.GetUtcNow(), Cancel), Cancel));
        refused.Message.ShouldContain(hash);
        await store.Database.WriteAsync(db => ArtifactFiles.TouchAsync(db, [other, other], store.Clock.GetUtcNow(), Cancel), Cancel);
    }

    [Fact]
    public async Task CutOffBetweenRowsAndBytes_TheNextRunDeletesThem()
    {
        await using var store = await TestStore.OpenAsync("sqlite");
        await store.UploadAsync(UploadCalls.Bytes(1000));
        await store.UploadAsync(UploadCalls.Bytes(500));
        store.Clock.Advance(LongAgo);
        await store.Collector.DeleteRowsAsync(await store.Collector.LookAsync(Cancel), Cancel);
        store.StoredFiles().Length.ShouldBe(2);

        // And one more cut-off: after the first file, before its row.
        File.Delete(store.StoredFiles()[0]);
        (await store.NewCollector().RunAsync(dryRun: false, Cancel)).Collected.Count.ShouldBe(0);
        store.StoredFiles().ShouldBeEmpty();
        (await store.RowsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task UploadInPartsThatSpansTheCollection_EndsWell()
    {
        await using var store = await TestStore.OpenAsync("sqlite");
        var bytes = UploadCalls.Bytes(1000);
        var hash = await store.UploadAsync(bytes);
        await store.Uploads.BeginAsync(hash, 1000, "a/b", TestStore.Bo, Cancel);
        store.Clock.Advance(LongAgo);
        await store.Collector.RunAsync(dryRun: false, Cancel);
        var digest = System.Security.Cryptography.SHA256.HashData(bytes);
        (await store.Uploads.AppendAsync(hash, TestStore.Bo, 0, true, digest, new MemoryStream(bytes), Cancel)).Complete.ShouldBeTrue();
        (await store.ReadAsync(hash, TestStore.Bo)).ShouldBe(bytes);
    }

    [Fact]
    public async Task Sweep_WhileTheUploadIsAdmitted_OneOfThemWins()
    {
        await using var store = await TestStore.OpenAsync("sqlite");
        var bytes = UploadCalls.Bytes(1000);
        var hash = UploadCalls.Hash(bytes);
        await store.Uploads.BeginAsync(hash, 1000, "a/b", TestStore.Ada, Cancel);
        store.Clock.Advance(LongAgo);
        var body = new Paused(bytes);
        var append = store.Uploads.AppendAsync(hash, TestStore.Ada, 0, true, System.Security.Cryptography.SHA256.HashData(bytes), body, Cancel);
        await body.Asked.WaitAsync(Cancel);
        (await store.Uploads.SweepAsync(Cancel)).ShouldBe(1);
        body.Go();
        (await Should.ThrowAsync<NeuroException>(() => append)).Code.ShouldBe("upload.not_found");
        await store.Collector.DeleteBytesAsync(Cancel);
        await store.Uploads.CleanAsync(Cancel);
        (await store.RowsAsync()).ShouldBe(0);
        store.StoredFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task FileLost_UploadedAgain_IsThereAgain()
    {
        await using var store = await TestStore.OpenAsync("sqlite");
        var bytes = UploadCalls.Bytes(1000);
        var hash = await store.UploadAsync(bytes);
        File.Delete(store.StoredFiles().Single());
        (await store.ReadAsync(hash)).ShouldBeNull();
        (await store.Uploads.BeginAsync(hash, 1000, "a/b", TestStore.Ada, Cancel)).Complete.ShouldBeFalse();
        await store.UploadAsync(bytes, TestStore.Bo);
        await store.Collector.DeleteBytesAsync(Cancel);
        (await store.ReadAsync(hash)).ShouldBe(bytes);
    }

    [Fact]
    public async Task FromBeforeThereWereNames_IsReadCollectedAndBroughtAgain()
    {
        await using var store = await TestStore.OpenAsync("sqlite");
        var bytes = UploadCalls.Bytes(1000);
        var hash = UploadCalls.Hash(bytes);
        var path = store.Bytes.PathOf(hash);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, bytes, Cancel);
        await store.NameAsync(db =>
        {
            db.Artifacts.Add(new ArtifactRow { Sha256 = hash, Bytes = 1000, MediaType = "a/b", CreatedAt = store.Clock.GetUtcNow() });
            db.ArtifactReaders.Add(new ArtifactReaderRow { Sha256 = hash, Reader = TestStore.Ada.Reader });
        });
        (await store.ReadAsync(hash)).ShouldBe(bytes);
        (await store.Collector.RunAsync(dryRun: false, Cancel)).Kept["new"].Count.ShouldBe(1);
        store.Clock.Advance(LongAgo);
        await store.Collector.DeleteRowsAsync(await store.Collector.LookAsync(Cancel), Cancel);
        await store.UploadAsync(bytes);
        await store.Collector.DeleteBytesAsync(Cancel);
        File.Exists(path).ShouldBeFalse();
        (await store.ReadAsync(hash)).ShouldBe(bytes);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task DeleteRows_OfBytesThatWentAndCameAgainSince_LeavesNoneBehind(string engine)
    {
        await using var store = await TestStore.OpenAsync(engine);
        var bytes = UploadCalls.Bytes(1000);
        var hash = await store.UploadAsync(bytes, TestStore.Ada);
        await store.Files.DropAsync(hash, TestStore.Ada.Reader, Cancel);
        var survey = await store.Collector.LookAsync(Cancel);
        survey.Unnamed.ShouldHaveSingleItem().Sha256.ShouldBe(hash);
        (await store.NewCollector().RunAsync(dryRun: false, Cancel)).Collected.Count.ShouldBe(1);
        await store.UploadAsync(bytes, TestStore.Ada);
        await store.Files.DropAsync(hash, TestStore.Ada.Reader, Cancel);
        (await store.Collector.DeleteRowsAsync(survey, Cancel)).Count.ShouldBe(0);
        (await store.Collector.RunAsync(dryRun: false, Cancel)).Collected.Count.ShouldBe(1);
        store.StoredFiles().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("sqlite", 60)]
    [InlineData("postgres", 60)]
    public async Task Run_WhileOthersUploadDropAndName_LosesNothingThatIsNamed(string engine, int rounds)
    {
        await using var store = await TestStore.OpenAsync(engine);
        var named = new Dictionary<string, byte[]>();
        var over = new TaskCompletionSource();
        var collecting = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!over.Task.IsCompleted)
            {
                await store.NewCollector().RunAsync(dryRun: false, Cancel);
            }
        })).ToList();
        var working = Enumerable.Range(0, 3).Select(worker => Task.Run(async () =>
        {
            // All of the same few bytes: given up at once they may go at any moment, until somebody names them.
            var (random, who) = (new Random(worker), new Uploader($"account:{worker}", new Guid(worker + 1, 0, 0, new byte[8])));
            for (var round = 0; round < rounds; round++)
            {
                var bytes = UploadCalls.Bytes(100, seed: random.Next(4));
                var hash = await store.UploadAsync(bytes, who);
                if (random.Next(4) == 0)
                {
                    await NameAsync(store, hash, bytes, named);
                }

                try
                {
                    await store.Files.DropAsync(hash, who.Reader, Cancel);
                    if (random.Next(8) == 0)
                    {
                        await NameAsync(store, hash, bytes, named);
                    }
                }
                catch (NeuroException gone) when (gone.Code == "artifact.not_found")
                {
                    // Collected before it was named; who named it was told so.
                }
            }
        })).ToList();
        await Task.WhenAll(working);
        over.SetResult();
        await Task.WhenAll(collecting);
        named.Count.ShouldBeGreaterThan(0);
        foreach (var (hash, bytes) in named)
        {
            (await store.ReadAsync(hash, new("account:reader", default))).ShouldBe(bytes);
        }

        // What was named for nobody is gone, and nothing is left behind.
        await store.Collector.DeleteBytesAsync(Cancel);
        store.StoredFiles().Length.ShouldBe(named.Count);
    }

    // One transaction, as everything on the platform that names an artifact does it.
    private static async Task NameAsync(TestStore store, string hash, byte[] bytes, Dictionary<string, byte[]> named)
    {
        await store.Database.WriteAsync(async db =>
        {
            await ArtifactFiles.GrantAsync(db, hash, "account:reader", store.Clock.GetUtcNow(), Cancel);
            db.Datasets.Add(new DatasetRow { Id = Guid.NewGuid(), Document = $"{{\"shards\":[{{\"sha256\":\"{hash}\"}}]}}", CreatedAt = store.Clock.GetUtcNow() });
            await db.SaveChangesAsync(Cancel);
        }, Cancel);
        lock (named)
        {
            named[hash] = bytes;
        }
    }

    private static Action<NeuroDb> Row(string what, string hash, DateTimeOffset now)
    {
        var (id, artifact) = (Guid.NewGuid(), new ArtifactRef(hash, 1000, "x.tar", "application/x-tar"));
        return what switch
        {
            "dataset" => db => db.Datasets.Add(new DatasetRow { Id = id, Document = Json(new DatasetManifest(id, "d", "r", 1, 1, [], "", [artifact], id, now)), CreatedAt = now }),
            "model" => db => db.Models.Add(new ModelRow { Id = id, Document = Json(new ModelManifest(id, "m", "s", id, artifact, 1, id, now)), CreatedAt = now }),
            "generator" => db => db.Generators.Add(new GeneratorRow { Name = "shop", Version = 1, Document = Json(new GeneratorListing("shop", 1, "t", "d", "l", [], new JsonObject { ["catalogue"] = hash })), CreatedAt = now }),
            "job" or "job output" => db =>
            {
                db.Jobs.Add(new JobRow { Id = id, State = (int)JobPhase.Running, CapNano = 1, CreatedAt = now });
                db.Shards.Add(new ShardRow { Id = id, JobId = id, Inputs = what == "job" ? Json(new[] { artifact }) : "[]", Outputs = what == "job" ? null : Json(new[] { artifact }) });
            },
            "quote" => db => db.Quotes.Add(new QuoteRow { Id = id, Plan = Json(new WorkPlan("t", "n", "r", [new(0, 0, 1, Cu.Of(1), [artifact])])), Expires = now }),
            _ => db => db.Receipts.Add(new ReceiptRow { ShardId = id, JobId = id, Document = Json(new Receipt(id, 0, "render", "r", "n", [hash], Ntk.Of(1), Ntk.Zero, "v", now, "", "")) }),
        };
    }

    private static string Json<T>(T what) => JsonSerializer.Serialize(what, NeuroJson.Options);

    /// <summary>Gives nothing until it is told to.</summary>
    private sealed class Paused(byte[] bytes) : MemoryStream(bytes)
    {
        private readonly TaskCompletionSource asked = new();
        private readonly TaskCompletionSource going = new();

        public Task Asked => asked.Task;

        public void Go() => going.SetResult();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            asked.TrySetResult();
            await going.Task;
            return await base.ReadAsync(buffer, cancellationToken);
        }
    }
}
