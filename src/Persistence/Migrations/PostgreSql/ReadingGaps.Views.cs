using Microsoft.EntityFrameworkCore.Migrations;

namespace Qwen35Batch.Persistence.Migrations.PostgreSql
{
    // Written by hand, as in the initial migration: the views that have grown, and a new one. They are replaced and not dropped: what
    // others have built on them, and who may read them, stays.
    public partial class ReadingGaps
    {
        private static void GrowViews(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            CREATE OR REPLACE VIEW jobs AS
            SELECT j.job_id AS job, j.source, COALESCE(j.task_name, j.requested_task) AS task, j.task_version, j.media_kind, j.state, j.reason, j.detail,
                   j.priority, j.correlation_id, r.corpus, r.run_date AS corpus_date,
                   j.planned, j.done, j.failed, j.quarantined, j.cancelled,
                   j.input_tokens, j.output_tokens, j.pictures, j.model_milliseconds / 1000.0 AS model_seconds,
                   j.created_at, j.planned_at, j.finished_at, extract(epoch FROM j.finished_at - j.created_at)::double precision AS seconds,
                   a.job_id AS archive
            FROM job j LEFT JOIN corpus_run r ON r.id = j.corpus_run_id LEFT JOIN job a ON a.id = j.archive_id;

            CREATE OR REPLACE VIEW segments AS
            SELECT j.job_id AS job, j.source, j.task_name AS task, j.task_version, s.number AS segment, s.kind, s.page, s.start_seconds, s.end_seconds,
                   s.state, s.reason, s.detail, s.raw_answer, s.attempt AS attempts, s.crash_count AS crashes,
                   s.created_at, s.finished_at, extract(epoch FROM s.finished_at - s.created_at)::double precision AS seconds,
                   s.has_gaps
            FROM segment s JOIN job j ON j.id = s.job_id;

            CREATE OR REPLACE VIEW insights AS
            SELECT i.id AS insight_id, j.job_id AS job, j.source, j.media_kind, i.task_name AS task, i.task_version, i.model,
                   s.number AS segment, s.kind, s.page, s.start_seconds, s.end_seconds, i.insight, i.note, i.created_at,
                   u.input_tokens, u.output_tokens, u.pictures, u.model_milliseconds / 1000.0 AS model_seconds,
                   s.has_gaps
            FROM insight i JOIN job j ON j.id = i.job_id JOIN segment s ON s.id = i.segment_id JOIN insight_usage u ON u.insight_id = i.id;

            CREATE VIEW media AS
            SELECT j.job_id AS job, j.source, j.media_kind, j.media #>> '{mediaType}' AS media_type, j.media_sha256 AS sha256, (j.media #>> '{lengthBytes}')::bigint AS bytes,
                   (j.media #>> '{width}')::bigint AS width, (j.media #>> '{height}')::bigint AS height, (j.media #>> '{durationSeconds}')::double precision AS seconds, (j.media #>> '{pageCount}')::bigint AS pages,
                   (j.media #>> '{characterCount}')::bigint AS characters, j.media #>> '{capture,takenAt}' AS taken_at, j.media #>> '{capture,camera}' AS camera,
                   (j.media #>> '{capture,latitude}')::double precision AS latitude, (j.media #>> '{capture,longitude}')::double precision AS longitude, (j.media #>> '{capture,altitudeMetres}')::double precision AS altitude_metres
            FROM job j WHERE j.media IS NOT NULL;
            """);

        private static void ShrinkViews(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            DROP VIEW media;
            DROP VIEW insights;
            DROP VIEW segments;
            DROP VIEW jobs;

            CREATE VIEW jobs AS
            SELECT j.job_id AS job, j.source, COALESCE(j.task_name, j.requested_task) AS task, j.task_version, j.media_kind, j.state, j.reason, j.detail,
                   j.priority, j.correlation_id, r.corpus, r.run_date AS corpus_date,
                   j.planned, j.done, j.failed, j.quarantined, j.cancelled,
                   j.input_tokens, j.output_tokens, j.pictures, j.model_milliseconds / 1000.0 AS model_seconds,
                   j.created_at, j.planned_at, j.finished_at, extract(epoch FROM j.finished_at - j.created_at)::double precision AS seconds
            FROM job j LEFT JOIN corpus_run r ON r.id = j.corpus_run_id;

            CREATE VIEW segments AS
            SELECT j.job_id AS job, j.source, j.task_name AS task, j.task_version, s.number AS segment, s.kind, s.page, s.start_seconds, s.end_seconds,
                   s.state, s.reason, s.detail, s.raw_answer, s.attempt AS attempts, s.crash_count AS crashes,
                   s.created_at, s.finished_at, extract(epoch FROM s.finished_at - s.created_at)::double precision AS seconds
            FROM segment s JOIN job j ON j.id = s.job_id;

            CREATE VIEW insights AS
            SELECT i.id AS insight_id, j.job_id AS job, j.source, j.media_kind, i.task_name AS task, i.task_version, i.model,
                   s.number AS segment, s.kind, s.page, s.start_seconds, s.end_seconds, i.insight, i.note, i.created_at,
                   u.input_tokens, u.output_tokens, u.pictures, u.model_milliseconds / 1000.0 AS model_seconds
            FROM insight i JOIN job j ON j.id = i.job_id JOIN segment s ON s.id = i.segment_id JOIN insight_usage u ON u.insight_id = i.id;
            """);
    }
}
