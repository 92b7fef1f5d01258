using System.Numerics;
using Neuro.Chain.Coding;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Chain.Rpc;

/// <summary>The chain as the platform sees it.</summary>
/// <remarks>
/// All of it may throw <see cref="NeuroException"/>: <c>chain.unreachable</c> (no endpoint answered), <c>chain.wrong_chain</c> (an endpoint of another chain),
/// <c>chain.bad_answer</c> (an answer that is malformed or is not to the question), <c>chain.refused</c> (the node's own error), <c>chain.reverted</c> (the contract's).
/// </remarks>
public interface IEthereum
{
    /// <summary>The chain that all endpoints must be of.</summary>
    Task<long> ChainIdAsync(CancellationToken cancel = default);

    /// <summary>A block's header; null if there is none (yet, or any more).</summary>
    Task<Block?> BlockAsync(BlockRef block, CancellationToken cancel = default);

    /// <summary>Several headers in one round trip, in the order asked for.</summary>
    Task<IReadOnlyList<Block?>> BlocksAsync(IReadOnlyList<BlockRef> blocks, CancellationToken cancel = default);

    /// <summary>The logs that the filter asks for, in the order of the chain. Logs that a node says were removed are left out.</summary>
    Task<IReadOnlyList<Log>> LogsAsync(LogFilter filter, CancellationToken cancel = default);

    /// <summary>What a call would return; nothing is sent.</summary>
    Task<byte[]> CallAsync(EthCall call, BlockRef at, CancellationToken cancel = default);

    /// <summary>Wei of an account.</summary>
    Task<BigInteger> BalanceAsync(Address account, BlockRef at, CancellationToken cancel = default);

    /// <summary>The next transaction's nonce: at <see cref="BlockRef.Pending"/> after those that wait, at <see cref="BlockRef.Latest"/> before them.</summary>
    Task<long> NonceAsync(Address account, BlockRef at, CancellationToken cancel = default);

    /// <summary>Wei per gas, at present.</summary>
    Task<Fees> FeesAsync(CancellationToken cancel = default);

    /// <summary>Gas that the call would take on top of the latest block.</summary>
    Task<long> EstimateGasAsync(EthCall call, CancellationToken cancel = default);

    /// <summary>Hands over a signed transaction and returns its hash; handing over the same one again is no error.</summary>
    Task<Hash32> SendRawAsync(ReadOnlyMemory<byte> raw, CancellationToken cancel = default);

    /// <summary>What became of a transaction; null while it is in no block.</summary>
    Task<Receipt?> ReceiptAsync(Hash32 transaction, CancellationToken cancel = default);

    /// <summary>Several receipts in one round trip, in the order asked for.</summary>
    Task<IReadOnlyList<Receipt?>> ReceiptsAsync(IReadOnlyList<Hash32> transactions, CancellationToken cancel = default);

    /// <summary>A transaction that the node knows of, in a block or waiting; null otherwise.</summary>
    Task<KnownTransaction?> TransactionAsync(Hash32 transaction, CancellationToken cancel = default);
}

/// <summary>A block by tag, number or hash.</summary>
public readonly record struct BlockRef
{
    public static readonly BlockRef Latest;
    public static readonly BlockRef Safe = new("safe", null);
    public static readonly BlockRef Finalized = new("finalized", null);
    public static readonly BlockRef Pending = new("pending", null);
    public static readonly BlockRef Earliest = new("earliest", null);

    private readonly string? text;

    private BlockRef(string text, Hash32? hash) => (this.text, Hash) = (text, hash);

    /// <summary>Not null if the block is named by its hash.</summary>
    public Hash32? Hash { get; }

    /// <summary>Not null if the block is named by its number.</summary>
    public long? Number => Text.StartsWith("0x", StringComparison.Ordinal) && Hash is null ? (long)Hex.Number(Text) : null;

    public static BlockRef Of(long number) => new(Hex.Of(new BigInteger(number)), null);

    public static BlockRef Of(Hash32 hash) => new(hash.ToString(), hash);

    /// <summary>As JSON-RPC writes it: a tag, a quantity, or a hash.</summary>
    public override string ToString() => Text;

    private string Text => text ?? "latest";
}

/// <summary>A block's header.</summary>
/// <param name="BaseFee">Wei per gas; zero before EIP-1559.</param>
public sealed record Block(long Number, Hash32 Hash, Hash32 ParentHash, DateTimeOffset Time, BigInteger BaseFee);

/// <summary>An event that a contract wrote down.</summary>
/// <param name="LogIndex">Its place among all logs of the block: with the block's hash and the transaction it names the log.</param>
public sealed record Log(
    Address Address, IReadOnlyList<Hash32> Topics, ReadOnlyMemory<byte> Data,
    long BlockNumber, Hash32 BlockHash, Hash32 TransactionHash, long TransactionIndex, long LogIndex);

/// <summary>Which logs: of these contracts, and of each list of topics one; an empty list asks for any.</summary>
/// <param name="From">First block; with <paramref name="To"/> the whole of it is asked for at once.</param>
public sealed record LogFilter(IReadOnlyList<Address> Addresses, IReadOnlyList<IReadOnlyList<Hash32>> Topics, BlockRef From, BlockRef To)
{
    /// <summary>The logs of one block, named by its hash: a node on another branch says that it does not know it.</summary>
    public LogFilter(IReadOnlyList<Address> addresses, IReadOnlyList<IReadOnlyList<Hash32>> topics, Hash32 block)
        : this(addresses, topics, BlockRef.Of(block), BlockRef.Of(block))
    {
    }

    /// <summary>Whether a log is what was asked for.</summary>
    public bool Matches(Log log) =>
        (Addresses.Count == 0 || Addresses.Contains(log.Address))
        && log.Topics.Count >= Topics.Count
        && Topics.Zip(log.Topics, (wanted, topic) => wanted.Count == 0 || wanted.Contains(topic)).All(right => right)
        && (From.Hash ?? log.BlockHash) == log.BlockHash
        && (From.Number ?? 0) <= log.BlockNumber
        && (To.Number ?? long.MaxValue) >= log.BlockNumber;

    /// <summary>A node's answer in the order of the chain.</summary>
    /// <exception cref="FormatException">A log that was not asked for, or two that cannot both be.</exception>
    internal IReadOnlyList<Log> Checked(IEnumerable<Log> answer)
    {
        var logs = answer.OrderBy(log => (log.BlockNumber, log.LogIndex)).ToArray();
        foreach (var (before, log) in logs.Prepend(null).Zip(logs))
        {
            if (!Matches(log))
            {
                throw new FormatException($"log {log.LogIndex} of {log.TransactionHash}, of {log.Address} in block {log.BlockNumber}, was not asked for");
            }

            if (before?.BlockNumber == log.BlockNumber && (before.BlockHash != log.BlockHash || before.LogIndex == log.LogIndex))
            {
                throw new FormatException($"two logs of block {log.BlockNumber} contradict each other");
            }
        }

        return logs;
    }
}

/// <summary>A call, or what a transaction would do.</summary>
/// <param name="To">Null: the data makes a contract.</param>
/// <param name="Errors">The contract's own errors, so that a revert can be named.</param>
public sealed record EthCall(Address? To, ReadOnlyMemory<byte> Data, Address? From = null, BigInteger Value = default, IReadOnlyList<AbiFunction>? Errors = null);

/// <summary>Wei per gas.</summary>
/// <param name="BaseFee">What the next block burns.</param>
/// <param name="Priority">What producers were lately tipped.</param>
public sealed record Fees(BigInteger BaseFee, BigInteger Priority)
{
    /// <summary>Enough for six full blocks in a row, each of which may raise the base fee by an eighth (EIP-1559): 1.125^6 is 2.03.</summary>
    public BigInteger Max => (2 * BaseFee) + Priority;
}

/// <summary>What became of a transaction.</summary>
/// <param name="Created">The contract that it made.</param>
/// <param name="GasPrice">Wei per gas that were paid.</param>
public sealed record Receipt(
    Hash32 TransactionHash, long BlockNumber, Hash32 BlockHash, bool Succeeded, long GasUsed, BigInteger GasPrice, Address? Created, IReadOnlyList<Log> Logs);

/// <summary>A transaction that a node knows of.</summary>
/// <param name="BlockHash">Null while it waits.</param>
public sealed record KnownTransaction(
    Hash32 Hash, Address From, Address? To, long Nonce, BigInteger Value, ReadOnlyMemory<byte> Data, long? BlockNumber, Hash32? BlockHash);
