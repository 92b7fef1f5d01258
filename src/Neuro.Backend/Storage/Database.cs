using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Neuro.Client.Api;
using Npgsql;

namespace Neuro.Backend.Storage;

/// <summary>The platform's database: SQLite in the data folder, or PostgreSQL.</summary>
/// <remarks>SQLite runs in WAL mode with synchronous=FULL: what is committed survives a power cut, and readers never wait for the writer.</remarks>
internal sealed class Database : IDbContextFactory<NeuroDb>, IAsyncDisposable
{
    // Twice the term of a lease: who comes back later has lost what it had anyway.
    private static readonly TimeSpan MostIdle = Cluster.Leases.Term * 2;

    private readonly string? sqlite;
    private readonly bool durable;
    private readonly SemaphoreSlim turns = new(1);
    private readonly NpgsqlDataSource? postgres;
    private readonly DbContextOptions<SqliteNeuroDb>? sqliteOptions;
    private readonly DbContextOptions<PostgresNeuroDb>? postgresOptions;

    private Database(string? sqlite, string? postgres, bool durable = true)
    {
        this.durable = durable;
        if (postgres is not null)
        {
            var connection = new NpgsqlConnectionStringBuilder(postgres);
            // A replica that hangs in a transaction would keep its locks, and all others waiting, for ever.
            connection.Options = $"{connection.Options} -c idle_in_transaction_session_timeout={(long)MostIdle.TotalMilliseconds}".Trim();
            this.postgres = new NpgsqlDataSourceBuilder(connection.ConnectionString).Build();
            postgresOptions = new DbContextOptionsBuilder<PostgresNeuroDb>().UseNpgsql(this.postgres).Options;
        }
        else
        {
            this.sqlite = new SqliteConnectionStringBuilder { DataSource = sqlite, DefaultTimeout = 30 }.ToString();
            sqliteOptions = new DbContextOptionsBuilder<SqliteNeuroDb>().UseSqlite(this.sqlite).AddInterceptors(new SqlitePragmas(durable)).Options;
        }
    }

    /// <param name="durable">Whether a commit waits until it would survive a power cut.</param>
    public static Database Sqlite(string path, bool durable = true) => new(path, null, durable);

    public static Database Postgres(string connectionString)
    {
        try
        {
            return new(null, connectionString);
        }
        catch (ArgumentException wrong)
        {
            throw new NeuroException("platform.bad_connection_string", $"The PostgreSQL connection string cannot be read ({wrong.Message.TrimEnd('.')}); write it like Host=127.0.0.1;Username=neuro;Database=neuro.", wrong);
        }
    }

    public bool IsPostgres => postgres is not null;

    public NeuroDb CreateDbContext() => IsPostgres ? new PostgresNeuroDb(postgresOptions!) : new SqliteNeuroDb(sqliteOptions!);

    /// <summary>Brings the tables up to this version of the program.</summary>
    public async Task MigrateAsync(CancellationToken cancel)
    {
        await using var db = CreateDbContext();
        await db.Database.MigrateAsync(cancel);
    }

    /// <summary>Runs <paramref name="work"/> in one transaction that is committed when it returns.</summary>
    public async Task<T> WriteAsync<T>(Func<NeuroDb, Task<T>> work, CancellationToken cancel)
    {
        using var turn = await TurnAsync(cancel);
        await using var db = CreateDbContext();
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var result = await work(db);
        await transaction.CommitAsync(cancel);
        return result;
    }

    /// <summary>Runs <paramref name="work"/> in one transaction that is committed when it returns.</summary>
    public Task WriteAsync(Func<NeuroDb, Task> work, CancellationToken cancel) => WriteAsync(
        async db =>
        {
            await work(db);
            return true;
        },
        cancel);

    /// <summary>Runs statements of one's own in one transaction that is committed when they are done.</summary>
    public async Task CommitAsync(Func<DbTransaction, Task> statements, CancellationToken cancel)
    {
        using var turn = await TurnAsync(cancel);
        await using var connection = await OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await statements(transaction);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Waits until it is one's turn to write, until disposed. PostgreSQL has many writers; SQLite has one at a time.</summary>
    /// <remarks>Without it a writer who finds another one at it sleeps for 150 ms before it looks again (Microsoft.Data.Sqlite), and several of them hardly get anything done.</remarks>
    public async Task<IDisposable?> TurnAsync(CancellationToken cancel)
    {
        if (IsPostgres)
        {
            return null;
        }

        await turns.WaitAsync(cancel);
        return new Turn(turns);
    }

    /// <summary>An open connection for SQL of one's own.</summary>
    public async Task<DbConnection> OpenAsync(CancellationToken cancel)
    {
        if (postgres is not null)
        {
            return await postgres.OpenConnectionAsync(cancel);
        }

        var connection = new SqliteConnection(sqlite);
        try
        {
            await connection.OpenAsync(cancel);
            SqlitePragmas.Set(connection, durable);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (postgres is not null)
        {
            await postgres.DisposeAsync();
            return;
        }

        // A pooled connection would keep the file open after the platform stopped.
        await using var connection = new SqliteConnection(sqlite);
        SqliteConnection.ClearPool(connection);
    }

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
