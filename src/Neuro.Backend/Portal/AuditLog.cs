using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Storage;
using Neuro.Client.Accounts;

namespace Neuro.Backend.Portal;

/// <summary>Who did what, written down in batches beside the requests.</summary>
/// <remarks>
/// Rows wait for a quarter of a second, so that a busy platform commits four times a second and not once a request; a reader, a full batch or the end of the platform makes the writer hurry.
/// A process that is killed loses that quarter. When the queue is full, requests wait: a log with holes would be none.
/// </remarks>
internal sealed class AuditLog : IAsyncDisposable
{
    private const int QueueLength = 8192;
    private const int LargestBatch = 1024;
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    private readonly Database database;
    private readonly TimeProvider time;
    private readonly ILogger<AuditLog> logger;
    private readonly Channel<Entry> queue = Channel.CreateBounded<Entry>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly Task writer;
    private volatile TaskCompletionSource hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool closing;

    public AuditLog(Database database, TimeProvider time, ILogger<AuditLog> logger)
    {
        (this.database, this.time, this.logger) = (database, time, logger);
        writer = Task.Run(WriteAllAsync);
    }

    /// <summary>A row to write, or somebody who waits until what came before is written.</summary>
    private readonly record struct Entry(AuditLogRow? Row, TaskCompletionSource? Written);

    public async ValueTask AddAsync(AuditLogRow row)
    {
        await queue.Writer.WriteAsync(new(row, null));
        if (queue.Reader.Count >= LargestBatch)
        {
            hurry.TrySetResult();
        }
    }

    /// <summary>The newest first.</summary>
    /// <param name="filter">Which ones.</param>
    /// <param name="before">Only those with a smaller sequence; null for the newest of all.</param>
    public async Task<IReadOnlyList<AuditEntry>> ListAsync(Func<IQueryable<AuditLogRow>, IQueryable<AuditLogRow>> filter, long? before, int limit, CancellationToken cancel)
    {
        await FlushAsync(cancel);
        await using var db = database.CreateDbContext();
        var rows = await filter(db.AuditLog.AsNoTracking()).Where(row => before == null || row.Sequence < before).OrderByDescending(row => row.Sequence).Take(limit).ToListAsync(cancel);
        return rows.ConvertAll(row => new AuditEntry(row.Sequence, row.At, row.AccountId, row.KeyId, row.Action, row.Status));
    }

    /// <summary>Returns once everything that was added before is written.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await queue.Writer.WriteAsync(new(null, written), cancel);
        hurry.TrySetResult();
        await written.Task.WaitAsync(cancel);
    }

    /// <summary>Writes what is left, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        closing = true;
        queue.Writer.TryComplete();
        hurry.TrySetResult();
        await writer;
    }

    private async Task WriteAllAsync()
    {
        var (rows, waiting) = (new List<AuditLogRow>(), new List<TaskCompletionSource>());
        for (var more = false; await queue.Reader.WaitToReadAsync(); more = rows.Count == LargestBatch)
        {
            if (!more)
            {
                await PauseAsync(Linger);
            }

            rows.Clear();
            waiting.Clear();
            while (rows.Count < LargestBatch && queue.Reader.TryRead(out var entry))
            {
                if (entry.Row is { } row)
                {
                    rows.Add(row);
                }
                else
                {
                    waiting.Add(entry.Written!);
                }
            }

            await WriteAsync(rows, waiting);
        }
    }

    private async Task WriteAsync(List<AuditLogRow> rows, List<TaskCompletionSource> waiting)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                // Copies: a try that failed may have numbered them.
                await using var db = database.CreateDbContext();
                db.AuditLog.AddRange(rows.Select(row => new AuditLogRow { At = row.At, AccountId = row.AccountId, KeyId = row.KeyId, Action = row.Action, Status = row.Status }));
                await db.SaveChangesAsync();
                waiting.ForEach(reader => reader.TrySetResult());
                if (tries > 1)
                {
                    hurry.TrySetResult(); // Whoever hurried meanwhile woke a pause between two tries; what they put in need not linger.
                }

                return;
            }
            catch (Exception failure)
            {
                waiting.ForEach(reader => reader.TrySetException(failure));
                logger.LogError(failure, "{Rows} rows of the audit log could not be written; {Next}", rows.Count, closing ? "they are lost" : "it is tried again in a second");
                if (closing)
                {
                    return;
                }

                await PauseAsync(BetweenTries);
            }
        }
    }

    // Whoever hurries has put an entry in first. So: renew the signal, then read, and no entry is left behind.
    private async Task PauseAsync(TimeSpan pause)
    {
        if (!closing)
        {
            using var over = new CancellationTokenSource();
            await Task.WhenAny(Task.Delay(pause, time, over.Token), hurry.Task);
            await over.CancelAsync();
            hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
