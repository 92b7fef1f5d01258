using System.Globalization;
using System.Text;
using Neuro.Chain.Coding;
using Neuro.Chain.Values;

namespace Neuro.Chain.Signing;

/// <summary>A message as wallets sign it (EIP-191, version 0x45).</summary>
public static class PersonalMessage
{
    /// <summary>What is signed: the hash of the prefix, the length in bytes, and the message.</summary>
    public static Hash32 Digest(ReadOnlySpan<byte> message) =>
        Keccak.Of([.. Encoding.ASCII.GetBytes("\x19" + "Ethereum Signed Message:\n" + message.Length.ToString(CultureInfo.InvariantCulture)), .. message]);

    /// <summary>Who signed the message.</summary>
    /// <exception cref="FormatException">A signature of nobody.</exception>
    public static Address Recover(ReadOnlySpan<byte> message, Signature signature) => Secp256k1.Recover(Digest(message), signature);
}
