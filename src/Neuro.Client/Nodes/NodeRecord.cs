using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Client.Nodes;

/// <summary>What is known of a node, for everybody, with its reasons.</summary>
/// <param name="Verified">Shards that were paid.</param>
/// <param name="Lost">Leases that ran out.</param>
/// <param name="Streak">Shards found right one after another since the last that was wrong.</param>
/// <param name="ChanceOfCheck">That the next shard which can be repeated is looked at before it is paid: 1 below a streak of ten, then 1 / streak, never under 1 / 20.</param>
/// <param name="Stake">What it has at stake; gone if it is caught cheating.</param>
/// <param name="StakeTarget">A fifth of its pay goes to the stake until this is there.</param>
/// <param name="BarredSince">Since when it gets no work; null when it does.</param>
/// <param name="Marks">What speaks against it, the newest first; at most 50.</param>
[TypeFormatterSource("NodeHistoryFormatters")]
public sealed record NodeRecord(
    string Id, string Name, int Verified, int Rejected, int Lost, int Streak, double ChanceOfCheck, NodeReliability Reliability, Ntk Stake, Ntk StakeTarget,
    DateTimeOffset? BarredSince, string? BarredFor, IReadOnlyList<NodeMark> Marks);

/// <summary>The probability that a leased shard is delivered and verified: (prior verified + verified) / (prior shards + verified + failed).</summary>
/// <param name="Failed">Rejected, or the lease ran out.</param>
public sealed record NodeReliability(double Value, double PriorVerified, double PriorShards, int Verified, int Failed);

/// <summary>Something that speaks against a node, or that kept it from finishing a shard.</summary>
/// <param name="Type">Such as <c>rejected</c>, <c>lease_expired</c>, <c>barred</c>.</param>
/// <param name="JobId">For the node's owner and operators; null for others.</param>
public sealed record NodeMark(DateTimeOffset At, string Type, string Text, Guid? JobId, int? Shard);

/// <summary>Gives a node's stake back to its owner. The node is a newcomer again.</summary>
/// <param name="Id">Made by the caller; the same again does it once.</param>
public sealed record StakeRelease(Guid Id, string NodeId);

/// <param name="Amount">What went from the stake to the owner.</param>
public sealed record ReleasedStake(string NodeId, Ntk Amount);

/// <param name="NodeId">The node's public key, base64.</param>
public sealed record NodeReference(string NodeId);

/// <summary>How deliveries are checked, and what that costs.</summary>
/// <param name="Proving">So many shards in a row are to be found right before one is paid unchecked.</param>
/// <param name="LeastChance">The least chance that a shard is checked.</param>
/// <param name="CanaryChance">That an accepted shard brings its node another one whose answer is known.</param>
/// <param name="Last24Hours">Of what was delivered since.</param>
/// <param name="Barred">Nodes that get no work for having been caught.</param>
public sealed record VerificationReport(int Proving, double LeastChance, double CanaryChance, VerificationTotals AllTime, VerificationTotals Last24Hours, int Barred);

/// <param name="Verified">Shards that were paid for jobs.</param>
/// <param name="Unchecked">Those of them that nobody looked at.</param>
/// <param name="Copies">Shards that were done a second time for comparison.</param>
/// <param name="Work">Of the verified shards.</param>
/// <param name="Redone">Done again to check, by the platform or by other nodes.</param>
/// <param name="Overhead">Redone over work; 0 when there was none.</param>
public sealed record VerificationTotals(long Verified, long Unchecked, long Copies, Cu Work, Cu Redone, double Overhead);
