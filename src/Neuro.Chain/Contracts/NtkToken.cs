using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Neuro.Chain.Coding;
using Neuro.Chain.Rpc;
using Neuro.Chain.Signing;
using Neuro.Chain.Values;

namespace Neuro.Chain.Contracts;

/// <summary>The contract <c>NTK</c>: an ERC-20 with permits (ERC-2612). Amounts are base units.</summary>
public sealed class NtkToken(IEthereum chain, Address address)
{
    public static Artifact Artifact => Lazily.Value;

    private static readonly Lazy<Artifact> Lazily = new(() => Artifact.Load("NTK"));

    public Address Address => address;

    /// <summary>The first topic of a transfer's log.</summary>
    public static Hash32 TransferTopic => Artifact.Abi.Event("Transfer").Topic;

    public static byte[] Transfer(Address to, BigInteger amount) => Artifact.Abi.Function("transfer").Encode(to, amount);

    public static byte[] Approve(Address spender, BigInteger amount) => Artifact.Abi.Function("approve").Encode(spender, amount);

    /// <summary>Anybody can hand in an owner's permit; the owner needs no ether for it.</summary>
    public static byte[] Permit(Permit permit, Signature signature) =>
        Artifact.Abi.Function("permit").Encode(permit.Owner, permit.Spender, permit.Amount, permit.Deadline, new BigInteger(signature.V), signature.R, signature.S);

    /// <summary>Reads a transfer.</summary>
    /// <exception cref="FormatException">Another log, or another contract's.</exception>
    public (Address From, Address To, BigInteger Amount) ReadTransfer(Log log) =>
        log.Address != address ? throw new FormatException($"The log is of {log.Address}, not of NTK at {address}.")
        : Artifact.Abi.Event("Transfer").Decode(log) is [Address from, Address to, BigInteger amount] ? (from, to, amount)
        : throw new FormatException("The log is not a transfer.");

    public async Task<BigInteger> BalanceAsync(Address owner, BlockRef at = default, CancellationToken cancel = default) =>
        (BigInteger)(await CallAsync("balanceOf", at, cancel, owner))[0];

    public async Task<BigInteger> AllowanceAsync(Address owner, Address spender, BlockRef at = default, CancellationToken cancel = default) =>
        (BigInteger)(await CallAsync("allowance", at, cancel, owner, spender))[0];

    public async Task<BigInteger> SupplyAsync(BlockRef at = default, CancellationToken cancel = default) => (BigInteger)(await CallAsync("totalSupply", at, cancel))[0];

    /// <summary>A permit that the owner can sign now: with the next nonce, for this token on this chain.</summary>
    public async Task<Permit> PermitAsync(Address owner, Address spender, BigInteger amount, DateTimeOffset deadline, CancellationToken cancel = default) => new(
        (string)(await CallAsync("name", default, cancel))[0], await chain.ChainIdAsync(cancel), address, owner, spender, amount,
        (BigInteger)(await CallAsync("nonces", default, cancel, owner))[0], deadline.ToUnixTimeSeconds());

    private async Task<object[]> CallAsync(string function, BlockRef at, CancellationToken cancel, params object[] arguments) =>
        await chain.CallAsync(address, Artifact.Abi, function, at, cancel, arguments);
}

/// <summary>Leave to spend an amount until a deadline, once (ERC-2612).</summary>
/// <param name="Name">The token's, which is the name of its signing domain.</param>
/// <param name="Deadline">Unix seconds.</param>
public sealed record Permit(string Name, long ChainId, Address Token, Address Owner, Address Spender, BigInteger Amount, BigInteger Nonce, BigInteger Deadline)
{
    /// <summary>What the owner signs (EIP-712).</summary>
    public TypedData ToTypedData() => TypedData.Parse(new JsonObject
    {
        ["types"] = new JsonObject
        {
            ["EIP712Domain"] = Fields(("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address")),
            ["Permit"] = Fields(("owner", "address"), ("spender", "address"), ("value", "uint256"), ("nonce", "uint256"), ("deadline", "uint256")),
        },
        ["primaryType"] = "Permit",
        ["domain"] = new JsonObject { ["name"] = Name, ["version"] = "1", ["chainId"] = ChainId, ["verifyingContract"] = Token.ToString() },
        ["message"] = new JsonObject
        {
            ["owner"] = Owner.ToString(), ["spender"] = Spender.ToString(), ["value"] = Text(Amount), ["nonce"] = Text(Nonce), ["deadline"] = Text(Deadline),
        },
    }.ToJsonString());

    private static JsonArray Fields(params (string Name, string Type)[] fields) =>
        new([.. fields.Select(field => new JsonObject { ["name"] = field.Name, ["type"] = field.Type })]);

    private static string Text(BigInteger number) => number.ToString(CultureInfo.InvariantCulture);
}
