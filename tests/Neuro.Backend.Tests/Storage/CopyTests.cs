using Neuro.Backend.Tests.Ledger;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Storage;

/// <summary>A platform's database in another place: a backup, and a move to PostgreSQL.</summary>
public sealed class CopyTests
{
    private sealed class Nobody : IProgress<int>
    {
        public int Last { get; private set; }

        public void Report(int value) => Last = value;
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BackUp_WhileItRuns_IsAPlatformThatGoesOn()
    {
        var target = Path.Combine(Directory.CreateTempSubdirectory("neuro-backup-").FullName, "copy");
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(6));
        await node.WorkAsync(await node.ClaimOneAsync());
        await TestPlatform.UntilAsync(customer, job.Id, "verified");
        var report = await Platform.BackUpAsync(platform.Options.DataFolder, target, new Nobody(), Cancel);
        (report.Artifacts, report.Copied, report.Missing.Count).ShouldBe((1, 1, 0));

        // What happens after it is not in it; a second backup into the same folder brings it there.
        await node.WorkAllAsync();
        var done = await customer.CompleteAsync(job, cancel: Cancel);
        report = await Platform.BackUpAsync(platform.Options.DataFolder, target, new Nobody(), Cancel);
        (report.Artifacts, report.Copied).ShouldBe((3, 2));

        await using var restored = await Platform.StartAsync(platform.Options with { DataFolder = target }, Cancel);
        restored.FirstUserKey.ShouldBe(platform.Platform.FirstUserKey);
        await using var again = await NeuroClient.ConnectAsync(restored.Url.ToString(), restored.FirstUserKey, Cancel);
        (await again.BalanceAsync(Cancel)).ShouldBe(await customer.BalanceAsync(Cancel));
        (await again.Api.GetProofAsync(Cancel)).Faults.ShouldBeEmpty();
        (await again.ReceiptsAsync(job.Id, Cancel)).Select(receipt => receipt.Signature).ShouldBe((await customer.ReceiptsAsync(job.Id, Cancel)).Select(receipt => receipt.Signature));
        (await again.Api.GetDatasetAsync(done.DatasetId!.Value, Cancel)).Shards.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Move_OfAPlatformWithJobs_IsEqualAndGoesOnOverPostgres()
    {
        var postgres = await LedgerEngine.NewPostgresAsync();
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(6));
        await node.WorkAsync(await node.ClaimOneAsync());
        await TestPlatform.UntilAsync(customer, job.Id, "verified");
        var (secret, balance, head) = (node.Secret, await customer.BalanceAsync(Cancel), (await customer.Api.GetProofAsync(Cancel)).Head);
        await platform.Platform.DisposeAsync();

        var progress = new Nobody();
        var report = await Platform.MoveToPostgresAsync(platform.Options.DataFolder, postgres, progress, Cancel);
        (report.Since, progress.Last).ShouldBe((0, 1000));
        report.Rows["shards"].ShouldBe(3);
        report.Transfers.ShouldBe(report.Rows["transfers"]);
        (await Should.ThrowAsync<NeuroException>(() => Platform.MoveToPostgresAsync(platform.Options.DataFolder, postgres, progress, Cancel))).Code.ShouldBe("migrate.not_empty");

        await using var moved = await Platform.StartAsync(platform.Options with { PostgresConnectionString = postgres }, Cancel);
        await using var again = await NeuroClient.ConnectAsync(moved.Url.ToString(), moved.FirstUserKey, Cancel);
        (await again.BalanceAsync(Cancel)).ShouldBe(balance);
        var proof = await again.Api.GetProofAsync(Cancel);
        (proof.Faults.Count, proof.Head).ShouldBe((0, head));
        await using var same = new TestNode(moved.Url, "node", secret);
        await same.JoinAsync(null, Ntk.Of(1));
        await same.WorkAllAsync();
        (await again.CompleteAsync(job, cancel: Cancel)).State.ShouldBe(JobState.Succeeded);
        (await again.Api.GetProofAsync(Cancel)).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Copy_WhereThereIsNoPlatform_SaysSo()
    {
        var folder = Directory.CreateTempSubdirectory("neuro-none-").FullName;
        (await Should.ThrowAsync<NeuroException>(() => Platform.BackUpAsync(folder, Path.Combine(folder, "copy"), new Nobody(), Cancel))).Code.ShouldBe("platform.no_database");
        (await Should.ThrowAsync<NeuroException>(() => Platform.MoveToPostgresAsync(folder, "Host=unused", new Nobody(), Cancel))).Code.ShouldBe("platform.no_database");
    }
}
