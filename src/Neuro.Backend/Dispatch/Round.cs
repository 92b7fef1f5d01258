using Neuro.Backend.Market;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Dispatch;

/// <summary>Who waits and who gets what, until it is written.</summary>
/// <param name="holds">How many shards each node has now.</param>
internal sealed class Round(NeuroDb db, IReadOnlyList<Candidate> candidates, IReadOnlyDictionary<(Guid Job, string Node), PromiseRow> promises, Dictionary<string, int> holds, DateTimeOffset now)
{
    /// <summary>The most shards that a node has at once, however often it asks: what it has, others wait for.</summary>
    public const int MostHeld = 64;

    public NeuroDb Db => db;

    public DateTimeOffset Now => now;

    /// <summary>What happened before is long ago.</summary>
    public DateTimeOffset Patience => now - NodeRegistry.AwayAfter;

    public List<Taken> Taken { get; } = [];

    /// <summary>What is left of shards that were cut, by job.</summary>
    public Dictionary<Guid, List<ShardRow>> Cuts { get; } = [];

    public IEnumerable<Candidate> Waiting => candidates.Where(MayGet);

    public bool AnyWaiting => Waiting.Any();

    /// <summary>Whether it still waits, and has not as many shards as it may. One that lets its leases run out, or spoils what it does, may have fewer; one it may always have.</summary>
    public bool MayGet(Candidate candidate) =>
        !candidate.IsServed && candidate.Waiter.IsWaiting && holds.GetValueOrDefault(candidate.Node.Id) < Math.Max(1, (int)(MostHeld * candidate.Node.Reliability));

    public bool Gives(Guid job) => Taken.Exists(taken => taken.Shard.JobId == job);

    /// <summary>Whether a node does this job's work at its price, or was promised that it may.</summary>
    public bool TakesPrice(KnownNode node, JobHead job) => job.PriceNano >= node.EffectiveFloor.Nano || promises.ContainsKey((job.Id, node.Id));

    /// <summary>Gives a node a shard, or the second lease of one; false when it has stopped waiting.</summary>
    public bool Take(Candidate candidate, ShardRow shard, JobHead job, RivalRow? rival = null)
    {
        if (!MayGet(candidate) || !candidate.Waiter.TryTake())
        {
            return false;
        }

        candidate.IsServed = true;
        holds[candidate.Node.Id] = holds.GetValueOrDefault(candidate.Node.Id) + 1;
        // The auction binds both sides: who was chosen is paid what was promised, whatever he asks by now. Others are paid the price; a dearer one its floor, which the cap covers.
        var promise = promises.GetValueOrDefault((job.Id, candidate.Node.Id));
        var rate = promise?.RateNano ?? Math.Max(job.PriceNano, candidate.Node.EffectiveFloor.Nano);
        Taken.Add(new(candidate, shard, rival, new(rate), job.FeeBasisPoints, promise?.Reliability ?? candidate.Node.Reliability));
        return true;
    }

    /// <summary>Leaves <paramref name="count"/> in a shard and makes another of the rest, which is still open.</summary>
    public ShardRow Cut(JobHead job, ShardRow shard, int count)
    {
        var workMilli = shard.WorkMilli * count / shard.Count;
        var rest = new ShardRow
        {
            JobId = shard.JobId,
            First = shard.First + count,
            Count = shard.Count - count,
            Grain = shard.Grain,
            WorkMilli = shard.WorkMilli - workMilli,
            Inputs = shard.Inputs,
            Failures = shard.Failures,
            NodeId = shard.NodeId,
            LeasedAt = shard.LeasedAt,
        };
        (shard.Count, shard.WorkMilli) = (count, workMilli);
        if (!Cuts.TryGetValue(job.Id, out var cuts))
        {
            Cuts.Add(job.Id, cuts = []);
        }

        cuts.Add(rest);
        return rest;
    }
}

/// <summary>A shard that a node gets in this round.</summary>
/// <param name="Rival">The second lease, where the shard is another node's already.</param>
/// <param name="Reliability">By which the node's floor was divided when its pay was set.</param>
internal sealed record Taken(Candidate Candidate, ShardRow Shard, RivalRow? Rival, Ntk Rate, int FeeBasisPoints, double Reliability)
{
    public int Attempt => Rival?.Attempt ?? Shard.Attempt;

    public long PayNano => Rival?.PayNano ?? Shard.PayNano;

    /// <summary>Fills in the rows. Not before all cuts are made, since the pay follows from the work.</summary>
    public void Lease(DateTimeOffset now, DateTimeOffset expires)
    {
        var work = new Cu(Shard.WorkMilli);
        var (pay, fee) = Shard.Grain > 0 && Shard.Count >= Shard.Grain ? Pricing.Piece(work, Rate, FeeBasisPoints) : Pricing.Shard(work, Rate, FeeBasisPoints);
        Shard.LastAttempt = Math.Max(Shard.LastAttempt, Shard.Attempt) + 1;
        if (Rival is not null)
        {
            (Rival.Attempt, Rival.NodeId, Rival.LeasedAt, Rival.LeaseExpires) = (Shard.LastAttempt, Candidate.Node.Id, now, expires);
            (Rival.PayNano, Rival.FeeNano) = (pay.Nano, fee.Nano);
            return;
        }

        (Shard.State, Shard.Attempt, Shard.NodeId) = ((int)Jobs.ShardState.Leased, Shard.LastAttempt, Candidate.Node.Id);
        (Shard.LeasedAt, Shard.LeaseExpires, Shard.Fraction) = (now, expires, 0);
        (Shard.PayNano, Shard.FeeNano) = (pay.Nano, fee.Nano);
    }

    public string Sentence(int shards) => Rival is null
        ? $"Shard {Shard.Number + 1} of {shards} goes to {Candidate.Node.Name}"
        : $"Shard {Shard.Number + 1} of {shards} goes to {Candidate.Node.Name} as well, since the first node is slow";
}
