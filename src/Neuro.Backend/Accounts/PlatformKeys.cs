using System.Security.Cryptography;
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

    public string Sign(byte[] receipt) => Ed25519.Sign(receipts, receipt);

    public byte[] Mac(ReadOnlySpan<byte> message) => HMACSHA256.HashData(tokens, message);
}
