using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;
using Neuro.Client.Api;

namespace Neuro.Backend.Accounts;

/// <summary>The platform's secrets, kept in the data folder where only its user may read them: an ed25519 key for receipts and a key for tokens.</summary>
internal sealed class PlatformKeys
{
    private readonly byte[] receipts;
    private readonly byte[] tokens;

    private PlatformKeys(byte[] receipts, byte[] tokens)
    {
        this.receipts = receipts;
        this.tokens = tokens;
        PublicKey = Ed25519.PublicKey(receipts);
    }

    /// <summary>The ed25519 key that signs receipts, base64.</summary>
    public string PublicKey { get; }

    public static PlatformKeys Load(string dataFolder) => new(
        Convert.FromBase64String(Secret(Path.Combine(dataFolder, "keys", "receipts.ed25519"), () => Convert.ToBase64String(Ed25519.NewKey()))),
        Convert.FromBase64String(Secret(Path.Combine(dataFolder, "keys", "tokens.hmac"), () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)))));

    /// <summary>The secret in a file of mode 600; made on the first start.</summary>
    public static string Secret(string path, Func<string> make)
    {
        if (!File.Exists(path))
        {
            DataFolder.WriteSecret(path, make() + "\n");
        }

        return File.ReadAllText(path).Trim();
    }

    /// <summary>Refuses to start beside replicas that sign with other keys: their tokens would be worthless here, and receipts of one platform have one signature.</summary>
    /// <exception cref="NeuroException"><c>platform.other_keys</c></exception>
    public async Task CompareAsync(Database database, CancellationToken cancel)
    {
        var mine = Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(PublicKey), .. Mac("neuro keys"u8)]));
        await using var db = database.CreateDbContext();
        await db.Database.ExecuteSqlAsync($"INSERT INTO platform (id, keys) VALUES (1, {mine}) ON CONFLICT (id) DO NOTHING", cancel);
        if (await db.Platform.Select(row => row.Keys).SingleAsync(cancel) != mine)
        {
            throw new NeuroException("platform.other_keys", "This database belongs to a platform with other keys than those in the keys folder. Give this replica the keys of the first one (--keys). If they are lost, empty the table 'platform' and start again: nodes will have to join anew.");
        }
    }

    public string Sign(byte[] receipt) => Ed25519.Sign(receipts, receipt);

    public byte[] Mac(ReadOnlySpan<byte> message) => HMACSHA256.HashData(tokens, message);
}
