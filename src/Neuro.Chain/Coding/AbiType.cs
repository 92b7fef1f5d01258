using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Neuro.Chain.Coding;

/// <summary>A type of the contract ABI, and the .NET value that stands for it.</summary>
/// <remarks>
/// uintN, intN: <see cref="System.Numerics.BigInteger"/>; address: <see cref="Values.Address"/>; bool: <see cref="bool"/>; bytes32: <see cref="Values.Hash32"/>;
/// other bytesN and bytes: <c>byte[]</c>; string: <see cref="string"/>; arrays and tuples: <c>object[]</c>.
/// </remarks>
public abstract partial record AbiType
{
    // More than any contract has; a type is read from a file that a stranger may have written.
    private const int MostLevels = 16;
    private const int MostElements = 1024;

    private AbiType()
    {
    }

    public sealed record Number(bool IsSigned, int Bits) : AbiType;

    public sealed record Account : AbiType;

    public sealed record Truth : AbiType;

    public sealed record FixedBytes(int Size) : AbiType;

    /// <summary><c>bytes</c>, or <c>string</c> if <paramref name="IsText"/>.</summary>
    public sealed record Blob(bool IsText) : AbiType;

    /// <summary><c>T[]</c>, or <c>T[n]</c> if <paramref name="Count"/> is not null.</summary>
    public sealed record Sequence(AbiType Element, int? Count) : AbiType;

    public sealed record Struct(IReadOnlyList<AbiParameter> Fields) : AbiType;

    /// <summary>Whether its place in the head holds an offset to where it is.</summary>
    public bool IsDynamic => this switch
    {
        Blob => true,
        Sequence { Count: null } => true,
        Sequence { Element: var element } => element.IsDynamic,
        Struct { Fields: var fields } => fields.Any(part => part.Type.IsDynamic),
        _ => false,
    };

    /// <summary>Bytes in the head: 32, or the whole of a static array or tuple.</summary>
    public int HeadSize => this switch
    {
        _ when IsDynamic => 32,
        Sequence { Element: var element, Count: var count } => element.HeadSize * count!.Value,
        Struct { Fields: var fields } => fields.Sum(part => part.Type.HeadSize),
        _ => 32,
    };

    /// <summary>The name in signatures: <c>uint256</c>, <c>(bytes32,address)[]</c>.</summary>
    public string Name => this switch
    {
        Number { IsSigned: var signed, Bits: var bits } => (signed ? "int" : "uint") + bits.ToString(CultureInfo.InvariantCulture),
        Account => "address",
        Truth => "bool",
        FixedBytes { Size: var size } => "bytes" + size.ToString(CultureInfo.InvariantCulture),
        Blob { IsText: var text } => text ? "string" : "bytes",
        Sequence { Element: var element, Count: var count } => $"{element.Name}[{count?.ToString(CultureInfo.InvariantCulture)}]",
        Struct { Fields: var fields } => $"({string.Join(',', fields.Select(part => part.Type.Name))})",
        _ => throw new InvalidOperationException(),
    };

    /// <summary>Reads a name such as <c>uint256[2][]</c>; the components are those of <c>tuple</c>.</summary>
    /// <exception cref="FormatException">Not a type of the ABI.</exception>
    public static AbiType Parse(string name, IReadOnlyList<AbiParameter>? components = null)
    {
        var parts = TypeName().Match(name);
        var type = parts.Success ? Elementary(parts.Groups[1].Value, name, components) : throw Unknown(name);
        var suffixes = parts.Groups[2].Captures;
        if (suffixes.Count > MostLevels)
        {
            throw new FormatException($"'{Hex.Short(name)}' is an array of more than {MostLevels} dimensions.");
        }

        foreach (var suffix in suffixes.Select(capture => capture.Value[1..^1]))
        {
            int? count = suffix.Length == 0 ? null : int.Parse(suffix, CultureInfo.InvariantCulture);
            type = count is null or (> 0 and <= MostElements) && (long)type.HeadSize * (count ?? 1) <= 32 * MostElements
                ? new Sequence(type, count)
                : throw new FormatException($"'{Hex.Short(name)}' is an array of {count}; from 1 to {MostElements} elements are known here.");
        }

        return type;
    }

    private static AbiType Elementary(string name, string whole, IReadOnlyList<AbiParameter>? components)
    {
        var letters = name.TrimEnd("0123456789".ToCharArray());
        int? size = letters.Length == name.Length ? null
            : name[letters.Length] == '0' ? throw Unknown(whole)
            : int.Parse(name.AsSpan(letters.Length), CultureInfo.InvariantCulture);
        return (letters, size) switch
        {
            ("uint" or "int", null) => new Number(letters == "int", 256),
            ("uint" or "int", >= 8 and <= 256) when size % 8 == 0 => new Number(letters == "int", size.Value),
            ("bytes", >= 1 and <= 32) => new FixedBytes(size.Value),
            ("address", null) => new Account(),
            ("bool", null) => new Truth(),
            ("bytes" or "string", null) => new Blob(letters == "string"),
            ("tuple", null) when components is { Count: > 0 } => new Struct(components),
            _ => throw Unknown(whole),
        };
    }

    private static FormatException Unknown(string name) => new($"'{Hex.Short(name)}' is not a type of the contract ABI.");

    [GeneratedRegex(@"\A([a-z]{3,7}[0-9]{0,3})(\[[0-9]{0,4}\])*\z")]
    private static partial Regex TypeName();
}

/// <summary>A parameter, result or field.</summary>
public sealed record AbiParameter(string Name, AbiType Type, bool IsIndexed = false)
{
    private const int MostLevels = 8;

    /// <summary>Reads <c>{"name", "type", "components", "indexed"}</c>.</summary>
    /// <exception cref="FormatException">Not of that shape.</exception>
    internal static AbiParameter Parse(JsonElement json, int levels = MostLevels)
    {
        var components = levels == 0 ? throw new FormatException($"Tuples are nested more than {MostLevels} deep.")
            : json.TryGetProperty("components", out var fields) ? fields.EnumerateArray().Select(field => Parse(field, levels - 1)).ToArray()
            : null;
        var name = json.TryGetProperty("name", out var given) ? given.GetString() ?? "" : "";
        var type = AbiType.Parse(json.GetProperty("type").GetString() ?? "", components);
        return new(name, type, json.TryGetProperty("indexed", out var indexed) && indexed.GetBoolean());
    }
}
