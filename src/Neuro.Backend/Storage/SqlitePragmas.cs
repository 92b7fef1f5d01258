using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Neuro.Backend.Storage;

/// <summary>What every SQLite connection is told first: durable commits, readers beside one writer, patience with the other writer.</summary>
internal sealed class SqlitePragmas(bool durable) : DbConnectionInterceptor
{
    public static void Set(DbConnection connection, bool durable)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA busy_timeout=20000; PRAGMA journal_mode=WAL; PRAGMA synchronous={(durable ? "FULL" : "OFF")}; PRAGMA foreign_keys=ON;";
        command.ExecuteNonQuery();
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Set(connection, durable);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Set(connection, durable);
        return Task.CompletedTask;
    }
}
