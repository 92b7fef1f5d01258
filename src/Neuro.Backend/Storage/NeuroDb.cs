using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Neuro.Backend.Storage;

/// <summary>All truth of the platform, one model for two engines.</summary>
/// <remarks>Names are snake_case on both engines, so that the ledger's own SQL reads the same. Times are Unix milliseconds and amounts are nano: whole numbers compare and add up exactly everywhere.</remarks>
internal abstract class NeuroDb(DbContextOptions options) : DbContext(options)
{
    public DbSet<AccountRow> Accounts => Set<AccountRow>();

    public DbSet<ApiKeyRow> ApiKeys => Set<ApiKeyRow>();

    public DbSet<TransferRow> Transfers => Set<TransferRow>();

    public DbSet<LedgerHeadRow> LedgerHead => Set<LedgerHeadRow>();

    public DbSet<AuditRow> Audits => Set<AuditRow>();

    public DbSet<IdempotencyRow> Idempotency => Set<IdempotencyRow>();

    public DbSet<AuditLogRow> AuditLog => Set<AuditLogRow>();

    public DbSet<BookRow> Books => Set<BookRow>();

    public DbSet<BookOrderRow> BookOrders => Set<BookOrderRow>();

    public DbSet<TradeRow> Trades => Set<TradeRow>();

    public DbSet<HoldRow> Holds => Set<HoldRow>();

    public DbSet<TreasurySettingRow> TreasurySettings => Set<TreasurySettingRow>();

    public DbSet<HouseOrderRow> HouseOrders => Set<HouseOrderRow>();

    public DbSet<BuybackPeriodRow> BuybackPeriods => Set<BuybackPeriodRow>();

    public DbSet<BurnDateRow> BurnDates => Set<BurnDateRow>();

    public DbSet<BurnRow> Burns => Set<BurnRow>();

    public DbSet<DatasetReaderRow> DatasetReaders => Set<DatasetReaderRow>();

    public DbSet<PurchaseRow> Purchases => Set<PurchaseRow>();

    public DbSet<LeaseRow> Leases => Set<LeaseRow>();

    public DbSet<PlatformRow> Platform => Set<PlatformRow>();

    public DbSet<UsedChallengeRow> UsedChallenges => Set<UsedChallengeRow>();

    public DbSet<NodeRow> Nodes => Set<NodeRow>();

    public DbSet<QuoteRow> Quotes => Set<QuoteRow>();

    public DbSet<JobRow> Jobs => Set<JobRow>();

    public DbSet<ShardRow> Shards => Set<ShardRow>();

    public DbSet<RoundRow> Rounds => Set<RoundRow>();

    public DbSet<PromiseRow> Promises => Set<PromiseRow>();

    public DbSet<RivalRow> Rivals => Set<RivalRow>();

    public DbSet<NodeMarkRow> NodeMarks => Set<NodeMarkRow>();

    public DbSet<UsageRow> Usage => Set<UsageRow>();

    public DbSet<EventRow> Events => Set<EventRow>();

    public DbSet<ReceiptRow> Receipts => Set<ReceiptRow>();

    public DbSet<DatasetRow> Datasets => Set<DatasetRow>();

    public DbSet<ModelRow> Models => Set<ModelRow>();

    public DbSet<GeneratorRow> Generators => Set<GeneratorRow>();

    public DbSet<ListingRow> Listings => Set<ListingRow>();

    public DbSet<ListingVersionRow> ListingVersions => Set<ListingVersionRow>();

    public DbSet<ListingPreviewRow> ListingPreviews => Set<ListingPreviewRow>();

    public DbSet<LicenceRow> Licences => Set<LicenceRow>();

    public DbSet<DealRow> Deals => Set<DealRow>();

    public DbSet<DealOfferRow> DealOffers => Set<DealOfferRow>();

    public DbSet<DealMilestoneRow> DealMilestones => Set<DealMilestoneRow>();

    public DbSet<DealDeliveryRow> DealDeliveries => Set<DealDeliveryRow>();

    public DbSet<ArtifactRow> Artifacts => Set<ArtifactRow>();

    public DbSet<ArtifactReaderRow> ArtifactReaders => Set<ArtifactReaderRow>();

    public DbSet<UploadRow> Uploads => Set<UploadRow>();

    public DbSet<DiscardedRow> Discarded => Set<DiscardedRow>();

    public DbSet<ChainRow> Chain => Set<ChainRow>();

    public DbSet<DepositRow> Deposits => Set<DepositRow>();

    public DbSet<WithdrawalRow> Withdrawals => Set<WithdrawalRow>();

    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();

    public DbSet<SentRow> Sent => Set<SentRow>();

    public DbSet<EpochRow> Epochs => Set<EpochRow>();

    public DbSet<LeafRow> Leaves => Set<LeafRow>();

    public DbSet<WalletRow> Wallets => Set<WalletRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions) =>
        conventions.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<AccountRow>(account =>
        {
            account.ToTable("accounts", table =>
            {
                table.HasCheckConstraint("ck_accounts_not_negative", "debits_posted >= 0 AND debits_pending >= 0 AND credits_posted >= 0 AND credits_pending >= 0");
                table.HasCheckConstraint("ck_accounts_no_overdraft", "kind = 'issuance' OR debits_posted + debits_pending <= credits_posted");
            });
            account.Property(row => row.Kind).HasMaxLength(16);
            account.Property(row => row.Name).HasMaxLength(100);
            account.Property(row => row.Roles).HasDefaultValue(0);
            account.Property(row => row.Asset).HasMaxLength(64).HasDefaultValue("NTK");
            account.HasIndex(row => row.OwnerId);
        });
        model.Entity<ApiKeyRow>(key =>
        {
            key.ToTable("api_keys").HasKey(row => row.Hash);
            key.Property(row => row.Retired).HasDefaultValue(false);
            key.HasOne<AccountRow>().WithMany().HasForeignKey(row => row.AccountId);
            key.HasIndex(row => new { row.AccountId, row.Id });
        });
        model.Entity<TransferRow>(transfer =>
        {
            transfer.ToTable("transfers", table => table.HasCheckConstraint("ck_transfers_amount", "amount > 0")).HasKey(row => row.Sequence);
            transfer.Property(row => row.Sequence).ValueGeneratedOnAdd();
            transfer.Property(row => row.Chain).HasDefaultValue(Array.Empty<byte>());
            transfer.HasIndex(row => row.Id).IsUnique();
            transfer.HasIndex(row => new { row.DebitAccount, row.Sequence });
            transfer.HasIndex(row => new { row.CreditAccount, row.Sequence });
        });
        model.Entity<HoldRow>(hold =>
        {
            hold.ToTable("holds", table => table.HasCheckConstraint("ck_holds_remaining", "remaining >= 0 AND remaining <= amount"));
            hold.HasIndex(row => row.Deadline);
        });
        model.Entity<LedgerHeadRow>(head => head.ToTable("ledger_head").Property(row => row.Id).ValueGeneratedNever());
        model.Entity<AuditRow>(audit => audit.ToTable("audits").HasIndex(row => row.At));
        model.Entity<IdempotencyRow>(answer =>
        {
            answer.ToTable("idempotency").HasKey(row => new { row.AccountId, row.Key });
            answer.HasIndex(row => row.At);
        });
        model.Entity<AuditLogRow>(entry =>
        {
            entry.ToTable("audit_log").HasKey(row => row.Sequence);
            entry.Property(row => row.Sequence).ValueGeneratedOnAdd();
            entry.HasIndex(row => new { row.AccountId, row.Sequence });
        });
        model.Entity<BookRow>(book => book.ToTable("books").HasKey(row => row.Asset));
        model.Entity<BookOrderRow>(order =>
        {
            order.ToTable("book_orders", table => table.HasCheckConstraint("ck_book_orders_filled", "quantity > 0 AND filled >= 0 AND filled <= quantity"));
            order.HasIndex(row => new { row.Asset, row.State, row.Sequence });
            order.HasIndex(row => new { row.AccountId, row.Sequence });
        });
        model.Entity<TradeRow>(trade =>
        {
            trade.ToTable("trades", table => table.HasCheckConstraint("ck_trades_amounts", "price > 0 AND quantity > 0 AND fee_nano >= 0")).HasKey(row => row.Sequence);
            trade.Property(row => row.Sequence).ValueGeneratedOnAdd();
            trade.HasIndex(row => new { row.Asset, row.Sequence });
            trade.HasIndex(row => row.Maker);
            trade.HasIndex(row => row.Taker);
        });
        model.Entity<TreasurySettingRow>(setting => setting.ToTable("treasury_settings").HasKey(row => row.Name));
        model.Entity<HouseOrderRow>(order => order.ToTable("house_orders").HasKey(row => row.Slot));
        model.Entity<BuybackPeriodRow>(period =>
        {
            period.ToTable("buyback_periods").HasKey(row => row.Number);
            period.Property(row => row.Number).ValueGeneratedNever();
        });
        model.Entity<BurnDateRow>(date =>
        {
            date.ToTable("burn_dates").HasKey(row => row.Year);
            date.Property(row => row.Year).ValueGeneratedNever();
        });
        model.Entity<BurnRow>(burn => burn.ToTable("burns", table => table.HasCheckConstraint("ck_burns_amount", "amount_nano > 0")).HasKey(row => new { row.Purpose, row.Part }));
        model.Entity<DatasetReaderRow>(reader =>
        {
            reader.ToTable("dataset_readers").HasKey(row => new { row.DatasetId, row.AccountId });
            reader.HasIndex(row => row.AccountId);
        });
        model.Entity<LeaseRow>(lease => lease.ToTable("leases").HasKey(row => row.Name));
        model.Entity<PlatformRow>(platform => platform.ToTable("platform").Property(row => row.Id).ValueGeneratedNever());
        model.Entity<UsedChallengeRow>(challenge => challenge.ToTable("used_challenges").HasKey(row => row.Nonce));
        model.Entity<PurchaseRow>(purchase => purchase.ToTable("purchases"));
        model.Entity<NodeRow>(node =>
        {
            node.ToTable("nodes");
            node.Property(row => row.Streak).HasDefaultValue(0);
            node.Property(row => row.StakeNano).HasDefaultValue(0L);
        });
        model.Entity<NodeMarkRow>(mark =>
        {
            mark.ToTable("node_marks").HasKey(row => row.Sequence);
            mark.Property(row => row.Sequence).ValueGeneratedOnAdd();
            mark.HasIndex(row => new { row.NodeId, row.Sequence });
        });
        model.Entity<QuoteRow>(quote =>
        {
            quote.ToTable("quotes");
            quote.Property(row => row.Promises).HasDefaultValue("[]");
            quote.Property(row => row.Features).HasDefaultValue("{}");
        });
        model.Entity<JobRow>(job =>
        {
            job.ToTable("jobs", table => table.HasCheckConstraint("ck_jobs_paid", "paid_nano >= 0 AND paid_nano <= cap_nano"));
            job.HasIndex(row => new { row.AccountId, row.CreatedAt });
            job.Property(row => row.Features).HasDefaultValue("{}");
            job.Property(row => row.Paused).HasDefaultValue(false);
            job.Property(row => row.Priority).HasDefaultValue(0);
            job.Property(row => row.DoneMilli).HasDefaultValue(0L);
            job.Property(row => row.Rounds).HasDefaultValue(0);
            job.Property(row => row.Stepped).HasDefaultValue(0);
            job.Property(row => row.Quorum).HasDefaultValue(0);
            job.Property(row => row.RoundSeconds).HasDefaultValue(0.0);
            job.HasIndex(row => row.State);
        });
        model.Entity<ShardRow>(shard =>
        {
            shard.ToTable("shards");
            shard.Property(row => row.Copy).HasDefaultValue(0);
            shard.Property(row => row.Grain).HasDefaultValue(0);
            shard.Property(row => row.Round).HasDefaultValue(0);
            shard.Property(row => row.Checked).HasDefaultValue(true);
            shard.Property(row => row.RedoneMilli).HasDefaultValue(0L);
            shard.HasIndex(row => new { row.JobId, row.Number, row.Copy }).IsUnique();
            shard.HasIndex(row => new { row.JobId, row.State, row.Number });
            shard.HasIndex(row => row.State, "IX_shards_copies").HasFilter("copy > 0");
            shard.Property(row => row.LastAttempt).HasDefaultValue(0);
            shard.HasIndex(row => new { row.State, row.LeaseExpires });
            shard.HasIndex(row => new { row.NodeId, row.State });
            shard.HasOne<JobRow>().WithMany().HasForeignKey(row => row.JobId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<RoundRow>(round =>
        {
            round.ToTable("rounds").HasKey(row => new { row.JobId, row.Number });
            round.HasOne<JobRow>().WithMany().HasForeignKey(row => row.JobId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<RivalRow>(rival =>
        {
            rival.ToTable("rivals").HasKey(row => row.ShardId);
            rival.HasIndex(row => row.LeaseExpires);
            rival.HasOne<ShardRow>().WithMany().HasForeignKey(row => row.ShardId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<PromiseRow>(promise =>
        {
            promise.ToTable("promises").HasKey(row => new { row.JobId, row.NodeId });
            promise.HasIndex(row => row.NodeId);
            promise.HasOne<JobRow>().WithMany().HasForeignKey(row => row.JobId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<UsageRow>(usage =>
        {
            usage.ToTable("usage").HasKey(row => row.ShardId);
            usage.HasIndex(row => new { row.Kind, row.At });
        });
        model.Entity<EventRow>(entry => entry.ToTable("job_events").HasKey(row => new { row.JobId, row.Sequence }));
        model.Entity<ReceiptRow>(receipt =>
        {
            receipt.ToTable("receipts").HasKey(row => row.ShardId);
            receipt.HasIndex(row => row.JobId);
        });
        model.Entity<DatasetRow>(dataset => dataset.ToTable("datasets").HasIndex(row => row.AccountId));
        model.Entity<ModelRow>(trained => trained.ToTable("models").HasIndex(row => row.AccountId));
        model.Entity<GeneratorRow>(generator =>
        {
            generator.ToTable("generators").HasKey(row => new { row.Name, row.Version });
            generator.HasIndex(row => row.AccountId);
        });
        MapListings(model);
        MapChain(model);
        model.Entity<ArtifactRow>(artifact =>
        {
            artifact.ToTable("artifacts").HasKey(row => row.Sha256);
            artifact.Property(row => row.Stored).HasMaxLength(128).HasDefaultValue("");
        });
        model.Entity<ArtifactReaderRow>(reader =>
        {
            reader.ToTable("artifact_readers").HasKey(row => new { row.Sha256, row.Reader });
            reader.Property(row => row.Granted).HasDefaultValue(true);
            reader.HasIndex(row => row.Reader);
            reader.HasIndex(row => row.ChargedTo);
        });
        model.Entity<UploadRow>(upload =>
        {
            upload.ToTable("uploads", table => table.HasCheckConstraint("ck_uploads_arrived", "arrived >= 0 AND arrived <= bytes"));
            upload.HasIndex(row => new { row.Reader, row.Sha256 }).IsUnique().HasFilter("resumable");
            upload.HasIndex(row => row.ChargedTo);
            upload.HasIndex(row => row.TouchedAt);
        });
        model.Entity<DiscardedRow>(discarded => discarded.ToTable("discarded_artifacts").HasKey(row => row.Stored));
        foreach (var property in model.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            property.SetColumnName(SnakeCase(property.Name));
        }
    }

    private static void MapListings(ModelBuilder model)
    {
        model.Entity<ListingRow>(listing =>
        {
            listing.ToTable("listings", table => table.HasCheckConstraint("ck_listings_terms", "price_nano > 0 AND stock > 0 AND sold >= 0"));
            listing.HasIndex(row => new { row.AccountId, row.Name }).IsUnique();
            listing.HasIndex(row => row.CreatedAt);
        });
        model.Entity<ListingVersionRow>(version => version.ToTable("listing_versions").HasKey(row => new { row.ListingId, row.Version }));
        model.Entity<ListingPreviewRow>(preview => preview.ToTable("listing_previews").HasKey(row => new { row.ListingId, row.Version }));
        model.Entity<LicenceRow>(licence =>
        {
            licence.ToTable("licences");
            licence.HasIndex(row => new { row.ListingId, row.AccountId, row.AssetId }).IsUnique();
            licence.HasIndex(row => new { row.AccountId, row.AssetId });
        });
        model.Entity<DealRow>(deal =>
        {
            deal.ToTable("deals", table => table.HasCheckConstraint("ck_deals_amounts", "held_nano >= 0 AND paid_nano >= 0 AND returned_nano >= 0"));
            deal.HasIndex(row => new { row.BuyerId, row.CreatedAt });
            deal.HasIndex(row => new { row.SupplierId, row.CreatedAt });
            deal.HasIndex(row => row.NextAt);
        });
        model.Entity<DealOfferRow>(offer =>
        {
            offer.ToTable("deal_offers").HasKey(row => new { row.DealId, row.Id });
            offer.HasIndex(row => new { row.DealId, row.Number }).IsUnique();
        });
        model.Entity<DealMilestoneRow>(milestone => milestone.ToTable("deal_milestones").HasKey(row => new { row.DealId, row.Number }));
        model.Entity<DealDeliveryRow>(delivery =>
        {
            delivery.ToTable("deal_deliveries").HasKey(row => new { row.DealId, row.Id });
            delivery.HasIndex(row => new { row.DealId, row.Milestone, row.Number }).IsUnique();
        });
    }

    private static void MapChain(ModelBuilder model)
    {
        model.Entity<ChainRow>(chain => chain.ToTable("chain", table => table.HasCheckConstraint("ck_chain_dust", "dust >= 0 AND dust < 1000000000")).Property(row => row.Id).ValueGeneratedNever());
        model.Entity<DepositRow>(deposit =>
        {
            deposit.ToTable("chain_deposits", table => table.HasCheckConstraint("ck_chain_deposits_amounts", "amount_nano >= 0 AND dust >= 0 AND dust < 1000000000"));
            deposit.HasIndex(row => new { row.State, row.Block });
            deposit.HasIndex(row => new { row.AccountId, row.SeenAt });
            deposit.HasIndex(row => new { row.CreditedTo, row.SeenAt });
        });
        model.Entity<WithdrawalRow>(withdrawal =>
        {
            withdrawal.ToTable("chain_withdrawals", table => table.HasCheckConstraint("ck_chain_withdrawals_amount", "amount_nano > 0"));
            withdrawal.HasIndex(row => new { row.AccountId, row.At });
            withdrawal.HasIndex(row => new { row.State, row.At });
            withdrawal.HasIndex(row => row.Outcome).HasFilter("outcome <> 0");
            withdrawal.HasIndex(row => new { row.BatchId, row.Position }).IsUnique().HasFilter("batch_id IS NOT NULL");
        });
        model.Entity<OutboxRow>(outbox => outbox.ToTable("chain_outbox").HasIndex(row => new { row.State, row.CreatedAt }));
        model.Entity<SentRow>(sent =>
        {
            sent.ToTable("chain_transactions").HasKey(row => new { row.OutboxId, row.Version });
            sent.HasOne<OutboxRow>().WithMany().HasForeignKey(row => row.OutboxId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<EpochRow>(epoch =>
        {
            epoch.ToTable("chain_epochs").HasKey(row => row.Epoch);
            epoch.Property(row => row.Epoch).ValueGeneratedNever();
        });
        model.Entity<LeafRow>(leaf =>
        {
            leaf.ToTable("chain_leaves").HasKey(row => new { row.Epoch, row.Number });
            leaf.HasIndex(row => new { row.AccountId, row.Epoch });
            leaf.HasOne<EpochRow>().WithMany().HasForeignKey(row => row.Epoch).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<WalletRow>(wallet =>
        {
            wallet.ToTable("chain_wallets").HasKey(row => row.AccountId);
            wallet.HasIndex(row => row.Address).IsUnique();
        });
    }

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }

    private sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(), milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
}
