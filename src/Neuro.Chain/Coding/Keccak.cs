using System.Text;
using Neuro.Chain.Values;
using Org.BouncyCastle.Crypto.Digests;

namespace Neuro.Chain.Coding;

/// <summary>Keccak-256 as Ethereum uses it: the padding of the submission, not that of SHA-3.</summary>
public static class Keccak
{
    public static Hash32 Of(ReadOnlySpan<byte> bytes)
    {
        var digest = new KeccakDigest(256);
        digest.BlockUpdate(bytes);
        Span<byte> hash = stackalloc byte[Hash32.Length];
        digest.DoFinal(hash);
        return new(hash);
    }

    /// <summary>Of the text's UTF-8 bytes.</summary>
    public static Hash32 Of(string text) => Of(Encoding.UTF8.GetBytes(text));
}
