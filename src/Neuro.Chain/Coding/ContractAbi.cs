using System.Numerics;
using System.Text.Json;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;

namespace Neuro.Chain.Coding;

/// <summary>What a contract understands: its functions, events and errors.</summary>
public sealed class ContractAbi
{
    private readonly Dictionary<string, AbiFunction> functions;
    private readonly Dictionary<string, AbiEvent> events;

    private ContractAbi(IReadOnlyList<AbiFunction> functions, IReadOnlyList<AbiEvent> events, IReadOnlyList<AbiFunction> errors, IReadOnlyList<AbiParameter> constructor)
    {
        // An overloaded name is found by its whole signature alone.
        this.functions = ByName(functions, function => function.Name, function => function.Signature);
        this.events = ByName(events, entry => entry.Name, entry => entry.Signature);
        Errors = errors;
        Constructor = constructor;
    }

    /// <summary>Custom errors: a selector and arguments, like a function.</summary>
    public IReadOnlyList<AbiFunction> Errors { get; }

    /// <summary>The parameters of the constructor; none if it has none.</summary>
    public IReadOnlyList<AbiParameter> Constructor { get; }

    /// <summary>Reads the compiler's JSON: an array, or an object with one as <c>abi</c>.</summary>
    /// <exception cref="FormatException">Not JSON, or not an ABI.</exception>
    public static ContractAbi Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return Read(root.ValueKind == JsonValueKind.Object ? root.GetProperty("abi") : root);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"This is not the JSON ABI of a contract: {wrong.Message}", wrong);
        }
    }

    /// <summary>A function by name, or by signature (<c>transfer(address,uint256)</c>) where the name is overloaded.</summary>
    /// <exception cref="KeyNotFoundException">The contract has none.</exception>
    public AbiFunction Function(string name) => functions.TryGetValue(name, out var function)
        ? function
        : throw new KeyNotFoundException($"The contract has no function {name}.");

    /// <inheritdoc cref="Function"/>
    public AbiEvent Event(string name) => events.TryGetValue(name, out var entry) ? entry : throw new KeyNotFoundException($"The contract has no event {name}.");

    private static ContractAbi Read(JsonElement entries)
    {
        var (functions, events, errors, constructor) = (new List<AbiFunction>(), new List<AbiEvent>(), new List<AbiFunction>(), Array.Empty<AbiParameter>());
        foreach (var entry in entries.EnumerateArray())
        {
            var name = entry.TryGetProperty("name", out var given) ? given.GetString() ?? "" : "";
            switch (entry.GetProperty("type").GetString())
            {
                case "function":
                    functions.Add(new(name, Parameters(entry, "inputs"), Parameters(entry, "outputs")));
                    break;
                case "error":
                    errors.Add(new(name, Parameters(entry, "inputs"), []));
                    break;
                case "event":
                    events.Add(new(name, Parameters(entry, "inputs")));
                    break;
                case "constructor":
                    constructor = Parameters(entry, "inputs");
                    break;
            }
        }

        return new(functions, events, errors, constructor);
    }

    private static AbiParameter[] Parameters(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(parameter => AbiParameter.Parse(parameter))] : [];

    private static Dictionary<string, T> ByName<T>(IReadOnlyList<T> entries, Func<T, string> name, Func<T, string> signature)
    {
        var found = entries.DistinctBy(signature).ToDictionary(signature);
        foreach (var alone in entries.GroupBy(name).Where(group => group.Count() == 1))
        {
            found.TryAdd(alone.Key, alone.First());
        }

        return found;
    }
}

/// <summary>A function or a custom error: four bytes that name it, and its arguments.</summary>
public sealed class AbiFunction(string name, IReadOnlyList<AbiParameter> inputs, IReadOnlyList<AbiParameter> outputs)
{
    private const int SelectorSize = 4;
    private readonly AbiType[] inputTypes = [.. inputs.Select(input => input.Type)];
    private readonly AbiType[] outputTypes = [.. outputs.Select(output => output.Type)];

    public string Name { get; } = name;

    public IReadOnlyList<AbiParameter> Inputs { get; } = inputs;

    public string Signature { get; } = $"{name}({string.Join(',', inputs.Select(input => input.Type.Name))})";

    /// <summary>The first four bytes of the signature's hash.</summary>
    public byte[] Selector => field ??= Keccak.Of(Signature).ToBytes()[..SelectorSize];

    /// <summary>Selector and arguments: the data of a call.</summary>
    public byte[] Encode(params object[] arguments) => [.. Selector, .. Abi.Encode(inputTypes, arguments)];

    /// <summary>The arguments of a call.</summary>
    /// <exception cref="FormatException">Another function's, or malformed.</exception>
    public object[] DecodeCall(ReadOnlySpan<byte> data) => data.StartsWith(Selector)
        ? Abi.Decode(inputTypes, data[SelectorSize..])
        : throw new FormatException($"This is not a call of {Signature}.");

    /// <summary>What a call answered.</summary>
    /// <exception cref="FormatException">Malformed; no bytes at all where there is no contract.</exception>
    public object[] DecodeResult(ReadOnlySpan<byte> data) => Abi.Decode(outputTypes, data);
}

/// <summary>An event: indexed parameters are topics, the others are in the data.</summary>
public sealed class AbiEvent(string name, IReadOnlyList<AbiParameter> inputs)
{
    public string Name { get; } = name;

    public string Signature { get; } = $"{name}({string.Join(',', inputs.Select(input => input.Type.Name))})";

    /// <summary>The first topic: the signature's hash.</summary>
    public Hash32 Topic { get; } = Keccak.Of($"{name}({string.Join(',', inputs.Select(input => input.Type.Name))})");

    /// <summary>The parameters in the order of the declaration; an indexed one that is no single word is its hash, a <see cref="Hash32"/>.</summary>
    /// <exception cref="FormatException">Another event's log, or malformed.</exception>
    public object[] Decode(Log log)
    {
        var indexed = inputs.Count(input => input.IsIndexed);
        if (log.Topics.Count != indexed + 1 || log.Topics[0] != Topic)
        {
            throw new FormatException($"Log {log.LogIndex} of {log.TransactionHash} is not {Signature} with {indexed} indexed parameters.");
        }

        var data = new Queue<object>(Abi.Decode([.. inputs.Where(input => !input.IsIndexed).Select(input => input.Type)], log.Data.Span));
        var topics = new Queue<Hash32>(log.Topics.Skip(1));
        return [.. inputs.Select(input => input.IsIndexed ? OfTopic(input.Type, topics.Dequeue()) : data.Dequeue())];
    }

    /// <summary>A topic that asks for an indexed parameter's value.</summary>
    public static Hash32 TopicOf(object value) => value switch
    {
        Hash32 word => word,
        Address account => new(Abi.EncodeWord(new AbiType.Account(), account)),
        BigInteger number => Hash32.Of(number),
        _ => throw new ArgumentException($"A {value.GetType().Name} is not asked for by topic here."),
    };

    private static object OfTopic(AbiType type, Hash32 topic) =>
        type is AbiType.Blob or AbiType.Sequence or AbiType.Struct ? topic : Abi.DecodeWord(type, topic.ToBytes());
}
