using System.Numerics;

namespace Neuro.Chain.Values;

/// <summary>The numbers of the chain: whole, from 0 to 2^256 - 1.</summary>
public static class Uint256
{
    public static readonly BigInteger Max = (BigInteger.One << 256) - 1;

    public static bool Fits(BigInteger number) => number.Sign >= 0 && number <= Max;

    /// <summary>The number itself.</summary>
    /// <exception cref="OverflowException">Negative or over uint256; <paramref name="what"/> names it.</exception>
    public static BigInteger Check(BigInteger number, string what) => Fits(number)
        ? number
        : throw new OverflowException($"{what} {(number.Sign < 0 ? "is negative" : $"has {number.GetBitLength()} bits")}; the chain counts from 0 to 2^256 - 1.");

    /// <summary>Writes 32 big-endian bytes.</summary>
    /// <exception cref="OverflowException">Negative or over uint256.</exception>
    public static void Write(BigInteger number, Span<byte> target)
    {
        var size = Check(number, "The amount").GetByteCount(isUnsigned: true);
        target[..(32 - size)].Clear();
        number.TryWriteBytes(target[(32 - size)..32], out _, isUnsigned: true, isBigEndian: true);
    }
}
