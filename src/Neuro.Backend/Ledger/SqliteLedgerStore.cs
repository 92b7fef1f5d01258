using System.Data;
using System.Data.Common;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Neuro.Backend.Storage;

namespace Neuro.Backend.Ledger;

/// <summary>The ledger's SQL on SQLite.</summary>
/// <remarks>An immediate transaction is the lock: SQLite has one writer. Sets of ids go in as a JSON array; rows go in one prepared statement each, since a call costs no round trip.</remarks>
internal sealed class SqliteLedgerStore : ILedgerStore, IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteCommand selectHolds;
    private readonly SqliteCommand selectAccounts;
    private readonly SqliteCommand selectTransfers;
    private readonly SqliteCommand updateAccount;
    private readonly SqliteCommand upsertHold;
    private readonly SqliteCommand insertTransfer;
    private readonly SqliteCommand selectHead;
    private readonly SqliteCommand upsertHead;

    // By their text, of which the program has a handful.
    private readonly Dictionary<string, SqliteCommand> along = [];

    public SqliteLedgerStore(SqliteConnection connection)
    {
        this.connection = connection;
        selectHolds = Command("SELECT id, debit_account, credit_account, amount, remaining, deadline FROM holds WHERE id IN (SELECT value FROM json_each($ids))", "$ids");
        selectAccounts = Command("SELECT id, kind, debits_posted, debits_pending, credits_posted, credits_pending, asset FROM accounts WHERE id IN (SELECT value FROM json_each($ids))", "$ids");
        selectTransfers = Command(
            "SELECT id, kind, debit_account, credit_account, amount, hold_id, deadline, at, reference FROM transfers WHERE id IN (SELECT value FROM json_each($ids))", "$ids");
        updateAccount = Command(
            "UPDATE accounts SET debits_posted = $dp, debits_pending = $dh, credits_posted = $cp, credits_pending = $ch WHERE id = $id", "$dp", "$dh", "$cp", "$ch", "$id");
        upsertHold = Command(
            """
            INSERT INTO holds (id, debit_account, credit_account, amount, remaining, deadline) VALUES ($id, $debit, $credit, $amount, $remaining, $deadline)
            ON CONFLICT (id) DO UPDATE SET remaining = excluded.remaining
            """,
            "$id", "$debit", "$credit", "$amount", "$remaining", "$deadline");
        insertTransfer = Command(
            """
            INSERT INTO transfers (id, kind, debit_account, credit_account, amount, hold_id, deadline, at, reference, sequence, chain)
            VALUES ($id, $kind, $debit, $credit, $amount, $hold, $deadline, $at, $reference, $sequence, $chain)
            """,
            "$id", "$kind", "$debit", "$credit", "$amount", "$hold", "$deadline", "$at", "$reference", "$sequence", "$chain");
        selectHead = Command("SELECT sequence, chain FROM ledger_head WHERE id = 1");
        upsertHead = Command(
            "INSERT INTO ledger_head (id, sequence, chain) VALUES (1, $sequence, $chain) ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, chain = excluded.chain", "$sequence", "$chain");
    }

    public Task<DbTransaction> BeginAsync(CancellationToken cancel) => Task.FromResult<DbTransaction>(connection.BeginTransaction(IsolationLevel.Serializable, deferred: false));

    public Task<Books> LoadAsync(DbTransaction transaction, IReadOnlyCollection<TransferRequest> batch, DateTimeOffset now, CancellationToken cancel)
    {
        var holds = Read(selectHolds, transaction, Touched.Holds(batch), row => (row.GetGuid(0), new HoldState(row.GetGuid(1), GuidOrNull(row, 2), row.GetInt64(3), row.GetInt64(4), TimeOrNull(row, 5))));
        var accounts = Read(selectAccounts, transaction, Touched.Accounts(batch, holds.Values), row =>
            (row.GetGuid(0), new AccountState(row.GetString(6), row.GetString(1) == "issuance", row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5))));
        var transfers = Read(selectTransfers, transaction, Touched.Transfers(batch), row => (row.GetGuid(0), new StoredTransfer(
            row.GetGuid(0), (TransferKind)row.GetInt32(1), row.GetGuid(2), GuidOrNull(row, 3), row.GetInt64(4), GuidOrNull(row, 5), TimeOrNull(row, 6),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)), row.GetString(8))));
        return Task.FromResult(new Books(accounts, holds, transfers, Head(transaction), now));
    }

    public Task SaveAsync(DbTransaction transaction, Books books, CancellationToken cancel)
    {
        if (books.NewTransfers.Count == 0)
        {
            return Task.CompletedTask;
        }

        foreach (var (transfer, chain) in books.NewTransfers)
        {
            Write(insertTransfer, transaction, transfer.Id, (int)transfer.Kind, transfer.Debit, transfer.Credit, transfer.Amount, transfer.HoldId,
                transfer.Deadline?.ToUnixTimeMilliseconds(), transfer.At.ToUnixTimeMilliseconds(), transfer.Reference, chain.Sequence, chain.Hash);
        }

        Write(upsertHead, transaction, books.Head.Sequence, books.Head.Hash);

        foreach (var (id, hold) in books.ChangedHolds)
        {
            Write(upsertHold, transaction, id, hold.Debit, hold.Credit, hold.Amount, hold.Remaining, hold.Deadline?.ToUnixTimeMilliseconds());
        }

        foreach (var (id, account) in books.ChangedAccounts)
        {
            Write(updateAccount, transaction, account.DebitsPosted, account.DebitsPending, account.CreditsPosted, account.CreditsPending, id);
        }

        return Task.CompletedTask;
    }

    public Task WriteAlongAsync(DbTransaction transaction, IReadOnlyList<FormattableString> rows, CancellationToken cancel)
    {
        foreach (var row in rows)
        {
            if (!along.TryGetValue(row.Format, out var command))
            {
                along.Add(row.Format, command = Command(Sql.Text(row, "$p", first: 0), [.. Enumerable.Range(0, row.ArgumentCount).Select(i => $"$p{i}")]));
            }

            Sql.ThrowUnlessOne(row, Write(command, transaction, row.GetArguments()));
        }

        return Task.CompletedTask;
    }

    public void Dispose()
    {
        foreach (var command in along.Values.Concat([selectHolds, selectAccounts, selectTransfers, updateAccount, upsertHold, insertTransfer, selectHead, upsertHead]))
        {
            command.Dispose();
        }
    }

    private Chain Head(DbTransaction transaction)
    {
        selectHead.Transaction = (SqliteTransaction)transaction;
        using var rows = selectHead.ExecuteReader();
        return rows.Read() ? new(rows.GetInt64(0), (byte[])rows[1]) : Chain.Start;
    }

    private static Dictionary<Guid, T> Read<T>(SqliteCommand command, DbTransaction transaction, IEnumerable<Guid> ids, Func<SqliteDataReader, (Guid Id, T Row)> read)
    {
        var found = new Dictionary<Guid, T>();
        command.Transaction = (SqliteTransaction)transaction;
        command.Parameters[0].Value = JsonSerializer.Serialize(ids.Select(id => id.ToString().ToUpperInvariant()));
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            var (id, row) = read(rows);
            found.Add(id, row);
        }

        return found;
    }

    private static int Write(SqliteCommand command, DbTransaction transaction, params ReadOnlySpan<object?> values)
    {
        command.Transaction = (SqliteTransaction)transaction;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return command.ExecuteNonQuery();
    }

    private static Guid? GuidOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);

    private static DateTimeOffset? TimeOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private SqliteCommand Command(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name, Value = DBNull.Value });
        }

        command.Prepare();
        return command;
    }
}
