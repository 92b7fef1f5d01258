using System.Data;
using System.Data.Common;
using Neuro.Backend.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Neuro.Backend.Ledger;

/// <summary>The ledger's SQL on PostgreSQL.</summary>
/// <remarks>Rows are locked in id order, so several processes may write. Sets of ids and of rows go in as arrays, and rows of others as one batch: one round trip each.</remarks>
internal sealed class PostgresLedgerStore(NpgsqlConnection connection) : ILedgerStore
{
    private const NpgsqlDbType Ids = NpgsqlDbType.Array | NpgsqlDbType.Uuid;
    private const NpgsqlDbType Numbers = NpgsqlDbType.Array | NpgsqlDbType.Bigint;
    private const NpgsqlDbType Kinds = NpgsqlDbType.Array | NpgsqlDbType.Integer;
    private const NpgsqlDbType Hashes = NpgsqlDbType.Array | NpgsqlDbType.Bytea;
    private const NpgsqlDbType Texts = NpgsqlDbType.Array | NpgsqlDbType.Text;

    public async Task<DbTransaction> BeginAsync(CancellationToken cancel) => await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancel);

    public async Task<Books> LoadAsync(DbTransaction transaction, IReadOnlyCollection<TransferRequest> batch, DateTimeOffset now, CancellationToken cancel)
    {
        // First of all, so that of two writers one waits here and not in the middle.
        var head = await HeadAsync(cancel);
        var holds = await ReadAsync(
            "SELECT id, debit_account, credit_account, amount, remaining, deadline FROM holds WHERE id = ANY($1) ORDER BY id FOR UPDATE", Touched.Holds(batch),
            row => (row.GetGuid(0), new HoldState(row.GetGuid(1), GuidOrNull(row, 2), row.GetInt64(3), row.GetInt64(4), TimeOrNull(row, 5))), cancel);
        var accounts = await ReadAsync(
            "SELECT id, kind, debits_posted, debits_pending, credits_posted, credits_pending, asset FROM accounts WHERE id = ANY($1) ORDER BY id FOR UPDATE", Touched.Accounts(batch, holds.Values),
            row => (row.GetGuid(0), new AccountState(row.GetString(6), row.GetString(1) == "issuance", row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5))), cancel);
        var transfers = await ReadAsync(
            "SELECT id, kind, debit_account, credit_account, amount, hold_id, deadline, at, reference FROM transfers WHERE id = ANY($1)", Touched.Transfers(batch),
            row => (row.GetGuid(0), new StoredTransfer(
                row.GetGuid(0), (TransferKind)row.GetInt32(1), row.GetGuid(2), GuidOrNull(row, 3), row.GetInt64(4), GuidOrNull(row, 5), TimeOrNull(row, 6),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)), row.GetString(8))), cancel);
        return new Books(accounts, holds, transfers, head, now);
    }

    public async Task SaveAsync(DbTransaction transaction, Books books, CancellationToken cancel)
    {
        if (books.NewTransfers.Count == 0)
        {
            return;
        }

        var made = books.NewTransfers.ConvertAll(one => one.Transfer);
        await WriteAsync(
            """
            INSERT INTO transfers (id, kind, debit_account, credit_account, amount, hold_id, deadline, at, reference, sequence, chain)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            cancel,
            (Ids, made.ConvertAll(t => t.Id).ToArray()), (Kinds, made.ConvertAll(t => (int)t.Kind).ToArray()), (Ids, made.ConvertAll(t => t.Debit).ToArray()),
            (Ids, made.ConvertAll(t => t.Credit).ToArray()), (Numbers, made.ConvertAll(t => t.Amount).ToArray()), (Ids, made.ConvertAll(t => t.HoldId).ToArray()),
            (Numbers, made.ConvertAll(t => t.Deadline?.ToUnixTimeMilliseconds()).ToArray()), (Numbers, made.ConvertAll(t => t.At.ToUnixTimeMilliseconds()).ToArray()),
            (Texts, made.ConvertAll(t => t.Reference).ToArray()), (Numbers, books.NewTransfers.ConvertAll(one => one.Chain.Sequence).ToArray()),
            (Hashes, books.NewTransfers.ConvertAll(one => one.Chain.Hash).ToArray()));
        await WriteAsync("UPDATE ledger_head SET sequence = $1, chain = $2 WHERE id = 1", cancel, (NpgsqlDbType.Bigint, books.Head.Sequence), (NpgsqlDbType.Bytea, books.Head.Hash));
        var holds = books.ChangedHolds.ToArray();
        if (holds.Length > 0)
        {
            await WriteAsync(
                """
                INSERT INTO holds (id, debit_account, credit_account, amount, remaining, deadline) SELECT * FROM unnest($1, $2, $3, $4, $5, $6)
                ON CONFLICT (id) DO UPDATE SET remaining = excluded.remaining
                """,
                cancel,
                (Ids, Array.ConvertAll(holds, h => h.Key)), (Ids, Array.ConvertAll(holds, h => h.Value.Debit)), (Ids, Array.ConvertAll(holds, h => h.Value.Credit)),
                (Numbers, Array.ConvertAll(holds, h => h.Value.Amount)), (Numbers, Array.ConvertAll(holds, h => h.Value.Remaining)),
                (Numbers, Array.ConvertAll(holds, h => h.Value.Deadline?.ToUnixTimeMilliseconds())));
        }

        var accounts = books.ChangedAccounts.ToArray();
        await WriteAsync(
            """
            UPDATE accounts SET debits_posted = new.dp, debits_pending = new.dh, credits_posted = new.cp, credits_pending = new.ch
            FROM unnest($1, $2, $3, $4, $5) AS new(id, dp, dh, cp, ch) WHERE accounts.id = new.id
            """,
            cancel,
            (Ids, Array.ConvertAll(accounts, a => a.Key)), (Numbers, Array.ConvertAll(accounts, a => a.Value.DebitsPosted)), (Numbers, Array.ConvertAll(accounts, a => a.Value.DebitsPending)),
            (Numbers, Array.ConvertAll(accounts, a => a.Value.CreditsPosted)), (Numbers, Array.ConvertAll(accounts, a => a.Value.CreditsPending)));
    }

    public async Task WriteAlongAsync(DbTransaction transaction, IReadOnlyList<FormattableString> rows, CancellationToken cancel)
    {
        if (rows.Count == 0)
        {
            return;
        }

        await using var batch = new NpgsqlBatch(connection, (NpgsqlTransaction)transaction);
        foreach (var row in rows)
        {
            var command = new NpgsqlBatchCommand(Sql.Text(row, "$", first: 1));
            foreach (var value in row.GetArguments())
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
            }

            batch.BatchCommands.Add(command);
        }

        await batch.PrepareAsync(cancel);
        await batch.ExecuteNonQueryAsync(cancel);
        for (var i = 0; i < rows.Count; i++)
        {
            Sql.ThrowUnlessOne(rows[i], batch.BatchCommands[i].RecordsAffected);
        }
    }

    private async Task<Chain> HeadAsync(CancellationToken cancel)
    {
        await using var command = Command("INSERT INTO ledger_head (id, sequence, chain) VALUES (1, 0, $1) ON CONFLICT (id) DO UPDATE SET id = 1 RETURNING sequence, chain", (NpgsqlDbType.Bytea, Chain.Start.Hash));
        await command.PrepareAsync(cancel);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        await rows.ReadAsync(cancel);
        return new(rows.GetInt64(0), (byte[])rows[1]);
    }

    private static Guid? GuidOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);

    private static DateTimeOffset? TimeOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private async Task<Dictionary<Guid, T>> ReadAsync<T>(string sql, Guid[] ids, Func<NpgsqlDataReader, (Guid Id, T Row)> read, CancellationToken cancel)
    {
        var found = new Dictionary<Guid, T>();
        if (ids.Length == 0)
        {
            return found;
        }

        await using var command = Command(sql, (Ids, ids));
        await command.PrepareAsync(cancel);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
        {
            var (id, row) = read(rows);
            found.Add(id, row);
        }

        return found;
    }

    private async Task WriteAsync(string sql, CancellationToken cancel, params (NpgsqlDbType Type, object Value)[] parameters)
    {
        await using var command = Command(sql, parameters);
        await command.PrepareAsync(cancel);
        await command.ExecuteNonQueryAsync(cancel);
    }

    // Npgsql keeps prepared statements with the connection, by their text.
    private NpgsqlCommand Command(string sql, params (NpgsqlDbType Type, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (type, value) in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value });
        }

        return command;
    }
}
