using System.Numerics;
using Neuro.Chain.Coding;
using Neuro.Chain.Rpc;
using Neuro.Chain.Signing;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Chain.Contracts;

/// <summary>An account that sends one transaction after the other and waits for each.</summary>
/// <remarks>For deployments, wallets and tests; who sends many at once keeps its own nonces.</remarks>
public sealed class ChainAccount(IEthereum chain, ISigner signer, TimeProvider? time = null)
{
    private const int MarginPercent = 20;
    private const long MostGas = 1 << 24; // Of a transaction: EIP-7825.
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    public Address Address => signer.Address;

    public IEthereum Chain => chain;

    /// <summary>Sends, and waits until it is in a block, however long that takes.</summary>
    /// <param name="errors">The contract's own errors, so that a revert can be named.</param>
    /// <exception cref="NeuroException"><c>chain.reverted</c>, before it is sent or in its block; those of <see cref="IEthereum"/> and <see cref="ISigner"/>.</exception>
    public async Task<Receipt> SendAsync(
        Address? to, ReadOnlyMemory<byte> data, BigInteger value = default, IReadOnlyList<AbiFunction>? errors = null, CancellationToken cancel = default)
    {
        var call = new EthCall(to, data, Address, value, errors);
        var gas = await chain.EstimateGasAsync(call, cancel);
        var fees = await chain.FeesAsync(cancel);
        var signed = await signer.SignAsync(
            new()
            {
                ChainId = await chain.ChainIdAsync(cancel),
                Nonce = await chain.NonceAsync(Address, BlockRef.Pending, cancel),
                PriorityFee = fees.Priority,
                MaxFee = fees.Max,
                // The state may be another one when the transaction is run; what is not used is not paid.
                Gas = Math.Max(gas, Math.Min(MostGas, gas + (gas * MarginPercent / 100))),
                To = to,
                Value = value,
                Data = data,
            },
            cancel);
        await chain.SendRawAsync(signed.Raw, cancel);
        var receipt = await ReceiptAsync(signed.Hash, cancel);
        if (!receipt.Succeeded)
        {
            // Asked again for the reason alone.
            await chain.CallAsync(call, BlockRef.Latest, cancel);
            throw new NeuroException("chain.reverted",
                $"The transaction {signed.Hash} was reverted in block {receipt.BlockNumber}, perhaps for want of gas ({receipt.GasUsed} used).");
        }

        return receipt;
    }

    private async Task<Receipt> ReceiptAsync(Hash32 hash, CancellationToken cancel)
    {
        for (var pause = FirstLook; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            if (await chain.ReceiptAsync(hash, cancel) is { } receipt)
            {
                return receipt;
            }

            await Task.Delay(pause, time ?? TimeProvider.System, cancel);
        }
    }
}
