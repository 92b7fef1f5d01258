using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Neuro.Backend.Storage.Migrations.Postgres
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
