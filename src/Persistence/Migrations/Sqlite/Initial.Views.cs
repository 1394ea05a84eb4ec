using Microsoft.EntityFrameworkCore.Migrations;

namespace Qwen35Batch.Persistence.Migrations.Sqlite
{
    // Written by hand: what analysts read. The tables may change beneath; these names and columns may only grow.
    public partial class Initial
    {
        private static void CreateViews(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            CREATE VIEW jobs AS
            SELECT lower(j.job_id) AS job, j.source, COALESCE(j.task_name, j.requested_task) AS task, j.task_version, j.media_kind, j.state, j.reason, j.detail,
                   j.priority, j.correlation_id, r.corpus, r.run_date AS corpus_date,
                   j.planned, j.done, j.failed, j.quarantined, j.cancelled,
                   j.input_tokens, j.output_tokens, j.pictures, j.model_milliseconds / 1000.0 AS model_seconds,
                   j.created_at, j.planned_at, j.finished_at, round((julianday(j.finished_at) - julianday(j.created_at)) * 86400.0, 3) AS seconds
            FROM job j LEFT JOIN corpus_run r ON r.id = j.corpus_run_id;

            CREATE VIEW segments AS
            SELECT lower(j.job_id) AS job, j.source, j.task_name AS task, j.task_version, s.number AS segment, s.kind, s.page, s.start_seconds, s.end_seconds,
                   s.state, s.reason, s.detail, s.raw_answer, s.attempt AS attempts, s.crash_count AS crashes,
                   s.created_at, s.finished_at, round((julianday(s.finished_at) - julianday(s.created_at)) * 86400.0, 3) AS seconds
            FROM segment s JOIN job j ON j.id = s.job_id;

            CREATE VIEW insights AS
            SELECT i.id AS insight_id, lower(j.job_id) AS job, j.source, j.media_kind, i.task_name AS task, i.task_version, i.model,
                   s.number AS segment, s.kind, s.page, s.start_seconds, s.end_seconds, i.insight, i.note, i.created_at,
                   u.input_tokens, u.output_tokens, u.pictures, u.model_milliseconds / 1000.0 AS model_seconds
            FROM insight i JOIN job j ON j.id = i.job_id JOIN segment s ON s.id = i.segment_id JOIN insight_usage u ON u.insight_id = i.id;

            CREATE VIEW citations AS
            SELECT c.insight_id, lower(j.job_id) AS job, j.source, i.number AS segment, c.position, c.field, c.segment AS cited_segment, c.page,
                   c.start_seconds, c.end_seconds, c.frame_seconds, c.box_left, c.box_top, c.box_width, c.box_height, c.picture_sha256
            FROM citation c JOIN insight i ON i.id = c.insight_id JOIN job j ON j.id = i.job_id;

            CREATE VIEW usage AS
            SELECT lower(j.job_id) AS job, j.source, j.media_kind, i.task_name AS task, i.task_version, i.model, s.number AS segment, s.kind,
                   u.input_tokens, u.cached_input_tokens, u.output_tokens, u.pictures, u.model_milliseconds / 1000.0 AS model_seconds, i.created_at
            FROM insight_usage u JOIN insight i ON i.id = u.insight_id JOIN job j ON j.id = i.job_id JOIN segment s ON s.id = i.segment_id;

            CREATE VIEW failures AS
            SELECT lower(j.job_id) AS job, j.source, j.task_name AS task, s.number AS segment, s.kind, s.page, s.start_seconds, s.end_seconds,
                   s.state, s.reason, s.detail, s.raw_answer, s.finished_at AS failed_at
            FROM segment s JOIN job j ON j.id = s.job_id
            WHERE s.state IN ('Failed', 'Quarantined')
            UNION ALL
            SELECT lower(j.job_id), j.source, COALESCE(j.task_name, j.requested_task), NULL, NULL, NULL, NULL, NULL, j.state, j.reason, j.detail, NULL, j.finished_at
            FROM job j
            WHERE j.planned = 0 AND j.state IN ('Rejected', 'Quarantined');
            """);

        private static void DropViews(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            DROP VIEW failures;
            DROP VIEW usage;
            DROP VIEW citations;
            DROP VIEW insights;
            DROP VIEW segments;
            DROP VIEW jobs;
            """);
    }
}
