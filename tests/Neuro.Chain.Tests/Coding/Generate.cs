using System.Numerics;
using CsCheck;
using Neuro.Chain.Coding;
using Neuro.Chain.Values;

namespace Neuro.Chain.Tests.Coding;

/// <summary>Random values of the chain.</summary>
internal static class Generate
{
    private const int Levels = 3;

    public static readonly Gen<byte[]> Bytes = Gen.Byte.Array[0, 100];
    public static readonly Gen<Address> Address = Gen.Byte.Array[20].Select(bytes => new Address(bytes));
    public static readonly Gen<Hash32> Hash = Gen.Byte.Array[32].Select(bytes => new Hash32(bytes));

    /// <summary>Rlp up to three deep.</summary>
    public static readonly Gen<Rlp> Rlp = RlpOf(Levels);

    /// <summary>A type with a value of it.</summary>
    public static readonly Gen<(AbiType Type, object Value)> Typed = TypeOf(Levels).SelectMany(type => ValueOf(type).Select(value => (type, value)));

    private static Gen<Rlp> RlpOf(int levels)
    {
        var bytes = Bytes.Select(some => Chain.Coding.Rlp.Of(some));
        return levels == 0 ? bytes : Gen.Frequency((2, bytes), (1, RlpOf(levels - 1).List[0, 5].Select(items => Chain.Coding.Rlp.Of(items))));
    }

    private static Gen<AbiType> TypeOf(int levels)
    {
        var word = Gen.OneOf<AbiType>(
            Gen.Select(Gen.Bool, Gen.Int[1, 32], (signed, size) => (AbiType)new AbiType.Number(signed, size * 8)),
            Gen.Int[1, 32].Select(size => (AbiType)new AbiType.FixedBytes(size)),
            Gen.Const<AbiType>(new AbiType.Account()), Gen.Const<AbiType>(new AbiType.Truth()),
            Gen.Bool.Select(isText => (AbiType)new AbiType.Blob(isText)));
        return levels == 0
            ? word
            : Gen.Frequency(
                (3, word),
                (1, Gen.Select(TypeOf(levels - 1), Gen.Int[0, 3], (element, count) => (AbiType)new AbiType.Sequence(element, count == 0 ? null : count))),
                (1, TypeOf(levels - 1).List[1, 4].Select(fields => (AbiType)new AbiType.Struct([.. fields.Select((type, i) => new AbiParameter($"f{i}", type))]))));
    }

    private static Gen<object> ValueOf(AbiType type) => type switch
    {
        AbiType.Number { IsSigned: var signed, Bits: var bits } =>
            Gen.Byte.Array[bits / 8].Select(bytes => (object)new BigInteger(bytes, isUnsigned: !signed, isBigEndian: true)),
        AbiType.Account => Address.Select(address => (object)address),
        AbiType.Truth => Gen.Bool.Select(truth => (object)truth),
        AbiType.FixedBytes { Size: 32 } => Hash.Select(hash => (object)hash),
        AbiType.FixedBytes { Size: var size } => Gen.Byte.Array[size].Select(bytes => (object)bytes),
        AbiType.Blob { IsText: true } => Gen.String[Gen.Char[' ', '\u07ff'], 0, 40].Select(text => (object)text),
        AbiType.Blob => Bytes.Select(bytes => (object)bytes),
        AbiType.Sequence { Element: var element, Count: var count } => ValueOf(element).Array[count ?? 0, count ?? 4].Select(values => (object)values),
        AbiType.Struct { Fields: var fields } =>
            fields.Aggregate(Gen.Const(Array.Empty<object>()), (all, field) => Gen.Select(all, ValueOf(field.Type), (before, value) => (object[])[.. before, value]))
            .Select(values => (object)values),
        _ => throw new InvalidOperationException(),
    };
}
