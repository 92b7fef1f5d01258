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

/// <summary>Pays an accepted shard and writes its receipt, once, however often it is begun.</summary>
internal sealed class Settlement(Database database, Ledger.Ledger ledger, NodeRegistry nodes, PlatformKeys keys, JobLog log, Signals signals, TimeProvider time)
{
    /// <remarks>The transfers' ids follow from the shard's, so a crash between paying and writing the receipt is repaired by doing all of it again.</remarks>
    public async Task PayAsync(JobRow job, ShardRow shard, CancellationToken cancel)
    {
        using var span = Spans.Start("neuro.pay")?.SetTag("neuro.job", job.Id).SetTag("neuro.shard", shard.Number);
        var node = await nodes.GetAsync(shard.NodeId!, cancel);
        var (pay, fee) = (new Ntk(shard.PayNano), new Ntk(shard.FeeNano));
        var what = Words.Clip($"Shard {shard.Number + 1} of {job.Shards}: {job.Title}", 190);
        var linked = new List<TransferRequest> { TransferRequest.Post(DerivedId.Of("pay", shard.Id), OrderDesk.HoldOf(job.Id), node.AccountId, pay, what) };
        if (fee > Ntk.Zero)
        {
            linked.Add(TransferRequest.Post(DerivedId.Of("fee", shard.Id), OrderDesk.HoldOf(job.Id), SystemAccounts.Fees, fee, "Fee, " + what));
        }

        var paid = await ledger.SubmitAsync(linked, cancel);
        // The node changed hands between being paid and the receipt: whom it belonged to then has the money, and the pair was posted whole.
        if (paid[0].Code != TransferCode.ExistsWithDifferentCreditAccount)
        {
            paid.ThrowIfRefused($"the pay for shard {shard.Number + 1}");
        }

        var outputs = JsonSerializer.Deserialize<List<ArtifactRef>>(shard.Outputs!, NeuroJson.Options)!;
        var receipt = Receipt(job, shard, outputs, pay + fee, fee);
        await database.WriteAsync(async db =>
        {
            if (await db.Shards.Where(row => row.Id == shard.Id && row.State == (int)ShardState.Accepted).ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)ShardState.Verified), cancel) == 0)
            {
                return;
            }

            var price = receipt.Price.Nano;
            db.Receipts.Add(new ReceiptRow { ShardId = shard.Id, JobId = job.Id, Number = shard.Number, Document = JsonSerializer.Serialize(receipt, NeuroJson.Options) });
            await db.Jobs.Where(row => row.Id == job.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Verified, row => row.Verified + 1).SetProperty(row => row.PaidNano, row => row.PaidNano + price), cancel);
            await db.Nodes.Where(row => row.Id == node.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.ShardsDone, row => row.ShardsDone + 1).SetProperty(row => row.EarnedNano, row => row.EarnedNano + pay.Nano), cancel);
            Estimator.Note(db, job, shard, node.Capacity.CuPerSecond(job.Kind), time.GetUtcNow());
            foreach (var output in outputs)
            {
                await ArtifactFiles.GrantAsync(db, output.Sha256, Caller.Reader(job.AccountId), time.GetUtcNow(), cancel);
                await ArtifactFiles.DischargeAsync(db, output.Sha256, Caller.NodeReader(node.Id), cancel);
            }

            await log.AppendAsync(db, job.Id, "verified", $"Shard {shard.Number + 1} verified ({shard.How}) and paid: {receipt.Price} NTK", shard.Number, null, cancel);
        }, cancel);
        await nodes.RefreshAsync(node.Id, cancel);
        signals.PulseJob(job.Id, ended: false);
    }

    private Receipt Receipt(JobRow job, ShardRow shard, List<ArtifactRef> outputs, Ntk price, Ntk fee)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var unsigned = new Receipt(job.Id, shard.Number, job.Kind, job.RecipeHash, shard.NodeId!, [.. outputs.Select(output => output.Sha256)], price, fee, shard.How!, at, shard.NodeSignature!, "");
        return unsigned with { Signature = keys.Sign(unsigned.SignedBytes()) };
    }
}
