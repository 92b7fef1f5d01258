namespace Neuro.Backend.Storage;

internal sealed class NodeRow
{
    /// <summary>The ed25519 public key, base64.</summary>
    public string Id { get; set; } = "";

    public string Name { get; set; } = "";

    /// <summary>The account that earns.</summary>
    public Guid AccountId { get; set; }

    public long FloorNano { get; set; }

    public string Pool { get; set; } = "";

    public string Device { get; set; } = "";

    public int Cores { get; set; }

    public long MemoryBytes { get; set; }

    public double RenderCuPerSecond { get; set; }

    public double TrainCuPerSecond { get; set; }

    public int ShardsDone { get; set; }

    public int ShardsRejected { get; set; }

    /// <summary>Leases that ran out.</summary>
    public int ShardsLost { get; set; }

    public long StartCostNano { get; set; }

    public long StartMilliseconds { get; set; }

    public long EarnedNano { get; set; }

    /// <summary>Shards found right one after another since the last that was wrong; below zero, rejected ones one after another.</summary>
    public int Streak { get; set; }

    /// <summary>What its stake account is to have before all of its pay goes to its owner again.</summary>
    public long StakeNano { get; set; }

    /// <summary>Since when it gets no work, for having been caught cheating.</summary>
    public DateTimeOffset? BarredAt { get; set; }

    public string? BarredFor { get; set; }

    public DateTimeOffset LastSeen { get; set; }
}

/// <summary>Something that speaks against a node, or that kept it from finishing a shard.</summary>
internal sealed class NodeMarkRow
{
    public long Sequence { get; set; }

    public string NodeId { get; set; } = "";

    public DateTimeOffset At { get; set; }

    /// <summary>A word of <c>Interruption</c>.</summary>
    public string Type { get; set; } = "";

    /// <summary>One line, for everybody: names no customer and no job.</summary>
    public string Text { get; set; } = "";

    /// <summary>For the node's owner alone.</summary>
    public Guid? JobId { get; set; }

    public int? Shard { get; set; }
}

/// <summary>A quote as it was shown, with the plan that an order carries out.</summary>
internal sealed class QuoteRow
{
    public Guid Id { get; set; }

    public Guid AccountId { get; set; }

    public string Spec { get; set; } = "";

    public string Plan { get; set; } = "";

    public string Document { get; set; } = "";

    /// <summary>The most that a node may ask per CU.</summary>
    public long CapPriceNano { get; set; }

    /// <summary>What each chosen node is promised.</summary>
    public string Promises { get; set; } = "[]";

    /// <summary>What an estimate of a shard goes by, of the whole job.</summary>
    public string Features { get; set; } = "{}";

    public DateTimeOffset Expires { get; set; }
}

internal sealed class JobRow
{
    public Guid Id { get; set; }

    public Guid AccountId { get; set; }

    public Guid QuoteId { get; set; }

    public string Kind { get; set; } = "";

    public string Title { get; set; } = "";

    public string Name { get; set; } = "";

    public string RecipeHash { get; set; } = "";

    public string Spec { get; set; } = "";

    /// <summary>What an estimate of a shard goes by, of the whole job.</summary>
    public string Features { get; set; } = "{}";

    /// <summary>A <c>JobPhase</c>.</summary>
    public int State { get; set; }

    /// <summary>While it is being ended: the <c>JobPhase</c> it ends in.</summary>
    public int? Outcome { get; set; }

    public int Shards { get; set; }

    public int Verified { get; set; }

    /// <summary>How many rounds it goes; 0 when its shards do not wait for each other.</summary>
    public int Rounds { get; set; }

    /// <summary>How many rounds have ended.</summary>
    public int Stepped { get; set; }

    /// <summary>With so many shards a round may end once its time is over.</summary>
    public int Quorum { get; set; }

    /// <summary>How long all shards of a round are waited for.</summary>
    public double RoundSeconds { get; set; }

    public long WorkMilli { get; set; }

    public long PriceNano { get; set; }

    public long CapPriceNano { get; set; }

    public int FeeBasisPoints { get; set; }

    public long CapNano { get; set; }

    public long PaidNano { get; set; }

    public long ReturnedNano { get; set; }

    public Guid? DatasetId { get; set; }

    public Guid? ModelId { get; set; }

    public string? Error { get; set; }

    /// <summary>No shard of it is given out while this is set.</summary>
    public bool Paused { get; set; }

    /// <summary>Among the jobs of one account the higher one goes first.</summary>
    public int Priority { get; set; }

    /// <summary>How many of its shards may be under way at once; null for as many as there are nodes.</summary>
    public int? MostAtOnce { get; set; }

    /// <summary>What was delivered, and the parts done of what is under way.</summary>
    public long DoneMilli { get; set; }

    /// <summary>Sequence of the newest event.</summary>
    public long Events { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }
}

internal sealed class ShardRow
{
    public Guid Id { get; set; }

    public Guid JobId { get; set; }

    public int Number { get; set; }

    /// <summary>0 for the work itself; otherwise this row is a copy, made so that another node does the same again and both can be compared.</summary>
    public int Copy { get; set; }

    public int First { get; set; }

    public int Count { get; set; }

    /// <summary>The smallest count that it may be cut into; 0 when it must stay whole.</summary>
    public int Grain { get; set; }

    /// <summary>The round that it is of, from 0.</summary>
    public int Round { get; set; }

    public long WorkMilli { get; set; }

    public string Inputs { get; set; } = "[]";

    /// <summary>A <c>ShardState</c>.</summary>
    public int State { get; set; }

    /// <summary>The fencing number of the lease that counts.</summary>
    public int Attempt { get; set; }

    /// <summary>The highest number given so far; above <see cref="Attempt"/> while a rival has it or had it.</summary>
    public int LastAttempt { get; set; }

    /// <summary>Attempts that failed: rejected, returned or expired.</summary>
    public int Failures { get; set; }

    /// <summary>Who has it or delivered it; in an open shard, who failed at it last.</summary>
    public string? NodeId { get; set; }

    public DateTimeOffset? LeasedAt { get; set; }

    public DateTimeOffset? LeaseExpires { get; set; }

    public double Fraction { get; set; }

    /// <summary>What the node gets; set with the lease, since a dearer node may have stepped in.</summary>
    public long PayNano { get; set; }

    public long FeeNano { get; set; }

    public string? Outputs { get; set; }

    public string? Claims { get; set; }

    public string? NodeSignature { get; set; }

    /// <summary>What the node says that the shard took.</summary>
    public string? Usage { get; set; }

    /// <summary>Drawn at delivery, so that no node can know what will be looked at.</summary>
    public long SampleSeed { get; set; }

    public DateTimeOffset? DeliveredAt { get; set; }

    /// <summary>Until when a replica checks it; another may after that. Of a copy that is not delivered: until when it is waited for.</summary>
    public DateTimeOffset? CheckedUntil { get; set; }

    public string? How { get; set; }

    public string? Measured { get; set; }

    /// <summary>Whether somebody looked at it; false for what was taken on trust.</summary>
    public bool Checked { get; set; }

    /// <summary>The work that checking it took, by the platform or by the node of a copy.</summary>
    public long RedoneMilli { get; set; }
}

/// <summary>A round of a job that has ended, and what its step left: from here the job goes on.</summary>
internal sealed class RoundRow
{
    public Guid JobId { get; set; }

    /// <summary>From 0.</summary>
    public int Number { get; set; }

    /// <summary>A <c>RoundState</c>.</summary>
    public string Document { get; set; } = "{}";

    public DateTimeOffset At { get; set; }
}

/// <summary>The second lease of a shard whose first node is slow: the first result wins.</summary>
internal sealed class RivalRow
{
    public Guid ShardId { get; set; }

    public int Attempt { get; set; }

    public string NodeId { get; set; } = "";

    public DateTimeOffset LeasedAt { get; set; }

    public DateTimeOffset LeaseExpires { get; set; }

    public double Fraction { get; set; }

    public long PayNano { get; set; }

    public long FeeNano { get; set; }
}

/// <summary>What a quote promised a node that the auction chose; there until its job has ended.</summary>
internal sealed class PromiseRow
{
    public Guid JobId { get; set; }

    public string NodeId { get; set; } = "";

    /// <summary>Per verified CU.</summary>
    public long RateNano { get; set; }

    /// <summary>Besides, with its first accepted shard.</summary>
    public long StartNano { get; set; }

    /// <summary>The shard that brought it.</summary>
    public Guid? StartShard { get; set; }

    /// <summary>By which its floor was divided.</summary>
    public double Reliability { get; set; }
}

/// <summary>What a verified shard took; estimates learn from the newest of a kind.</summary>
internal sealed class UsageRow
{
    public Guid ShardId { get; set; }

    public Guid JobId { get; set; }

    public string Kind { get; set; } = "";

    /// <summary>What was known when it was planned.</summary>
    public string Features { get; set; } = "{}";

    /// <summary>Its seconds on the node times the node's measured speed, CU.</summary>
    public double Work { get; set; }

    public long MemoryBytes { get; set; }

    public long BytesIn { get; set; }

    public long BytesOut { get; set; }

    public DateTimeOffset At { get; set; }
}

internal sealed class EventRow
{
    public Guid JobId { get; set; }

    public long Sequence { get; set; }

    public DateTimeOffset At { get; set; }

    public string Type { get; set; } = "";

    public string Text { get; set; } = "";

    public int? Shard { get; set; }

    public double Fraction { get; set; }

    public double? ShardFraction { get; set; }

    public string? Point { get; set; }
}

internal sealed class ReceiptRow
{
    public Guid ShardId { get; set; }

    public Guid JobId { get; set; }

    public int Number { get; set; }

    public string Document { get; set; } = "";
}

internal sealed class DatasetRow
{
    public Guid Id { get; set; }

    public Guid AccountId { get; set; }

    public string Document { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }
}

internal sealed class ModelRow
{
    public Guid Id { get; set; }

    public Guid AccountId { get; set; }

    public string Document { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>One version of a generator that an account published.</summary>
internal sealed class GeneratorRow
{
    public string Name { get; set; } = "";

    public int Version { get; set; }

    public Guid AccountId { get; set; }

    /// <summary>SHA-256 of what was published: two versions with one content are one.</summary>
    public string ContentHash { get; set; } = "";

    public string Document { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }
}
