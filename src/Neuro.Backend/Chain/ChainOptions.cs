using System.Numerics;
using Neuro.Chain.Rpc;
using Neuro.Chain.Signing;
using Neuro.Chain.Values;

namespace Neuro.Backend.Chain;

/// <summary>The vault that a platform's ledger is connected to, and who speaks to it.</summary>
public sealed record ChainOptions
{
    /// <summary>Nodes of one chain, by JSON-RPC; the next one is asked when one fails.</summary>
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>The contract <c>NtkVault</c>; it names the token.</summary>
    public required Address Vault { get; init; }

    /// <summary>Signs settlements and roots; needs the vault's role of a settler, and ether.</summary>
    public required ISigner Settler { get; init; }

    /// <summary>The contract <c>NtkSale</c>, which is only shown.</summary>
    public Address? Sale { get; init; }

    /// <summary>The chain that the endpoints must be of.</summary>
    /// <value>Null: that of the first that answers.</value>
    public long? ChainId { get; init; }

    /// <summary>The block of the vault's deployment, or an earlier one.</summary>
    public long FromBlock { get; init; }

    /// <summary>How people reach the platform: a wallet shows its host when it signs in.</summary>
    /// <value>Null: where other replicas reach it, or where it listens.</value>
    public Uri? PublicUrl { get; init; }

    /// <summary>How often the chain is looked at.</summary>
    /// <value>4 seconds.</value>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long a withdrawal waits for others at most.</summary>
    /// <value>A minute.</value>
    public TimeSpan BatchInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the platform states what it owes.</summary>
    /// <value>A day.</value>
    public TimeSpan EpochInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>After so many polls without getting into a block a transaction is sent again with a higher fee.</summary>
    /// <value>15.</value>
    public int PatiencePolls { get; init; } = 15;

    /// <summary>Wei per gas that are paid at most.</summary>
    /// <value>500 gwei.</value>
    public BigInteger MostFee { get; init; } = 500_000_000_000;

    /// <summary>Another way to the chain, in tests.</summary>
    internal IEthereum? Ethereum { get; init; }
}
