using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Neuro.Backend.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Access : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "retired",
                table: "api_keys",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "roles",
                table: "accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            // Keys and accounts from before: a key of its own number, the roles that the kind of account stands for.
            migrationBuilder.Sql("UPDATE api_keys SET id = upper(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))) WHERE id = '00000000-0000-0000-0000-000000000000'");
            migrationBuilder.Sql("UPDATE accounts SET roles = CASE kind WHEN 'customer' THEN 7 WHEN 'node' THEN 8 ELSE 0 END WHERE owner_id IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "retired",
                table: "api_keys");

            migrationBuilder.DropColumn(
                name: "roles",
                table: "accounts");
        }
    }
}
