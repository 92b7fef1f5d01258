using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Accounts;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Ledger;
using Neuro.Backend.Market.Estimates;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Backend.Telemetry;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Jobs;

/// <summary>Pays an accepted shard and writes its receipt, once, however often it is begun. A copy is paid from the platform's fees, and has no receipt: no customer ordered it.</summary>
internal sealed class Settlement
{
    private readonly Database database;
    private readonly Ledger.Ledger ledger;
    private readonly Stakes stakes;
    private readonly NodeRegistry nodes;
    private readonly PlatformKeys keys;
    private readonly JobLog log;
    private readonly Signals signals;
    private readonly TimeProvider time;
    private readonly Gathering<Paid, bool> writing;

    public Settlement(Database database, Ledger.Ledger ledger, Stakes stakes, NodeRegistry nodes, PlatformKeys keys, JobLog log, Signals signals, TimeProvider time)
    {
        (this.database, this.ledger, this.stakes, this.nodes, this.keys, this.log, this.signals, this.time) = (database, ledger, stakes, nodes, keys, log, signals, time);
        writing = new(WriteAsync);
    }

    private sealed record Paid(JobRow Job, ShardRow Shard, KnownNode Node)
    {
        public List<ArtifactRef> Outputs { get; } = JsonSerializer.Deserialize<List<ArtifactRef>>(Shard.Outputs!, NeuroJson.Options)!;
    }

    /// <remarks>The transfers' ids follow from the shard's, so a crash between paying and writing the receipt is repaired by doing all of it again.</remarks>
    public async Task PayAsync(JobRow job, ShardRow shard, CancellationToken cancel)
    {
        using var span = Spans.Start("neuro.pay")?.SetTag("neuro.job", job.Id).SetTag("neuro.shard", shard.Number);
        var node = await nodes.GetAsync(shard.NodeId!, cancel);
        if (!await MoveAsync(job, shard, node, cancel))
        {
            return;
        }

        await writing.AddAsync(new(job, shard, node), cancel);
        await nodes.RefreshAsync(node.Id, cancel);
        signals.PulseJob(job.Id, ended: false);
        if (job.Rounds > 0)
        {
            signals.PulseRound();
        }
    }

    /// <summary>Whether it was paid, even if nothing else is written about that yet.</summary>
    public static Task<bool> IsPaidAsync(NeuroDb db, Guid shard, CancellationToken cancel)
    {
        var pay = PayOf(shard);
        return db.Transfers.AnyAsync(row => row.Id == pay, cancel);
    }

    private static Guid PayOf(Guid shard) => DerivedId.Of("pay", shard);

    // False when the fees do not suffice for a copy: it is paid when they do.
    private async Task<bool> MoveAsync(JobRow job, ShardRow shard, KnownNode node, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var (pay, fee) = (new Ntk(shard.PayNano), new Ntk(shard.FeeNano));
        var share = await stakes.ShareAsync(await db.Nodes.AsNoTracking().SingleAsync(row => row.Id == node.Id, cancel), pay, cancel);
        var what = Words.Clip(shard.Copy > 0 ? $"Shard {shard.Number + 1} done again to compare" : $"Shard {shard.Number + 1} of {job.Shards}: {job.Title}", 180);
        var linked = new List<TransferRequest> { Move(PayOf(shard.Id), node.AccountId, pay - share, what) };
        if (share > Ntk.Zero)
        {
            linked.Add(Move(DerivedId.Of("stake", shard.Id), SystemAccounts.StakeOf(node.Id), share, "Stake, " + what));
        }

        if (fee > Ntk.Zero && shard.Copy == 0)
        {
            linked.Add(Move(DerivedId.Of("fee", shard.Id), SystemAccounts.Fees, fee, "Fee, " + what));
        }

        // Whoever takes the shard from its node, because that was caught, does so before this or finds it paid.
        var paid = await ledger.SubmitAsync(linked, [$"UPDATE shards SET attempt = attempt WHERE id = {shard.Id} AND state = {(int)ShardState.Accepted} AND attempt = {shard.Attempt}"], cancel);
        if (shard.Copy > 0 && Array.Exists(paid, transfer => transfer.Code == TransferCode.InsufficientFunds))
        {
            return false;
        }

        // Paid before, but not written down: whom the node belonged to then has the money, by what was at stake then, and all of it was posted together.
        if (paid[0].Code is not (TransferCode.ExistsWithDifferentCreditAccount or TransferCode.ExistsWithDifferentAmount))
        {
            paid.ThrowIfRefused($"the pay for shard {shard.Number + 1}");
        }

        return true;

        TransferRequest Move(Guid id, Guid credit, Ntk amount, string reference) => shard.Copy > 0
            ? TransferRequest.Transfer(id, SystemAccounts.Fees, credit, amount, reference)
            : TransferRequest.Post(id, OrderDesk.HoldOf(job.Id), credit, amount, reference);
    }

    /// <summary>Writes down what was paid; of each, whether that was still to be done.</summary>
    /// <remarks>In the order in which everybody locks rows: shards, nodes, jobs, artifacts, and each of these in one order.</remarks>
    private Task<IReadOnlyList<bool>> WriteAsync(IReadOnlyList<Paid> paid) => database.WriteAsync<IReadOnlyList<bool>>(async db =>
    {
        var rows = await Locked.ShardsAsync(db, [.. paid.Select(one => one.Shard.Id).Distinct()], CancellationToken.None);
        var news = paid.Select(one => Settle(rows.GetValueOrDefault(one.Shard.Id))).ToList();
        await db.SaveChangesAsync();
        var written = paid.Zip(news).Where(pair => pair.Second).Select(pair => pair.First).ToList();
        foreach (var of in written.GroupBy(one => one.Node.Id).OrderBy(of => of.Key, StringComparer.Ordinal))
        {
            await WriteAsync(db, of.Key, [.. of]);
        }

        foreach (var of in written.Where(one => one.Shard.Copy == 0).GroupBy(one => one.Job.Id).OrderBy(of => of.Key))
        {
            await WriteReceiptsAsync(db, of.First().Job, [.. of]);
        }

        var sold = from one in written where one.Shard.Copy == 0 from output in one.Outputs select (output.Sha256, Caller.Reader(one.Job.AccountId));
        await ArtifactFiles.GrantAsync(db, [.. sold], time.GetUtcNow(), CancellationToken.None);
        foreach (var (sha256, reader) in written.SelectMany(one => one.Outputs.Select(output => (output.Sha256, Caller.NodeReader(one.Node.Id)))).Distinct().Order())
        {
            await ArtifactFiles.DischargeAsync(db, sha256, reader, CancellationToken.None);
        }

        return news;
    }, CancellationToken.None);

    private static bool Settle(ShardRow? row)
    {
        if (row is not { State: (int)ShardState.Accepted })
        {
            return false;
        }

        row.State = (int)ShardState.Verified;
        return true;
    }

    private static Task WriteAsync(NeuroDb db, string node, IReadOnlyList<Paid> paid)
    {
        var (count, earned, target) = (paid.Count, paid.Sum(one => one.Shard.PayNano), Stakes.Target(paid.Max(one => one.Shard.PayNano)));
        return db.Nodes.Where(row => row.Id == node).ExecuteUpdateAsync(set => set
            .SetProperty(row => row.ShardsDone, row => row.ShardsDone + count).SetProperty(row => row.EarnedNano, row => row.EarnedNano + earned)
            .SetProperty(row => row.StakeNano, row => row.StakeNano < target ? target : row.StakeNano));
    }

    private async Task WriteReceiptsAsync(NeuroDb db, JobRow job, IReadOnlyList<Paid> paid)
    {
        var (count, price, events) = (paid.Count, paid.Sum(one => one.Shard.PayNano + one.Shard.FeeNano), new List<NewEvent>());
        foreach (var one in paid)
        {
            var (shard, receipt) = (one.Shard, Receipt(job, one.Shard, one.Outputs));
            db.Receipts.Add(new ReceiptRow { ShardId = shard.Id, JobId = job.Id, Number = shard.Number, Document = JsonSerializer.Serialize(receipt, NeuroJson.Options) });
            Estimator.Note(db, job, shard, one.Node.Capacity.CuPerSecond(job.Kind), time.GetUtcNow());
            events.Add(new("verified", $"Shard {shard.Number + 1} verified ({shard.How}) and paid: {receipt.Price} NTK", shard.Number));
        }

        await db.Jobs.Where(row => row.Id == job.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Verified, row => row.Verified + count).SetProperty(row => row.PaidNano, row => row.PaidNano + price));
        await log.AppendAsync(db, job.Id, events, CancellationToken.None);
    }

    private Receipt Receipt(JobRow job, ShardRow shard, List<ArtifactRef> outputs)
    {
        var (price, fee, at) = (new Ntk(shard.PayNano + shard.FeeNano), new Ntk(shard.FeeNano), time.GetUtcNow().ToMillisecond());
        var unsigned = new Receipt(job.Id, shard.Number, job.Kind, job.RecipeHash, shard.NodeId!, [.. outputs.Select(output => output.Sha256)], price, fee, shard.How!, at, shard.NodeSignature!, "");
        return unsigned with { Signature = keys.Sign(unsigned.SignedBytes()) };
    }
}
