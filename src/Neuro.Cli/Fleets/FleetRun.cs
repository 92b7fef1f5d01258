using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;

namespace Neuro.Cli.Fleets;

/// <summary>A job on a fleet, from its order to its end: what happened, who does what now, and who was interrupted.</summary>
public sealed class FleetRun
{
    // A node is killed when so much of the job is done, over a shard that is begun and not nearly finished.
    private const double KillFrom = 0.3;
    private const double ShardFrom = 0.05, ShardTo = 0.8;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    private readonly Lock gate = new();
    private readonly List<JobEvent> events = [];
    private readonly Dictionary<int, double> fractions = [];
    private readonly Fleet fleet;
    private JobProgress? last;
    private IReadOnlyList<NodeView> views = [];

    internal FleetRun(Fleet fleet, Quote quote, Job job) => (this.fleet, Quote, Job) = (fleet, quote, job);

    /// <param name="Node">Who was killed.</param>
    /// <param name="Shard">Over which, from 0.</param>
    /// <param name="Fraction">How much of it was done, as far as the platform knew.</param>
    public sealed record Killing(FleetMember Node, int Shard, double Fraction, DateTimeOffset At);

    public Quote Quote { get; }

    /// <summary>As it stands.</summary>
    public Job Job { get; private set; }

    /// <summary>Null while nobody was.</summary>
    public Killing? Killed { get; private set; }

    /// <summary>How far it is; null before anything was heard of it.</summary>
    public JobProgress? Progress
    {
        get
        {
            lock (gate)
            {
                return last;
            }
        }
    }

    /// <summary>Everything that happened so far, the oldest first.</summary>
    public IReadOnlyList<JobEvent> Events
    {
        get
        {
            lock (gate)
            {
                return [.. events];
            }
        }
    }

    internal async Task WatchAsync(bool interrupt, Action<FleetRun> look, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var following = FollowAsync(stop.Token);
        try
        {
            while (await Task.WhenAny(following, Task.Delay(BetweenLooks, cancel)) != following)
            {
                cancel.ThrowIfCancellationRequested();
                views = await fleet.Client.NodesAsync(cancel);
                if (interrupt && Killed is null)
                {
                    KillOne();
                }

                look(this);
            }

            await following;
            views = await fleet.Client.NodesAsync(cancel);
            look(this);
        }
        finally
        {
            await stop.CancelAsync();
            await following.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>What is to be seen of it now.</summary>
    internal FleetPicture Picture()
    {
        lock (gate)
        {
            return new(
                [.. fleet.Members.Select(Row)], Job.Title, last?.Fraction ?? 0, Job.Verified, Job.Shards, Job.State == JobState.Running ? last?.Remaining : null, Job.Cap, Job.Paid,
                [.. events.Where(happened => happened.Type != "progress").Select(happened => (happened.At - Job.CreatedAt, happened.Text))]);
        }
    }

    private async Task FollowAsync(CancellationToken cancel)
    {
        await foreach (var now in fleet.Client.FollowAsync(Job.Id, cancel))
        {
            lock (gate)
            {
                (last, Job) = (now, now.Job);
                if (now.Event is not { } happened)
                {
                    continue;
                }

                events.Add(happened);
                if (happened.Shard is { } shard)
                {
                    fractions[shard] = happened.ShardFraction ?? 0;
                }
            }
        }
    }

    // The first node without a miner that is in the middle of a shard: one with a miner is two processes, and its miner would stay.
    private void KillOne()
    {
        lock (gate)
        {
            if (last is null || last.Fraction < KillFrom)
            {
                return;
            }

            foreach (var member in fleet.Members.Where(member => member.Rig.MiningPerCu is null))
            {
                if (member.Worker?.Shard is { } work && work.Job == Job.Id && fractions.GetValueOrDefault(work.Shard) is >= ShardFrom and <= ShardTo and var done)
                {
                    member.Kill();
                    Killed = new(member, work.Shard, done, DateTimeOffset.UtcNow);
                    return;
                }
            }
        }
    }

    private FleetRow Row(FleetMember member)
    {
        var view = views.FirstOrDefault(view => view.Id == member.NodeId);
        var shard = member.WasKilled ? null : member.Worker?.Shard;
        var isChosen = Quote.Nodes.Any(node => node.NodeId == member.NodeId && node.Share > 0);
        var state = member.WasKilled ? "killed" : shard is not null ? "works" : member.Miner is "mining" or "warming up" ? "mines" : isChosen ? "waits" : "not chosen";
        return new(member.Name, state, view?.Floor ?? member.Rig.Floor, member.CuPerSecond, shard?.Shard, shard is null ? 0 : fractions.GetValueOrDefault(shard.Shard), view?.Earned ?? Ntk.Zero);
    }
}
