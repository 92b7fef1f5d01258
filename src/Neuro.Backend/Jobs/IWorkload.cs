using System.Text.Json.Serialization;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;

namespace Neuro.Backend.Jobs;

/// <summary>A kind of work that the platform sells: how a job of it is cut into shards, and how a delivered shard is checked.</summary>
/// <remarks>The backend knows neither recipes nor models; who hosts it brings them in through this seam. One instance serves many calls at once.</remarks>
public interface IWorkload
{
    /// <summary>What it answers for: <see cref="JobSpec.Kind"/>.</summary>
    string Kind { get; }

    /// <summary>Checks what a customer asks for and cuts it into shards. Called for a quote; the plan is kept with it, so an order never plans again.</summary>
    /// <exception cref="NeuroException">The spec cannot be done: a stable code, the value, the way out. It goes to the customer as 400.</exception>
    Task<WorkPlan> PlanAsync(JobSpec spec, IPlanContext context, CancellationToken cancel);

    /// <summary>Checks one delivered shard before it is paid. Must not trust the outputs: they come from a stranger.</summary>
    /// <returns>A verdict. An exception is no verdict: the shard stays delivered and is checked again later.</returns>
    Task<ShardVerdict> VerifyAsync(VerifyRequest request, CancellationToken cancel);
}

/// <summary>A kind of work that comes out the same whoever does it, so that two deliveries of a shard can be compared, and one of a trusted node need not be looked at every time.</summary>
public interface IRepeatableWorkload : IWorkload
{
    /// <summary>Compares two deliveries of the same shard. Must not trust either.</summary>
    /// <param name="request">The shard with one delivery of it.</param>
    /// <param name="again">What was delivered the other time; all of it is in the store.</param>
    /// <returns>An answer also where one of them cannot be read: that differs, at no image that could be named.</returns>
    Task<Comparison> CompareAsync(VerifyRequest request, IReadOnlyList<ArtifactRef> again, CancellationToken cancel);
}

/// <summary>A kind of work that goes in rounds: when a round's shards are there, a step makes of them what the next round's shards begin with.</summary>
public interface IRoundWorkload : IRepeatableWorkload
{
    /// <summary>Makes the step that ends a round. May be asked for the same one again, when something came between.</summary>
    Task<RoundResult> StepAsync(RoundRequest request, CancellationToken cancel);
}

/// <summary>A round to end.</summary>
/// <param name="Round">From 0.</param>
/// <param name="Before">What the step before left; null in round 0.</param>
/// <param name="Shards">Those that were found right, in the order of their numbers.</param>
/// <param name="Outputs">What was delivered for each of them; all of it is in the store.</param>
/// <param name="ArtifactPath">Local path of an artifact by SHA-256.</param>
/// <param name="Folder">An empty folder for the files that the step leaves.</param>
public sealed record RoundRequest(
    JobSpec Spec, Guid JobId, int Round, bool IsLast, RoundState? Before, IReadOnlyList<ShardPlan> Shards, IReadOnlyList<IReadOnlyList<ArtifactRef>> Outputs, Func<string, string> ArtifactPath, string Folder);

/// <summary>What a step left in the store.</summary>
/// <param name="Shared">Goes to each shard of the next round as its last input.</param>
/// <param name="Kept">Goes to the next step alone.</param>
/// <param name="Product">What the job made, after the last round.</param>
/// <param name="Measured">What was measured of the product, such as <c>validation_accuracy</c>.</param>
public sealed record RoundState(ArtifactRef Shared, ArtifactRef Kept, ArtifactRef? Product = null, IReadOnlyDictionary<string, double>? Measured = null);

/// <summary>As <see cref="RoundState"/>, by the paths of the files in <see cref="RoundRequest.Folder"/>.</summary>
public sealed record RoundResult(string Shared, string Kept, string? Product = null, IReadOnlyDictionary<string, double>? Measured = null);

/// <summary>How the rounds of a job go.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Quorum">With so many shards a round may be ended once its time is over; without, it waits on.</param>
/// <param name="Time">How long all shards of a round are waited for.</param>
public sealed record RoundTerms(int Count, int Quorum, TimeSpan Time);

/// <summary>What a plan may look at: things of the customer who asks.</summary>
public interface IPlanContext
{
    /// <summary>Local path of an artifact that this customer may read.</summary>
    /// <exception cref="NeuroException"><c>artifact.not_found</c></exception>
    string ArtifactPath(string sha256);

    /// <summary>The reference to an artifact that this customer may read, with its size, to name it as a shard's input.</summary>
    /// <exception cref="NeuroException"><c>artifact.not_found</c></exception>
    ArtifactRef Artifact(string sha256);

    /// <summary>A dataset that this customer made or has a licence of.</summary>
    /// <exception cref="NeuroException"><c>dataset.not_found</c></exception>
    Task<DatasetManifest> DatasetAsync(Guid id, CancellationToken cancel);
}

/// <summary>A job, sized and cut into shards.</summary>
/// <param name="Title">What would be done, in one line.</param>
/// <param name="Name">What the dataset or model will be called.</param>
/// <param name="RecipeHash">SHA-256 of the canonical recipe (or model spec); goes into receipts and manifests.</param>
/// <param name="Shards">At least one, indices 0, 1, 2 …</param>
public sealed record WorkPlan(string Title, string Name, string RecipeHash, IReadOnlyList<ShardPlan> Shards)
{
    /// <summary>The formula's memory of a shard, bytes: the most that a node holds at a time.</summary>
    public const string MemoryBytes = "memoryBytes";

    /// <summary>The formula's size of all that is delivered, bytes.</summary>
    public const string OutputBytes = "outputBytes";

    /// <summary>What is known of the job and may tell what it takes, such as pixels or parameters, none negative; <see cref="MemoryBytes"/> and <see cref="OutputBytes"/> among them.</summary>
    public IReadOnlyDictionary<string, double> Features { get; init; } = new Dictionary<string, double>();

    /// <summary>How its rounds go; null for a job whose shards do not wait for each other.</summary>
    public RoundTerms? Rounds { get; init; }

    /// <summary>Into how many parts the job may be cut that can be done at once: more nodes than that do not help.</summary>
    [JsonIgnore]
    public int Pieces => Shards.Where(shard => shard.Round == 0).Sum(shard => shard.Pieces);

    /// <summary>The most shards of a job.</summary>
    public const int MostShards = 10_000;

    /// <summary>Refuses a job of too many shards; asked before they are listed, since the list itself could fill the memory.</summary>
    /// <exception cref="NeuroException"><c>quote.too_many_shards</c></exception>
    public static void CheckShards(long count)
    {
        if (count is 0 or > MostShards)
        {
            throw new NeuroException("quote.too_many_shards", $"The job would be cut into {count} shards; a job has 1 to {MostShards}. Order it in parts.");
        }
    }
}

/// <summary>The part of a job that one node does in one go.</summary>
/// <param name="First">First image (render), or 0.</param>
/// <param name="Count">Images (render), or epochs (train).</param>
/// <param name="Work">What it takes; the price of the shard follows from it.</param>
/// <param name="Inputs">Artifacts the node has to fetch.</param>
public sealed record ShardPlan(int Index, int First, int Count, Cu Work, IReadOnlyList<ArtifactRef> Inputs)
{
    /// <summary>The smallest count that it may be cut into when a node claims it, taking at least <see cref="LeastPiece"/>; 0 when it must stay whole.</summary>
    public int Grain { get; init; }

    /// <summary>The round that it is of, from 0; it waits for the rounds before.</summary>
    public int Round { get; init; }

    /// <summary>The least work of a part: below it what is fixed about a shard costs more than it.</summary>
    public static readonly Cu LeastPiece = new(1000);

    /// <summary>Into how many parts it may be cut.</summary>
    [JsonIgnore]
    public int Pieces => Grain > 0 ? Math.Max(1, Count / Grain) : 1;
}

/// <summary>A delivered shard to check.</summary>
/// <param name="NodeId">Who delivered it, by public key.</param>
/// <param name="Outputs">What was delivered; all of it is in the store. Output 0 is the tar of images (render) or the model package (train).</param>
/// <param name="Claims">What the node says of its result, such as <c>validation_accuracy</c>; empty when it says nothing.</param>
/// <param name="SampleSeed">Chooses what is looked at; unknown to the node before it delivered.</param>
/// <param name="ArtifactPath">Local path of an artifact (an input or an output) by SHA-256.</param>
public sealed record VerifyRequest(
    JobSpec Spec, string RecipeHash, Guid JobId, ShardPlan Shard, int Attempt, string NodeId,
    IReadOnlyList<ArtifactRef> Outputs, IReadOnlyDictionary<string, double> Claims, ulong SampleSeed, Func<string, string> ArtifactPath)
{
    /// <summary>An image that must be among those looked at: another delivery of the shard differs there.</summary>
    public int? Image { get; init; }
}

/// <summary>Whether a shard is what was ordered.</summary>
/// <param name="How">One line: how it was checked (goes into the receipt), or why it was rejected (goes to customer and node).</param>
/// <param name="Measured">What the check measured, such as <c>validation_accuracy</c>: the platform's own numbers, which manifests carry.</param>
public sealed record ShardVerdict(bool Valid, string How, IReadOnlyDictionary<string, double>? Measured = null)
{
    /// <summary>How much of the shard's work the check did again, 0 … 1.</summary>
    public double Redone { get; init; }

    /// <summary>Whether it can be read and is not what was ordered, by more than any honest node's rounding. Who delivers that is caught cheating.</summary>
    public bool Contradicted { get; init; }
}

/// <summary>Whether two deliveries of a shard are the same.</summary>
/// <param name="How">One line: how they were compared, or what differs.</param>
/// <param name="Image">Where they differ first, if that can be said.</param>
public sealed record Comparison(bool Same, string How, int? Image = null);
