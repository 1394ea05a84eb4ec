using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class ListIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_job_state",
                table: "job");

            migrationBuilder.CreateIndex(
                name: "ix_segment_failed",
                table: "segment",
                columns: new[] { "finished_at", "job_id", "number", "reason" },
                filter: "state IN ('Failed', 'Quarantined')");

            migrationBuilder.CreateIndex(
                name: "ix_job_failed",
                table: "job",
                columns: new[] { "finished_at", "id", "reason" },
                filter: "planned = 0 AND state IN ('Rejected', 'Quarantined')");

            migrationBuilder.CreateIndex(
                name: "ix_job_state_id",
                table: "job",
                columns: new[] { "state", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_segment_failed",
                table: "segment");

            migrationBuilder.DropIndex(
                name: "ix_job_failed",
                table: "job");

            migrationBuilder.DropIndex(
                name: "ix_job_state_id",
                table: "job");

            migrationBuilder.CreateIndex(
                name: "ix_job_state",
                table: "job",
                column: "state");
        }
    }
}
