using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;
using Neuro.Client.Api;

namespace Neuro.Backend.Accounts;

/// <summary>Who may sign in: accounts and their API keys, of which only SHA-256 hashes are kept.</summary>
/// <remarks>A key is 32 random bytes, so a plain hash is enough: there is nothing to guess.</remarks>
internal sealed class AccountDirectory(Database database, Ledger.Ledger ledger, TimeProvider time)
{
    public const string KeyPrefix = "nk_";
    private const int MostCached = 10_000;

    // Another process over the same database may have taken a key away.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, (KnownKey Key, long ReadAt)> known = new(StringComparer.Ordinal);
    private long changes;

    public static string NewKey() => KeyPrefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>The id of the key of an account of the house, which lies in a file of the data folder.</summary>
    public static Guid HouseKeyOf(Guid account) => DerivedId.Of("key/house", account);

    /// <summary>Opens an account of the house. What the file holds is its key: a new file takes the place of an old one.</summary>
    public async Task OpenHouseAsync(Guid id, string kind, string name, Roles roles, string file, string key, CancellationToken cancel)
    {
        await OpenAsync(id, kind, name, roles, cancel);
        var (hash, keyId, now) = (Hash(key), HouseKeyOf(id), time.GetUtcNow().ToUnixTimeMilliseconds());
        await database.WriteAsync(
            async db =>
            {
                await db.ApiKeys.Where(row => row.AccountId == id && row.Id == keyId && row.Hash != hash).ExecuteDeleteAsync(cancel);
                await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO api_keys (hash, id, account_id, name, scopes, created_at) VALUES ({hash}, {keyId}, {id}, {file}, '', {now})
                    ON CONFLICT (hash) DO UPDATE SET id = excluded.id, name = excluded.name
                    """,
                    cancel);
            },
            cancel);
        Forget();
    }

    /// <summary>A new account and its key, which is shown this once.</summary>
    /// <param name="kind">customer, or node for one that earns.</param>
    public async Task<string> CreateAsync(string kind, string name, CancellationToken cancel)
    {
        if (kind is not ("customer" or "node"))
        {
            throw new NeuroException("account.bad_kind", $"'{kind}' is not a kind of account that can be opened; expected customer or node.");
        }

        if (name.Length is 0 or > 100)
        {
            throw new NeuroException("account.bad_name", $"An account's name has 1 to 100 characters; this one has {name.Length}.");
        }

        var (id, key) = (Guid.CreateVersion7(), NewKey());
        await OpenAsync(id, kind, name, RoleWords.Of(kind), cancel);
        await using var db = database.CreateDbContext();
        db.ApiKeys.Add(new ApiKeyRow { Hash = Hash(key), Id = Guid.CreateVersion7(), AccountId = id, Name = "first key", CreatedAt = time.GetUtcNow() });
        await db.SaveChangesAsync(cancel);
        return key;
    }

    /// <summary>Gives an account the roles named and takes the others.</summary>
    public async Task ChangeRolesAsync(Guid account, Roles roles, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var changed = await db.Accounts.Where(row => row.Id == account && (row.Kind == "customer" || row.Kind == "node")).ExecuteUpdateAsync(set => set.SetProperty(row => row.Roles, (int)roles), cancel);
        Forget();
        if (changed == 0)
        {
            throw new NeuroException("account.not_found", $"There is no account {account} of somebody who signs in.") { Status = 404 };
        }
    }

    /// <summary>The key, unless it was deleted or has expired.</summary>
    public async Task<KnownKey?> FindAsync(string key, CancellationToken cancel)
    {
        if (!key.StartsWith(KeyPrefix, StringComparison.Ordinal) || key.Length > 128)
        {
            return null;
        }

        var hash = Hash(key);
        var found = known.TryGetValue(hash, out var cached) && time.GetElapsedTime(cached.ReadAt) < Fresh ? cached.Key : await ReadAsync(hash, cancel);
        return found is null || found.IsOver(time.GetUtcNow()) ? null : found;
    }

    /// <summary>Reads keys and roles again from now on: some were changed.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref changes);
        known.Clear();
    }

    /// <summary>Opens an account without a key. Roles are added, never taken: what an operator gave an account of the house stays.</summary>
    public async Task OpenAsync(Guid id, string kind, string name, Roles roles, CancellationToken cancel)
    {
        await ledger.OpenAccountAsync(id, kind, name, cancel);
        await using var db = database.CreateDbContext();
        var add = (int)roles;
        await db.Accounts.Where(row => row.Id == id && (row.Roles & add) != add).ExecuteUpdateAsync(set => set.SetProperty(row => row.Roles, row => row.Roles | add), cancel);
    }

    private async Task<KnownKey?> ReadAsync(string hash, CancellationToken cancel)
    {
        var (before, readAt) = (Interlocked.Read(ref changes), time.GetTimestamp());
        await using var db = database.CreateDbContext();
        var row = await (from key in db.ApiKeys
                         join account in db.Accounts on key.AccountId equals account.Id
                         where key.Hash == hash
                         select new { key.Id, key.AccountId, key.Scopes, key.Expires, account.Roles }).SingleOrDefaultAsync(cancel);
        if (row is null)
        {
            known.TryRemove(hash, out _);
            return null;
        }

        var found = new KnownKey(row.Id, row.AccountId, (Roles)row.Roles, ScopeWords.Read(row.Scopes), row.Expires);
        if (known.Count >= MostCached)
        {
            known.Clear();
        }

        known[hash] = (found, readAt);

        // Deleted between the reading and the keeping: who deleted cleared too early for this one.
        if (Interlocked.Read(ref changes) != before)
        {
            known.TryRemove(hash, out _);
        }

        return found;
    }
}
