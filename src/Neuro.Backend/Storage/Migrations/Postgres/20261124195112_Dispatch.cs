using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Neuro.Backend.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Dispatch : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_shards_job_id_number",
                table: "shards");

            migrationBuilder.AddColumn<bool>(
                name: "checked",
                table: "shards",
                type: "boolean",
                nullable: false,
                defaultValue: true);

            migrationBuilder.AddColumn<int>(
                name: "copy",
                table: "shards",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "grain",
                table: "shards",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "last_attempt",
                table: "shards",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<long>(
                name: "redone_milli",
                table: "shards",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "barred_at",
                table: "nodes",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "barred_for",
                table: "nodes",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "stake_nano",
                table: "nodes",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<int>(
                name: "streak",
                table: "nodes",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<long>(
                name: "done_milli",
                table: "jobs",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<int>(
                name: "most_at_once",
                table: "jobs",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "paused",
                table: "jobs",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "priority",
                table: "jobs",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<double>(
                name: "shard_fraction",
                table: "job_events",
                type: "double precision",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "node_marks",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    node_id = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false),
                    text = table.Column<string>(type: "text", nullable: false),
                    job_id = table.Column<Guid>(type: "uuid", nullable: true),
                    shard = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_node_marks", x => x.sequence);
                });

            migrationBuilder.CreateTable(
                name: "rivals",
                columns: table => new
                {
                    shard_id = table.Column<Guid>(type: "uuid", nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    node_id = table.Column<string>(type: "text", nullable: false),
                    leased_at = table.Column<long>(type: "bigint", nullable: false),
                    lease_expires = table.Column<long>(type: "bigint", nullable: false),
                    fraction = table.Column<double>(type: "double precision", nullable: false),
                    pay_nano = table.Column<long>(type: "bigint", nullable: false),
                    fee_nano = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_rivals", x => x.shard_id);
                    table.ForeignKey(
                        name: "FK_rivals_shards_shard_id",
                        column: x => x.shard_id,
                        principalTable: "shards",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_shards_copies",
                table: "shards",
                column: "state",
                filter: "copy > 0");

            migrationBuilder.CreateIndex(
                name: "IX_shards_job_id_number_copy",
                table: "shards",
                columns: new[] { "job_id", "number", "copy" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_shards_job_id_state_number",
                table: "shards",
                columns: new[] { "job_id", "state", "number" });

            migrationBuilder.CreateIndex(
                name: "IX_node_marks_node_id_sequence",
                table: "node_marks",
                columns: new[] { "node_id", "sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_rivals_lease_expires",
                table: "rivals",
                column: "lease_expires");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "node_marks");

            migrationBuilder.DropTable(
                name: "rivals");

            migrationBuilder.DropIndex(
                name: "IX_shards_copies",
                table: "shards");

            migrationBuilder.DropIndex(
                name: "IX_shards_job_id_number_copy",
                table: "shards");

            migrationBuilder.DropIndex(
                name: "IX_shards_job_id_state_number",
                table: "shards");

            migrationBuilder.DropColumn(
                name: "checked",
                table: "shards");

            migrationBuilder.DropColumn(
                name: "copy",
                table: "shards");

            migrationBuilder.DropColumn(
                name: "grain",
                table: "shards");

            migrationBuilder.DropColumn(
                name: "last_attempt",
                table: "shards");

            migrationBuilder.DropColumn(
                name: "redone_milli",
                table: "shards");

            migrationBuilder.DropColumn(
                name: "barred_at",
                table: "nodes");

            migrationBuilder.DropColumn(
                name: "barred_for",
                table: "nodes");

            migrationBuilder.DropColumn(
                name: "stake_nano",
                table: "nodes");

            migrationBuilder.DropColumn(
                name: "streak",
                table: "nodes");

            migrationBuilder.DropColumn(
                name: "done_milli",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "most_at_once",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "paused",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "priority",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "shard_fraction",
                table: "job_events");

            migrationBuilder.CreateIndex(
                name: "IX_shards_job_id_number",
                table: "shards",
                columns: new[] { "job_id", "number" },
                unique: true);
        }
    }
}
