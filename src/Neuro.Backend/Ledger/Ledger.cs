using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;
using Neuro.Backend.Telemetry;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;
using Npgsql;

namespace Neuro.Backend.Ledger;

/// <summary>Where money moves, and the only place where it does: double entry, immutable transfers, two-phase holds.</summary>
/// <remarks>
/// One writer takes whatever callers have queued and commits it in one SQL transaction (group commit), so that the cost of a durable write is shared.
/// A bad transfer is refused by the rules in <see cref="Books"/> and fails alone; if the database itself refuses a batch, its groups are tried one by one.
/// The queue is bounded: when it is full the answer is <c>ledger.busy</c>, at once.
/// </remarks>
internal sealed class Ledger : IAsyncDisposable
{
    /// <summary>How many linked groups may wait.</summary>
    public const int QueueLength = 8192;
    private const int LargestBatch = 1024;
    private const int LargestGroup = 64;

    private readonly Database database;
    private readonly TimeProvider time;
    private readonly Channel<Work> queue;
    private readonly Task writer;
    private DbConnection? connection;
    private ILedgerStore? store;

    public Ledger(Database database, TimeProvider time, int queueLength = QueueLength)
    {
        this.database = database;
        this.time = time;
        queue = Channel.CreateBounded<Work>(new BoundedChannelOptions(queueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        writer = Task.Run(WriteAsync);
    }

    private sealed record Work(IReadOnlyList<TransferRequest> Linked, Func<DbTransaction, Task>? Along, IReadOnlyList<FormattableString> Rows)
    {
        public TaskCompletionSource<TransferResult[]> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>How many groups wait for the writer.</summary>
    public int Waiting => queue.Reader.Count;

    /// <summary>Moves money; returns once that is durable.</summary>
    /// <param name="linked">Transfers that succeed or fail together, in order; at most 64.</param>
    /// <param name="along">Writes of one's own that are committed with the transfers or not at all; called when they are made, not when they were before.</param>
    /// <returns>A result for each. Refusals are results, not exceptions.</returns>
    /// <exception cref="NeuroException"><c>ledger.busy</c> (503): try again later; nothing was queued.</exception>
    public Task<TransferResult[]> SubmitAsync(IReadOnlyList<TransferRequest> linked, Func<DbTransaction, Task> along, CancellationToken cancel = default) => QueueAsync(new(linked, along, []), cancel);

    /// <summary>Moves money; see the overload that writes along. Rows of many callers go to the database together.</summary>
    /// <param name="linked">Transfers that succeed or fail together, in order; at most 64.</param>
    /// <param name="rows">Statements with their values in the holes; each must change exactly one row, or nothing is committed.</param>
    public Task<TransferResult[]> SubmitAsync(IReadOnlyList<TransferRequest> linked, IReadOnlyList<FormattableString> rows, CancellationToken cancel = default) => QueueAsync(new(linked, null, rows), cancel);

    /// <summary>Moves money; see the overload that writes along.</summary>
    public Task<TransferResult[]> SubmitAsync(IReadOnlyList<TransferRequest> linked, CancellationToken cancel = default) => QueueAsync(new(linked, null, []), cancel);

    /// <summary>Moves money once; see the overload for groups.</summary>
    public async Task<TransferResult> SubmitAsync(TransferRequest request, CancellationToken cancel = default) => (await SubmitAsync([request], cancel))[0];

    /// <summary>Opens an account; does nothing when it is there.</summary>
    /// <param name="asset">What it counts.</param>
    /// <param name="owner">Whose holding it is; null when it stands for itself.</param>
    public async Task OpenAccountAsync(Guid id, string kind, string name, CancellationToken cancel, string asset = SystemAccounts.Ntk, Guid? owner = null)
    {
        await using var db = database.CreateDbContext();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO accounts (id, kind, name, asset, owner_id, debits_posted, debits_pending, credits_posted, credits_pending, created_at)
            VALUES ({id}, {kind}, {name}, {asset}, {owner}, 0, 0, 0, 0, {now}) ON CONFLICT (id) DO NOTHING
            """,
            cancel);
    }

    /// <summary>Opens the platform's own accounts and issues the whole supply to the treasury, once.</summary>
    public async Task OpenBooksAsync(CancellationToken cancel)
    {
        await ChainUp.RunAsync(database, cancel);
        await OpenAccountAsync(SystemAccounts.Issuance, "issuance", "issuance", cancel);
        await OpenAccountAsync(SystemAccounts.Treasury, "treasury", "treasury", cancel);
        await OpenAccountAsync(SystemAccounts.Fees, "fees", "fees", cancel);
        var genesis = TransferRequest.Transfer(DerivedId.Of("genesis"), SystemAccounts.Issuance, SystemAccounts.Treasury, Ntk.Supply, "The whole supply");
        (await SubmitAsync(genesis, cancel)).ThrowIfRefused("the issue of the supply");
    }

    /// <summary>Gives back holds whose deadline has passed; returns how many.</summary>
    public async Task<int> ExpireAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        await using var db = database.CreateDbContext();
        var due = await db.Holds.Where(hold => hold.Deadline <= now && hold.Remaining > 0).Select(hold => hold.Id).Take(LargestBatch).ToListAsync(cancel);
        var results = await Task.WhenAll(due.Select(hold => SubmitAsync(TransferRequest.Expire(hold), cancel)));
        return results.Count(result => result.Code == TransferCode.Ok);
    }

    /// <summary>Reads every transfer again and compares what follows from them with the balances and the chain that are kept.</summary>
    public Task<LedgerProof> ProofAsync(CancellationToken cancel) => Proof.ReadAsync(database, cancel);

    /// <summary>A proof whose outcome is written down: the next ones also prove that nothing before it was changed.</summary>
    public Task<LedgerProof> AuditAsync(CancellationToken cancel) => Audits.RunAsync(database, time, cancel);

    /// <summary>Audits when the last one is a day old.</summary>
    public async Task AuditIfDueAsync(CancellationToken cancel)
    {
        if (await Audits.IsDueAsync(database, time, cancel))
        {
            await AuditAsync(cancel);
        }
    }

    /// <summary>Finishes what is queued, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await writer;
        await CloseAsync();
    }

    private Task<TransferResult[]> QueueAsync(Work work, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfZero(work.Linked.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(work.Linked.Count, LargestGroup);
        return queue.Writer.TryWrite(work)
            ? work.Done.Task.WaitAsync(cancel)
            : throw new NeuroException("ledger.busy", "The ledger has more transfers waiting than it takes; nothing was done. Send the same request again in a second.") { Status = 503 };
    }

    private async Task WriteAsync()
    {
        var batch = new List<Work>();
        while (await queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            for (var transfers = 0; transfers < LargestBatch && queue.Reader.TryRead(out var work); transfers += work.Linked.Count)
            {
                batch.Add(work);
            }

            if (await TryCommitAsync(batch) is null)
            {
                continue;
            }

            // The database refused the batch as a whole, or the answer to its commit was lost. Ids make a second try safe either way.
            foreach (var work in batch)
            {
                if (await TryCommitAsync([work]) is { } broken)
                {
                    work.Done.TrySetException(Failures.Describe(broken) ?? new NeuroException("ledger.unavailable", $"The ledger's database does not answer ({broken.Message.TrimEnd('.')}). Send the same request again later; it is done at most once.", broken) { Status = 503 });
                }
            }
        }
    }

    private async Task<Exception?> TryCommitAsync(List<Work> batch)
    {
        try
        {
            using var span = Spans.Start("neuro.ledger.batch")?.SetTag("neuro.groups", batch.Count);
            using var turn = await database.TurnAsync(CancellationToken.None);
            var open = store ?? await OpenAsync();
            await using var transaction = await open.BeginAsync(CancellationToken.None);
            var now = time.GetUtcNow().ToMillisecond();
            var books = await open.LoadAsync(transaction, [.. batch.SelectMany(work => work.Linked)], now, CancellationToken.None);
            var results = batch.ConvertAll(work => books.Apply(work.Linked));
            await open.SaveAsync(transaction, books, CancellationToken.None);
            await WriteAlongAsync(open, transaction, batch.Where((_, i) => Array.Exists(results[i], result => result.Code == TransferCode.Ok)));
            await transaction.CommitAsync(CancellationToken.None);
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Done.TrySetResult(results[i]);
            }

            return null;
        }
        catch (Exception broken)
        {
            await CloseAsync();
            return broken;
        }
    }

    // In the order in which they came; rows that follow each other go to the database at once.
    private static async Task WriteAlongAsync(ILedgerStore store, DbTransaction transaction, IEnumerable<Work> made)
    {
        var rows = new List<FormattableString>();
        foreach (var work in made)
        {
            rows.AddRange(work.Rows);
            if (work.Along is { } along)
            {
                await store.WriteAlongAsync(transaction, rows, CancellationToken.None);
                rows.Clear();
                await along(transaction);
            }
        }

        await store.WriteAlongAsync(transaction, rows, CancellationToken.None);
    }

    private async Task<ILedgerStore> OpenAsync()
    {
        connection = await database.OpenAsync(CancellationToken.None);
        return store = connection is NpgsqlConnection postgres ? new PostgresLedgerStore(postgres) : new SqliteLedgerStore((SqliteConnection)connection);
    }

    private async Task CloseAsync()
    {
        (store as IDisposable)?.Dispose();
        store = null;
        if (connection is { } open)
        {
            connection = null;
            await open.DisposeAsync();
        }
    }
}
