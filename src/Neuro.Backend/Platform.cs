using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend.Accounts;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Chain;
using Neuro.Backend.Cluster;
using Neuro.Backend.Dispatch;
using Neuro.Backend.Jobs;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Backend.Treasury;
using Neuro.Client.Api;
using Neuro.Client.Market;

namespace Neuro.Backend;

/// <summary>A running platform: accounts, ledger, market, jobs, nodes and artifacts behind one address, in this process.</summary>
/// <remarks>Everything that matters is in the database and the artifact folder; killed at any moment, the next start goes on where it was.</remarks>
public sealed class Platform : IAsyncDisposable
{
    /// <summary>What a progress reports when all is done.</summary>
    public const int Thousandths = 1000;

    private const string FirstUserFile = "first-user.key";
    private const string NodeOwnerFile = "node-owner.key";
    private static readonly Guid FirstUser = DerivedId.Of("account/first-user");
    private static readonly Guid NodeOwner = DerivedId.Of("account/node-owner");

    private readonly FileStream folderLock;
    private readonly Database database;
    private readonly WebApplication app;
    private bool stopped;

    private Platform(FileStream folderLock, Database database, WebApplication app, string firstUserKey, string nodeOwnerKey)
    {
        (this.folderLock, this.database, this.app) = (folderLock, database, app);
        Url = new Uri(app.Urls.First().TrimEnd('/') + "/");
        (FirstUserKey, NodeOwnerKey) = (firstUserKey, nodeOwnerKey);
    }

    /// <summary>Where it listens, with the port it got.</summary>
    public Uri Url { get; }

    /// <summary>API key of the first customer; made on the first start and kept in <c>first-user.key</c>.</summary>
    public string FirstUserKey { get; }

    /// <summary>API key of the account that owns this machine's node; kept in <c>node-owner.key</c>.</summary>
    public string NodeOwnerKey { get; }

    /// <summary>Starts a platform and finishes what the last one over the same data was cut off in.</summary>
    /// <exception cref="NeuroException">
    /// <c>platform.data_folder_in_use</c>, <c>platform.folder_read_only</c>, <c>platform.disk_full</c>, <c>platform.port_taken</c>, <c>platform.port_forbidden</c>,
    /// <c>platform.bad_url</c>, <c>platform.database_unreachable</c>, <c>platform.database_broken</c>; with a chain <c>chain.not_backed</c>, <c>chain.other_vault</c>, <c>chain.wrong_chain</c>.
    /// </exception>
    public static async Task<Platform> StartAsync(PlatformOptions options, CancellationToken cancel = default)
    {
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var url) || url.Scheme != "http")
        {
            throw new NeuroException("platform.bad_url", $"'{options.Url}' is not an address to listen at; expected something like http://127.0.0.1:5080.");
        }

        options = options with { DataFolder = Path.GetFullPath(options.DataFolder) };
        var undo = new Stack<IAsyncDisposable>();
        try
        {
            var folderLock = Lock(options.DataFolder);
            undo.Push(folderLock);
            var database = options.PostgresConnectionString is { } postgres ? Database.Postgres(postgres) : Database.Sqlite(Path.Combine(options.DataFolder, "neuro.db"));
            undo.Push(database);
            await database.MigrateAsync(cancel);
            if (database.IsPostgres && options.Time == TimeProvider.System)
            {
                options = options with { Time = new SharedClock(options.Time) };
            }

            await ((options.Time as SharedClock)?.FollowAsync(database, cancel) ?? Task.CompletedTask);
            var keys = PlatformKeys.Load(options.KeysFolder ?? options.DataFolder);
            if (database.IsPostgres)
            {
                await keys.CompareAsync(database, cancel);
            }

            var app = Portal.Portal.Build(options, database, keys);
            undo.Push(app);
            var (firstUser, nodeOwner) = await PrepareAsync(app.Services, options.KeysFolder ?? options.DataFolder, cancel);
            await ListenAsync(app, options.Url, cancel);
            if (database.IsPostgres)
            {
                await app.Services.GetRequiredService<Replica>().JoinAsync(options.AdvertisedUrl ?? app.Urls.First(), cancel);
            }

            return new(folderLock, database, app, firstUser, nodeOwner);
        }
        catch (Exception failure)
        {
            while (undo.TryPop(out var part))
            {
                await part.DisposeAsync();
            }

            if (failure is not NeuroException && Failures.Describe(failure, options.DataFolder) is { } described)
            {
                throw described;
            }

            throw;
        }
    }

    /// <summary>Opens an account and returns its API key, which is shown this once.</summary>
    /// <param name="kind">customer, or node for one that owns nodes.</param>
    /// <exception cref="NeuroException"><c>account.bad_kind</c>, <c>account.bad_name</c></exception>
    public Task<string> CreateAccountAsync(string kind, string name, CancellationToken cancel = default) => app.Services.GetRequiredService<AccountDirectory>().CreateAsync(kind, name, cancel);

    /// <summary>Proves the books of a platform, running or not: every transfer is read again, in one snapshot, and the outcome is written down for the next audit to compare with.</summary>
    /// <param name="noted">A chain head that somebody noted earlier, to compare with as well.</param>
    /// <exception cref="NeuroException"><c>platform.no_database</c>, <c>ledger.bad_head</c>, and those of <see cref="StartAsync"/> that concern the database.</exception>
    public static Task<LedgerProof> AuditAsync(PlatformOptions options, string? noted = null, CancellationToken cancel = default) =>
        OverDatabaseAsync(options, database => Ledger.Audits.RunAsync(database, options.Time, cancel, noted));

    /// <summary>Deletes the artifacts of a platform, running or not, that nothing names any more.</summary>
    /// <param name="dryRun">Only looks.</param>
    /// <exception cref="NeuroException">
    /// <c>platform.no_database</c>, <c>artifact.store_failed</c>, and those of <see cref="StartAsync"/> that concern the database.
    /// </exception>
    public static async Task<CollectionReport> CollectAsync(PlatformOptions options, bool dryRun, CancellationToken cancel = default)
    {
        var store = Stores.Open(options);
        using (store as IDisposable)
        {
            return await OverDatabaseAsync(options, database => new Collector(database, store, options).RunAsync(dryRun, cancel));
        }
    }

    /// <summary>Copies an embedded platform's database into an empty PostgreSQL and compares every row. Artifacts and keys stay where they are.</summary>
    /// <param name="progress">Told how many thousandths are done.</param>
    /// <exception cref="NeuroException"><c>platform.no_database</c>, <c>migrate.not_empty</c>, <c>migrate.differs</c>, and those of <see cref="StartAsync"/> that concern the database.</exception>
    public static Task<MoveReport> MoveToPostgresAsync(string dataFolder, string postgres, IProgress<int> progress, CancellationToken cancel = default) =>
        DescribedAsync(dataFolder, async () =>
        {
            await using var from = Database.Sqlite(Existing(dataFolder));
            await using var to = Database.Postgres(postgres);
            return await Storage.MoveToPostgres.RunAsync(from, to, progress, cancel);
        });

    /// <summary>Copies an embedded platform, running or not, into a folder over which a platform can be started.</summary>
    /// <param name="progress">Told how many thousandths are done.</param>
    /// <exception cref="NeuroException"><c>platform.no_database</c>, and those of <see cref="StartAsync"/> that concern files.</exception>
    public static Task<BackupReport> BackUpAsync(string dataFolder, string target, IProgress<int> progress, CancellationToken cancel = default) =>
        DescribedAsync(target, () =>
        {
            Existing(dataFolder);
            return Backup.RunAsync(Path.GetFullPath(dataFolder), Path.GetFullPath(target), progress, cancel);
        });

    /// <summary>Ends what can be ended quickly, and stops. Jobs go on with the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stopped)
        {
            return;
        }

        stopped = true;
        await app.StopAsync();
        await app.Services.GetRequiredService<NodeRegistry>().ShareAsync(CancellationToken.None);
        // Finished first, so that whoever takes the books next finds nothing half done.
        await app.Services.GetRequiredService<Exchange.Exchange>().DisposeAsync();
        await app.Services.GetRequiredService<Leases>().GiveBackAsync(CancellationToken.None);
        await app.DisposeAsync();
        await database.DisposeAsync();
        await folderLock.DisposeAsync();
    }

    internal IServiceProvider Services => app.Services;

    private static string Existing(string dataFolder)
    {
        var file = Path.Combine(Path.GetFullPath(dataFolder), "neuro.db");
        return File.Exists(file) ? file : throw new NeuroException("platform.no_database", $"There is no platform's database at {file}. Name its data folder with --data, or its PostgreSQL with --postgres.");
    }

    private static Task<T> OverDatabaseAsync<T>(PlatformOptions options, Func<Database, Task<T>> work) => DescribedAsync(options.DataFolder, async () =>
    {
        await using var database = options.PostgresConnectionString is { } postgres ? Database.Postgres(postgres) : Database.Sqlite(Existing(options.DataFolder));
        return await work(database);
    });

    /// <summary>Says what is wrong with database or folder in the words of the platform.</summary>
    private static async Task<T> DescribedAsync<T>(string folder, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception failure) when (failure is not (NeuroException or OperationCanceledException) && Failures.Describe(failure, folder) is { } described)
        {
            throw described;
        }
    }

    private static FileStream Lock(string dataFolder)
    {
        try
        {
            // Ledger and artifacts are its user's alone, as the keys are.
            DataFolder.Create(dataFolder);
        }
        catch (IOException cannot) when (Failures.Describe(cannot, dataFolder) is null)
        {
            throw Failures.ReadOnly(dataFolder, cannot);
        }

        try
        {
            return new FileStream(Path.Combine(dataFolder, "platform.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException held) when (held is not (FileNotFoundException or DirectoryNotFoundException) && Failures.Describe(held) is null)
        {
            throw new NeuroException("platform.data_folder_in_use", $"Another platform runs over {dataFolder}. Use that one, stop it, or give this one another folder.", held);
        }
    }

    private static async Task<(string FirstUser, string NodeOwner)> PrepareAsync(IServiceProvider parts, string keysFolder, CancellationToken cancel)
    {
        await parts.GetRequiredService<Ledger.Ledger>().OpenBooksAsync(cancel);
        var accounts = parts.GetRequiredService<AccountDirectory>();
        var firstUser = PlatformKeys.Secret(Path.Combine(keysFolder, FirstUserFile), AccountDirectory.NewKey);
        var nodeOwner = PlatformKeys.Secret(Path.Combine(keysFolder, NodeOwnerFile), AccountDirectory.NewKey);
        // It is the first user's machine: whoever can read the key's file can do everything here.
        await accounts.OpenHouseAsync(FirstUser, "customer", "first user", Roles.All, FirstUserFile, firstUser, cancel);
        await accounts.OpenHouseAsync(NodeOwner, "node", "node owner", RoleWords.Of("node"), NodeOwnerFile, nodeOwner, cancel);
        await parts.GetRequiredService<Uploads>().CleanAsync(cancel);
        await parts.GetRequiredService<Exchange.Exchange>().SyncAsync(cancel);
        await parts.GetRequiredService<TreasuryDuties>().OpenAsync(cancel);
        await parts.GetRequiredService<ChainDuties>().OpenAsync(cancel);
        await parts.GetRequiredService<NodeRegistry>().LoadAsync(cancel);
        await parts.GetRequiredService<JobBoard>().GraceAsync(cancel);
        await parts.GetRequiredService<OrderDesk>().ResumeAsync(cancel);
        await parts.GetRequiredService<JobCloser>().ResumeAsync(cancel);
        return (firstUser, nodeOwner);
    }

    private static async Task ListenAsync(WebApplication app, string url, CancellationToken cancel)
    {
        try
        {
            await app.StartAsync(cancel);
        }
        catch (Exception failure) when (Failures.Describe(failure, url) is { } described)
        {
            throw described;
        }
    }
}
