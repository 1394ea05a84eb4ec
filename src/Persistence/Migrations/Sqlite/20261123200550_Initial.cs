using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "audit",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    actor = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    action = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    job_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    detail = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "corpus_run",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    corpus = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    run_date = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    started_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    enumerated_at = table.Column<DateTime>(type: "TEXT", nullable: true),
                    enqueued = table.Column<int>(type: "INTEGER", nullable: false),
                    skipped = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_corpus_run", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    message_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    topic = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    body = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    leased_until = table.Column<DateTime>(type: "TEXT", nullable: true),
                    sent_at = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "rejected_message",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    message_key = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    message_id = table.Column<string>(type: "TEXT", maxLength: 500, nullable: true),
                    reason = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: false),
                    body = table.Column<byte[]>(type: "BLOB", nullable: false),
                    body_length = table.Column<long>(type: "INTEGER", nullable: false),
                    headers = table.Column<string>(type: "TEXT", nullable: false),
                    received_at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rejected_message", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "corpus_item",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    corpus = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    source = table.Column<string>(type: "TEXT", maxLength: 2048, nullable: false),
                    source_sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    content_sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    task_version = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    model = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    job_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    last_run_id = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_corpus_item", x => x.id);
                    table.ForeignKey(
                        name: "fk_corpus_item_corpus_runs_last_run_id",
                        column: x => x.last_run_id,
                        principalTable: "corpus_run",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "job",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    job_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    dedupe_key = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    payload_sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    source = table.Column<string>(type: "TEXT", maxLength: 2048, nullable: false),
                    requested_task = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    options = table.Column<string>(type: "TEXT", nullable: false),
                    correlation_id = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    corpus_run_id = table.Column<long>(type: "INTEGER", nullable: true),
                    state = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    task_name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    task_version = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    media_kind = table.Column<string>(type: "TEXT", maxLength: 32, nullable: true),
                    media_sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    media = table.Column<string>(type: "TEXT", nullable: true),
                    planned = table.Column<int>(type: "INTEGER", nullable: false),
                    done = table.Column<int>(type: "INTEGER", nullable: false),
                    failed = table.Column<int>(type: "INTEGER", nullable: false),
                    quarantined = table.Column<int>(type: "INTEGER", nullable: false),
                    cancelled = table.Column<int>(type: "INTEGER", nullable: false),
                    input_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    cached_input_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    output_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    pictures = table.Column<long>(type: "INTEGER", nullable: false),
                    model_milliseconds = table.Column<long>(type: "INTEGER", nullable: false),
                    planned_at = table.Column<DateTime>(type: "TEXT", nullable: true),
                    schema_version = table.Column<int>(type: "INTEGER", nullable: false),
                    priority = table.Column<int>(type: "INTEGER", nullable: false),
                    run_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    attempt = table.Column<int>(type: "INTEGER", nullable: false),
                    crash_count = table.Column<int>(type: "INTEGER", nullable: false),
                    lease_owner = table.Column<Guid>(type: "TEXT", nullable: true),
                    lease_token = table.Column<long>(type: "INTEGER", nullable: false),
                    lease_until = table.Column<DateTime>(type: "TEXT", nullable: true),
                    claim_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    recorded_token = table.Column<long>(type: "INTEGER", nullable: false),
                    reason = table.Column<string>(type: "TEXT", maxLength: 32, nullable: true),
                    detail = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: true),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    finished_at = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_job", x => x.id);
                    table.CheckConstraint("ck_job_closed", "state IN ('Accepted', 'Analysing') OR planned = done + failed + quarantined + cancelled");
                    table.CheckConstraint("ck_job_counts", "planned >= done + failed + quarantined + cancelled AND done >= 0 AND failed >= 0 AND quarantined >= 0 AND cancelled >= 0");
                    table.CheckConstraint("ck_job_finished", "(finished_at IS NULL) = (state IN ('Accepted', 'Analysing'))");
                    table.CheckConstraint("ck_job_reason", "reason IN ('SourceNotFound', 'SourceForbidden', 'TooLarge', 'Empty', 'UnsupportedMedia', 'CorruptMedia', 'Encrypted', 'TimedOut', 'UnknownTask', 'PromptTooLong', 'InvalidAnswer', 'ModelRefused', 'AttemptsExhausted', 'InternalError')");
                    table.CheckConstraint("ck_job_state", "state IN ('Accepted', 'Analysing', 'Completed', 'CompletedWithGaps', 'Rejected', 'Quarantined', 'Cancelled')");
                    table.ForeignKey(
                        name: "fk_job_corpus_run_corpus_run_id",
                        column: x => x.corpus_run_id,
                        principalTable: "corpus_run",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "segment",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    job_id = table.Column<long>(type: "INTEGER", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    page = table.Column<int>(type: "INTEGER", nullable: true),
                    start_seconds = table.Column<double>(type: "REAL", nullable: true),
                    end_seconds = table.Column<double>(type: "REAL", nullable: true),
                    state = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    awaits_others = table.Column<bool>(type: "INTEGER", nullable: false),
                    raw_answer = table.Column<string>(type: "TEXT", nullable: true),
                    schema_version = table.Column<int>(type: "INTEGER", nullable: false),
                    priority = table.Column<int>(type: "INTEGER", nullable: false),
                    run_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    attempt = table.Column<int>(type: "INTEGER", nullable: false),
                    crash_count = table.Column<int>(type: "INTEGER", nullable: false),
                    lease_owner = table.Column<Guid>(type: "TEXT", nullable: true),
                    lease_token = table.Column<long>(type: "INTEGER", nullable: false),
                    lease_until = table.Column<DateTime>(type: "TEXT", nullable: true),
                    claim_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    recorded_token = table.Column<long>(type: "INTEGER", nullable: false),
                    reason = table.Column<string>(type: "TEXT", maxLength: 32, nullable: true),
                    detail = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: true),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    finished_at = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_segment", x => x.id);
                    table.CheckConstraint("ck_segment_finished", "(finished_at IS NULL) = (state IN ('Ready', 'Leased'))");
                    table.CheckConstraint("ck_segment_kind", "kind IN ('Image', 'Page', 'Clip', 'AudioSpan', 'TextPart', 'Synthesis')");
                    table.CheckConstraint("ck_segment_leased", "(lease_until IS NOT NULL) = (state = 'Leased')");
                    table.CheckConstraint("ck_segment_reason", "reason IN ('SourceNotFound', 'SourceForbidden', 'TooLarge', 'Empty', 'UnsupportedMedia', 'CorruptMedia', 'Encrypted', 'TimedOut', 'UnknownTask', 'PromptTooLong', 'InvalidAnswer', 'ModelRefused', 'AttemptsExhausted', 'InternalError')");
                    table.CheckConstraint("ck_segment_state", "state IN ('Ready', 'Leased', 'Done', 'Failed', 'Quarantined', 'Cancelled')");
                    table.ForeignKey(
                        name: "fk_segment_job_job_id",
                        column: x => x.job_id,
                        principalTable: "job",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "insight",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    job_id = table.Column<long>(type: "INTEGER", nullable: false),
                    segment_id = table.Column<long>(type: "INTEGER", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    task_name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    task_version = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    model = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    insight = table.Column<string>(type: "TEXT", nullable: false),
                    note = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: true),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_insight", x => x.id);
                    table.ForeignKey(
                        name: "fk_insight_jobs_job_id",
                        column: x => x.job_id,
                        principalTable: "job",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_insight_segments_segment_id",
                        column: x => x.segment_id,
                        principalTable: "segment",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "citation",
                columns: table => new
                {
                    insight_id = table.Column<long>(type: "INTEGER", nullable: false),
                    position = table.Column<int>(type: "INTEGER", nullable: false),
                    field = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    segment = table.Column<int>(type: "INTEGER", nullable: false),
                    page = table.Column<int>(type: "INTEGER", nullable: true),
                    start_seconds = table.Column<double>(type: "REAL", nullable: true),
                    end_seconds = table.Column<double>(type: "REAL", nullable: true),
                    frame_seconds = table.Column<double>(type: "REAL", nullable: true),
                    box_left = table.Column<double>(type: "REAL", nullable: true),
                    box_top = table.Column<double>(type: "REAL", nullable: true),
                    box_width = table.Column<double>(type: "REAL", nullable: true),
                    box_height = table.Column<double>(type: "REAL", nullable: true),
                    picture_sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_citation", x => new { x.insight_id, x.position });
                    table.ForeignKey(
                        name: "fk_citation_insight_insight_id",
                        column: x => x.insight_id,
                        principalTable: "insight",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "insight_usage",
                columns: table => new
                {
                    insight_id = table.Column<long>(type: "INTEGER", nullable: false),
                    input_tokens = table.Column<int>(type: "INTEGER", nullable: false),
                    cached_input_tokens = table.Column<int>(type: "INTEGER", nullable: false),
                    output_tokens = table.Column<int>(type: "INTEGER", nullable: false),
                    pictures = table.Column<int>(type: "INTEGER", nullable: false),
                    model_milliseconds = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_insight_usage", x => x.insight_id);
                    table.ForeignKey(
                        name: "fk_insight_usage_insight_insight_id",
                        column: x => x.insight_id,
                        principalTable: "insight",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_audit_job_id",
                table: "audit",
                column: "job_id");

            migrationBuilder.CreateIndex(
                name: "ix_corpus_item_corpus_source_sha256",
                table: "corpus_item",
                columns: new[] { "corpus", "source_sha256" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_corpus_item_last_run_id",
                table: "corpus_item",
                column: "last_run_id");

            migrationBuilder.CreateIndex(
                name: "ix_corpus_run_corpus_run_date",
                table: "corpus_run",
                columns: new[] { "corpus", "run_date" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_insight_created_at",
                table: "insight",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_insight_job_id_number_task_version_model",
                table: "insight",
                columns: new[] { "job_id", "number", "task_version", "model" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_insight_segment_id",
                table: "insight",
                column: "segment_id");

            migrationBuilder.CreateIndex(
                name: "ix_job_corpus_run_id",
                table: "job",
                column: "corpus_run_id");

            migrationBuilder.CreateIndex(
                name: "ix_job_correlation_id",
                table: "job",
                column: "correlation_id");

            migrationBuilder.CreateIndex(
                name: "ix_job_dedupe_key",
                table: "job",
                column: "dedupe_key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_job_job_id",
                table: "job",
                column: "job_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_job_lease",
                table: "job",
                column: "lease_until",
                filter: "lease_until IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_job_queue",
                table: "job",
                columns: new[] { "priority", "run_at", "id" },
                descending: new[] { true, false, false },
                filter: "state = 'Accepted' AND lease_until IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_job_state",
                table: "job",
                column: "state");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_message_id",
                table: "outbox",
                column: "message_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_outbox_sent",
                table: "outbox",
                column: "sent_at",
                filter: "sent_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_unsent",
                table: "outbox",
                column: "id",
                filter: "sent_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_rejected_message_message_key",
                table: "rejected_message",
                column: "message_key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_segment_job_id_number",
                table: "segment",
                columns: new[] { "job_id", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_segment_lease",
                table: "segment",
                column: "lease_until",
                filter: "lease_until IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_segment_queue",
                table: "segment",
                columns: new[] { "priority", "run_at", "id" },
                descending: new[] { true, false, false },
                filter: "state = 'Ready' AND NOT awaits_others");

            migrationBuilder.CreateIndex(
                name: "ix_segment_state",
                table: "segment",
                column: "state");

            CreateViews(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            DropViews(migrationBuilder);

            migrationBuilder.DropTable(
                name: "audit");

            migrationBuilder.DropTable(
                name: "citation");

            migrationBuilder.DropTable(
                name: "corpus_item");

            migrationBuilder.DropTable(
                name: "insight_usage");

            migrationBuilder.DropTable(
                name: "outbox");

            migrationBuilder.DropTable(
                name: "rejected_message");

            migrationBuilder.DropTable(
                name: "insight");

            migrationBuilder.DropTable(
                name: "segment");

            migrationBuilder.DropTable(
                name: "job");

            migrationBuilder.DropTable(
                name: "corpus_run");
        }
    }
}
