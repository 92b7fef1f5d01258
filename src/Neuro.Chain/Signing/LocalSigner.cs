using System.Numerics;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Chain.Signing;

/// <summary>A key in memory: for a chain of one's own.</summary>
/// <remarks>Neither its text nor any error of it contains the key.</remarks>
public sealed class LocalSigner : ISigner
{
    /// <summary>The chain id of anvil and Hardhat.</summary>
    public const long DevelopmentChain = 31337;

    private readonly Hash32 key;
    private readonly bool isForAnyChain;

    /// <param name="isForAnyChain">Lets it sign for chains on which money is at stake.</param>
    /// <exception cref="FormatException">No key of the curve; it is not repeated.</exception>
    public LocalSigner(Hash32 key, bool isForAnyChain = false)
    {
        Address = Secp256k1.AddressOf(key);
        this.key = key;
        this.isForAnyChain = isForAnyChain;
    }

    public Address Address { get; }

    public Task<SignedTransaction> SignAsync(Eip1559Transaction transaction, CancellationToken cancel = default)
    {
        CheckChain(transaction.ChainId);
        return Task.FromResult(transaction.With(Secp256k1.Sign(transaction.Digest, key)));
    }

    public Task<Signature> SignMessageAsync(ReadOnlyMemory<byte> message, CancellationToken cancel = default) =>
        Task.FromResult(Secp256k1.Sign(PersonalMessage.Digest(message.Span), key));

    public Task<Signature> SignTypedDataAsync(TypedData data, CancellationToken cancel = default)
    {
        CheckChain(data.ChainId ?? DevelopmentChain);
        return Task.FromResult(Secp256k1.Sign(data.Digest, key));
    }

    public override string ToString() => $"local signer of {Address}";

    private void CheckChain(BigInteger chainId)
    {
        if (chainId != DevelopmentChain && !isForAnyChain)
        {
            throw new NeuroException(
                "signer.wrong_chain",
                $"A key in memory signs for chain {DevelopmentChain} alone, not {chainId}. Use an external signer (Web3Signer, Clef), or allow it explicitly.");
        }
    }
}
