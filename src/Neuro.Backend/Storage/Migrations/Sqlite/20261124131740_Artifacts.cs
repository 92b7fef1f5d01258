using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Neuro.Backend.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Artifacts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "stored",
                table: "artifacts",
                type: "TEXT",
                maxLength: 128,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<long>(
                name: "touched_at",
                table: "artifacts",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "charged_to",
                table: "artifact_readers",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "granted",
                table: "artifact_readers",
                type: "INTEGER",
                nullable: false,
                defaultValue: true);

            migrationBuilder.CreateTable(
                name: "discarded_artifacts",
                columns: table => new
                {
                    stored = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_discarded_artifacts", x => x.stored);
                });

            migrationBuilder.CreateTable(
                name: "uploads",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    sha256 = table.Column<string>(type: "TEXT", nullable: false),
                    reader = table.Column<string>(type: "TEXT", nullable: false),
                    charged_to = table.Column<Guid>(type: "TEXT", nullable: false),
                    media_type = table.Column<string>(type: "TEXT", nullable: false),
                    bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    arrived = table.Column<long>(type: "INTEGER", nullable: false),
                    resumable = table.Column<bool>(type: "INTEGER", nullable: false),
                    touched_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_uploads", x => x.id);
                    table.CheckConstraint("ck_uploads_arrived", "arrived >= 0 AND arrived <= bytes");
                });

            migrationBuilder.CreateIndex(
                name: "IX_artifact_readers_charged_to",
                table: "artifact_readers",
                column: "charged_to");

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
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "discarded_artifacts");

            migrationBuilder.DropTable(
                name: "uploads");

            migrationBuilder.DropIndex(
                name: "IX_artifact_readers_charged_to",
                table: "artifact_readers");

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
