using System.Numerics;
using Neuro.Chain.Coding;
using Neuro.Chain.Values;

namespace Neuro.Chain.Signing;

/// <summary>An ECDSA signature on secp256k1 from which the signer can be recovered.</summary>
/// <param name="YParity">Whether the y of R's point is odd: 0 or 1.</param>
public readonly record struct Signature(Hash32 R, Hash32 S, int YParity)
{
    public const int Length = 65;
    private const int VOffset = 27;

    /// <summary>R, S, and v as 27 or 28 (0 and 1 are read, too).</summary>
    /// <exception cref="FormatException">Not 65 bytes; another v; R or S out of range; a high S, by which anybody makes a second signature of one (EIP-2).</exception>
    public static Signature Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new FormatException(
                $"A signature has {Length} bytes; these are {bytes.Length}. Contract wallets (EIP-1271) are not accepted; sign with an account that has a key.");
        }

        var parity = bytes[64] >= VOffset ? bytes[64] - VOffset : bytes[64];
        return parity is 0 or 1
            ? new Signature(new(bytes[..32]), new(bytes[32..64]), parity).Checked()
            : throw new FormatException($"The last byte of the signature is {bytes[64]}; expected 27 or 28.");
    }

    /// <exception cref="FormatException">Not hex, or as <see cref="Parse(ReadOnlySpan{byte})"/>.</exception>
    public static Signature Parse(string hex) => Parse(Hex.Bytes(hex));

    /// <summary>R, S, and v as 27 or 28.</summary>
    public byte[] ToBytes() => [.. R.ToBytes(), .. S.ToBytes(), V];

    /// <summary>27 or 28: what <c>ecrecover</c> wants.</summary>
    public byte V => (byte)(VOffset + YParity);

    public override string ToString() => Hex.Of(ToBytes());

    internal Signature Checked()
    {
        var (r, s) = (R.ToNumber(), S.ToNumber());
        return r.IsZero || s.IsZero || r >= Secp256k1.Order ? throw new FormatException("The signature is out of the curve's range.")
            : s > Secp256k1.HalfOrder ? throw new FormatException("The signature has a high S (EIP-2); sign again with a wallet that keeps S low.")
            : this;
    }
}
