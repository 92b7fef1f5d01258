using System.Numerics;
using Nethereum.Hex.HexTypes;
using Nethereum.JsonRpc.Client;
using Nethereum.RPC.Eth.DTOs;
using Nethereum.Web3;
using Neuro.Chain.Coding;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Block = Neuro.Chain.Rpc.Block;
using RpcError = Neuro.Chain.Rpc.RpcError;
using RpcRequest = Nethereum.JsonRpc.Client.RpcRequest;

namespace Neuro.Chain.Nethereum;

/// <summary>The chain by Nethereum's client: one endpoint, no retries.</summary>
/// <remarks>Answers are checked to be what was asked for, as <see cref="JsonRpcEthereum"/> does.</remarks>
public sealed class NethereumEthereum(IWeb3 web3) : IEthereum
{
    private const int FeeBlocks = 5;
    private const string Node = "The node";

    public async Task<long> ChainIdAsync(CancellationToken cancel = default) => Long(await AskAsync("eth_chainId", web3.Eth.ChainId.SendRequestAsync(), cancel));

    public async Task<Block?> BlockAsync(BlockRef block, CancellationToken cancel = default)
    {
        const string Method = "eth_getBlock";
        BlockWithTransactionHashes? found = block.Hash is { } hash
            ? await AskAsync(Method, web3.Eth.Blocks.GetBlockWithTransactionsHashesByHash.SendRequestAsync(hash.ToString()), cancel)
            : await AskAsync(Method, web3.Eth.Blocks.GetBlockWithTransactionsHashesByNumber.SendRequestAsync(Of(block)), cancel);
        return found is null ? null : Read(Method, () =>
        {
            var read = new Block(
                Long(found.Number), found.BlockHash is null ? Hash32.Zero : Hash32.Parse(found.BlockHash), Hash32.Parse(found.ParentHash),
                DateTimeOffset.FromUnixTimeSeconds(Long(found.Timestamp)), found.BaseFeePerGas?.Value ?? 0);
            return (block.Hash ?? read.Hash) == read.Hash && (block.Number ?? read.Number) == read.Number
                ? read
                : throw new FormatException($"block {read.Number} {read.Hash} is not {block}");
        });
    }

    public async Task<IReadOnlyList<Block?>> BlocksAsync(IReadOnlyList<BlockRef> blocks, CancellationToken cancel = default) =>
        await Task.WhenAll(blocks.Select(block => BlockAsync(block, cancel)));

    public async Task<IReadOnlyList<Log>> LogsAsync(LogFilter filter, CancellationToken cancel = default)
    {
        const string Method = "eth_getLogs";
        var (addresses, topics) = (filter.Addresses.Select(address => address.ToLowerString()).ToArray(), filter.Topics.Select(Of).ToArray());
        // Nethereum's own filter cannot name a block by its hash.
        var logs = filter.From.Hash is { } block
            ? web3.Client.SendRequestAsync<FilterLog[]>(new RpcRequest(1, Method, new { address = addresses, topics, blockHash = block.ToString() }))
            : web3.Eth.Filters.GetLogs.SendRequestAsync(new() { Address = addresses, Topics = topics, FromBlock = Of(filter.From), ToBlock = Of(filter.To) });
        var answer = await AskAsync(Method, logs, cancel);
        return Read(Method, () => filter.Checked(answer.Where(log => !log.Removed).Select(Of)));
    }

    public async Task<byte[]> CallAsync(EthCall call, BlockRef at, CancellationToken cancel = default)
    {
        var result = await AskAsync("eth_call", web3.Eth.Transactions.Call.SendRequestAsync(Of(call), Of(at)), cancel, call.Errors);
        return Read("eth_call", () => Hex.Bytes(result));
    }

    public async Task<BigInteger> BalanceAsync(Address account, BlockRef at, CancellationToken cancel = default) =>
        (await AskAsync("eth_getBalance", web3.Eth.GetBalance.SendRequestAsync(account.ToLowerString(), Of(at)), cancel)).Value;

    public async Task<long> NonceAsync(Address account, BlockRef at, CancellationToken cancel = default) =>
        Long(await AskAsync("eth_getTransactionCount", web3.Eth.Transactions.GetTransactionCount.SendRequestAsync(account.ToLowerString(), Of(at)), cancel));

    public async Task<Fees> FeesAsync(CancellationToken cancel = default)
    {
        var history = await AskAsync("eth_feeHistory", web3.Eth.FeeHistory.SendRequestAsync(new(FeeBlocks), BlockParameter.CreateLatest(), [50]), cancel);
        var tips = (history.Reward ?? []).Select(block => block[0].Value).Order().ToArray();
        return new(history.BaseFeePerGas[^1].Value, tips.Length == 0 ? 0 : tips[tips.Length / 2]);
    }

    public async Task<long> EstimateGasAsync(EthCall call, CancellationToken cancel = default) =>
        Long(await AskAsync("eth_estimateGas", web3.Eth.Transactions.EstimateGas.SendRequestAsync(Of(call)), cancel, call.Errors));

    public async Task<Hash32> SendRawAsync(ReadOnlyMemory<byte> raw, CancellationToken cancel = default)
    {
        const string Method = "eth_sendRawTransaction";
        var hash = Keccak.Of(raw.Span);
        try
        {
            var answer = await AskAsync(Method, web3.Eth.Transactions.SendRawTransaction.SendRequestAsync(Hex.Of(raw.Span)), cancel);
            return Read(Method, () => Hash32.Parse(answer) == hash ? hash : throw new FormatException($"the hash of the transaction is {hash}, not {answer}"));
        }
        catch (NeuroException refused) when (refused.Code == "chain.refused")
        {
            // Handed over before, perhaps, and waiting or in a block.
            if (await TransactionAsync(hash, cancel) is null)
            {
                throw;
            }

            return hash;
        }
    }

    public async Task<Receipt?> ReceiptAsync(Hash32 transaction, CancellationToken cancel = default)
    {
        const string Method = "eth_getTransactionReceipt";
        var found = await AskAsync(Method, web3.Eth.Transactions.GetTransactionReceipt.SendRequestAsync(transaction.ToString()), cancel);
        return found is null ? null : Read(Method, () =>
        {
            var (hash, block) = (Hash32.Parse(found.TransactionHash), Hash32.Parse(found.BlockHash));
            Log[] logs = [.. found.Logs.Where(log => !log.Removed).Select(Of)];
            return hash == transaction && logs.All(log => log.BlockHash == block && log.TransactionHash == hash)
                ? new Receipt(
                    hash, Long(found.BlockNumber), block, found.Status.Value.IsOne, Long(found.GasUsed), found.EffectiveGasPrice?.Value ?? 0,
                    found.ContractAddress is { Length: > 0 } created ? Address.Parse(created) : null, logs)
                : throw new FormatException($"the receipt is not that of {transaction}");
        });
    }

    public async Task<IReadOnlyList<Receipt?>> ReceiptsAsync(IReadOnlyList<Hash32> transactions, CancellationToken cancel = default) =>
        await Task.WhenAll(transactions.Select(transaction => ReceiptAsync(transaction, cancel)));

    public async Task<KnownTransaction?> TransactionAsync(Hash32 transaction, CancellationToken cancel = default)
    {
        const string Method = "eth_getTransactionByHash";
        var found = await AskAsync(Method, web3.Eth.Transactions.GetTransactionByHash.SendRequestAsync(transaction.ToString()), cancel);
        return found is null ? null : Read(Method, () => Hash32.Parse(found.TransactionHash) == transaction
            ? new KnownTransaction(
                transaction, Address.Parse(found.From), found.To is { Length: > 0 } to ? Address.Parse(to) : null,
                Long(found.Nonce), found.Value.Value, Hex.Bytes(found.Input),
                found.BlockHash is null ? null : Long(found.BlockNumber), found.BlockHash is null ? null : Hash32.Parse(found.BlockHash))
            : throw new FormatException($"the transaction is {found.TransactionHash}, not {transaction}"));
    }

    private static async Task<T> AskAsync<T>(string method, Task<T> asking, CancellationToken cancel, IReadOnlyList<AbiFunction>? errors = null)
    {
        try
        {
            return await asking.WaitAsync(cancel);
        }
        catch (RpcResponseException refused)
        {
            throw new RpcError(refused.RpcError.Code, refused.RpcError.Message, refused.RpcError.Data?.ToString()).ToException(Node, method, errors);
        }
        catch (Exception wrong) when (wrong is RpcClientUnknownException or RpcClientTimeoutException or HttpRequestException)
        {
            throw new NeuroException("chain.unreachable", $"{Node} does not answer {method}: {wrong.Message} Check the address, and that it runs.", wrong);
        }
        catch (Exception wrong) when (wrong is RpcResponseFormatException or FormatException or InvalidCastException)
        {
            throw Bad(method, wrong);
        }
    }

    private static T Read<T>(string method, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception wrong) when (wrong is FormatException or OverflowException or NullReferenceException or ArgumentException)
        {
            throw Bad(method, wrong);
        }
    }

    private static NeuroException Bad(string method, Exception wrong) =>
        new("chain.bad_answer", $"{Node} answered {method} wrongly: {wrong.Message.TrimEnd('.')}.", wrong);

    private static Log Of(FilterLog log) => new(
        Address.Parse(log.Address), [.. log.Topics.Select(topic => Hash32.Parse((string)topic))], Hex.Bytes(log.Data), Long(log.BlockNumber), Hash32.Parse(log.BlockHash),
        Hash32.Parse(log.TransactionHash), Long(log.TransactionIndex), Long(log.LogIndex));

    private static object? Of(IReadOnlyList<Hash32> topics) => topics.Count == 0 ? null : topics.Select(topic => topic.ToString()).ToArray();

    private static CallInput Of(EthCall call) =>
        new() { To = call.To?.ToLowerString(), From = call.From?.ToLowerString(), Data = Hex.Of(call.Data.Span), Value = new HexBigInteger(call.Value) };

    private static BlockParameter Of(BlockRef block)
    {
        var parameter = new BlockParameter();
        if (block.Number is { } number)
        {
            parameter.SetValue(new BigInteger(number));
        }
        else
        {
            parameter.SetValue(Enum.TryParse<BlockParameter.BlockParameterType>(block.ToString(), out var tag)
                ? tag
                : throw new NotSupportedException("Nethereum asks for a state by number or tag, not by a block's hash."));
        }

        return parameter;
    }

    private static long Long(HexBigInteger number) => checked((long)number.Value);
}
