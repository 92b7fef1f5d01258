using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Ledger;
using Neuro.Backend.Market;
using Neuro.Backend.Storage;
using Neuro.Backend.Telemetry;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Market;

namespace Neuro.Backend.Jobs;

/// <summary>Takes orders: job and shards are written first, then the cap is held, then the job runs.</summary>
/// <remarks>The hold's id follows from the job's. So whatever dies in between, sending the order again (or <see cref="ResumeAsync"/>, at the next start and now and then) finishes it, and the money is held once.</remarks>
internal sealed class OrderDesk(Database database, Ledger.Ledger ledger, JobLog log, JobViews views, Signals signals, TimeProvider time) : IDisposable
{
    // One at a time: of an order sent twice, one must not take away the rows of a hold that the other just got.
    private readonly SemaphoreSlim placing = new(1);

    public static Guid HoldOf(Guid job) => DerivedId.Of("hold", job);

    public async Task<Job> OrderAsync(Guid account, OrderRequest request, CancellationToken cancel)
    {
        Input.Id(request.Id, "id");
        Input.Id(request.QuoteId, "quoteId");
        using var span = Spans.Start("neuro.order")?.SetTag("neuro.job", request.Id);
        await placing.WaitAsync(cancel);
        try
        {
            // Whoever asked may hang up now: begun is finished, or their money would stay held for a job that nobody sees.
            await PlaceAsync(account, request, CancellationToken.None);
        }
        finally
        {
            placing.Release();
        }

        return await views.GetAsync(account, request.Id, cancel);
    }

    /// <summary>Changes how a running job's shards are given out; what is under way goes on.</summary>
    public async Task<Job> ChangeAsync(Guid account, Guid id, JobDispatch dispatch, CancellationToken cancel)
    {
        Input.Range(dispatch.Priority, "priority", -100, 100);
        Input.Range(dispatch.MostAtOnce ?? 1, "mostAtOnce", 1, WorkPlan.MostShards);
        var before = await views.GetAsync(account, id, cancel);
        if (before.State != JobState.Running)
        {
            throw new NeuroException("job.ended", $"Job {id} has ended ({before.State}): there is nothing to pause or to hurry.") { Status = 409 };
        }

        if (before.Dispatch == dispatch)
        {
            return before;
        }

        await database.WriteAsync(async db =>
        {
            if (await db.Jobs.Where(row => row.Id == id && row.State == (int)JobPhase.Running).ExecuteUpdateAsync(set => set
                .SetProperty(row => row.Paused, dispatch.Paused).SetProperty(row => row.Priority, dispatch.Priority).SetProperty(row => row.MostAtOnce, dispatch.MostAtOnce), cancel) == 1)
            {
                var (type, text) = (before.Dispatch.Paused, dispatch.Paused) switch
                {
                    (false, true) => ("paused", "Paused: no more shards are given out; those under way go on"),
                    (true, false) => ("resumed", "Goes on"),
                    _ => ("changed", $"Priority {dispatch.Priority}, {(dispatch.MostAtOnce is { } most ? $"at most {most} shards at once" : "any number of shards at once")}"),
                };
                await log.AppendAsync(db, id, type, text, null, null, cancel);
            }
        }, cancel);
        signals.PulseJob(id, ended: false);
        signals.PulseOpen();
        return await views.GetAsync(account, id, cancel);
    }

    public void Dispose() => placing.Dispose();

    private async Task PlaceAsync(Guid account, OrderRequest request, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var job = await db.Jobs.AsNoTracking().SingleOrDefaultAsync(row => row.Id == request.Id, cancel) ?? await WriteAsync(account, request, cancel);
        if (job.AccountId != account || job.QuoteId != request.QuoteId)
        {
            throw new NeuroException("job.exists_with_different_quote", $"The id {request.Id} was used before for another order. Use a new id for a new order.") { Status = 409 };
        }

        if (job.State == (int)JobPhase.Placing)
        {
            await PlaceAsync(job, cancel);
        }
    }

    /// <summary>Finishes orders that were cut off.</summary>
    public async Task ResumeAsync(CancellationToken cancel)
    {
        await placing.WaitAsync(cancel);
        try
        {
            await using var db = database.CreateDbContext();
            foreach (var job in await db.Jobs.AsNoTracking().Where(row => row.State == (int)JobPhase.Placing).ToListAsync(cancel))
            {
                try
                {
                    await PlaceAsync(job, CancellationToken.None);
                }
                catch (NeuroException refused) when (refused.Code.StartsWith("ledger.", StringComparison.Ordinal) && refused.Status == 0)
                {
                    // The customer cannot pay for it any more; the rows are gone, and nobody was told that the order stood.
                }
            }
        }
        finally
        {
            placing.Release();
        }
    }

    private async Task<JobRow> WriteAsync(Guid account, OrderRequest request, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var quoted = await db.Quotes.AsNoTracking().SingleOrDefaultAsync(row => row.Id == request.QuoteId && row.AccountId == account, cancel)
            ?? throw new NeuroException("quote.not_found", $"You have no quote {request.QuoteId}. Ask for a quote and order that.") { Status = 404 };
        if (quoted.Expires <= time.GetUtcNow())
        {
            throw new NeuroException("quote.expired", $"The quote was good until {quoted.Expires:yyyy-MM-dd HH:mm:ss} UTC. Ask for a new one.") { Status = 409 };
        }

        var quote = JsonSerializer.Deserialize<Quote>(quoted.Document, NeuroJson.Options)!;
        var plan = JsonSerializer.Deserialize<WorkPlan>(quoted.Plan, NeuroJson.Options)!;
        var job = new JobRow
        {
            Id = request.Id,
            AccountId = account,
            QuoteId = quoted.Id,
            Kind = quote.Kind,
            Title = plan.Title,
            Name = plan.Name,
            RecipeHash = plan.RecipeHash,
            Spec = quoted.Spec,
            Features = quoted.Features,
            State = (int)JobPhase.Placing,
            Shards = plan.Shards.Count,
            Rounds = plan.Rounds?.Count ?? 0,
            Quorum = plan.Rounds?.Quorum ?? 0,
            RoundSeconds = plan.Rounds?.Time.TotalSeconds ?? 0,
            WorkMilli = quote.Work.Milli,
            PriceNano = quote.PricePerCu.Nano,
            CapPriceNano = quoted.CapPriceNano,
            FeeBasisPoints = quote.FeeBasisPoints,
            CapNano = quote.Cap.Nano,
            CreatedAt = time.GetUtcNow(),
        };
        db.Jobs.Add(job);
        db.Shards.AddRange(plan.Shards.Select(shard => new ShardRow
        {
            Id = Guid.NewGuid(), // Not to be reckoned: a node could tell copies that check somebody by their ids.
            JobId = job.Id,
            Number = shard.Index,
            First = shard.First,
            Count = shard.Count,
            Grain = shard.Grain,
            Round = shard.Round,
            WorkMilli = shard.Work.Milli,
            Inputs = JsonSerializer.Serialize(shard.Inputs, NeuroJson.Options),
            State = (int)(shard.Round == 0 ? ShardState.Open : ShardState.Waiting),
        }));
        db.Promises.AddRange(JsonSerializer.Deserialize<List<Promise>>(quoted.Promises, NeuroJson.Options)!.Select(promise => new PromiseRow
        {
            JobId = job.Id,
            NodeId = promise.NodeId,
            RateNano = promise.PerCu.Nano,
            StartNano = promise.Start.Nano,
            Reliability = promise.Reliability,
        }));
        try
        {
            await db.SaveChangesAsync(cancel);
            return job;
        }
        catch (DbUpdateException)
        {
            // The same order, sent twice at once: the other one wrote it.
            await using var again = database.CreateDbContext();
            if (await again.Jobs.AsNoTracking().SingleOrDefaultAsync(row => row.Id == request.Id, cancel) is { } other)
            {
                return other;
            }

            throw;
        }
    }

    private async Task PlaceAsync(JobRow job, CancellationToken cancel)
    {
        var hold = await ledger.SubmitAsync(TransferRequest.Hold(HoldOf(job.Id), job.AccountId, null, new(job.CapNano), null, Words.Clip($"Held for {job.Title}", 200)), cancel);
        if (!hold.Succeeded)
        {
            await using var db = database.CreateDbContext();
            var id = HoldOf(job.Id);
            await db.Jobs.Where(row => row.Id == job.Id && row.State == (int)JobPhase.Placing && !db.Holds.Any(other => other.Id == id)).ExecuteDeleteAsync(CancellationToken.None);
            hold.ThrowIfRefused("this job");
        }

        var there = await database.WriteAsync(async db =>
        {
            if (await db.Jobs.Where(row => row.Id == job.Id && row.State == (int)JobPhase.Placing).ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)JobPhase.Running), cancel) == 1)
            {
                await log.AppendAsync(db, job.Id, "ordered", $"Ordered: {job.Title}; {new Client.Tokens.Ntk(job.CapNano)} NTK held", null, null, cancel);
                return true;
            }

            return await db.Jobs.AnyAsync(row => row.Id == job.Id, cancel);
        }, cancel);
        if (!there)
        {
            // Another replica, asked the same just before there was money, took the rows away while this one held it.
            await ledger.SubmitAsync(TransferRequest.Void(DerivedId.Of("void", job.Id), HoldOf(job.Id), "The order was refused"), cancel);
            throw new NeuroException("job.refused_meanwhile", $"Order {job.Id} was refused for want of NTK a moment ago. Send it again under a new id.") { Status = 409 };
        }

        signals.PulseJob(job.Id, ended: false);
        signals.PulseOpen();
    }
}
