using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Capibara6.Core.Data.Migrations
{
    /// <inheritdoc />
    public partial class BatchWebhooks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "webhook_attempts",
                table: "batches",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "webhook_done_at",
                table: "batches",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "webhook_next_at",
                table: "batches",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "webhook_secret",
                table: "batches",
                type: "character varying(128)",
                maxLength: 128,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "webhook_url",
                table: "batches",
                type: "character varying(2048)",
                maxLength: 2048,
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_batches_webhooks",
                table: "batches",
                column: "finished_at",
                filter: "webhook_url IS NOT NULL AND webhook_done_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_batches_webhooks",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "webhook_attempts",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "webhook_done_at",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "webhook_next_at",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "webhook_secret",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "webhook_url",
                table: "batches");
        }
    }
}
