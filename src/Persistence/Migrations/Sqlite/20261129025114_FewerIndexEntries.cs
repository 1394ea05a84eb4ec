using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class FewerIndexEntries : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_segment_state",
                table: "segment");

            migrationBuilder.DropIndex(
                name: "ix_outbox_message_id",
                table: "outbox");

            migrationBuilder.DropIndex(
                name: "ix_job_corpus_run_id",
                table: "job");

            migrationBuilder.DropIndex(
                name: "ix_job_correlation_id",
                table: "job");

            migrationBuilder.DropIndex(
                name: "ix_job_identity",
                table: "job");

            migrationBuilder.DropIndex(
                name: "ix_job_media_sha256",
                table: "job");

            migrationBuilder.CreateIndex(
                name: "ix_segment_state",
                table: "segment",
                column: "state",
                filter: "state = 'Quarantined'");

            migrationBuilder.CreateIndex(
                name: "ix_job_corpus_run_id",
                table: "job",
                column: "corpus_run_id",
                filter: "corpus_run_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_job_correlation_id",
                table: "job",
                column: "correlation_id",
                filter: "correlation_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_job_identity",
                table: "job",
                column: "identity",
                filter: "identity <> dedupe_key");

            migrationBuilder.CreateIndex(
                name: "ix_job_media_sha256",
                table: "job",
                column: "media_sha256",
                filter: "media_sha256 IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_segment_state",
                table: "segment");

            migrationBuilder.DropIndex(
                name: "ix_job_corpus_run_id",
                table: "job");

            migrationBuilder.DropIndex(
                name: "ix_job_correlation_id",
                table: "job");

            migrationBuilder.DropIndex(
                name: "ix_job_identity",
                table: "job");

            migrationBuilder.DropIndex(
                name: "ix_job_media_sha256",
                table: "job");

            migrationBuilder.CreateIndex(
                name: "ix_segment_state",
                table: "segment",
                column: "state");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_message_id",
                table: "outbox",
                column: "message_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_job_corpus_run_id",
                table: "job",
                column: "corpus_run_id");

            migrationBuilder.CreateIndex(
                name: "ix_job_correlation_id",
                table: "job",
                column: "correlation_id");

            migrationBuilder.CreateIndex(
                name: "ix_job_identity",
                table: "job",
                column: "identity");

            migrationBuilder.CreateIndex(
                name: "ix_job_media_sha256",
                table: "job",
                column: "media_sha256");
        }
    }
}
