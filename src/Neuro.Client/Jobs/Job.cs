using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Client.Jobs;

/// <summary>Orders a quoted job.</summary>
/// <param name="Id">Made by the customer: the same id with the same quote orders once, however often it is sent.</param>
public sealed record OrderRequest(Guid Id, Guid QuoteId);

public enum JobState
{
    /// <summary>Ordered and paid into a hold; shards are open, running or being verified.</summary>
    Running,

    /// <summary>Every shard verified and paid; the rest of the hold is back.</summary>
    Succeeded,

    /// <summary>Given up: see <see cref="Job.Error"/>. Verified shards were paid, the rest of the hold is back.</summary>
    Failed,

    /// <summary>Stopped by the customer. Verified shards were paid, the rest of the hold is back.</summary>
    Cancelled,
}

/// <summary>What a customer ordered, as it stands.</summary>
/// <param name="Shards">The parts that nodes do in one go; more than were quoted when they were cut to the size of their nodes.</param>
/// <param name="Cap">What was held.</param>
/// <param name="Paid">Posted so far, fee included.</param>
/// <param name="Returned">Voided when the job ended: cap − paid.</param>
/// <param name="DatasetId">The dataset made, once a render job succeeded.</param>
/// <param name="ModelId">The model made, once a train job succeeded.</param>
[TypeFormatterSource("JobFormatters")]
public sealed record Job(
    Guid Id, string Kind, string Title, JobState State, int Shards, int Verified, Cu Work, Ntk Cap, Ntk Paid, Ntk Returned,
    Guid? DatasetId, Guid? ModelId, string? Error, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt)
{
    /// <summary>How its shards are given out.</summary>
    public JobDispatch Dispatch { get; init; } = new();
}

/// <summary>How the shards of a job are given out.</summary>
/// <param name="Paused">None is given out; those under way go on.</param>
/// <param name="Priority">Among the jobs of one account the higher one goes first, −100 … 100. Between accounts the oldest job does.</param>
/// <param name="MostAtOnce">How many shards may be under way at once; null for as many as there are nodes.</param>
public sealed record JobDispatch(bool Paused = false, int Priority = 0, int? MostAtOnce = null);
