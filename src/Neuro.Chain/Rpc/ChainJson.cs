using System.Numerics;
using System.Text.Json;
using Neuro.Chain.Coding;
using Neuro.Chain.Values;

namespace Neuro.Chain.Rpc;

/// <summary>Blocks, logs and receipts as JSON-RPC writes them (Ethereum execution API). What is read must be what was asked for.</summary>
/// <remarks>Throws <see cref="FormatException"/>, and what <see cref="JsonElement"/> throws, at what is not of that shape.</remarks>
internal static class ChainJson
{
    private const int MostTopics = 4;

    /// <summary>By hash in the form of EIP-1898, since a bare hash would be read as a number.</summary>
    public static object Of(BlockRef block) => block.Hash is { } hash ? new { blockHash = hash.ToString() } : block.ToString();

    public static object Of(EthCall call)
    {
        var json = new Dictionary<string, string> { ["data"] = Hex.Of(call.Data.Span), ["value"] = Hex.Of(Uint256.Check(call.Value, "The value")) };
        if (call.To is { } to)
        {
            json["to"] = to.ToLowerString();
        }

        if (call.From is { } from)
        {
            json["from"] = from.ToLowerString();
        }

        return json;
    }

    public static object Of(LogFilter filter)
    {
        object?[] topics = [.. filter.Topics.Select(some => some.Count == 0 ? null : some.Select(topic => topic.ToString()).ToArray())];
        var json = new Dictionary<string, object> { ["topics"] = topics };
        if (filter.Addresses.Count > 0)
        {
            json["address"] = filter.Addresses.Select(address => address.ToLowerString()).ToArray();
        }

        if (filter.From.Hash is { } block)
        {
            json["blockHash"] = block.ToString();
        }
        else
        {
            json["fromBlock"] = filter.From.ToString();
            json["toBlock"] = filter.To.ToString();
        }

        return json;
    }

    public static BigInteger Number(JsonElement json) => Hex.Number(Text(json));

    public static long Long(JsonElement json) => Number(json) is var number && number <= long.MaxValue
        ? (long)number
        : throw new FormatException($"{Hex.Of(number)} is over 63 bits");

    public static byte[] Bytes(JsonElement json) => Hex.Bytes(Text(json));

    public static Hash32 Hash(JsonElement json) => Hash32.Parse(Text(json));

    public static Block? Block(JsonElement json, BlockRef asked)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        // A block that is still being made has no hash.
        var hash = json.GetProperty("hash") is { ValueKind: JsonValueKind.String } given ? Hash(given) : Hash32.Zero;
        var block = new Block(
            Long(json.GetProperty("number")), hash, Hash(json.GetProperty("parentHash")),
            DateTimeOffset.FromUnixTimeSeconds(Math.Min(Long(json.GetProperty("timestamp")), DateTimeOffset.MaxValue.ToUnixTimeSeconds())),
            json.TryGetProperty("baseFeePerGas", out var fee) ? Number(fee) : 0);
        return (asked.Hash ?? block.Hash) == block.Hash && (asked.Number ?? block.Number) == block.Number
            ? block
            : throw new FormatException($"block {block.Number} {block.Hash} is not {asked}");
    }

    public static IReadOnlyList<Log> Logs(JsonElement json, LogFilter asked) => asked.Checked(json.EnumerateArray().Select(Log).OfType<Log>());

    public static Receipt? Receipt(JsonElement json, Hash32 asked)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var (hash, block) = (Hash(json.GetProperty("transactionHash")), Hash(json.GetProperty("blockHash")));
        var logs = json.GetProperty("logs").EnumerateArray().Select(Log).OfType<Log>().ToArray();
        if (hash != asked || logs.Any(log => log.BlockHash != block || log.TransactionHash != hash))
        {
            throw new FormatException($"the receipt is of {hash}, or has logs of another transaction, and not of {asked}");
        }

        return new(
            hash, Long(json.GetProperty("blockNumber")), block, Number(json.GetProperty("status")).IsOne, Long(json.GetProperty("gasUsed")),
            json.TryGetProperty("effectiveGasPrice", out var price) ? Number(price) : 0, Optional(json, "contractAddress", Account), logs);
    }

    public static KnownTransaction? Transaction(JsonElement json, Hash32 asked)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var hash = Hash(json.GetProperty("hash"));
        return hash != asked
            ? throw new FormatException($"the transaction is {hash}, not {asked}")
            : new(
                hash, Account(json.GetProperty("from")), Optional(json, "to", Account),
                Long(json.GetProperty("nonce")), Number(json.GetProperty("value")), Bytes(json.GetProperty("input")),
                Optional(json, "blockNumber", Long), Optional(json, "blockHash", Hash));
    }

    public static Fees Fees(JsonElement json)
    {
        var next = Number(json.GetProperty("baseFeePerGas").EnumerateArray().Last());
        var tips = json.TryGetProperty("reward", out var rewards) && rewards.ValueKind == JsonValueKind.Array
            ? rewards.EnumerateArray().Select(block => Number(block[0])).Order().ToArray()
            : [];
        return new(next, tips.Length == 0 ? 0 : tips[tips.Length / 2]);
    }

    // Null where the node says that the log was removed.
    private static Log? Log(JsonElement json)
    {
        if (json.TryGetProperty("removed", out var removed) && removed.ValueKind == JsonValueKind.True)
        {
            return null;
        }

        var topics = json.GetProperty("topics").EnumerateArray().Select(Hash).ToArray();
        if (topics.Length > MostTopics)
        {
            throw new FormatException($"a log with {topics.Length} topics");
        }

        return new(
            Account(json.GetProperty("address")), topics, Bytes(json.GetProperty("data")),
            Long(json.GetProperty("blockNumber")), Hash(json.GetProperty("blockHash")), Hash(json.GetProperty("transactionHash")),
            Long(json.GetProperty("transactionIndex")), Long(json.GetProperty("logIndex")));
    }

    private static Address Account(JsonElement json) => Address.Parse(Text(json));

    private static T? Optional<T>(JsonElement json, string name, Func<JsonElement, T> read)
        where T : struct => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? read(value) : null;

    private static string Text(JsonElement json) => json.ValueKind == JsonValueKind.String
        ? json.GetString()!
        : throw new FormatException($"{json.ValueKind} where a hex string was expected");
}
