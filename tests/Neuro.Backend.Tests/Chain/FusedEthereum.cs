using System.Numerics;
using Neuro.Backend.Tests.Treasury;
using Neuro.Chain.Rpc;
using Neuro.Chain.Signing;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Backend.Tests.Chain;

/// <summary>A chain at whose words a step can be cut off, before a question and after its answer, and that can be away or lie.</summary>
internal sealed class FusedEthereum(IEthereum chain) : IEthereum
{
    /// <summary>Changes the heads that it answers.</summary>
    public Func<IReadOnlyList<Block?>, IReadOnlyList<Block?>>? Lie { get; set; }

    /// <summary>Logs of one's own, and how often they are answered before the chain is away.</summary>
    public Func<LogFilter, IReadOnlyList<Log>>? Logs { get; set; }

    public int LogsLeft { get; set; } = int.MaxValue;

    /// <summary>Swallows what is sent.</summary>
    public bool Drops { get; set; }

    /// <summary>Whether what is sent is in a block before the next question: anvil mines it a moment after it has answered.</summary>
    public bool Mines { get; set; } = true;

    public List<string> Sent { get; } = [];

    public Task<long> ChainIdAsync(CancellationToken cancel = default) => CutAsync(() => chain.ChainIdAsync(cancel));

    public Task<Block?> BlockAsync(BlockRef block, CancellationToken cancel = default) => CutAsync(() => chain.BlockAsync(block, cancel));

    public async Task<IReadOnlyList<Block?>> BlocksAsync(IReadOnlyList<BlockRef> blocks, CancellationToken cancel = default) =>
        await CutAsync(() => chain.BlocksAsync(blocks, cancel)) is var answer && Lie is { } lie ? lie(answer) : answer;

    public Task<IReadOnlyList<Log>> LogsAsync(LogFilter filter, CancellationToken cancel = default) => CutAsync(() =>
    {
        if (Logs is not { } invented)
        {
            return chain.LogsAsync(filter, cancel);
        }

        var answer = invented(filter);
        return LogsLeft-- > 0 ? Task.FromResult(answer) : throw new NeuroException("chain.unreachable", "It is away.");
    });

    public Task<byte[]> CallAsync(EthCall call, BlockRef at, CancellationToken cancel = default) => CutAsync(() => chain.CallAsync(call, at, cancel));

    public Task<BigInteger> BalanceAsync(Address account, BlockRef at, CancellationToken cancel = default) => CutAsync(() => chain.BalanceAsync(account, at, cancel));

    public Task<long> NonceAsync(Address account, BlockRef at, CancellationToken cancel = default) => CutAsync(() => chain.NonceAsync(account, at, cancel));

    public Task<Fees> FeesAsync(CancellationToken cancel = default) => CutAsync(() => chain.FeesAsync(cancel));

    public Task<long> EstimateGasAsync(EthCall call, CancellationToken cancel = default) => CutAsync(() => chain.EstimateGasAsync(call, cancel));

    public Task<Hash32> SendRawAsync(ReadOnlyMemory<byte> raw, CancellationToken cancel = default)
    {
        var hash = SignedTransaction.Parse(raw).Hash;
        Sent.Add(hash.ToString());
        return Drops ? Task.FromResult(hash) : CutAsync(async () =>
        {
            await chain.SendRawAsync(raw, cancel);
            while (Mines && await chain.TransactionAsync(hash, cancel) is { BlockHash: null })
            {
                await Task.Delay(2, cancel);
            }

            return hash;
        });
    }

    public Task<Receipt?> ReceiptAsync(Hash32 transaction, CancellationToken cancel = default) => CutAsync(() => chain.ReceiptAsync(transaction, cancel));

    public Task<IReadOnlyList<Receipt?>> ReceiptsAsync(IReadOnlyList<Hash32> transactions, CancellationToken cancel = default) =>
        CutAsync(() => chain.ReceiptsAsync(transactions, cancel));

    public Task<KnownTransaction?> TransactionAsync(Hash32 transaction, CancellationToken cancel = default) =>
        CutAsync(() => chain.TransactionAsync(transaction, cancel));

    private static async Task<T> CutAsync<T>(Func<Task<T>> ask)
    {
        Fuse.Word();
        var answer = await ask();
        Fuse.Word();
        return answer;
    }
}

/// <summary>A signer at whose words a step can be cut off.</summary>
internal sealed class FusedSigner(ISigner signer) : ISigner
{
    public Address Address => signer.Address;

    public async Task<SignedTransaction> SignAsync(Eip1559Transaction transaction, CancellationToken cancel = default)
    {
        Fuse.Word();
        var signed = await signer.SignAsync(transaction, cancel);
        Fuse.Word();
        return signed;
    }

    public Task<Signature> SignMessageAsync(ReadOnlyMemory<byte> message, CancellationToken cancel = default) => signer.SignMessageAsync(message, cancel);

    public Task<Signature> SignTypedDataAsync(TypedData data, CancellationToken cancel = default) => signer.SignTypedDataAsync(data, cancel);
}
