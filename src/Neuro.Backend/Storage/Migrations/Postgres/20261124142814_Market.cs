using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Neuro.Backend.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Market : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "checked_until",
                table: "shards",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "usage",
                table: "shards",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "features",
                table: "quotes",
                type: "text",
                nullable: false,
                defaultValue: "{}");

            migrationBuilder.AddColumn<string>(
                name: "promises",
                table: "quotes",
                type: "text",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.AddColumn<int>(
                name: "shards_lost",
                table: "nodes",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<long>(
                name: "start_cost_nano",
                table: "nodes",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "start_milliseconds",
                table: "nodes",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "features",
                table: "jobs",
                type: "text",
                nullable: false,
                defaultValue: "{}");

            migrationBuilder.AddColumn<string>(
                name: "stored",
                table: "artifacts",
                type: "character varying(128)",
                maxLength: 128,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<long>(
                name: "touched_at",
                table: "artifacts",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "charged_to",
                table: "artifact_readers",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "granted",
                table: "artifact_readers",
                type: "boolean",
                nullable: false,
                defaultValue: true);

            migrationBuilder.CreateTable(
                name: "burn_dates",
                columns: table => new
                {
                    year = table.Column<int>(type: "integer", nullable: false),
                    due = table.Column<long>(type: "bigint", nullable: false),
                    circulating_nano = table.Column<long>(type: "bigint", nullable: false),
                    share_nano = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_burn_dates", x => x.year);
                });

            migrationBuilder.CreateTable(
                name: "burns",
                columns: table => new
                {
                    purpose = table.Column<string>(type: "text", nullable: false),
                    part = table.Column<int>(type: "integer", nullable: false),
                    transfer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    amount_nano = table.Column<long>(type: "bigint", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_burns", x => new { x.purpose, x.part });
                    table.CheckConstraint("ck_burns_amount", "amount_nano > 0");
                });

            migrationBuilder.CreateTable(
                name: "buyback_periods",
                columns: table => new
                {
                    number = table.Column<int>(type: "integer", nullable: false),
                    from = table.Column<long>(type: "bigint", nullable: false),
                    until = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_buyback_periods", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "dataset_readers",
                columns: table => new
                {
                    dataset_id = table.Column<Guid>(type: "uuid", nullable: false),
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    redemption_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_dataset_readers", x => new { x.dataset_id, x.account_id });
                });

            migrationBuilder.CreateTable(
                name: "deal_deliveries",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    deal_id = table.Column<Guid>(type: "uuid", nullable: false),
                    milestone = table.Column<int>(type: "integer", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    artifact = table.Column<string>(type: "text", nullable: true),
                    sha256 = table.Column<string>(type: "text", nullable: true),
                    note = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<int>(type: "integer", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true),
                    at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_deal_deliveries", x => new { x.deal_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "deal_milestones",
                columns: table => new
                {
                    deal_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    title = table.Column<string>(type: "text", nullable: false),
                    price_nano = table.Column<long>(type: "bigint", nullable: false),
                    fee_nano = table.Column<long>(type: "bigint", nullable: false),
                    state = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_deal_milestones", x => new { x.deal_id, x.number });
                });

            migrationBuilder.CreateTable(
                name: "deal_offers",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    deal_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    party = table.Column<int>(type: "integer", nullable: false),
                    price_nano = table.Column<long>(type: "bigint", nullable: false),
                    milestones = table.Column<string>(type: "text", nullable: false),
                    delivery_days = table.Column<int>(type: "integer", nullable: false),
                    note = table.Column<string>(type: "text", nullable: false),
                    expires = table.Column<long>(type: "bigint", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_deal_offers", x => new { x.deal_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "deals",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    listing_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    buyer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    supplier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    text = table.Column<string>(type: "text", nullable: false),
                    wish_nano = table.Column<long>(type: "bigint", nullable: true),
                    until = table.Column<long>(type: "bigint", nullable: false),
                    state = table.Column<int>(type: "integer", nullable: false),
                    fee_basis_points = table.Column<int>(type: "integer", nullable: false),
                    next_at = table.Column<long>(type: "bigint", nullable: true),
                    offer_id = table.Column<Guid>(type: "uuid", nullable: true),
                    due_at = table.Column<long>(type: "bigint", nullable: true),
                    end_asked = table.Column<int>(type: "integer", nullable: true),
                    held_nano = table.Column<long>(type: "bigint", nullable: false),
                    paid_nano = table.Column<long>(type: "bigint", nullable: false),
                    returned_nano = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_deals", x => x.id);
                    table.CheckConstraint("ck_deals_amounts", "held_nano >= 0 AND paid_nano >= 0 AND returned_nano >= 0");
                });

            migrationBuilder.CreateTable(
                name: "discarded_artifacts",
                columns: table => new
                {
                    stored = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_discarded_artifacts", x => x.stored);
                });

            migrationBuilder.CreateTable(
                name: "house_orders",
                columns: table => new
                {
                    slot = table.Column<string>(type: "text", nullable: false),
                    number = table.Column<long>(type: "bigint", nullable: false),
                    asset = table.Column<string>(type: "text", nullable: false),
                    price_nano = table.Column<long>(type: "bigint", nullable: false),
                    quantity = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_house_orders", x => x.slot);
                });

            migrationBuilder.CreateTable(
                name: "leases",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false),
                    owner = table.Column<Guid>(type: "uuid", nullable: false),
                    url = table.Column<string>(type: "text", nullable: false),
                    epoch = table.Column<long>(type: "bigint", nullable: false),
                    until = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_leases", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "licences",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    listing_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    asset_id = table.Column<Guid>(type: "uuid", nullable: false),
                    price_nano = table.Column<long>(type: "bigint", nullable: false),
                    fee_nano = table.Column<long>(type: "bigint", nullable: false),
                    fee_basis_points = table.Column<int>(type: "integer", nullable: false),
                    deal_id = table.Column<Guid>(type: "uuid", nullable: true),
                    at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_licences", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "listing_previews",
                columns: table => new
                {
                    listing_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    jpeg = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_listing_previews", x => new { x.listing_id, x.version });
                });

            migrationBuilder.CreateTable(
                name: "listing_versions",
                columns: table => new
                {
                    listing_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    title = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: false),
                    licence = table.Column<string>(type: "text", nullable: false),
                    asset = table.Column<string>(type: "text", nullable: true),
                    asset_id = table.Column<Guid>(type: "uuid", nullable: false),
                    card = table.Column<string>(type: "text", nullable: true),
                    has_preview = table.Column<bool>(type: "boolean", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_listing_versions", x => new { x.listing_id, x.version });
                });

            migrationBuilder.CreateTable(
                name: "listings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    content_hash = table.Column<string>(type: "text", nullable: false),
                    delisted = table.Column<bool>(type: "boolean", nullable: false),
                    price_nano = table.Column<long>(type: "bigint", nullable: true),
                    stock = table.Column<long>(type: "bigint", nullable: true),
                    sold = table.Column<long>(type: "bigint", nullable: false),
                    quotes = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_listings", x => x.id);
                    table.CheckConstraint("ck_listings_terms", "price_nano > 0 AND stock > 0 AND sold >= 0");
                });

            migrationBuilder.CreateTable(
                name: "platform",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    keys = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_platform", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "promises",
                columns: table => new
                {
                    job_id = table.Column<Guid>(type: "uuid", nullable: false),
                    node_id = table.Column<string>(type: "text", nullable: false),
                    rate_nano = table.Column<long>(type: "bigint", nullable: false),
                    start_nano = table.Column<long>(type: "bigint", nullable: false),
                    start_shard = table.Column<Guid>(type: "uuid", nullable: true),
                    reliability = table.Column<double>(type: "double precision", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_promises", x => new { x.job_id, x.node_id });
                    table.ForeignKey(
                        name: "FK_promises_jobs_job_id",
                        column: x => x.job_id,
                        principalTable: "jobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "treasury_settings",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false),
                    document = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_treasury_settings", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "uploads",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    sha256 = table.Column<string>(type: "text", nullable: false),
                    reader = table.Column<string>(type: "text", nullable: false),
                    charged_to = table.Column<Guid>(type: "uuid", nullable: false),
                    media_type = table.Column<string>(type: "text", nullable: false),
                    bytes = table.Column<long>(type: "bigint", nullable: false),
                    arrived = table.Column<long>(type: "bigint", nullable: false),
                    resumable = table.Column<bool>(type: "boolean", nullable: false),
                    touched_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_uploads", x => x.id);
                    table.CheckConstraint("ck_uploads_arrived", "arrived >= 0 AND arrived <= bytes");
                });

            migrationBuilder.CreateTable(
                name: "usage",
                columns: table => new
                {
                    shard_id = table.Column<Guid>(type: "uuid", nullable: false),
                    job_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    features = table.Column<string>(type: "text", nullable: false),
                    work = table.Column<double>(type: "double precision", nullable: false),
                    memory_bytes = table.Column<long>(type: "bigint", nullable: false),
                    bytes_in = table.Column<long>(type: "bigint", nullable: false),
                    bytes_out = table.Column<long>(type: "bigint", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_usage", x => x.shard_id);
                });

            migrationBuilder.CreateTable(
                name: "used_challenges",
                columns: table => new
                {
                    nonce = table.Column<string>(type: "text", nullable: false),
                    until = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_used_challenges", x => x.nonce);
                });

            migrationBuilder.CreateIndex(
                name: "IX_artifact_readers_charged_to",
                table: "artifact_readers",
                column: "charged_to");

            migrationBuilder.CreateIndex(
                name: "IX_artifact_readers_reader",
                table: "artifact_readers",
                column: "reader");

            migrationBuilder.CreateIndex(
                name: "IX_dataset_readers_account_id",
                table: "dataset_readers",
                column: "account_id");

            migrationBuilder.CreateIndex(
                name: "IX_deal_deliveries_deal_id_milestone_number",
                table: "deal_deliveries",
                columns: new[] { "deal_id", "milestone", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_deal_offers_deal_id_number",
                table: "deal_offers",
                columns: new[] { "deal_id", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_deals_buyer_id_created_at",
                table: "deals",
                columns: new[] { "buyer_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "IX_deals_next_at",
                table: "deals",
                column: "next_at");

            migrationBuilder.CreateIndex(
                name: "IX_deals_supplier_id_created_at",
                table: "deals",
                columns: new[] { "supplier_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "IX_licences_account_id_asset_id",
                table: "licences",
                columns: new[] { "account_id", "asset_id" });

            migrationBuilder.CreateIndex(
                name: "IX_licences_listing_id_account_id_asset_id",
                table: "licences",
                columns: new[] { "listing_id", "account_id", "asset_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_listings_account_id_name",
                table: "listings",
                columns: new[] { "account_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_listings_created_at",
                table: "listings",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "IX_promises_node_id",
                table: "promises",
                column: "node_id");

            migrationBuilder.CreateIndex(
                name: "IX_uploads_charged_to",
                table: "uploads",
                column: "charged_to");

            migrationBuilder.CreateIndex(
                name: "IX_uploads_reader_sha256",
                table: "uploads",
                columns: new[] { "reader", "sha256" },
                unique: true,
                filter: "resumable");

            migrationBuilder.CreateIndex(
                name: "IX_uploads_touched_at",
                table: "uploads",
                column: "touched_at");

            migrationBuilder.CreateIndex(
                name: "IX_usage_kind_at",
                table: "usage",
                columns: new[] { "kind", "at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "burn_dates");

            migrationBuilder.DropTable(
                name: "burns");

            migrationBuilder.DropTable(
                name: "buyback_periods");

            migrationBuilder.DropTable(
                name: "dataset_readers");

            migrationBuilder.DropTable(
                name: "deal_deliveries");

            migrationBuilder.DropTable(
                name: "deal_milestones");

            migrationBuilder.DropTable(
                name: "deal_offers");

            migrationBuilder.DropTable(
                name: "deals");

            migrationBuilder.DropTable(
                name: "discarded_artifacts");

            migrationBuilder.DropTable(
                name: "house_orders");

            migrationBuilder.DropTable(
                name: "leases");

            migrationBuilder.DropTable(
                name: "licences");

            migrationBuilder.DropTable(
                name: "listing_previews");

            migrationBuilder.DropTable(
                name: "listing_versions");

            migrationBuilder.DropTable(
                name: "listings");

            migrationBuilder.DropTable(
                name: "platform");

            migrationBuilder.DropTable(
                name: "promises");

            migrationBuilder.DropTable(
                name: "treasury_settings");

            migrationBuilder.DropTable(
                name: "uploads");

            migrationBuilder.DropTable(
                name: "usage");

            migrationBuilder.DropTable(
                name: "used_challenges");

            migrationBuilder.DropIndex(
                name: "IX_artifact_readers_charged_to",
                table: "artifact_readers");

            migrationBuilder.DropIndex(
                name: "IX_artifact_readers_reader",
                table: "artifact_readers");

            migrationBuilder.DropColumn(
                name: "checked_until",
                table: "shards");

            migrationBuilder.DropColumn(
                name: "usage",
                table: "shards");

            migrationBuilder.DropColumn(
                name: "features",
                table: "quotes");

            migrationBuilder.DropColumn(
                name: "promises",
                table: "quotes");

            migrationBuilder.DropColumn(
                name: "shards_lost",
                table: "nodes");

            migrationBuilder.DropColumn(
                name: "start_cost_nano",
                table: "nodes");

            migrationBuilder.DropColumn(
                name: "start_milliseconds",
                table: "nodes");

            migrationBuilder.DropColumn(
                name: "features",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "stored",
                table: "artifacts");

            migrationBuilder.DropColumn(
                name: "touched_at",
                table: "artifacts");

            migrationBuilder.DropColumn(
                name: "charged_to",
                table: "artifact_readers");

            migrationBuilder.DropColumn(
                name: "granted",
                table: "artifact_readers");
        }
    }
}
