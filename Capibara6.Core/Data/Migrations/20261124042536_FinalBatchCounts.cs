using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Capibara6.Core.Data.Migrations
{
    /// <inheritdoc />
    public partial class FinalBatchCounts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "cancelled",
                table: "batches",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "failed",
                table: "batches",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "succeeded",
                table: "batches",
                type: "integer",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "cancelled",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "failed",
                table: "batches");

            migrationBuilder.DropColumn(
                name: "succeeded",
                table: "batches");
        }
    }
}
