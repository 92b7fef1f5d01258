using NSec.Cryptography;

namespace Neuro.Client.Api;

/// <summary>Signatures of nodes and of the platform (RFC 8032), keys and signatures in base64.</summary>
public static class Ed25519
{
    private static readonly SignatureAlgorithm Algorithm = SignatureAlgorithm.Ed25519;

    /// <summary>A new secret key, 32 bytes.</summary>
    public static byte[] NewKey()
    {
        using var key = Key.Create(Algorithm, new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport });
        return key.Export(KeyBlobFormat.RawPrivateKey);
    }

    /// <summary>The public key of <paramref name="secret"/>, base64.</summary>
    public static string PublicKey(byte[] secret)
    {
        using var key = Key.Import(Algorithm, secret, KeyBlobFormat.RawPrivateKey);
        return Convert.ToBase64String(key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
    }

    public static string Sign(byte[] secret, ReadOnlySpan<byte> message)
    {
        using var key = Key.Import(Algorithm, secret, KeyBlobFormat.RawPrivateKey);
        return Convert.ToBase64String(Algorithm.Sign(key, message));
    }

    /// <summary>Whether <paramref name="signature"/> is that of <paramref name="publicKey"/>; false for anything malformed.</summary>
    public static bool Verify(string publicKey, ReadOnlySpan<byte> message, string signature)
    {
        Span<byte> key = stackalloc byte[32];
        Span<byte> sig = stackalloc byte[64];
        return Convert.TryFromBase64String(publicKey, key, out var keyBytes) && keyBytes == 32
            && Convert.TryFromBase64String(signature, sig, out var sigBytes) && sigBytes == 64
            && NSec.Cryptography.PublicKey.TryImport(Algorithm, key, KeyBlobFormat.RawPublicKey, out var imported) && imported is not null
            && Algorithm.Verify(imported, message, sig);
    }
}
