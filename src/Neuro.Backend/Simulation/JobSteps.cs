using Neuro.Backend.Ledger;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Simulation;

/// <summary>What customers and nodes do with jobs: held at the price, paid shard by shard once verified, the rest given back.</summary>
internal sealed class JobSteps(World world, Dealings dealings)
{
    private const int FeeBasisPoints = 1000;

    /// <summary>A customer buys NTK from the treasury, perhaps with more patience than the network.</summary>
    public async Task BuyAsync(Draws draws)
    {
        var purchase = TransferRequest.Transfer(draws.Id(), SystemAccounts.Treasury, draws.Of(Cast.Customers), Amount(draws, 500), "Bought");
        await dealings.SubmitAllAsync([.. Enumerable.Repeat<IReadOnlyList<TransferRequest>>([purchase], draws.Of([1, 1, 2, 5]))]);
    }

    /// <summary>A customer orders a job; its price, with some to spare, is set aside until a deadline.</summary>
    public async Task OrderAsync(Draws draws)
    {
        var shards = Enumerable.Range(0, (int)draws.Between(1, 6)).Select(_ => NewShard(draws)).ToList();
        var price = shards.Aggregate(Ntk.Zero, (sum, shard) => sum + shard.Pay + shard.Fee) + new Ntk(draws.Below(1000));
        var deadline = world.Clock.Now + TimeSpan.FromMinutes(draws.Between(1, 3000));
        var job = new Job { Customer = draws.Of(Cast.Customers), Hold = draws.Id(), Deadline = deadline, Shards = shards };
        await dealings.SubmitAsync(TransferRequest.Hold(job.Hold, job.Customer, null, price, deadline, "Job"));
        if (world.Mirror.Holds.ContainsKey(job.Hold))
        {
            world.Jobs.Add(job.Hold, job);
            world.OpenJobs.Add(job);
        }
    }

    /// <summary>A node delivers; what comes of it depends on the answer and on the time.</summary>
    public async Task DeliverAsync(Draws draws)
    {
        if (Delivery(draws) is { } linked)
        {
            await dealings.SubmitAllAsync([.. Enumerable.Repeat(linked, draws.Of([1, 1, 1, 2, 5]))]);
        }
    }

    /// <summary>Deliveries, transfers, holds and duplicates of all of them, in any order.</summary>
    public Task RushAsync(Draws draws) => dealings.SubmitAllAsync(Groups(draws));

    /// <summary>The same with a crash in the middle.</summary>
    public Task RushThroughCrashAsync(Draws draws)
    {
        var room = draws.Below(16);
        return dealings.SubmitThroughCrashAsync(Groups(draws), room);
    }

    /// <summary>The same with a caller in the middle whose own writes fail.</summary>
    public Task RushWithFailingWritesAsync(Draws draws) =>
        dealings.SubmitWithFailingWritesAsync(TransferRequest.Transfer(draws.Id(), SystemAccounts.Treasury, draws.Of(Cast.Customers), Amount(draws, 5), "Never done"), Groups(draws));

    /// <summary>A job ends; what was not paid goes back.</summary>
    public async Task CloseAsync(Draws draws)
    {
        if (world.OpenJobs.Count > 0)
        {
            var job = draws.Of(world.OpenJobs);
            await dealings.SubmitAsync(TransferRequest.Void(DerivedId.Of("rest", job.Hold), job.Hold, "The rest of the job"));
            Settle();
        }
    }

    /// <summary>Time passes, or is set back a little; what has expired is given back, now or some steps later.</summary>
    public async Task WaitAsync(Draws draws)
    {
        world.Clock.Advance(draws.Below(4) switch
        {
            3 => -TimeSpan.FromMinutes(draws.Between(1, 90)),
            0 => TimeSpan.FromMinutes(draws.Between(1, 90)),
            1 => TimeSpan.FromHours(draws.Between(1, 40)),
            _ => TimeSpan.FromDays(draws.Between(1, 9)),
        });
        if (draws.Chance(50))
        {
            await dealings.ExpireAsync();
            Settle();
        }
    }

    public async Task ExpireAsync()
    {
        await dealings.ExpireAsync();
        Settle();
    }

    /// <summary>What cannot be: more than a hold has, from a hold that there is not, too late, to nobody, of another asset, more than is there.</summary>
    public async Task AskTooMuchAsync(Draws draws)
    {
        var (id, who, other) = (draws.Id(), draws.Of(Cast.Everyone), draws.Of(Cast.Nodes));
        var hold = world.OpenJobs.Count > 0 ? draws.Of(world.OpenJobs).Hold : draws.Id();
        var left = world.Mirror.Holds.GetValueOrDefault(hold)?.Remaining ?? 0;
        await dealings.SubmitAsync(draws.Below(8) switch
        {
            0 => TransferRequest.Post(id, hold, other, new Ntk(left + draws.Between(1, 1000)), "More than is held"),
            1 => TransferRequest.Post(id, draws.Id(), other, Amount(draws, 1), "No hold"),
            2 => TransferRequest.Transfer(id, who, other, new Ntk(world.Mirror.Accounts[who].Available + draws.Between(1, 1000)), "More than there is"),
            3 => TransferRequest.Hold(id, who, null, new Ntk(1), world.Clock.Now, "Too late"),
            4 => TransferRequest.Transfer(id, who, draws.Id(), new Ntk(1), "To nobody"),
            5 => TransferRequest.Transfer(id, who, SystemAccounts.HoldingOf(other, Cast.Labels.Asset), new Ntk(1), "Another asset"),
            6 => TransferRequest.Transfer(id, who, who, new Ntk(1), "To oneself"),
            _ => TransferRequest.Transfer(id, who, other, new Ntk(-draws.Between(0, 5)), "Less than nothing"),
        });
    }

    /// <summary>The id of something that was done, for something else: refused, and nothing moves.</summary>
    public async Task ReuseAsync(Draws draws)
    {
        var done = world.Mirror.Done[^Math.Min(world.Mirror.Done.Count, 1 + draws.Below(60))];
        if (done.Kind == TransferKind.Expire)
        {
            return;
        }

        var (id, debit, credit, amount, words) = (done.Id, done.Debit, done.Credit ?? draws.Of(Cast.Nodes), done.Amount + new Ntk(1), done.Reference + " again");
        await dealings.SubmitAsync((done.Kind, draws.Below(3)) switch
        {
            (TransferKind.Transfer, 0) => TransferRequest.Transfer(id, debit, credit, amount, done.Reference),
            (TransferKind.Transfer, 1) => TransferRequest.Hold(id, debit, credit, done.Amount, null, done.Reference),
            (TransferKind.Hold, 0) => TransferRequest.Hold(id, debit, done.Credit, amount, done.Deadline, done.Reference),
            (TransferKind.Hold, 1) => TransferRequest.Hold(id, debit, done.Credit, done.Amount, (done.Deadline ?? world.Clock.Now) + TimeSpan.FromDays(1), done.Reference),
            (TransferKind.Post, 0) => TransferRequest.Post(id, done.HoldId!.Value, credit, amount, done.Reference),
            (TransferKind.Post, 1) => TransferRequest.Post(id, done.HoldId!.Value, draws.Of(Cast.Labellers), done.Amount, done.Reference),
            _ => done with { Reference = words },
        });
    }

    private static Ntk Amount(Draws draws, int most) => new(draws.Between(1, most * Ntk.NanoPerNtk));

    private static Shard NewShard(Draws draws)
    {
        var pay = Amount(draws, 20);
        return new() { Id = draws.Id(), Pay = pay, Fee = pay.BasisPoints(FeeBasisPoints) };
    }

    /// <summary>Pay and fee for what a node delivers; null when there is nothing to deliver, or nothing to be paid for it.</summary>
    private IReadOnlyList<TransferRequest>? Delivery(Draws draws)
    {
        if (world.OpenJobs.Count == 0)
        {
            return null;
        }

        var (job, node) = (draws.Of(world.OpenJobs), draws.Of(Cast.Nodes));
        var shard = draws.Of(job.Shards);
        var answer = draws.Chance(20) ? draws.Id() : shard.Answer;
        if (answer != shard.Answer)
        {
            return null;
        }

        // Whoever was right first is paid. A result that comes too late is asked to be paid all the same: there is nothing left to pay it from.
        if (!job.Closed && world.Clock.Now < job.Deadline)
        {
            shard.Verified ??= node;
        }

        // Until that is done nobody else is named; afterwards a second node may try, and its request is one with other content.
        node = shard.Verified is { } first && !world.Mirror.Knows(shard.PayId) ? first : node;
        var post = TransferRequest.Post(shard.PayId, job.Hold, node, shard.Pay, "Shard");
        return shard.Fee > Ntk.Zero ? [post, TransferRequest.Post(shard.FeeId, job.Hold, SystemAccounts.Fees, shard.Fee, "Fee")] : [post];
    }

    private List<IReadOnlyList<TransferRequest>> Groups(Draws draws)
    {
        var groups = new List<IReadOnlyList<TransferRequest>>();
        for (var count = draws.Between(2, 12); count > 0; count--)
        {
            var group = draws.Below(4) switch
            {
                0 => [TransferRequest.Transfer(draws.Id(), draws.Of(Cast.Everyone), draws.Of(Cast.Everyone), Amount(draws, 300), "Between two")],
                1 => [TransferRequest.Transfer(draws.Id(), SystemAccounts.Treasury, draws.Of(Cast.Everyone), Amount(draws, 20), "Bought"), TransferRequest.Transfer(draws.Id(), draws.Of(Cast.Everyone), draws.Of(Cast.Nodes), Amount(draws, 1500), "Linked")],
                _ => Delivery(draws),
            };
            groups.AddRange(group is null ? [] : Enumerable.Repeat<IReadOnlyList<TransferRequest>>(group, draws.Of([1, 1, 2])));
        }

        return draws.Shuffled(groups);
    }

    /// <summary>Notes which jobs have nothing left.</summary>
    private void Settle()
    {
        foreach (var job in world.OpenJobs)
        {
            job.Closed = world.Mirror.Holds[job.Hold].Remaining == 0;
        }
    }
}
