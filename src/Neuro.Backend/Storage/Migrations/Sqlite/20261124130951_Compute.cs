using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Neuro.Backend.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Compute : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "usage",
                table: "shards",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "features",
                table: "quotes",
                type: "TEXT",
                nullable: false,
                defaultValue: "{}");

            migrationBuilder.AddColumn<string>(
                name: "promises",
                table: "quotes",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.AddColumn<int>(
                name: "shards_lost",
                table: "nodes",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<long>(
                name: "start_cost_nano",
                table: "nodes",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "start_milliseconds",
                table: "nodes",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "features",
                table: "jobs",
                type: "TEXT",
                nullable: false,
                defaultValue: "{}");

            migrationBuilder.CreateTable(
                name: "promises",
                columns: table => new
                {
                    job_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    node_id = table.Column<string>(type: "TEXT", nullable: false),
                    rate_nano = table.Column<long>(type: "INTEGER", nullable: false),
                    start_nano = table.Column<long>(type: "INTEGER", nullable: false),
                    start_shard = table.Column<Guid>(type: "TEXT", nullable: true),
                    reliability = table.Column<double>(type: "REAL", nullable: false)
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
                name: "usage",
                columns: table => new
                {
                    shard_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    job_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    features = table.Column<string>(type: "TEXT", nullable: false),
                    work = table.Column<double>(type: "REAL", nullable: false),
                    memory_bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    bytes_in = table.Column<long>(type: "INTEGER", nullable: false),
                    bytes_out = table.Column<long>(type: "INTEGER", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_usage", x => x.shard_id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_promises_node_id",
                table: "promises",
                column: "node_id");

            migrationBuilder.CreateIndex(
                name: "IX_usage_kind_at",
                table: "usage",
                columns: new[] { "kind", "at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "promises");

            migrationBuilder.DropTable(
                name: "usage");

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
        }
    }
}
