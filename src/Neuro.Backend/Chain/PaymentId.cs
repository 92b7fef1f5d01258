using System.Buffers.Binary;
using Neuro.Chain.Values;

namespace Neuro.Backend.Chain;

/// <summary>What batches and payments are called on the chain.</summary>
/// <remarks>
/// A payment is its batch's id and its place in it, which a withdrawal gets once and keeps. The vault keeps one bit for each id, and 256 ids that differ in their
/// last byte share a word: so 500 payments take 15.1 million gas instead of 26 million, and fit into a transaction (EIP-7825: 2^24).
/// </remarks>
internal static class PaymentId
{
    private const int GuidLength = 16;

    public static Hash32 Of(Guid batch, int position)
    {
        Span<byte> bytes = stackalloc byte[Hash32.Length];
        batch.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(bytes[^sizeof(int)..], position);
        return new(bytes);
    }

    public static Hash32 OfBatch(Guid batch) => Of(batch, -1);

    /// <summary>Batch and place; null if it is none of ours.</summary>
    public static (Guid Batch, int Position)? Read(Hash32 id)
    {
        ReadOnlySpan<byte> bytes = id.ToBytes();
        return bytes[GuidLength..^sizeof(int)].ContainsAnyExcept((byte)0) ? null
            : (new Guid(bytes[..GuidLength], bigEndian: true), BinaryPrimitives.ReadInt32BigEndian(bytes[^sizeof(int)..]));
    }
}
