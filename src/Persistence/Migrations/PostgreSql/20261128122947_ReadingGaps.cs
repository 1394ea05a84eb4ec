using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class ReadingGaps : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "has_gaps",
                table: "segment",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "archive_id",
                table: "job",
                type: "bigint",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_job_archive_id",
                table: "job",
                column: "archive_id",
                filter: "archive_id IS NOT NULL");

            GrowViews(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            ShrinkViews(migrationBuilder);

            migrationBuilder.DropIndex(
                name: "ix_job_archive_id",
                table: "job");

            migrationBuilder.DropColumn(
                name: "has_gaps",
                table: "segment");

            migrationBuilder.DropColumn(
                name: "archive_id",
                table: "job");
        }
    }
}
