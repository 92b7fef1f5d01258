using Neuro.Backend.Storage;
using Neuro.Benchmarks;
using Npgsql;

namespace Neuro.Backend.Tests.Ledger;

/// <summary>An empty database of an engine, with its tables; gone when disposed. PostgreSQL is started once for all tests.</summary>
internal sealed class LedgerEngine : IAsyncDisposable
{
    private static readonly SemaphoreSlim Starting = new(1);
    private static LedgerPostgres? server;
    private static string? template;
    private readonly string? folder;

    private LedgerEngine(Database database, string where, string? folder) => (Database, Where, this.folder) = (database, where, folder);

    public Database Database { get; }

    /// <summary>The file, or the connection string.</summary>
    public string Where { get; }

    public static async Task<LedgerEngine> OpenAsync(string engine)
    {
        LedgerEngine opened;
        if (engine == "sqlite")
        {
            var folder = Directory.CreateTempSubdirectory("neuro-ledger-").FullName;
            var file = Path.Combine(folder, "ledger.db");
            await Migrated.CopyToAsync(file);
            opened = new(Database.Sqlite(file), file, folder);
        }
        else
        {
            var connection = await NewPostgresAsync();
            opened = new(Database.Postgres(connection), connection, null);
        }

        return opened;
    }

    /// <summary>A connection string to a PostgreSQL database with tables and nothing in them; skips the test where PostgreSQL is not installed.</summary>
    public static async Task<string> NewPostgresAsync()
    {
        var binaries = Binaries();
        await Starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            server ??= await LedgerPostgres.StartAsync(binaries);
            template ??= await MigratedAsync(server);
        }
        finally
        {
            Starting.Release();
        }

        return await server.NewDatabaseAsync(template: template);
    }

    /// <summary>A PostgreSQL that no other test uses; skips the test where PostgreSQL is not installed.</summary>
    public static Task<LedgerPostgres> OwnPostgresAsync() => LedgerPostgres.StartAsync(Binaries(), TestContext.Current.CancellationToken);

    /// <summary>Stops PostgreSQL after the last test.</summary>
    public static async ValueTask StopAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (folder is not null)
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> MigratedAsync(LedgerPostgres server)
    {
        var connection = await server.NewDatabaseAsync();
        await using var database = Database.Postgres(connection);
        await database.MigrateAsync(CancellationToken.None);
        return new NpgsqlConnectionStringBuilder(connection).Database!;
    }

    private static string Binaries() => Path.GetDirectoryName(Requires.Program("initdb", "apt install postgresql", LedgerPostgres.FindBinaries() ?? LedgerPostgres.DebianFolder))!;
}

/// <summary>Lives as long as the run of all tests.</summary>
public sealed class LedgerServers : IAsyncDisposable
{
    public ValueTask DisposeAsync() => LedgerEngine.StopAsync();
}
