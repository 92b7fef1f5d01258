using System.Numerics;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;

namespace Neuro.Chain.Contracts;

/// <summary>What the vault wrote down, as far as the platform follows it. Amounts are base units.</summary>
public abstract record VaultEvent
{
    private static readonly Dictionary<string, Func<object[], VaultEvent>> Readers = new()
    {
        ["Deposited"] = values => new Deposited((Address)values[0], (Hash32)values[1], (BigInteger)values[2]),
        ["Paid"] = values => new Paid((Hash32)values[0], (Hash32)values[1], (Address)values[2], (BigInteger)values[3]),
        ["PaymentRefused"] = values => new PaymentRefused((Hash32)values[0], (Hash32)values[1], (Address)values[2], (BigInteger)values[3]),
        ["PaymentQueued"] = values => new PaymentQueued((Hash32)values[0], (Hash32)values[1], (Address)values[2], (BigInteger)values[3], Time(values[4])),
        ["PaymentRepeated"] = values => new PaymentRepeated((Hash32)values[0], (Hash32)values[1]),
        ["PaymentReleased"] = values => new PaymentReleased((Hash32)values[0], (Address)values[1], (BigInteger)values[2]),
        ["PaymentCancelled"] = values => new PaymentCancelled((Hash32)values[0], (Address)values[1], (BigInteger)values[2]),
        ["Settled"] = values => new Settled((Hash32)values[0], (Hash32)values[1], (BigInteger)values[2]),
        ["RootPublished"] = values => new RootPublished((long)(BigInteger)values[0], (Hash32)values[1], (BigInteger)values[2]),
        ["RootRevoked"] = values => new RootRevoked((long)(BigInteger)values[0]),
        ["SilenceDeclared"] = values => new SilenceDeclared((long)(BigInteger)values[0], (Hash32)values[1], (BigInteger)values[2], (BigInteger)values[3]),
        ["Exited"] = values => new Exited((Address)values[0], (Hash32)values[1], (BigInteger)values[2]),
    };

    private static readonly Lazy<Dictionary<Hash32, string>> Names = new(() => Readers.Keys.ToDictionary(name => NtkVault.Artifact.Abi.Event(name).Topic));

    private VaultEvent()
    {
    }

    /// <summary>Tokens came in for an account of the platform.</summary>
    public sealed record Deposited(Address From, Hash32 Account, BigInteger Amount) : VaultEvent;

    public sealed record Paid(Hash32 Batch, Hash32 Id, Address To, BigInteger Amount) : VaultEvent;

    /// <summary>Not paid and never to be: the recipient cannot be one.</summary>
    public sealed record PaymentRefused(Hash32 Batch, Hash32 Id, Address To, BigInteger Amount) : VaultEvent;

    /// <summary>Above the threshold: paid by a release, not before <paramref name="ReleaseAt"/>.</summary>
    public sealed record PaymentQueued(Hash32 Batch, Hash32 Id, Address To, BigInteger Amount, DateTimeOffset ReleaseAt) : VaultEvent;

    /// <summary>The id had its outcome before, and got no second one.</summary>
    public sealed record PaymentRepeated(Hash32 Batch, Hash32 Id) : VaultEvent;

    public sealed record PaymentReleased(Hash32 Id, Address To, BigInteger Amount) : VaultEvent;

    public sealed record PaymentCancelled(Hash32 Id, Address To, BigInteger Amount) : VaultEvent;

    /// <summary>A batch is done.</summary>
    /// <param name="Content">See <see cref="NtkVault.ContentOf"/>.</param>
    /// <param name="Total">What was paid at once: without what was queued, refused or repeated.</param>
    public sealed record Settled(Hash32 Batch, Hash32 Content, BigInteger Total) : VaultEvent;

    public sealed record RootPublished(long Epoch, Hash32 Root, BigInteger Sum) : VaultEvent;

    public sealed record RootRevoked(long Epoch) : VaultEvent;

    /// <summary>The exits are open, for good.</summary>
    /// <param name="Pool">What they pay in all: the root's sum, or what there is if that is less.</param>
    public sealed record SilenceDeclared(long Epoch, Hash32 Root, BigInteger Sum, BigInteger Pool) : VaultEvent;

    /// <summary>A leaf of the last root was paid, or a part of it.</summary>
    public sealed record Exited(Address Owner, Hash32 Salt, BigInteger Amount) : VaultEvent;

    /// <summary>The first topics of these events: what to ask logs for.</summary>
    public static IReadOnlyList<Hash32> Topics => [.. Names.Value.Keys];

    /// <summary>The first topic of one of these events, by its name.</summary>
    public static Hash32 Topic(string name) => NtkVault.Artifact.Abi.Event(name).Topic;

    internal static VaultEvent? Read(Log log) =>
        log.Topics.Count > 0 && Names.Value.TryGetValue(log.Topics[0], out var name) ? Readers[name](NtkVault.Artifact.Abi.Event(name).Decode(log)) : null;

    private static DateTimeOffset Time(object seconds) =>
        DateTimeOffset.FromUnixTimeSeconds((long)BigInteger.Min((BigInteger)seconds, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
}
