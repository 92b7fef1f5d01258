using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Cluster;
using Neuro.Backend.Jobs;
using Neuro.Backend.Market;
using Neuro.Backend.Storage;
using Neuro.Client.Api;

namespace Neuro.Backend.Verification;

/// <summary>Says whether one delivered shard is right: on trust, by making a sample of it again, or by what another owner's node delivers for it.</summary>
/// <remarks>Where two deliveries differ, the platform makes the differing image itself; whoever is wrong is caught, be it one or the other or both.</remarks>
internal sealed class Examiner
{
    // One may wait for its bytes while the other computes, which takes all cores that it can have.
    private const int ChecksAtOnce = 2;
    private static readonly TimeSpan Claim = TimeSpan.FromSeconds(6);
    private readonly Database database;
    private readonly Workloads workloads;
    private readonly ArtifactFiles files;
    private readonly Copies copies;
    private readonly Conviction conviction;
    private readonly Recheck recheck;
    private readonly Leases leases;
    private readonly TimeProvider time;
    private readonly ILogger<Examiner> logger;
    private readonly SemaphoreSlim checking = new(ChecksAtOnce);
    private readonly Gathering<Finding[], int> accepting;

    public Examiner(Database database, Workloads workloads, ArtifactFiles files, Copies copies, Conviction conviction, Recheck recheck, Leases leases, TimeProvider time, ILogger<Examiner> logger)
    {
        (this.database, this.workloads, this.files, this.copies, this.conviction) = (database, workloads, files, copies, conviction);
        (this.recheck, this.leases, this.time, this.logger) = (recheck, leases, time, logger);
        accepting = new(WriteAsync);
    }

    private sealed record Finding(Delivery Of, string How, bool Checked, long RedoneMilli, IReadOnlyDictionary<string, double>? Measured = null);

    /// <summary>A delivered shard: accepted, rejected, or left until its copy is there.</summary>
    public async Task ExamineAsync(Delivery delivery, CancellationToken cancel)
    {
        var (shard, node) = (delivery.Shard, delivery.Node);
        if (node.BarredAt is not null)
        {
            await conviction.FinishAsync(cancel);
            return;
        }

        if (workloads.Of(delivery.Job.Kind) is not IRepeatableWorkload repeatable)
        {
            await SampleAsync(delivery, cancel);
            return;
        }

        if (!Trust.IsChecked(shard.SampleSeed, node.Streak))
        {
            var chance = Trust.ChanceOfCheck(node.Streak);
            await AcceptAsync([new(delivery, $"taken on trust: the last {node.Streak} that were checked of its node were right, and one in {1 / chance:0.#} is checked", Checked: false, 0)], cancel);
        }
        else if (node.Streak < Trust.Proving || !await CompareAsync(delivery, repeatable, cancel))
        {
            await SampleAsync(delivery, cancel);
        }
    }

    /// <summary>A delivered canary: its answer is known.</summary>
    public async Task ExamineCanaryAsync(Delivery canary, CancellationToken cancel)
    {
        var known = await OriginalAsync(canary.Shard, cancel);
        if (known is not { State: ShardState.Verified } || canary.Node.BarredAt is not null || workloads.Of(canary.Job.Kind) is not IRepeatableWorkload repeatable)
        {
            await copies.DropAsync(canary.Shard, cancel);
            return;
        }

        if (!await ClaimAsync(canary.Shard, cancel))
        {
            return;
        }

        var comparison = await KeepingAsync(canary.Shard, () => repeatable.CompareAsync(canary.Request(files), known.Outputs, cancel), cancel);
        if (comparison.Same)
        {
            await AcceptAsync([new(canary, $"the same as what is known: {comparison.How}", Checked: true, canary.Shard.WorkMilli)], cancel);
            return;
        }

        var verdict = await KeepingAsync(canary.Shard, () => repeatable.VerifyAsync(canary.Request(files, comparison.Image), cancel), cancel);
        if (!verdict.Valid)
        {
            await FailAsync(canary, verdict, canary.Shard.WorkMilli + canary.RedoneMilli(verdict), cancel);
            return;
        }

        await AcceptAsync([new(canary, $"not the same as what was known, and right: {verdict.How}", Checked: true, canary.Shard.WorkMilli + canary.RedoneMilli(verdict))], cancel);
        await LookAgainAsync(known, comparison.Image, cancel);
    }

    /// <summary>Looks at a paid shard again; who was wrong is caught, and the customer gets the price back.</summary>
    /// <param name="image">One that must be among those looked at.</param>
    public async Task LookAgainAsync(Delivery paid, int? image, CancellationToken cancel)
    {
        var verdict = await workloads.Of(paid.Job.Kind).VerifyAsync(paid.Request(files, image), cancel);
        if (verdict.Valid)
        {
            await recheck.RightAsync(paid, verdict.How, paid.RedoneMilli(verdict), cancel);
            return;
        }

        await recheck.WrongAsync(paid, verdict.How, paid.RedoneMilli(verdict), cancel);
        if (verdict.Contradicted && paid.Node.BarredAt is null)
        {
            await conviction.ConvictAsync(paid, verdict.How, cancel);
        }
    }

    private async Task SampleAsync(Delivery delivery, CancellationToken cancel)
    {
        if (!await ClaimAsync(delivery.Shard, cancel))
        {
            return;
        }

        var verdict = await KeepingAsync(delivery.Shard, () => workloads.Of(delivery.Job.Kind).VerifyAsync(delivery.Request(files), cancel), cancel);
        await SettleAsync(delivery, verdict, verdict.How, delivery.RedoneMilli(verdict), cancel);
    }

    // False when the platform must check itself: no copy can be had, or it did not come back.
    private async Task<bool> CompareAsync(Delivery delivery, IRepeatableWorkload repeatable, CancellationToken cancel)
    {
        if (await copies.OfAsync(delivery.Shard, cancel) is not { } copy)
        {
            return await copies.MakeAsync(delivery, cancel);
        }

        if (copy.State < (int)ShardState.Delivered)
        {
            // It is waited for; who waited too long has dropped it before coming here.
            return true;
        }

        await using var db = database.CreateDbContext();
        if (copy.State != (int)ShardState.Delivered || await Delivery.FindAsync(db, db.Shards.Where(row => row.Id == copy.Id), cancel) is not { } other || other.Node.AccountId == delivery.Node.AccountId)
        {
            return false;
        }

        if (!await ClaimAsync(delivery.Shard, cancel))
        {
            return true;
        }

        try
        {
            await SettleAsync(delivery, other, repeatable, cancel);
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException && !cancel.IsCancellationRequested)
        {
            // A stranger's second delivery must not keep the first from being checked.
            logger.LogError(failure, "Shard {Shard} could not be compared with its copy {Copy}", delivery.Shard.Id, copy.Id);
            await copies.DropAsync(copy, cancel);
            return false;
        }
    }

    private async Task SettleAsync(Delivery delivery, Delivery copy, IRepeatableWorkload repeatable, CancellationToken cancel)
    {
        var comparison = await KeepingAsync(delivery.Shard, () => repeatable.CompareAsync(delivery.Request(files), copy.Outputs, cancel), cancel);
        if (comparison.Same)
        {
            var how = $"compared with what a node of another owner delivered, and the same: {comparison.How}";
            await AcceptAsync([new(copy, how, Checked: true, copy.Shard.WorkMilli), new(delivery, how, Checked: true, 0)], cancel);
            return;
        }

        var first = await KeepingAsync(delivery.Shard, () => repeatable.VerifyAsync(delivery.Request(files, comparison.Image), cancel), cancel);
        var second = await KeepingAsync(delivery.Shard, () => repeatable.VerifyAsync(copy.Request(files, comparison.Image), cancel), cancel);
        var differs = $"a node of another owner delivered something else ({comparison.How}), so the platform looked itself: ";
        await SettleAsync(copy, second, differs + second.How, copy.Shard.WorkMilli + copy.RedoneMilli(second), cancel);
        await SettleAsync(delivery, first, differs + first.How, delivery.RedoneMilli(first), cancel);
    }

    private Task SettleAsync(Delivery delivery, ShardVerdict verdict, string how, long redoneMilli, CancellationToken cancel) =>
        verdict.Valid ? AcceptAsync([new(delivery, how, Checked: true, redoneMilli, verdict.Measured)], cancel) : FailAsync(delivery, verdict, redoneMilli, cancel);

    private async Task FailAsync(Delivery delivery, ShardVerdict verdict, long redoneMilli, CancellationToken cancel)
    {
        await using (var db = database.CreateDbContext())
        {
            await Same(db, delivery).ExecuteUpdateAsync(set => set.SetProperty(row => row.RedoneMilli, row => row.RedoneMilli + redoneMilli), cancel);
        }

        var reason = Words.Clip(verdict.How, 300);
        if (verdict.Contradicted)
        {
            await conviction.ConvictAsync(delivery, reason, cancel);
        }
        else
        {
            await conviction.RejectAsync(delivery, reason, cancel);
        }
    }

    private async Task AcceptAsync(Finding[] findings, CancellationToken cancel)
    {
        await accepting.AddAsync(findings, cancel);
        foreach (var finding in findings.Where(finding => !finding.Of.IsCopy && Trust.BringsCanary(finding.Of.Shard.SampleSeed)))
        {
            await copies.MakeCanaryAsync(finding.Of, cancel);
        }
    }

    /// <summary>Writes verdicts down; of each group, how many of its deliveries still waited for one.</summary>
    /// <remarks>In the order in which everybody locks rows: shards, then nodes, and each of these in one order.</remarks>
    private Task<IReadOnlyList<int>> WriteAsync(IReadOnlyList<Finding[]> groups) => database.WriteAsync<IReadOnlyList<int>>(async db =>
    {
        var rows = await Locked.ShardsAsync(db, [.. groups.SelectMany(group => group).Select(finding => finding.Of.Shard.Id).Distinct()], CancellationToken.None);
        var accepted = groups.Select(group => group.Where(finding => Accept(rows.GetValueOrDefault(finding.Of.Shard.Id), finding)).ToList()).ToList();
        await db.SaveChangesAsync();
        foreach (var of in accepted.SelectMany(group => group).Where(finding => finding.Checked).GroupBy(finding => finding.Of.Node.Id).OrderBy(of => of.Key, StringComparer.Ordinal))
        {
            var (node, more) = (of.Key, of.Count());
            await db.Nodes.Where(row => row.Id == node && row.BarredAt == null).ExecuteUpdateAsync(set => set.SetProperty(row => row.Streak, row => row.Streak < 0 ? more : row.Streak + more));
        }

        foreach (var finding in accepted.SelectMany(group => group).Where(finding => !finding.Of.IsCopy))
        {
            await StartAsync(db, finding.Of);
        }

        return accepted.ConvertAll(group => group.Count);
    }, CancellationToken.None);

    private static bool Accept(ShardRow? row, Finding finding)
    {
        if (row is not { State: (int)ShardState.Delivered } || row.Attempt != finding.Of.Shard.Attempt)
        {
            return false;
        }

        (row.State, row.How, row.Checked) = ((int)ShardState.Accepted, Words.Clip(finding.How, 300), finding.Checked);
        (row.Measured, row.RedoneMilli) = (finding.Measured is null ? null : JsonSerializer.Serialize(finding.Measured, NeuroJson.Options), row.RedoneMilli + finding.RedoneMilli);
        return true;
    }

    // The first accepted shard of a node brings its start-up pay. That is settled here, before anything is paid, so paying again after a crash pays the same.
    private static async Task StartAsync(NeuroDb db, Delivery accepted)
    {
        var (shard, job) = (accepted.Shard, accepted.Job);
        var start = db.Promises.Where(row => row.JobId == job.Id && row.NodeId == shard.NodeId && row.StartNano > 0);
        if (await start.Where(row => row.StartShard == null).ExecuteUpdateAsync(set => set.SetProperty(row => row.StartShard, shard.Id)) == 1)
        {
            var (pay, fee) = Pricing.WithFee(new(shard.PayNano + await start.Select(row => row.StartNano).SingleAsync()), job.FeeBasisPoints);
            await db.Shards.Where(row => row.Id == shard.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.PayNano, pay.Nano).SetProperty(row => row.FeeNano, fee.Nano));
        }
    }

    private static IQueryable<ShardRow> Same(NeuroDb db, Delivery delivery)
    {
        var (id, attempt) = (delivery.Shard.Id, delivery.Shard.Attempt);
        return db.Shards.Where(row => row.Id == id && row.State == (int)ShardState.Delivered && row.Attempt == attempt);
    }

    private async Task<Delivery?> OriginalAsync(ShardRow copy, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await Delivery.FindAsync(db, db.Shards.Where(row => row.JobId == copy.JobId && row.Number == copy.Number && row.Copy == 0), cancel);
    }

    // Beside other replicas a check is one's own for a while: it costs as much as the work. Two verdicts would do no harm.
    private async Task<bool> ClaimAsync(ShardRow shard, CancellationToken cancel)
    {
        if (!leases.Shared)
        {
            return true;
        }

        var now = time.GetUtcNow();
        await using var db = database.CreateDbContext();
        return await db.Shards.Where(row => row.Id == shard.Id && row.State == (int)ShardState.Delivered && row.Attempt == shard.Attempt && (row.CheckedUntil == null || row.CheckedUntil < now))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.CheckedUntil, now + Claim), cancel) == 1;
    }

    /// <summary>Makes a check when it is its turn; the shard stays claimed until it is done.</summary>
    private async Task<T> KeepingAsync<T>(ShardRow shard, Func<Task<T>> check, CancellationToken cancel)
    {
        var checks = InTurnAsync(check, cancel);
        while (leases.Shared && await Task.WhenAny(checks, Task.Delay(Claim / 3, time, cancel)) != checks)
        {
            var until = time.GetUtcNow() + Claim;
            await using var db = database.CreateDbContext();
            await db.Shards.Where(row => row.Id == shard.Id && row.State == (int)ShardState.Delivered && row.Attempt == shard.Attempt).ExecuteUpdateAsync(set => set.SetProperty(row => row.CheckedUntil, until), cancel);
        }

        return await checks;
    }

    private async Task<T> InTurnAsync<T>(Func<Task<T>> check, CancellationToken cancel)
    {
        await checking.WaitAsync(cancel);
        try
        {
            return await check();
        }
        finally
        {
            checking.Release();
        }
    }
}
