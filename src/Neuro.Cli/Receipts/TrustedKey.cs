using Neuro.Client.Api;

namespace Neuro.Cli.Receipts;

/// <summary>The platform's key that signatures are held against, and who vouches for it.</summary>
/// <param name="Source">given, remembered or file.</param>
/// <param name="Why">For people.</param>
internal sealed record TrustedKey(string PublicKey, string Source, string Why)
{
    private const int KeyBytes = 32;

    /// <summary>The one that the user names; else one known from a connection; else the file's own.</summary>
    /// <exception cref="NeuroException"><c>receipt.bad_key</c>, <c>receipt.no_key</c>.</exception>
    public static TrustedKey Of(ReceiptFile file, string? given, KnownPlatforms platforms)
    {
        if (given is not null)
        {
            return new(Checked(given), "given", "given by --key");
        }

        var known = platforms.All;
        // A platform elsewhere keeps its key. Ports of this machine change hands, so there a key is known by itself.
        var entry = known.FirstOrDefault(entry => entry.Platform == file.Platform && !entry.Platform.IsLoopback) ?? known.FirstOrDefault(entry => entry.PublicKey == file.PublicKey);
        if (entry is not null)
        {
            return new(entry.PublicKey, "remembered", $"remembered from a connection to {entry.Platform} on {entry.Since:yyyy-MM-dd}");
        }

        // Without a key in the file there may still be one that fits.
        entry = file.PublicKey is null ? known.FirstOrDefault(entry => Ed25519.Verify(entry.PublicKey, file.Receipts[0].SignedBytes(), file.Receipts[0].Signature)) : null;
        if (entry is not null)
        {
            return new(entry.PublicKey, "remembered", $"remembered from a connection to {entry.Platform} on {entry.Since:yyyy-MM-dd}");
        }

        return file.PublicKey is { } own
            ? new(own, "file", "the file's own: nobody else vouches for it, so compare it with the platform's, or give --key")
            : throw new NeuroException("receipt.no_key", "The file names no platform's key, and none that is remembered fits. Give the platform's with --key; its /v1/platform says it.");
    }

    private static string Checked(string key)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes + 1];
        return Convert.TryFromBase64String(key.Trim(), bytes, out var length) && length == KeyBytes
            ? key.Trim()
            : throw new NeuroException("receipt.bad_key", $"--key is '{(key.Length <= 60 ? key : key[..60] + "…")}'; expected an ed25519 public key: {KeyBytes} bytes in base64.");
    }
}
