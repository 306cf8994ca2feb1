using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Capibara6.Core.Data.Migrations
{
    /// <inheritdoc />
    public partial class FileBatches : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "completion_window",
                table: "batches",
                type: "character varying(8)",
                maxLength: 8,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "endpoint",
                table: "batches",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "error_file_id",
                table: "batches",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "finalized_at",
                table: "batches",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "has_expired",
                table: "batches",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<Guid>(
                name: "input_file_id",
                table: "batches",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "metadata",
                table: "batches",
                type: "json",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "output_file_id",
                table: "batches",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "output_seconds",
                table: "batches",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "problems",
                table: "batches",
                type: "json",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "files",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    purpose = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    bytes = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_files", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "file_chunks",
                columns: table => new
                {
                    file_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    data = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_file_chunks", x => new { x.file_id, x.number });
                    table.ForeignKey(
                        name: "fk_file_chunks_files_file_id",
                        column: x => x.file_id,
                        principalTable: "files",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_batches_unfinalized",
                table: "batches",
                column: "finished_at",
                filter: "endpoint IS NOT NULL AND finalized_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_files_account_id_id",
                table: "files",
                columns: new[] { "account_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_files_expiry",
                table: "files",
                column: "expires_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "file_chunks");

            migrationBuilder.DropTable(
                name: "files");

            migrationBuilder.DropIndex(
                name: "ix_batches_unfinalized",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "completion_window",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "endpoint",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "error_file_id",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "finalized_at",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "has_expired",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "input_file_id",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "metadata",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "output_file_id",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "output_seconds",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "problems",
                table: "batches");
        }
    }
}
