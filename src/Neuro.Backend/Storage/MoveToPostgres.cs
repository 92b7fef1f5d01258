using System.Data.Common;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Neuro.Client.Api;
using Npgsql;

namespace Neuro.Backend.Storage;

/// <summary>What was copied from SQLite to PostgreSQL.</summary>
/// <param name="Rows">Rows by table.</param>
/// <param name="Transfers">The last transfer that was copied.</param>
/// <param name="Since">Transfers that came into the old database during the copy, and are not in the new one.</param>
public sealed record MoveReport(IReadOnlyDictionary<string, long> Rows, long Transfers, long Since);

/// <summary>Copies an embedded platform's database into an empty PostgreSQL, as of one moment, in one transaction there: all of it or nothing.</summary>
/// <remarks>Every table is read back and compared by the sum of its rows' SHA-256, before the copy is committed.</remarks>
internal static class MoveToPostgres
{
    // What one run of a process knows of itself and others.
    private static readonly string[] NotMoved = ["leases", "platform", "used_challenges"];

    /// <exception cref="NeuroException"><c>migrate.not_empty</c>, <c>migrate.differs</c>.</exception>
    public static async Task<MoveReport> RunAsync(Database from, Database to, IProgress<int> progress, CancellationToken cancel)
    {
        await from.MigrateAsync(cancel);
        await to.MigrateAsync(cancel);
        await using var target = (NpgsqlConnection)await to.OpenAsync(cancel);
        await using var transaction = await target.BeginTransactionAsync(cancel);
        await using (var patience = target.CreateCommand())
        {
            patience.CommandText = "SET LOCAL idle_in_transaction_session_timeout = 0"; // Reading a large table over there takes its time.
            await patience.ExecuteNonQueryAsync(cancel);
        }

        await using var source = (SqliteConnection)await from.OpenAsync(cancel);
        var rows = new SortedDictionary<string, long>(StringComparer.Ordinal);
        long transfers;
        await using (var snapshot = source.BeginTransaction(deferred: true))
        {
            await using var model = to.CreateDbContext();
            var tables = Tables(model.Model);
            var (all, done) = (0L, 0L);
            foreach (var table in tables)
            {
                all += await CountAsync(source, table.Name, cancel);
            }

            foreach (var table in tables)
            {
                if (await CountAsync(target, table.Name, cancel) > 0)
                {
                    throw new NeuroException("migrate.not_empty", $"The PostgreSQL database has rows in '{table.Name}' already. Name an empty database: nothing is overwritten.");
                }

                rows[table.Name] = await CopyAsync(source, snapshot, target, table, copied => progress.Report((int)((done + copied) * Platform.Thousandths / all)), cancel);
                await CompareAsync(source, snapshot, target, table, cancel);
                done += rows[table.Name];
            }

            transfers = await LastAsync(source, snapshot, cancel);
        }

        await transaction.CommitAsync(cancel);
        return new(rows, transfers, await LastAsync(source, null, cancel) - transfers);
    }

    private sealed record Table(string Name, IReadOnlyList<Column> Columns)
    {
        public string List => string.Join(", ", Columns.Select(column => $"\"{column.Name}\""));
    }

    /// <param name="Type">As it comes from a database.</param>
    /// <param name="Serial">PostgreSQL numbers it by itself.</param>
    private sealed record Column(string Name, Type Type, string Postgres, bool Serial);

    // Those that others refer to come first.
    private static List<Table> Tables(IModel model)
    {
        var left = model.GetEntityTypes().Where(entity => !NotMoved.Contains(entity.GetTableName())).ToList();
        var ordered = new List<IEntityType>();
        while (left.Count > 0)
        {
            var free = left.First(entity => entity.GetForeignKeys().All(key => key.PrincipalEntityType == entity || !left.Contains(key.PrincipalEntityType)));
            ordered.Add(free);
            left.Remove(free);
        }

        return ordered.ConvertAll(entity => new Table(entity.GetTableName()!, [.. entity.GetProperties().Select(property => new Column(
            property.GetColumnName(), Nullable.GetUnderlyingType(Stored(property)) ?? Stored(property), property.GetColumnType(),
            property.ValueGenerated == ValueGenerated.OnAdd && property.IsPrimaryKey() && property.ClrType == typeof(long)))]));
    }

    private static Type Stored(IProperty property) => property.GetTypeMapping().Converter?.ProviderClrType ?? property.ClrType;

    private static async Task<long> CopyAsync(SqliteConnection source, SqliteTransaction snapshot, NpgsqlConnection target, Table table, Action<long> told, CancellationToken cancel)
    {
        long count = 0;
        await using (var writer = await target.BeginBinaryImportAsync($"COPY {table.Name} ({table.List}) FROM STDIN (FORMAT BINARY)", cancel))
        {
            await foreach (var row in ReadAsync(source, snapshot, table, cancel))
            {
                await writer.StartRowAsync(cancel);
                for (var i = 0; i < row.Length; i++)
                {
                    await (row[i] is { } value ? writer.WriteAsync(value, table.Columns[i].Postgres, cancel) : writer.WriteNullAsync(cancel));
                }

                told(++count);
            }

            await writer.CompleteAsync(cancel);
        }

        if (count > 0 && table.Columns.FirstOrDefault(column => column.Serial) is { } serial)
        {
            await using var next = target.CreateCommand();
            next.CommandText = $"SELECT setval(pg_get_serial_sequence('{table.Name}', '{serial.Name}'), (SELECT max(\"{serial.Name}\") FROM {table.Name}))";
            await next.ExecuteScalarAsync(cancel);
        }

        return count;
    }

    private static async Task CompareAsync(SqliteConnection source, SqliteTransaction snapshot, NpgsqlConnection target, Table table, CancellationToken cancel)
    {
        var (before, after) = (await SumAsync(ReadAsync(source, snapshot, table, cancel)), await SumAsync(ReadAsync(target, null, table, cancel)));
        if (before != after)
        {
            throw new NeuroException("migrate.differs", $"What was read back from '{table.Name}' is not what was written; nothing was kept. The old database is as it was.");
        }
    }

    private static async IAsyncEnumerable<object?[]> ReadAsync(DbConnection connection, DbTransaction? transaction, Table table, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"SELECT {table.List} FROM {table.Name}";
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var row = new object?[table.Columns.Count];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = reader.IsDBNull(i) ? null : Value(reader, i, table.Columns[i].Type);
            }

            yield return row;
        }
    }

    private static object Value(DbDataReader row, int i, Type type) =>
        type == typeof(Guid) ? row.GetGuid(i)
        : type == typeof(long) ? row.GetInt64(i)
        : type == typeof(int) ? row.GetInt32(i)
        : type == typeof(bool) ? row.GetBoolean(i)
        : type == typeof(double) ? row.GetDouble(i)
        : type == typeof(decimal) ? row.GetDecimal(i)
        : type == typeof(byte[]) ? row.GetFieldValue<byte[]>(i)
        : type == typeof(string) ? row.GetString(i)
        : throw new NotSupportedException($"A column of {type.Name} cannot be moved yet.");

    // The order in which rows come is the database's own, so the hash of a table is a sum.
    private static async Task<BigInteger> SumAsync(IAsyncEnumerable<object?[]> rows)
    {
        var sum = BigInteger.Zero;
        await foreach (var row in rows)
        {
            var text = string.Join('\n', row.Select(value => value switch
            {
                null => "-",
                byte[] bytes => "=" + Convert.ToHexStringLower(bytes),
                decimal number => "=" + number.ToString("G29", CultureInfo.InvariantCulture),
                IFormattable other => "=" + other.ToString(null, CultureInfo.InvariantCulture),
                _ => "=" + Convert.ToHexStringLower(Encoding.UTF8.GetBytes((value as string) ?? value.ToString()!)),
            }));
            sum += new BigInteger(SHA256.HashData(Encoding.UTF8.GetBytes(text)), isUnsigned: true);
        }

        return sum;
    }

    private static async Task<long> CountAsync(DbConnection connection, string table, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static async Task<long> LastAsync(SqliteConnection source, SqliteTransaction? snapshot, CancellationToken cancel)
    {
        await using var command = source.CreateCommand();
        command.Transaction = snapshot;
        command.CommandText = "SELECT coalesce(max(sequence), 0) FROM transfers";
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
