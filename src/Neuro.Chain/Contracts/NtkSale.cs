using System.Numerics;
using Neuro.Chain.Coding;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;

namespace Neuro.Chain.Contracts;

/// <summary>The contract <c>NtkSale</c>: NTK for ether. Ether is in wei, tokens in base units.</summary>
public sealed class NtkSale(IEthereum chain, Address address)
{
    public static Artifact Artifact => Lazily.Value;

    private static readonly Lazy<Artifact> Lazily = new(() => Artifact.Load("NtkSale"));

    public Address Address => address;

    /// <summary>Buys for the transaction's value.</summary>
    /// <param name="atLeast">Fewer tokens, since a bonus ended meanwhile, and it reverts.</param>
    public static byte[] Buy(BigInteger atLeast) => Artifact.Abi.Function("buy").Encode(atLeast);

    /// <summary>Fetches what was bought, after the end.</summary>
    public static byte[] Claim() => Artifact.Abi.Function("claim").Encode();

    /// <summary>The tokens, with bonus, that so much ether buys at a time.</summary>
    public async Task<BigInteger> QuoteAsync(BigInteger wei, DateTimeOffset time, BlockRef at = default, CancellationToken cancel = default) =>
        (BigInteger)(await CallAsync("quote", at, cancel, wei, new BigInteger(time.ToUnixTimeSeconds())))[0];

    /// <summary>What was bought and not fetched.</summary>
    public async Task<BigInteger> BoughtAsync(Address buyer, BlockRef at = default, CancellationToken cancel = default) =>
        (BigInteger)(await CallAsync("bought", at, cancel, buyer))[0];

    /// <summary>When it opens and closes.</summary>
    public async Task<(DateTimeOffset Start, DateTimeOffset End)> PeriodAsync(CancellationToken cancel = default) =>
        (await TimeAsync("start", cancel), await TimeAsync("end", cancel));

    /// <summary>Reads a purchase.</summary>
    /// <exception cref="FormatException">Another log, or another contract's.</exception>
    public (Address Buyer, BigInteger Wei, BigInteger Tokens, BigInteger Bonus) ReadBought(Log log) =>
        log.Address != address ? throw new FormatException($"The log is of {log.Address}, not of the sale at {address}.")
        : Artifact.Abi.Event("Bought").Decode(log) is [Address buyer, BigInteger wei, BigInteger tokens, BigInteger bonus] ? (buyer, wei, tokens, bonus)
        : throw new FormatException("The log is not a purchase.");

    private async Task<DateTimeOffset> TimeAsync(string function, CancellationToken cancel) =>
        DateTimeOffset.FromUnixTimeSeconds((long)(BigInteger)(await CallAsync(function, default, cancel))[0]);

    private Task<object[]> CallAsync(string function, BlockRef at, CancellationToken cancel, params object[] arguments) =>
        chain.CallAsync(address, Artifact.Abi, function, at, cancel, arguments);
}
