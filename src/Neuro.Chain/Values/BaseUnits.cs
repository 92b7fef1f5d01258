using System.Numerics;
using Neuro.Client.Tokens;

namespace Neuro.Chain.Values;

/// <summary>NTK as the contract counts it: 18 decimals, so that a nano is 1,000,000,000 base units.</summary>
public static class BaseUnits
{
    public static readonly BigInteger PerNano = 1_000_000_000;

    /// <exception cref="OverflowException">A negative amount: the chain has none.</exception>
    public static BigInteger Of(Ntk amount) => Uint256.Check(amount.Nano * PerNano, "The amount");

    /// <summary>The whole nano in it, and the dust that is less than one: <c>baseUnits = amount + dust</c>, exactly.</summary>
    /// <exception cref="OverflowException">Negative, or more than the ledger can count.</exception>
    public static (Ntk Amount, BigInteger Dust) ToNtk(BigInteger baseUnits)
    {
        var (nano, dust) = BigInteger.DivRem(Uint256.Check(baseUnits, "The amount"), PerNano);
        return nano <= long.MaxValue
            ? (new Ntk((long)nano), dust)
            : throw new OverflowException($"{baseUnits} base units are more than the ledger can count; the whole supply is {Of(Ntk.Supply)}.");
    }
}
