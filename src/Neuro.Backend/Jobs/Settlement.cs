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
internal sealed class Settlement(Database database, Ledger.Ledger ledger, Stakes stakes, NodeRegistry nodes, PlatformKeys keys, JobLog log, Signals signals, TimeProvider time)
{
    /// <remarks>The transfers' ids follow from the shard's, so a crash between paying and writing the receipt is repaired by doing all of it again.</remarks>
    public async Task PayAsync(JobRow job, ShardRow shard, CancellationToken cancel)
    {
        using var span = Spans.Start("neuro.pay")?.SetTag("neuro.job", job.Id).SetTag("neuro.shard", shard.Number);
        var node = await nodes.GetAsync(shard.NodeId!, cancel);
        if (!await MoveAsync(job, shard, node, cancel))
        {
            return;
        }

        await database.WriteAsync(db => WriteAsync(db, job, shard, node, cancel), cancel);
        await nodes.RefreshAsync(node.Id, cancel);
        signals.PulseJob(job.Id, ended: false);
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

    private async Task WriteAsync(NeuroDb db, JobRow job, ShardRow shard, KnownNode node, CancellationToken cancel)
    {
        if (await db.Shards.Where(row => row.Id == shard.Id && row.State == (int)ShardState.Accepted).ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)ShardState.Verified), cancel) == 0)
        {
            return;
        }

        var pay = shard.PayNano;
        var target = Stakes.Target(await db.Nodes.AsNoTracking().SingleAsync(row => row.Id == node.Id, cancel), new(pay));
        await db.Nodes.Where(row => row.Id == node.Id).ExecuteUpdateAsync(set => set
            .SetProperty(row => row.ShardsDone, row => row.ShardsDone + 1).SetProperty(row => row.EarnedNano, row => row.EarnedNano + pay)
            .SetProperty(row => row.StakeNano, row => row.StakeNano < target ? target : row.StakeNano), cancel);
        var outputs = JsonSerializer.Deserialize<List<ArtifactRef>>(shard.Outputs!, NeuroJson.Options)!;
        if (shard.Copy == 0)
        {
            await WriteReceiptAsync(db, job, shard, node, outputs, cancel);
        }

        foreach (var output in outputs)
        {
            await ArtifactFiles.DischargeAsync(db, output.Sha256, Caller.NodeReader(node.Id), cancel);
        }
    }

    private async Task WriteReceiptAsync(NeuroDb db, JobRow job, ShardRow shard, KnownNode node, List<ArtifactRef> outputs, CancellationToken cancel)
    {
        var receipt = Receipt(job, shard, outputs, new(shard.PayNano + shard.FeeNano), new(shard.FeeNano));
        var price = receipt.Price.Nano;
        db.Receipts.Add(new ReceiptRow { ShardId = shard.Id, JobId = job.Id, Number = shard.Number, Document = JsonSerializer.Serialize(receipt, NeuroJson.Options) });
        await db.Jobs.Where(row => row.Id == job.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Verified, row => row.Verified + 1).SetProperty(row => row.PaidNano, row => row.PaidNano + price), cancel);
        Estimator.Note(db, job, shard, node.Capacity.CuPerSecond(job.Kind), time.GetUtcNow());
        foreach (var output in outputs)
        {
            await ArtifactFiles.GrantAsync(db, output.Sha256, Caller.Reader(job.AccountId), time.GetUtcNow(), cancel);
        }

        await log.AppendAsync(db, job.Id, "verified", $"Shard {shard.Number + 1} verified ({shard.How}) and paid: {receipt.Price} NTK", shard.Number, null, cancel);
    }

    private Receipt Receipt(JobRow job, ShardRow shard, List<ArtifactRef> outputs, Ntk price, Ntk fee)
    {
        var at = time.GetUtcNow().ToMillisecond();
        var unsigned = new Receipt(job.Id, shard.Number, job.Kind, job.RecipeHash, shard.NodeId!, [.. outputs.Select(output => output.Sha256)], price, fee, shard.How!, at, shard.NodeSignature!, "");
        return unsigned with { Signature = keys.Sign(unsigned.SignedBytes()) };
    }
}
