using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Chain.Signing;

/// <summary>Who holds a key and signs with it.</summary>
/// <remarks>May throw <see cref="NeuroException"/>: <c>signer.wrong_chain</c>, <c>signer.unreachable</c>, <c>signer.refused</c>, <c>signer.bad_answer</c>.</remarks>
public interface ISigner
{
    Address Address { get; }

    Task<SignedTransaction> SignAsync(Eip1559Transaction transaction, CancellationToken cancel = default);

    /// <summary>Signs as <c>personal_sign</c> does: with a prefix that no transaction has (EIP-191).</summary>
    Task<Signature> SignMessageAsync(ReadOnlyMemory<byte> message, CancellationToken cancel = default);

    /// <summary>Signs typed data (EIP-712).</summary>
    Task<Signature> SignTypedDataAsync(TypedData data, CancellationToken cancel = default);
}
