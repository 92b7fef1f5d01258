using System.Numerics;
using Neuro.Chain.Coding;
using Neuro.Chain.Values;

namespace Neuro.Chain.Signing;

/// <summary>A transaction with a capped fee (EIP-1559, type 2).</summary>
public sealed record Eip1559Transaction
{
    internal const byte Type = 2;

    public required long ChainId { get; init; }

    public required long Nonce { get; init; }

    /// <summary>Wei per gas for the block's producer.</summary>
    public required BigInteger PriorityFee { get; init; }

    /// <summary>Wei per gas at most, the priority fee included.</summary>
    public required BigInteger MaxFee { get; init; }

    public required long Gas { get; init; }

    /// <summary>Null: the data makes a contract.</summary>
    public required Address? To { get; init; }

    /// <summary>Wei.</summary>
    public BigInteger Value { get; init; }

    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>What the transaction says beforehand that it will read (EIP-2930).</summary>
    public IReadOnlyList<(Address Account, IReadOnlyList<Hash32> Slots)> AccessList { get; init; } = [];

    /// <summary>What is signed: the hash of the type and the fields.</summary>
    /// <exception cref="OverflowException">A negative number, or an amount over uint256.</exception>
    public Hash32 Digest => Keccak.Of([Type, .. Rlp.Of(Fields()).Encode()]);

    /// <summary>The transaction as it is sent.</summary>
    public SignedTransaction With(Signature signature) => SignedTransaction.Parse(Raw(signature));

    internal static Eip1559Transaction Read(IReadOnlyList<Rlp> fields) => new()
    {
        ChainId = (long)fields[0].AsNumber(56),
        Nonce = (long)fields[1].AsNumber(56),
        PriorityFee = fields[2].AsNumber(),
        MaxFee = fields[3].AsNumber(),
        Gas = (long)fields[4].AsNumber(56),
        To = fields[5].AsBytes() is { IsEmpty: false } to ? new Address(to.Span) : null,
        Value = fields[6].AsNumber(),
        Data = fields[7].AsBytes(),
        AccessList = [.. fields[8].AsList().Select(ReadAccess)],
    };

    private byte[] Raw(Signature signature) =>
        [Type, .. Rlp.Of([.. Fields(), Rlp.Of(signature.YParity), Rlp.Of(signature.R.ToNumber()), Rlp.Of(signature.S.ToNumber())]).Encode()];

    private Rlp[] Fields()
    {
        return
        [
            Rlp.Of(Uint256.Check(ChainId, "The chain id")), Rlp.Of(Uint256.Check(Nonce, "The nonce")),
            Rlp.Of(Uint256.Check(PriorityFee, "The priority fee")), Rlp.Of(Uint256.Check(MaxFee, "The fee")), Rlp.Of(Uint256.Check(Gas, "The gas")),
            Rlp.Of(To?.ToBytes() ?? ReadOnlyMemory<byte>.Empty), Rlp.Of(Uint256.Check(Value, "The value")), Rlp.Of(Data),
            Rlp.Of([.. AccessList.Select(access => Rlp.Of(Rlp.Of(access.Account.ToBytes()), Rlp.Of([.. access.Slots.Select(slot => Rlp.Of(slot.ToBytes()))])))]),
        ];
    }

    private static (Address Account, IReadOnlyList<Hash32> Slots) ReadAccess(Rlp item)
    {
        var parts = item.AsList(2);
        return (new(parts[0].AsBytes().Span), [.. parts[1].AsList().Select(slot => new Hash32(slot.AsBytes().Span))]);
    }
}

/// <summary>A signed transaction: its bytes, its name, and who signed it.</summary>
public sealed record SignedTransaction
{
    private SignedTransaction(Eip1559Transaction transaction, Signature signature, ReadOnlyMemory<byte> raw)
    {
        (Transaction, Signature, Raw) = (transaction, signature, raw);
        Hash = Keccak.Of(raw.Span);
        From = Secp256k1.Recover(transaction.Digest, signature);
    }

    public Eip1559Transaction Transaction { get; }

    public Signature Signature { get; }

    /// <summary>What <c>eth_sendRawTransaction</c> takes.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    public Hash32 Hash { get; }

    public Address From { get; }

    /// <summary>Reads a signed transaction of type 2.</summary>
    /// <exception cref="FormatException">Another type, malformed, or a signature of nobody.</exception>
    public static SignedTransaction Parse(ReadOnlyMemory<byte> raw)
    {
        if (raw.IsEmpty || raw.Span[0] != Eip1559Transaction.Type)
        {
            throw new FormatException($"Not a transaction of type 2 (EIP-1559): it begins with {(raw.IsEmpty ? "nothing" : raw.Span[0])}.");
        }

        var fields = Rlp.Decode(raw[1..]).AsList(12);
        var signature = new Signature(Hash32.Of(fields[10].AsNumber()), Hash32.Of(fields[11].AsNumber()), (int)fields[9].AsNumber(8));
        return signature.YParity <= 1
            ? new(Eip1559Transaction.Read(fields), signature.Checked(), raw)
            : throw new FormatException($"The signature's parity is {signature.YParity}; expected 0 or 1.");
    }
}
