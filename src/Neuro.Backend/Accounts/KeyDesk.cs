using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;
using Neuro.Client.Accounts;
using Neuro.Client.Api;

namespace Neuro.Backend.Accounts;

/// <summary>Makes, rotates and deletes API keys. A key and the secrets it had share an id; all but one of them are retired.</summary>
/// <remarks>Every change locks the account's row first: of two keys that delete each other, the second is told that it is the last.</remarks>
internal sealed class KeyDesk(Database database, AccountDirectory accounts, TimeProvider time)
{
    private const int MostKeys = 100;
    private const int LongestGrace = 24 * 60;

    public async Task<IReadOnlyList<ApiKey>> ListAsync(Guid account, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var rows = await db.ApiKeys.AsNoTracking().Where(row => row.AccountId == account && !row.Retired).OrderByDescending(row => row.CreatedAt).ThenBy(row => row.Id).ToListAsync(cancel);
        return rows.ConvertAll(Show);
    }

    /// <param name="own">What the key that asks may do.</param>
    /// <exception cref="NeuroException"><c>key.bad_scope</c>, <c>key.bad_expiry</c>, <c>key.too_many</c>, <c>access.scope_missing</c></exception>
    public Task<NewApiKey> CreateAsync(Guid account, Scopes own, ApiKeyRequest request, CancellationToken cancel)
    {
        Input.Text(request.Name, "name", 1, 100);
        var asked = request.Scopes ?? [];
        Input.Range(asked.Count, "the number of scopes", 0, 16);
        var scopes = ScopeWords.Parse(asked);
        ThrowIfMore(scopes, own);
        var now = time.GetUtcNow();
        if (request.Expires <= now)
        {
            throw new NeuroException("key.bad_expiry", $"The key would expire at {request.Expires:yyyy-MM-dd HH:mm:ss zzz}, which is over. Give a time to come, or leave it out for a key that does not expire.");
        }

        return WriteAsync(
            account,
            async db =>
            {
                if (await db.ApiKeys.CountAsync(row => row.AccountId == account && !row.Retired, cancel) >= MostKeys)
                {
                    throw new NeuroException("key.too_many", $"An account has at most {MostKeys} keys, and this one has them. Delete one first.") { Status = 409 };
                }

                return await AddAsync(db, new ApiKeyRow
                {
                    Id = Guid.CreateVersion7(),
                    AccountId = account,
                    Name = Words.Clip(request.Name, 100),
                    Scopes = asked.Count == 0 ? "" : string.Join(' ', scopes.Words()),
                    Expires = request.Expires,
                }, cancel);
            },
            cancel);
    }

    /// <summary>A new secret; the old one, and any older, is over when the grace is.</summary>
    /// <exception cref="NeuroException"><c>key.not_found</c>, <c>key.expired</c>, <c>key.kept_in_file</c>, <c>access.scope_missing</c></exception>
    public Task<NewApiKey> RotateAsync(Guid account, Scopes own, Guid id, ApiKeyRotation rotation, CancellationToken cancel)
    {
        Input.Range(rotation.GraceMinutes, "graceMinutes", 0, LongestGrace);
        return WriteAsync(
            account,
            async db =>
            {
                var now = time.GetUtcNow();
                var until = now + TimeSpan.FromMinutes(rotation.GraceMinutes);
                var rows = await RowsAsync(db, account, id, cancel);
                var current = rows.Single(row => !row.Retired);
                ThrowIfMore(ScopeWords.Read(current.Scopes), own);
                if (current.Expires <= now)
                {
                    throw new NeuroException("key.expired", $"The key '{current.Name}' expired at {current.Expires:yyyy-MM-dd HH:mm:ss} UTC; a new secret would be over too. Make a new key.") { Status = 409 };
                }

                var next = new ApiKeyRow { Id = id, AccountId = account, Name = current.Name, Scopes = current.Scopes, Expires = current.Expires };
                foreach (var row in rows)
                {
                    (row.Retired, row.Expires) = (true, row.Expires < until ? row.Expires : until);
                }

                db.ApiKeys.RemoveRange(rows.Where(row => row.Expires <= now));
                return await AddAsync(db, next, cancel);
            },
            cancel);
    }

    /// <exception cref="NeuroException"><c>key.not_found</c>, <c>key.last_admin</c>, <c>key.kept_in_file</c></exception>
    public Task DeleteAsync(Guid account, Guid id, CancellationToken cancel) => WriteAsync(
        account,
        async db =>
        {
            var now = time.GetUtcNow();
            var rows = await RowsAsync(db, account, id, cancel);
            var current = rows.Single(row => !row.Retired);
            var others = await db.ApiKeys.AsNoTracking().Where(row => row.AccountId == account && row.Id != id && !row.Retired).ToListAsync(cancel);
            if (IsAdmin(current, now) && !others.Exists(row => IsAdmin(row, now)))
            {
                throw new NeuroException("key.last_admin", $"'{current.Name}' is the last key with the scope admin; without it nobody could make keys for this account any more. Make another one first.") { Status = 409 };
            }

            db.ApiKeys.RemoveRange(rows);
            return await db.SaveChangesAsync(cancel);
        },
        cancel);

    private static bool IsAdmin(ApiKeyRow row, DateTimeOffset now) => ScopeWords.Read(row.Scopes).HasFlag(Scopes.Admin) && !(row.Expires <= now);

    private async Task<T> WriteAsync<T>(Guid account, Func<NeuroDb, Task<T>> change, CancellationToken cancel)
    {
        var result = await database.WriteAsync(
            async db =>
            {
                await db.Accounts.Where(row => row.Id == account).ExecuteUpdateAsync(set => set.SetProperty(row => row.Roles, row => row.Roles), cancel);
                return await change(db);
            },
            cancel);
        accounts.Forget();
        return result;
    }

    private static async Task<List<ApiKeyRow>> RowsAsync(NeuroDb db, Guid account, Guid id, CancellationToken cancel)
    {
        var rows = await db.ApiKeys.Where(row => row.AccountId == account && row.Id == id).ToListAsync(cancel);
        if (rows.Count == 0)
        {
            throw new NeuroException("key.not_found", $"You have no key {id}. Check the id, or list your keys.") { Status = 404 };
        }

        return id != AccountDirectory.HouseKeyOf(account)
            ? rows
            : throw new NeuroException("key.kept_in_file", $"This key is kept in the file {rows[0].Name} of the platform's data folder. Stop the platform, delete the file and start it again for another.") { Status = 409 };
    }

    private async Task<NewApiKey> AddAsync(NeuroDb db, ApiKeyRow row, CancellationToken cancel)
    {
        var secret = AccountDirectory.NewKey();
        (row.Hash, row.CreatedAt) = (AccountDirectory.Hash(secret), time.GetUtcNow());
        db.ApiKeys.Add(row);
        await db.SaveChangesAsync(cancel);
        return new(Show(row), secret);
    }

    private static void ThrowIfMore(Scopes asked, Scopes own)
    {
        if ((asked & ~own) is var more && more != Scopes.None)
        {
            throw new NeuroException("access.scope_missing", $"The key would have the scope {string.Join(", ", more.Words())}, which the key that asks does not have. Name fewer scopes, or ask with another key.") { Status = 403 };
        }
    }

    private static ApiKey Show(ApiKeyRow row) =>
        new(row.Id, row.Name, row.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries), row.CreatedAt, row.Expires, row.Hash[^4..]);
}
