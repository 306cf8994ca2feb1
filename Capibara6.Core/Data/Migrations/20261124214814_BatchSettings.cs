using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Capibara6.Core.Data.Migrations
{
    /// <inheritdoc />
    public partial class BatchSettings : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "settings",
                table: "jobs",
                type: "json",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "deadline_at",
                table: "batches",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "idempotency_key",
                table: "batches",
                type: "character varying(255)",
                maxLength: 255,
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "request_hash",
                table: "batches",
                type: "bytea",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_batches_finished",
                table: "batches",
                column: "finished_at",
                filter: "finished_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_batches_idempotency",
                table: "batches",
                columns: new[] { "account_id", "idempotency_key" },
                unique: true,
                filter: "idempotency_key IS NOT NULL");

            // Each job is written three times and leaves its old places in the queue's index: claims stay cheap when these go early.
            migrationBuilder.Sql("ALTER TABLE jobs SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 10000);");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_batches_finished",
                table: "batches");

            migrationBuilder.DropIndex(
                name: "ix_batches_idempotency",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "settings",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "deadline_at",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "idempotency_key",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "request_hash",
                table: "batches");
        }
    }
}
