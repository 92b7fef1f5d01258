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

    public DbSet<PurchaseRow> Purchases => Set<PurchaseRow>();

    public DbSet<NodeRow> Nodes => Set<NodeRow>();

    public DbSet<QuoteRow> Quotes => Set<QuoteRow>();

    public DbSet<JobRow> Jobs => Set<JobRow>();

    public DbSet<ShardRow> Shards => Set<ShardRow>();

    public DbSet<EventRow> Events => Set<EventRow>();

    public DbSet<ReceiptRow> Receipts => Set<ReceiptRow>();

    public DbSet<DatasetRow> Datasets => Set<DatasetRow>();

    public DbSet<ModelRow> Models => Set<ModelRow>();

    public DbSet<GeneratorRow> Generators => Set<GeneratorRow>();

    public DbSet<ArtifactRow> Artifacts => Set<ArtifactRow>();

    public DbSet<ArtifactReaderRow> ArtifactReaders => Set<ArtifactReaderRow>();

    public DbSet<UploadRow> Uploads => Set<UploadRow>();

    public DbSet<DiscardedRow> Discarded => Set<DiscardedRow>();

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
        model.Entity<PurchaseRow>(purchase => purchase.ToTable("purchases"));
        model.Entity<NodeRow>(node => node.ToTable("nodes"));
        model.Entity<QuoteRow>(quote => quote.ToTable("quotes"));
        model.Entity<JobRow>(job =>
        {
            job.ToTable("jobs", table => table.HasCheckConstraint("ck_jobs_paid", "paid_nano >= 0 AND paid_nano <= cap_nano"));
            job.HasIndex(row => new { row.AccountId, row.CreatedAt });
            job.HasIndex(row => row.State);
        });
        model.Entity<ShardRow>(shard =>
        {
            shard.ToTable("shards");
            shard.HasIndex(row => new { row.JobId, row.Number }).IsUnique();
            shard.HasIndex(row => new { row.State, row.LeaseExpires });
            shard.HasIndex(row => new { row.NodeId, row.State });
            shard.HasOne<JobRow>().WithMany().HasForeignKey(row => row.JobId).OnDelete(DeleteBehavior.Cascade);
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
        model.Entity<ArtifactRow>(artifact =>
        {
            artifact.ToTable("artifacts").HasKey(row => row.Sha256);
            artifact.Property(row => row.Stored).HasMaxLength(128).HasDefaultValue("");
        });
        model.Entity<ArtifactReaderRow>(reader =>
        {
            reader.ToTable("artifact_readers").HasKey(row => new { row.Sha256, row.Reader });
            reader.Property(row => row.Granted).HasDefaultValue(true);
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
