using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Ledger;

namespace Neuro.Backend.Tests.Artifacts;

/// <summary>Artifacts over a database and a folder of their own, with nothing that runs by itself.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    public static readonly Uploader Ada = new("account:ada", Guid.Parse("00000000-0000-0000-0000-0000000000ad"));
    public static readonly Uploader Bo = new("account:bo", Guid.Parse("00000000-0000-0000-0000-0000000000b0"));
    private readonly LedgerEngine engine;

    private TestStore(LedgerEngine engine)
    {
        this.engine = engine;
        Options = new PlatformOptions { DataFolder = Directory.CreateTempSubdirectory("neuro-store-").FullName, Time = Clock };
        var folder = Path.Combine(Options.DataFolder, "artifacts");
        Bytes = new FileByteStore(folder);
        Uploads = new(Database, Bytes, null, new Quota(Database, Options, Clock), Clock, folder);
        Files = new(Database, Bytes, null, Clock);
        Collector = NewCollector();
    }

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    public PlatformOptions Options { get; }

    public Database Database => engine.Database;

    public FileByteStore Bytes { get; }

    public Uploads Uploads { get; }

    public ArtifactFiles Files { get; }

    public Collector Collector { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<TestStore> OpenAsync(string engine) => new(await LedgerEngine.OpenAsync(engine));

    /// <summary>As after a restart.</summary>
    public Collector NewCollector() => new(Database, Bytes, Options);

    public async Task<string> UploadAsync(byte[] bytes, Uploader? who = null)
    {
        await Uploads.SaveAsync(UploadCalls.Hash(bytes), bytes.Length, new MemoryStream(bytes), "application/octet-stream", who ?? Ada, Cancel);
        return UploadCalls.Hash(bytes);
    }

    /// <summary>A row that names an artifact.</summary>
    public Task NameAsync(Action<NeuroDb> add) => Database.WriteAsync(async db =>
    {
        add(db);
        await db.SaveChangesAsync(Cancel);
    }, Cancel);

    public Task GrantAsync(string sha256, string reader) => Database.WriteAsync(db => ArtifactFiles.GrantAsync(db, sha256, reader, Clock.GetUtcNow(), Cancel), Cancel);

    /// <summary>The bytes as this reader gets them; none when the artifact is not there for them.</summary>
    public async Task<byte[]?> ReadAsync(string sha256, Uploader? who = null)
    {
        if (await Files.FindAsync(sha256, (who ?? Ada).Reader, null, Cancel) is not { } found)
        {
            return null;
        }

        await using var stream = (await Files.OpenAsync(found, Cancel))!;
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancel);
        return copy.ToArray();
    }

    public string[] StoredFiles() => Directory.GetFiles(Path.Combine(Options.DataFolder, "artifacts"), "*", SearchOption.AllDirectories);

    public async Task<int> RowsAsync()
    {
        await using var db = Database.CreateDbContext();
        return await db.Artifacts.CountAsync(Cancel) + await db.ArtifactReaders.CountAsync(Cancel) + await db.Discarded.CountAsync(Cancel) + await db.Uploads.CountAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        Directory.Delete(Options.DataFolder, recursive: true);
    }
}
