using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Neuro.Backend.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Chain : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "chain",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false),
                    chain_id = table.Column<long>(type: "INTEGER", nullable: false),
                    vault = table.Column<string>(type: "TEXT", nullable: false),
                    token = table.Column<string>(type: "TEXT", nullable: false),
                    cursor = table.Column<long>(type: "INTEGER", nullable: false),
                    final = table.Column<long>(type: "INTEGER", nullable: false),
                    final_hash = table.Column<string>(type: "TEXT", nullable: false),
                    dust = table.Column<long>(type: "INTEGER", nullable: false),
                    strange = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_chain", x => x.id);
                    table.CheckConstraint("ck_chain_dust", "dust >= 0 AND dust < 1000000000");
                });

            migrationBuilder.CreateTable(
                name: "chain_deposits",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    sender = table.Column<string>(type: "TEXT", nullable: false),
                    account = table.Column<string>(type: "TEXT", nullable: false),
                    account_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    amount_nano = table.Column<long>(type: "INTEGER", nullable: false),
                    dust = table.Column<long>(type: "INTEGER", nullable: false),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    transaction_hash = table.Column<string>(type: "TEXT", nullable: false),
                    log_index = table.Column<long>(type: "INTEGER", nullable: false),
                    block = table.Column<long>(type: "INTEGER", nullable: false),
                    block_hash = table.Column<string>(type: "TEXT", nullable: false),
                    seen_at = table.Column<long>(type: "INTEGER", nullable: false),
                    seen_in = table.Column<long>(type: "INTEGER", nullable: false),
                    credited_at = table.Column<long>(type: "INTEGER", nullable: true),
                    credited_to = table.Column<Guid>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_chain_deposits", x => x.id);
                    table.CheckConstraint("ck_chain_deposits_amounts", "amount_nano >= 0 AND dust >= 0 AND dust < 1000000000");
                });

            migrationBuilder.CreateTable(
                name: "chain_epochs",
                columns: table => new
                {
                    epoch = table.Column<long>(type: "INTEGER", nullable: false),
                    root = table.Column<string>(type: "TEXT", nullable: false),
                    sum_nano = table.Column<long>(type: "INTEGER", nullable: false),
                    accounts = table.Column<long>(type: "INTEGER", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    outbox_id = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_chain_epochs", x => x.epoch);
                });

            migrationBuilder.CreateTable(
                name: "chain_outbox",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    data = table.Column<byte[]>(type: "BLOB", nullable: false),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    nonce = table.Column<long>(type: "INTEGER", nullable: true),
                    block = table.Column<long>(type: "INTEGER", nullable: true),
                    transaction_hash = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    wait_until = table.Column<long>(type: "INTEGER", nullable: true),
                    reason = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_chain_outbox", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "chain_wallets",
                columns: table => new
                {
                    account_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    address = table.Column<string>(type: "TEXT", nullable: false),
                    since = table.Column<long>(type: "INTEGER", nullable: false),
                    message = table.Column<string>(type: "TEXT", nullable: false),
                    signature = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_chain_wallets", x => x.account_id);
                });

            migrationBuilder.CreateTable(
                name: "chain_withdrawals",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    account_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    recipient = table.Column<string>(type: "TEXT", nullable: false),
                    amount_nano = table.Column<long>(type: "INTEGER", nullable: false),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    batch_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    position = table.Column<int>(type: "INTEGER", nullable: false),
                    outcome = table.Column<int>(type: "INTEGER", nullable: false),
                    transaction_hash = table.Column<string>(type: "TEXT", nullable: true),
                    release_at = table.Column<long>(type: "INTEGER", nullable: true),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_chain_withdrawals", x => x.id);
                    table.CheckConstraint("ck_chain_withdrawals_amount", "amount_nano > 0");
                });

            migrationBuilder.CreateTable(
                name: "chain_leaves",
                columns: table => new
                {
                    epoch = table.Column<long>(type: "INTEGER", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    account_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    owner = table.Column<string>(type: "TEXT", nullable: false),
                    amount_nano = table.Column<long>(type: "INTEGER", nullable: false),
                    salt = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_chain_leaves", x => new { x.epoch, x.number });
                    table.ForeignKey(
                        name: "FK_chain_leaves_chain_epochs_epoch",
                        column: x => x.epoch,
                        principalTable: "chain_epochs",
                        principalColumn: "epoch",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "chain_transactions",
                columns: table => new
                {
                    outbox_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    hash = table.Column<string>(type: "TEXT", nullable: false),
                    raw = table.Column<byte[]>(type: "BLOB", nullable: false),
                    nonce = table.Column<long>(type: "INTEGER", nullable: false),
                    max_fee = table.Column<string>(type: "TEXT", nullable: false),
                    priority_fee = table.Column<string>(type: "TEXT", nullable: false),
                    gas = table.Column<long>(type: "INTEGER", nullable: false),
                    signed_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_chain_transactions", x => new { x.outbox_id, x.version });
                    table.ForeignKey(
                        name: "FK_chain_transactions_chain_outbox_outbox_id",
                        column: x => x.outbox_id,
                        principalTable: "chain_outbox",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_chain_deposits_account_id_seen_at",
                table: "chain_deposits",
                columns: new[] { "account_id", "seen_at" });

            migrationBuilder.CreateIndex(
                name: "IX_chain_deposits_credited_to_seen_at",
                table: "chain_deposits",
                columns: new[] { "credited_to", "seen_at" });

            migrationBuilder.CreateIndex(
                name: "IX_chain_deposits_state_block",
                table: "chain_deposits",
                columns: new[] { "state", "block" });

            migrationBuilder.CreateIndex(
                name: "IX_chain_leaves_account_id_epoch",
                table: "chain_leaves",
                columns: new[] { "account_id", "epoch" });

            migrationBuilder.CreateIndex(
                name: "IX_chain_outbox_state_created_at",
                table: "chain_outbox",
                columns: new[] { "state", "created_at" });

            migrationBuilder.CreateIndex(
                name: "IX_chain_wallets_address",
                table: "chain_wallets",
                column: "address",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_chain_withdrawals_account_id_at",
                table: "chain_withdrawals",
                columns: new[] { "account_id", "at" });

            migrationBuilder.CreateIndex(
                name: "IX_chain_withdrawals_batch_id_position",
                table: "chain_withdrawals",
                columns: new[] { "batch_id", "position" },
                unique: true,
                filter: "batch_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_chain_withdrawals_outcome",
                table: "chain_withdrawals",
                column: "outcome",
                filter: "outcome <> 0");

            migrationBuilder.CreateIndex(
                name: "IX_chain_withdrawals_state_at",
                table: "chain_withdrawals",
                columns: new[] { "state", "at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "chain");

            migrationBuilder.DropTable(
                name: "chain_deposits");

            migrationBuilder.DropTable(
                name: "chain_leaves");

            migrationBuilder.DropTable(
                name: "chain_transactions");

            migrationBuilder.DropTable(
                name: "chain_wallets");

            migrationBuilder.DropTable(
                name: "chain_withdrawals");

            migrationBuilder.DropTable(
                name: "chain_epochs");

            migrationBuilder.DropTable(
                name: "chain_outbox");
        }
    }
}
