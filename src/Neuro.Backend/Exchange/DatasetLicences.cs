using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Accounts;
using Neuro.Backend.Jobs;
using Neuro.Backend.Ledger;
using Neuro.Backend.Market;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Exchange;

/// <summary>Licences of a dataset as lots of an order book: its owner makes them, anyone trades them, and whoever redeems one may read the dataset from then on.</summary>
/// <remarks>The burnt lot, the right to read the dataset and the right to read its shards are one SQL transaction.</remarks>
internal sealed class DatasetLicences(Database database, Ledger.Ledger ledger, Exchange exchange, TimeProvider time)
{
    private const int GrantsAtOnce = 400;
    private static readonly Ntk Tick = Ntk.Of(0.01m);

    /// <summary>What the licences of a dataset are called.</summary>
    public static string AssetOf(Guid dataset) => PriceList.LicencePrefix + dataset;

    /// <summary>Makes licences for a dataset's owner, and opens their order book the first time.</summary>
    /// <exception cref="NeuroException"><c>dataset.not_found</c>, <c>lots.exists_with_different_content</c>, <c>request.out_of_range</c>.</exception>
    public async Task<LotMovement> IssueAsync(Guid owner, Guid dataset, LicenceIssue issue, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var row = await db.Datasets.AsNoTracking().SingleOrDefaultAsync(row => row.Id == dataset && row.AccountId == owner, cancel) ?? throw ProductViews.DatasetNotFound(dataset);
        var asset = AssetOf(dataset);
        Input.Id(issue.Id, "id");
        Input.Range(issue.Lots, "lots", 1, long.MaxValue);
        if (!await db.Books.AnyAsync(book => book.Asset == asset, cancel))
        {
            await exchange.OpenBookAsync(asset, Words.Clip($"Licences of {Manifest(row).Name}", 100), Tick, Fees.BasisPoints[Fees.Trading], cancel);
        }

        return await exchange.IssueAsync(issue.Id, owner, asset, issue.Lots, "Licences", cancel);
    }

    /// <summary>Uses up one licence; the dataset is there for the account from then on.</summary>
    /// <exception cref="NeuroException"><c>licence.not_found</c>, <c>licence.not_needed</c>, <c>licence.exists_with_different_content</c>.</exception>
    public async Task<DatasetManifest> RedeemAsync(Guid account, Guid dataset, LicenceRedemption redemption, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        if (await ReadableAsync(db, account, dataset, redemption.Id, cancel) is { } before)
        {
            return before;
        }

        // First of all, so that whoever has none learns nothing about the dataset.
        var holding = SystemAccounts.HoldingOf(account, AssetOf(dataset));
        if (!await db.Accounts.AnyAsync(row => row.Id == holding && row.CreditsPosted - row.DebitsPosted - row.DebitsPending > 0, cancel)
            || await db.Datasets.AsNoTracking().SingleOrDefaultAsync(row => row.Id == dataset, cancel) is not { } row)
        {
            // Or another redemption has just used the last one up.
            return await ReadableAsync(db, account, dataset, redemption.Id, cancel) ?? throw NotFound(dataset);
        }

        Input.Id(redemption.Id, "id");
        var (asset, manifest) = (AssetOf(dataset), Manifest(row));
        var transfer = TransferRequest.Transfer(
            DerivedId.Of("redeem", redemption.Id), holding, SystemAccounts.IssuanceOf(asset), new Ntk(1), $"Licence of {Words.Clip(manifest.Name, 100)} redeemed");
        TransferResult result;
        try
        {
            result = (await ledger.SubmitAsync([transfer], transaction => GrantAsync(transaction, account, manifest, redemption.Id), cancel))[0];
        }
        catch (NeuroException)
        {
            // Perhaps another redemption was quicker; else what went wrong stays what it was.
            return await ReadableAsync(db, account, dataset, redemption.Id, cancel) ?? throw NotWritten(dataset);
        }

        return result.Code switch
        {
            TransferCode.Ok or TransferCode.Exists => manifest,
            TransferCode.InsufficientFunds => await ReadableAsync(db, account, dataset, redemption.Id, cancel) ?? throw NotFound(dataset),
            _ => throw new NeuroException("licence.exists_with_different_content", $"The id {redemption.Id} was used before for another licence. Use a new id for a new redemption.") { Status = 409 },
        };
    }

    // The manifest when this redemption was done before; an error when the account needs none.
    private static async Task<DatasetManifest?> ReadableAsync(NeuroDb db, Guid account, Guid dataset, Guid redemption, CancellationToken cancel)
    {
        var reader = await db.DatasetReaders.AsNoTracking().SingleOrDefaultAsync(row => row.DatasetId == dataset && row.AccountId == account, cancel);
        var row = await db.Datasets.AsNoTracking().SingleOrDefaultAsync(row => row.Id == dataset && (row.AccountId == account || reader != null), cancel);
        return row is null ? null
            : reader?.RedemptionId == redemption ? Manifest(row)
            : throw new NeuroException("licence.not_needed", $"You can read dataset {dataset} already; nothing was used up.") { Status = 409 };
    }

    private async Task GrantAsync(System.Data.Common.DbTransaction transaction, Guid account, DatasetManifest manifest, Guid redemption)
    {
        await transaction.ExecuteAsync(
            $"INSERT INTO dataset_readers (dataset_id, account_id, redemption_id, at) VALUES ({manifest.Id}, {account}, {redemption}, {time.GetUtcNow().ToUnixTimeMilliseconds()})");
        var hashes = manifest.Shards.Select(shard => shard.Sha256).Append(manifest.Catalogue).Where(hash => hash.Length > 0).Distinct(StringComparer.Ordinal);
        foreach (var some in hashes.Chunk(GrantsAtOnce))
        {
            await transaction.ExecuteAsync(Grants(Caller.Reader(account), some));
        }
    }

    // One statement for many: the ledger's writer waits for it.
    private static FormattableString Grants(string reader, string[] hashes)
    {
        var values = new StringBuilder();
        for (var i = 1; i <= hashes.Length; i++)
        {
            values.Append(i == 1 ? "" : ", ").Append($"({{{i}}}, {{0}})");
        }

        return System.Runtime.CompilerServices.FormattableStringFactory.Create($"INSERT INTO artifact_readers (sha256, reader) VALUES {values} ON CONFLICT (sha256, reader) DO NOTHING", [reader, .. hashes]);
    }

    private static DatasetManifest Manifest(DatasetRow row) => JsonSerializer.Deserialize<DatasetManifest>(row.Document, NeuroJson.Options)!;

    private static NeuroException NotFound(Guid dataset) =>
        new("licence.not_found", $"You have no licence of dataset {dataset} that is in no ask. Buy one in its order book, {AssetOf(dataset)}.") { Status = 404 };

    private static NeuroException NotWritten(Guid dataset) =>
        new("licence.unavailable", $"The licence of dataset {dataset} could not be redeemed just now. Send the same request again; it is done once.") { Status = 503 };
}
