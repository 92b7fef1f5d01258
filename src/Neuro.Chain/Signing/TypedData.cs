using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Neuro.Chain.Coding;
using Neuro.Chain.Values;

namespace Neuro.Chain.Signing;

/// <summary>Structured data that a wallet can show before it signs it (EIP-712).</summary>
public sealed class TypedData
{
    private const string DomainType = "EIP712Domain";
    private const int MostLevels = 16;
    private const int MostTypes = 64;

    private readonly JsonObject json;
    private readonly Dictionary<string, (string Name, string Type)[]> types;

    private TypedData(JsonObject json)
    {
        this.json = json;
        types = json["types"]!.AsObject()
            .ToDictionary(type => type.Key, type => type.Value!.AsArray().Select(field => (Text(field!["name"]), Text(field["type"]))).ToArray());
        if (types.Count > MostTypes)
        {
            throw new FormatException($"Typed data has {types.Count} types; at most {MostTypes} are read.");
        }

        var primary = Text(json["primaryType"]);
        ChainId = types[DomainType].Any(field => field.Name == "chainId") && json["domain"]!["chainId"] is { } chain ? Number(chain) : null;
        Domain = StructHash(DomainType, json["domain"], MostLevels);
        Digest = Keccak.Of([0x19, 0x01, .. Domain.ToBytes(), .. primary == DomainType ? [] : StructHash(primary, json["message"], MostLevels).ToBytes()]);
    }

    /// <summary>The chain that the domain names; null if it names none.</summary>
    public BigInteger? ChainId { get; }

    /// <summary>The domain separator.</summary>
    public Hash32 Domain { get; }

    /// <summary>What is signed.</summary>
    public Hash32 Digest { get; }

    /// <summary>Reads <c>{types, primaryType, domain, message}</c> as <c>eth_signTypedData_v4</c> takes it.</summary>
    /// <exception cref="FormatException">Not of that shape, a type that is not there, or a value that its type cannot hold.</exception>
    public static TypedData Parse(string json)
    {
        try
        {
            return new(JsonNode.Parse(json)!.AsObject());
        }
        catch (Exception wrong) when (
            wrong is JsonException or InvalidOperationException or NullReferenceException or KeyNotFoundException or ArgumentException or OverflowException)
        {
            throw new FormatException($"This is not typed data of EIP-712: {wrong.Message}", wrong);
        }
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public string ToJson() => json.ToJsonString();

    public override string ToString() => $"{json["primaryType"]} {Digest}";

    private Hash32 StructHash(string type, JsonNode? value, int levels)
    {
        if (levels == 0)
        {
            throw new FormatException($"Typed data is nested more than {MostLevels} deep.");
        }

        var encoded = new MemoryStream();
        encoded.Write(Keccak.Of(EncodeType(type)).ToBytes());
        foreach (var (name, fieldType) in types[type])
        {
            // A struct that is absent is a zero word, a value that is absent an error.
            encoded.Write(EncodeValue(fieldType, value!.AsObject()[name], levels - 1, name));
        }

        return Keccak.Of(encoded.ToArray());
    }

    // The struct itself, then those it refers to in the order of the alphabet.
    private string EncodeType(string type)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        Collect(type, found);
        found.Remove(type);
        return string.Concat(found.Prepend(type).Select(name => $"{name}({string.Join(',', types[name].Select(field => $"{field.Type} {field.Name}"))})"));
    }

    private void Collect(string type, SortedSet<string> found)
    {
        if (types.TryGetValue(type, out var fields) ? found.Add(type) : found.Count == 0 ? throw new FormatException($"There is no type '{Hex.Short(type)}'.") : false)
        {
            foreach (var (_, fieldType) in fields!)
            {
                Collect(fieldType.Split('[')[0], found);
            }
        }
    }

    private byte[] EncodeValue(string type, JsonNode? value, int levels, string name)
    {
        if (type.EndsWith(']'))
        {
            var open = type.LastIndexOf('[');
            var items = value!.AsArray();
            if (open < type.Length - 2 && items.Count.ToString(CultureInfo.InvariantCulture) != type[(open + 1)..^1])
            {
                throw new FormatException($"{name} has {items.Count} elements; {Hex.Short(type)} says otherwise.");
            }

            return levels == 0 ? throw new FormatException($"Typed data is nested more than {MostLevels} deep.")
                : Keccak.Of([.. items.SelectMany(item => EncodeValue(type[..open], item, levels - 1, name))]).ToBytes();
        }

        return types.ContainsKey(type) ? value is null ? new byte[32] : StructHash(type, value, levels).ToBytes()
            : type == "string" ? Keccak.Of(Encoding.UTF8.GetBytes(Text(value))).ToBytes()
            : type == "bytes" ? Keccak.Of(Hex.Bytes(Text(value))).ToBytes()
            : EncodeWord(AbiType.Parse(type), value, name);
    }

    private static byte[] EncodeWord(AbiType type, JsonNode? value, string name) => type switch
    {
        _ when value is null => throw new FormatException($"{name} is missing."),
        AbiType.Number => Abi.EncodeWord(type, Number(value)),
        AbiType.Account => Abi.EncodeWord(type, Address.Parse(Text(value))),
        AbiType.Truth => Abi.EncodeWord(type, value.GetValue<bool>()),
        AbiType.FixedBytes { Size: 32 } => Abi.EncodeWord(type, Hash32.Parse(Text(value))),
        AbiType.FixedBytes => Abi.EncodeWord(type, Hex.Bytes(Text(value))),
        _ => throw new FormatException($"{name} is a {type.Name}, which is not known here."),
    };

    private static string Text(JsonNode? value) => value?.GetValue<string>() ?? throw new FormatException("A text is missing.");

    private static BigInteger Number(JsonNode value)
    {
        var text = value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
        return text.StartsWith("0x", StringComparison.Ordinal) ? Hex.Number(text)
            : text.Length <= 80 && BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : throw new FormatException($"'{Hex.Short(text)}' is not a whole number.");
    }
}
