using Neuro.Client.Jobs;

namespace Neuro.Backend.Jobs;

/// <summary>Where a job stands, in finer steps than the customer sees: each is a place where a crash may happen and from which the next start goes on.</summary>
internal enum JobPhase
{
    /// <summary>Its rows are there, its hold perhaps not yet. Nobody sees it.</summary>
    Placing = 0,

    Running = 1,

    /// <summary>No shard is given out any more; what was accepted is paid, the rest of the hold is voided.</summary>
    Ending = 2,

    Succeeded = 3,
    Failed = 4,
    Cancelled = 5,
}

internal enum ShardState
{
    /// <summary>Its round has not begun.</summary>
    Waiting = -1,

    Open = 0,
    Leased = 1,

    /// <summary>Uploaded, not yet checked.</summary>
    Delivered = 2,

    /// <summary>Found right, not yet paid. It is never checked again.</summary>
    Accepted = 3,

    /// <summary>Paid, with a receipt.</summary>
    Verified = 4,

    /// <summary>Its job or its round ended without it.</summary>
    Dropped = 5,
}

internal static class Phases
{
    public static JobState Shown(this JobPhase phase) => phase switch
    {
        JobPhase.Succeeded => JobState.Succeeded,
        JobPhase.Failed => JobState.Failed,
        JobPhase.Cancelled => JobState.Cancelled,
        _ => JobState.Running,
    };
}
