using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Models;
using Neuro.Client.Tokens;

namespace Neuro.Client.Nodes;

/// <summary>Answer to a claim.</summary>
/// <param name="Lease">Null when there is nothing to do for this node now.</param>
public sealed record Claim(Lease? Lease);

/// <summary>The right to do a shard until a time.</summary>
/// <param name="Attempt">The fencing number: a result with an older one is refused.</param>
/// <param name="Token">HMAC over (shard, node, attempt, expiry); sent back with every word about this shard.</param>
/// <param name="First">First image of the shard (render), or 0.</param>
/// <param name="Count">Images in the shard (render), or epochs (train).</param>
/// <param name="Inputs">Artifacts the work needs: the catalogue (render), or the dataset's shards (train).</param>
/// <param name="Pay">What the node gets when the shard is verified.</param>
/// <param name="Work">The planned work that it is paid for.</param>
/// <param name="Reliability">By which the node's floor was divided when its pay was set.</param>
public sealed record Lease(
    Guid ShardId, Guid JobId, int Shard, int Attempt, string Token, DateTimeOffset Expires,
    JobSpec Spec, int First, int Count, IReadOnlyList<ArtifactRef> Inputs, Ntk Pay, Cu Work, double Reliability);

/// <summary>Says that a shard is being worked on, and extends its lease.</summary>
/// <param name="Fraction">How much of the shard is done, 0 … 1.</param>
/// <param name="Points">Training points since the last heart-beat.</param>
public sealed record Heartbeat(string Token, double Fraction, IReadOnlyList<TrainingPoint>? Points = null);

/// <param name="Cancel">True when the job was cancelled: stop and drop the work.</param>
public sealed record HeartbeatReply(DateTimeOffset Expires, bool Cancel);

/// <summary>Delivers a shard whose outputs are uploaded.</summary>
/// <param name="Signature">The node's ed25519 signature over <see cref="Receipt.WorkBytes"/>.</param>
/// <param name="Claims">What the node says of its result and the platform checks before paying, such as <c>validation_accuracy</c>.</param>
/// <param name="Usage">What the shard took on the node. Estimates learn from it; nothing is paid by it.</param>
public sealed record Completion(string Token, IReadOnlyList<ArtifactRef> Outputs, string Signature, IReadOnlyDictionary<string, double>? Claims = null, Usage? Usage = null);

/// <summary>What a shard took on its node.</summary>
/// <param name="Seconds">From the lease to the delivery.</param>
/// <param name="PeakMemoryBytes">The most that the node's process held meanwhile.</param>
/// <param name="BytesIn">What it had to fetch; inputs it still had are not counted.</param>
public sealed record Usage(double Seconds, long PeakMemoryBytes, long BytesIn);

/// <summary>Gives a shard back undone, with the reason in one sentence.</summary>
/// <param name="Fatal">True when no node could do it: the input itself is broken. One node is not believed alone; the second such word ends the job.</param>
public sealed record Failure(string Token, string Reason, bool Fatal);
