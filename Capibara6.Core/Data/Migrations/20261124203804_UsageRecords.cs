using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Capibara6.Core.Data.Migrations
{
    /// <inheritdoc />
    public partial class UsageRecords : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "usage_records",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    api_key_id = table.Column<Guid>(type: "uuid", nullable: true),
                    is_job = table.Column<bool>(type: "boolean", nullable: false),
                    outcome = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    model = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: true),
                    route = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: true),
                    domain = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    cached = table.Column<bool>(type: "boolean", nullable: false),
                    prompt_tokens = table.Column<int>(type: "integer", nullable: false),
                    completion_tokens = table.Column<int>(type: "integer", nullable: false),
                    cost_usd = table.Column<decimal>(type: "numeric(18,9)", precision: 18, scale: 9, nullable: false),
                    duration_ms = table.Column<double>(type: "double precision", nullable: false),
                    route_ms = table.Column<double>(type: "double precision", nullable: true),
                    enrich_ms = table.Column<double>(type: "double precision", nullable: true),
                    model_ms = table.Column<double>(type: "double precision", nullable: true),
                    code_ms = table.Column<double>(type: "double precision", nullable: true),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xid = table.Column<ulong>(type: "xid8", nullable: false, defaultValueSql: "pg_current_xact_id()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_usage_records", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_usage_records_xid_id",
                table: "usage_records",
                columns: new[] { "xid", "id" });

            // The old table stays a release longer: services of the version before still write into it.
            migrationBuilder.Sql("""
                INSERT INTO usage_records (
                    id, account_id, api_key_id, is_job, outcome, model, route, domain, cached,
                    prompt_tokens, completion_tokens, cost_usd, duration_ms, ended_at)
                SELECT id, account_id, api_key_id, false, 'answered', model_used, selected_model, domain, cached,
                    prompt_tokens, completion_tokens, cost_usd, processing_time_ms, answered_at
                FROM answered_queries;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "usage_records");
        }
    }
}
