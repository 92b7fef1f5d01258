using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;

namespace Neuro.Backend.Portal;

/// <summary>Answers to requests with an Idempotency-Key, kept for a day.</summary>
internal sealed class IdempotentAnswers(Database database, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    public async Task<IdempotencyRow?> FindAsync(Guid account, string key, CancellationToken cancel)
    {
        var over = time.GetUtcNow() - Kept;
        await using var db = database.CreateDbContext();
        return await db.Idempotency.AsNoTracking().SingleOrDefaultAsync(row => row.AccountId == account && row.Key == key && row.At > over, cancel);
    }

    /// <summary>Keeps an answer; takes the place of one that is over.</summary>
    public async Task SaveAsync(IdempotencyRow answer, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO idempotency (account_id, "key", request, status, content_type, body, at)
            VALUES ({answer.AccountId}, {answer.Key}, {answer.Request}, {answer.Status}, {answer.ContentType}, {answer.Body}, {now})
            ON CONFLICT (account_id, "key") DO UPDATE SET
                request = excluded.request, status = excluded.status, content_type = excluded.content_type, body = excluded.body, at = excluded.at
            """,
            cancel);
    }

    /// <summary>Drops those that are over.</summary>
    public async Task SweepAsync(CancellationToken cancel)
    {
        var over = time.GetUtcNow() - Kept;
        await using var db = database.CreateDbContext();
        await db.Idempotency.Where(row => row.At <= over).ExecuteDeleteAsync(cancel);
    }
}
