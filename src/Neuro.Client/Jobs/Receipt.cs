using System.Text;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Client.Jobs;

/// <summary>Proof of one verified and paid shard: what was made, by whom, for how much.</summary>
/// <param name="RecipeHash">SHA-256 of the recipe (or model spec) that the work followed.</param>
/// <param name="NodeId">The node, by its ed25519 public key in base64.</param>
/// <param name="Outputs">SHA-256 of each artifact delivered.</param>
/// <param name="Price">What the customer paid, fee included.</param>
/// <param name="Fee">The platform's part of <paramref name="Price"/>.</param>
/// <param name="Verification">How the work was checked, one line.</param>
/// <param name="NodeSignature">The node's ed25519 signature over <see cref="WorkBytes"/>, base64.</param>
/// <param name="Signature">The platform's ed25519 signature over <see cref="SignedBytes"/>, base64.</param>
[TypeFormatterSource("JobFormatters")]
public sealed record Receipt(
    Guid JobId, int Shard, string Kind, string RecipeHash, string NodeId, IReadOnlyList<string> Outputs,
    Ntk Price, Ntk Fee, string Verification, DateTimeOffset At, string NodeSignature, string Signature)
{
    /// <summary>What a node signs when it delivers: this shard of this job gave these bytes.</summary>
    public static byte[] WorkBytes(Guid jobId, int shard, IEnumerable<string> outputs) =>
        Encoding.UTF8.GetBytes($"neuro work 1\n{jobId}\n{shard}\n{string.Join(' ', outputs)}\n");

    /// <summary>What the platform signs: every field but its own signature, one a line.</summary>
    public byte[] SignedBytes() => Encoding.UTF8.GetBytes(string.Join('\n',
        "neuro receipt 1", JobId, Shard, Kind, RecipeHash, NodeId, string.Join(' ', Outputs), Price.Nano, Fee.Nano, Verification, At.ToUnixTimeMilliseconds(), NodeSignature, ""));

    /// <summary>Whether both signatures hold: the node's over the work, the platform's over the whole receipt.</summary>
    /// <param name="platformKey">The platform's ed25519 public key, base64 (<c>PlatformInfo.PublicKey</c>).</param>
    public bool Verify(string platformKey) =>
        Ed25519.Verify(NodeId, WorkBytes(JobId, Shard, Outputs), NodeSignature) && Ed25519.Verify(platformKey, SignedBytes(), Signature);
}
