using Neuro.Chain.Coding;
using Neuro.Chain.Values;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math.EC;
using BigInteger = System.Numerics.BigInteger;
using BcInteger = Org.BouncyCastle.Math.BigInteger;

namespace Neuro.Chain.Signing;

/// <summary>Ethereum's curve: deterministic signatures (RFC 6979) with a low S, and recovery (SEC 1, 4.1.6).</summary>
/// <remarks>The arithmetic is not hardened against side channels: keys of value belong in an external signer.</remarks>
public static class Secp256k1
{
    private static readonly X9ECParameters Curve = CustomNamedCurves.GetByName("secp256k1");
    private static readonly ECDomainParameters Domain = new(Curve);
    private static readonly BcInteger Prime = Curve.Curve.Field.Characteristic;

    internal static readonly BigInteger Order = new(Curve.N.ToByteArrayUnsigned(), isUnsigned: true, isBigEndian: true);
    internal static readonly BigInteger HalfOrder = Order / 2;

    /// <summary>Signs a digest.</summary>
    /// <exception cref="FormatException">The key is zero or over the curve's order; it is not repeated.</exception>
    public static Signature Sign(Hash32 digest, Hash32 key)
    {
        var nonces = new HMacDsaKCalculator(new Sha256Digest());
        var secret = Secret(key);
        nonces.Init(Curve.N, secret, digest.ToBytes());
        var message = new BcInteger(1, digest.ToBytes());
        while (true)
        {
            var nonce = nonces.NextK();
            var point = Domain.G.Multiply(nonce).Normalize();
            var x = point.AffineXCoord.ToBigInteger();
            var r = x.Mod(Curve.N);
            var s = nonce.ModInverse(Curve.N).Multiply(message.Add(secret.Multiply(r))).Mod(Curve.N);
            // An x over the order, which happens once in 2^127, would need a recovery id that Ethereum does not know.
            if (r.SignValue != 0 && s.SignValue != 0 && x.CompareTo(Curve.N) < 0)
            {
                var isHigh = s.CompareTo(Curve.N.ShiftRight(1)) > 0;
                var isOdd = point.AffineYCoord.TestBitZero();
                return new(Word(r), Word(isHigh ? Curve.N.Subtract(s) : s), isOdd != isHigh ? 1 : 0);
            }
        }
    }

    /// <summary>Who signed the digest.</summary>
    /// <exception cref="FormatException">A high S, or no point of the curve.</exception>
    public static Address Recover(Hash32 digest, Signature signature)
    {
        signature.Checked();
        var r = new BcInteger(1, signature.R.ToBytes());
        var point = Decompress(r, signature.YParity);
        var inverse = r.ModInverse(Curve.N);
        var byDigest = Curve.N.Subtract(new BcInteger(1, digest.ToBytes()).Mod(Curve.N)).Multiply(inverse).Mod(Curve.N);
        var byPoint = new BcInteger(1, signature.S.ToBytes()).Multiply(inverse).Mod(Curve.N);
        var key = ECAlgorithms.SumOfTwoMultiplies(Curve.G, byDigest, point, byPoint).Normalize();
        return key.IsInfinity ? throw new FormatException("The signature belongs to no key.") : AddressOf(key);
    }

    /// <summary>The account of a private key.</summary>
    /// <exception cref="FormatException">The key is zero or over the curve's order; it is not repeated.</exception>
    public static Address AddressOf(Hash32 key) => AddressOf(Domain.G.Multiply(Secret(key)).Normalize());

    private static Address AddressOf(ECPoint key) => new(Keccak.Of(key.GetEncoded(compressed: false).AsSpan(1)).ToBytes().AsSpan(12));

    private static BcInteger Secret(Hash32 key) => new BcInteger(1, key.ToBytes()) is var secret && secret.SignValue > 0 && secret.CompareTo(Curve.N) < 0
        ? secret
        : throw new FormatException("The private key is not between 1 and the curve's order.");

    private static ECPoint Decompress(BcInteger x, int parity)
    {
        var right = x.ModPow(BcInteger.Three, Prime).Add(BcInteger.ValueOf(7)).Mod(Prime);
        // The field's prime is 3 modulo 4, so a root is a power.
        var y = right.ModPow(Prime.Add(BcInteger.One).ShiftRight(2), Prime);
        if (!y.ModPow(BcInteger.Two, Prime).Equals(right))
        {
            throw new FormatException("The signature's R is the x of no point on the curve.");
        }

        return Curve.Curve.CreatePoint(x, y.TestBit(0) == (parity == 1) ? y : Prime.Subtract(y));
    }

    private static Hash32 Word(BcInteger number) => Hash32.Of(new BigInteger(number.ToByteArrayUnsigned(), isUnsigned: true, isBigEndian: true));
}
