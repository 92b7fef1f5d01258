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
    private readonly ConcurrentDictionary<string, Guid> known = new(StringComparer.Ordinal);

    public static string NewKey() => KeyPrefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>Opens an account that <paramref name="key"/> speaks for; nothing changes when both are there.</summary>
    public async Task OpenAsync(Guid id, string kind, string name, string key, CancellationToken cancel)
    {
        await ledger.OpenAccountAsync(id, kind, name, cancel);
        await using var db = database.CreateDbContext();
        var (hash, now) = (Hash(key), time.GetUtcNow().ToUnixTimeMilliseconds());
        await db.Database.ExecuteSqlAsync($"INSERT INTO api_keys (hash, account_id, created_at) VALUES ({hash}, {id}, {now}) ON CONFLICT (hash) DO NOTHING", cancel);
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

        var key = NewKey();
        await OpenAsync(Guid.CreateVersion7(), kind, name, key, cancel);
        return key;
    }

    /// <summary>The account that a key speaks for, or null.</summary>
    public async Task<Guid?> FindAsync(string key, CancellationToken cancel)
    {
        if (!key.StartsWith(KeyPrefix, StringComparison.Ordinal) || key.Length > 128)
        {
            return null;
        }

        var hash = Hash(key);
        if (known.TryGetValue(hash, out var account))
        {
            return account;
        }

        await using var db = database.CreateDbContext();
        if (await db.ApiKeys.Where(row => row.Hash == hash).Select(row => (Guid?)row.AccountId).SingleOrDefaultAsync(cancel) is not { } found)
        {
            return null;
        }

        if (known.Count < MostCached)
        {
            known[hash] = found;
        }

        return found;
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
