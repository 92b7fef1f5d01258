using System.Numerics;
using System.Text.Json;
using Neuro.Chain.Coding;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Chain.Rpc;

/// <summary>The chain by JSON-RPC.</summary>
/// <remarks>
/// Every question here may be asked twice, the sending of a signed transaction too, since it can only happen once; so a question that fails goes to the next endpoint,
/// and after all of them, some time later, round again. What a node refuses or a contract reverts is an answer, and not asked again.
/// </remarks>
public sealed class JsonRpcEthereum : IEthereum
{
    private const int LargestBatch = 100;
    private const int FeeBlocks = 5;

    private readonly JsonRpcOptions options;
    private readonly JsonRpcEndpoint[] endpoints;
    private long chainId;
    private int current;

    /// <exception cref="ArgumentException">No endpoint.</exception>
    public JsonRpcEthereum(HttpClient http, JsonRpcOptions options)
    {
        this.options = options;
        endpoints = options.Endpoints.Count > 0
            ? [.. options.Endpoints.Select(url => new JsonRpcEndpoint(http, url, options))]
            : throw new ArgumentException("At least one endpoint is needed.");
        chainId = options.ChainId ?? 0;
    }

    public Task<long> ChainIdAsync(CancellationToken cancel = default) => OnSomeEndpointAsync(
        async endpoint =>
        {
            await CheckAsync(endpoint, cancel);
            return Volatile.Read(ref chainId);
        },
        cancel);

    public async Task<Block?> BlockAsync(BlockRef block, CancellationToken cancel = default) => (await BlocksAsync([block], cancel))[0];

    public Task<IReadOnlyList<Block?>> BlocksAsync(IReadOnlyList<BlockRef> blocks, CancellationToken cancel = default) =>
        AskAllAsync(blocks, block => new(block.Hash is null ? "eth_getBlockByNumber" : "eth_getBlockByHash", block.ToString(), false), ChainJson.Block, cancel);

    public async Task<IReadOnlyList<Log>> LogsAsync(LogFilter filter, CancellationToken cancel = default) =>
        await AskAsync(new("eth_getLogs", ChainJson.Of(filter)), (JsonElement result) => ChainJson.Logs(result, filter), cancel);

    public async Task<byte[]> CallAsync(EthCall call, BlockRef at, CancellationToken cancel = default) =>
        await AskAsync(new("eth_call", ChainJson.Of(call), ChainJson.Of(at)), ChainJson.Bytes, cancel, call.Errors);

    public Task<BigInteger> BalanceAsync(Address account, BlockRef at, CancellationToken cancel = default) =>
        AskAsync(new("eth_getBalance", account.ToLowerString(), ChainJson.Of(at)), ChainJson.Number, cancel);

    public Task<long> NonceAsync(Address account, BlockRef at, CancellationToken cancel = default) =>
        AskAsync(new("eth_getTransactionCount", account.ToLowerString(), ChainJson.Of(at)), ChainJson.Long, cancel);

    public Task<Fees> FeesAsync(CancellationToken cancel = default) =>
        AskAsync(new("eth_feeHistory", Hex.Of(new BigInteger(FeeBlocks)), "latest", new[] { 50 }), ChainJson.Fees, cancel);

    public Task<long> EstimateGasAsync(EthCall call, CancellationToken cancel = default) =>
        AskAsync(new("eth_estimateGas", ChainJson.Of(call)), ChainJson.Long, cancel, call.Errors);

    public async Task<Hash32> SendRawAsync(ReadOnlyMemory<byte> raw, CancellationToken cancel = default)
    {
        var hash = Keccak.Of(raw.Span);
        var request = new RpcRequest("eth_sendRawTransaction", Hex.Of(raw.Span));
        return await OnSomeEndpointAsync(
            async endpoint =>
            {
                await CheckAsync(endpoint, cancel);
                var answer = (await endpoint.AskAsync([request], cancel))[0];
                // Every client has its own words for a transaction that it has, and of one in a block says that its nonce is used up. So it is looked for by its name.
                if (answer.Error is { } refused)
                {
                    var known = (await endpoint.AskAsync([new("eth_getTransactionByHash", hash.ToString())], cancel))[0];
                    return known.Error is null && Read(endpoint, request, () => ChainJson.Transaction(known.Result, hash)) is not null
                        ? hash
                        : throw Refused(endpoint, request, refused, null);
                }

                var named = Read(endpoint, request, () => ChainJson.Hash(answer.Result));
                return named == hash ? hash : throw endpoint.Bad(request.Method, $"the hash of the transaction is {hash}, not {named}");
            },
            cancel);
    }

    public async Task<Receipt?> ReceiptAsync(Hash32 transaction, CancellationToken cancel = default) => (await ReceiptsAsync([transaction], cancel))[0];

    public Task<IReadOnlyList<Receipt?>> ReceiptsAsync(IReadOnlyList<Hash32> transactions, CancellationToken cancel = default) =>
        AskAllAsync(transactions, hash => new("eth_getTransactionReceipt", hash.ToString()), ChainJson.Receipt, cancel);

    public Task<KnownTransaction?> TransactionAsync(Hash32 transaction, CancellationToken cancel = default) =>
        AskAsync(new("eth_getTransactionByHash", transaction.ToString()), result => ChainJson.Transaction(result, transaction), cancel);

    private async Task<T> AskAsync<T>(RpcRequest request, Func<JsonElement, T> read, CancellationToken cancel, IReadOnlyList<AbiFunction>? errors = null) =>
        (await OnSomeEndpointAsync(endpoint => AskAsync(endpoint, [request], (result, _) => read(result), errors, cancel), cancel))[0];

    private async Task<IReadOnlyList<T>> AskAllAsync<TAbout, T>(
        IReadOnlyList<TAbout> about, Func<TAbout, RpcRequest> ask, Func<JsonElement, TAbout, T> read, CancellationToken cancel)
    {
        var all = new List<T>(about.Count);
        foreach (var some in about.Chunk(LargestBatch))
        {
            all.AddRange(await OnSomeEndpointAsync(endpoint => AskAsync(endpoint, [.. some.Select(ask)], (result, i) => read(result, some[i]), null, cancel), cancel));
        }

        return all;
    }

    private async Task<T[]> AskAsync<T>(
        JsonRpcEndpoint endpoint, RpcRequest[] requests, Func<JsonElement, int, T> read, IReadOnlyList<AbiFunction>? errors, CancellationToken cancel)
    {
        await CheckAsync(endpoint, cancel);
        var answers = await endpoint.AskAsync(requests, cancel);
        return [.. answers.Select((answer, i) => answer.Error is { } error
            ? throw Refused(endpoint, requests[i], error, errors)
            : Read(endpoint, requests[i], () => read(answer.Result, i)))];
    }

    // An endpoint is asked which chain it is of before anything else, and again after it failed: who answers there may have changed.
    private async Task CheckAsync(JsonRpcEndpoint endpoint, CancellationToken cancel)
    {
        if (endpoint.IsChecked)
        {
            return;
        }

        var request = new RpcRequest("eth_chainId");
        var answer = (await endpoint.AskAsync([request], cancel))[0];
        var id = answer.Error is { } error ? throw Refused(endpoint, request, error, null) : Read(endpoint, request, () => ChainJson.Long(answer.Result));
        var expected = Interlocked.CompareExchange(ref chainId, id, 0) is var before && before == 0 ? id : before;
        endpoint.IsChecked = id == expected
            ? true
            : throw new NeuroException("chain.wrong_chain",
                $"{endpoint.Name} is of chain {id}; expected chain {expected}. Take it out of the endpoints, or set the right chain id.");
    }

    private async Task<T> OnSomeEndpointAsync<T>(Func<JsonRpcEndpoint, Task<T>> ask, CancellationToken cancel)
    {
        NeuroException? failure = null;
        for (var round = 0; round < options.Rounds; round++)
        {
            if (round > 0)
            {
                await Task.Delay(options.BackOff * (1 << (round - 1)), options.Time, cancel);
            }

            for (var tries = 0; tries < endpoints.Length; tries++)
            {
                var at = Volatile.Read(ref current) % endpoints.Length;
                try
                {
                    return await ask(endpoints[at]);
                }
                catch (NeuroException wrong) when (wrong.Code is "chain.unreachable" or "chain.bad_answer" or "chain.wrong_chain")
                {
                    endpoints[at].IsChecked = false;
                    Leave(at);
                    failure = wrong;
                }
                catch (NeuroException wrong) when (wrong.Code == "chain.too_much")
                {
                    // Perhaps the question is too wide, which the asker has to know; perhaps the node only says so, and the next question is another's.
                    Leave(at);
                    throw;
                }
            }

            if (failure!.Code == "chain.wrong_chain" && endpoints.Length == 1)
            {
                break; // It will be of the wrong chain in a second, too.
            }
        }

        throw failure!;
    }

    private void Leave(int endpoint) => Interlocked.CompareExchange(ref current, (endpoint + 1) % endpoints.Length, endpoint);

    private static T Read<T>(JsonRpcEndpoint endpoint, RpcRequest request, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception wrong) when (wrong is FormatException or OverflowException or InvalidOperationException or KeyNotFoundException)
        {
            throw endpoint.Bad(request.Method, wrong.Message.TrimEnd('.'), wrong);
        }
    }

    private static NeuroException Refused(JsonRpcEndpoint endpoint, RpcRequest request, RpcError error, IReadOnlyList<AbiFunction>? errors) =>
        error.ToException(endpoint.Name, request.Method, errors);
}
