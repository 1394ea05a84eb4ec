using Microsoft.EntityFrameworkCore.Migrations;

namespace Qwen35Batch.Persistence.Migrations.PostgreSql
{
    // Written by hand: what analysts read, with the names of states, kinds and reasons as in every exported record (page,
    // completedWithGaps).
    // The views are replaced and not dropped: what others have built on them, and who may read them, stays.
    public partial class OneSpelling
    {
        private static void SpellViews(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(Views(Spelled));

        private static void UnspellViews(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(Views(column => column));

        private static string Spelled(string column) => $"(lower(left({column}, 1)) || substr({column}, 2))::character varying(32)";

        private static string Views(Func<string, string> spelled) => $$"""
            CREATE OR REPLACE VIEW jobs AS
            SELECT j.job_id AS job, j.source, COALESCE(j.task_name, j.requested_task) AS task, j.task_version,
                   {{spelled("j.media_kind")}} AS media_kind, {{spelled("j.state")}} AS state, {{spelled("j.reason")}} AS reason, j.detail,
                   j.priority, j.correlation_id, r.corpus, r.run_date AS corpus_date,
                   j.planned, j.done, j.failed, j.quarantined, j.cancelled,
                   j.input_tokens, j.output_tokens, j.pictures, j.model_milliseconds / 1000.0 AS model_seconds,
                   j.created_at, j.planned_at, j.finished_at,
                   extract(epoch FROM j.finished_at - j.created_at)::double precision AS seconds,
                   a.job_id AS archive
            FROM job j LEFT JOIN corpus_run r ON r.id = j.corpus_run_id LEFT JOIN job a ON a.id = j.archive_id;

            CREATE OR REPLACE VIEW segments AS
            SELECT j.job_id AS job, j.source, j.task_name AS task, j.task_version, s.number AS segment,
                   {{spelled("s.kind")}} AS kind, s.page, s.start_seconds, s.end_seconds,
                   {{spelled("s.state")}} AS state, {{spelled("s.reason")}} AS reason, s.detail, s.raw_answer, s.attempt AS attempts,
                   s.crash_count AS crashes,
                   s.created_at, s.finished_at, extract(epoch FROM s.finished_at - s.created_at)::double precision AS seconds,
                   s.has_gaps
            FROM segment s JOIN job j ON j.id = s.job_id;

            CREATE OR REPLACE VIEW insights AS
            SELECT i.id AS insight_id, j.job_id AS job, j.source, {{spelled("j.media_kind")}} AS media_kind, i.task_name AS task,
                   i.task_version, i.model,
                   s.number AS segment, {{spelled("s.kind")}} AS kind, s.page, s.start_seconds, s.end_seconds, i.insight, i.note,
                   i.created_at,
                   u.input_tokens, u.output_tokens, u.pictures, u.model_milliseconds / 1000.0 AS model_seconds,
                   s.has_gaps
            FROM insight i JOIN job j ON j.id = i.job_id JOIN segment s ON s.id = i.segment_id JOIN insight_usage u ON u.insight_id = i.id;

            CREATE OR REPLACE VIEW usage AS
            SELECT j.job_id AS job, j.source, {{spelled("j.media_kind")}} AS media_kind, i.task_name AS task, i.task_version,
                   i.model, s.number AS segment, {{spelled("s.kind")}} AS kind,
                   u.input_tokens, u.cached_input_tokens, u.output_tokens, u.pictures,
                   u.model_milliseconds / 1000.0 AS model_seconds, i.created_at
            FROM insight_usage u JOIN insight i ON i.id = u.insight_id JOIN job j ON j.id = i.job_id JOIN segment s ON s.id = i.segment_id;

            CREATE OR REPLACE VIEW failures AS
            SELECT j.job_id AS job, j.source, j.task_name AS task, s.number AS segment, {{spelled("s.kind")}} AS kind, s.page,
                   s.start_seconds, s.end_seconds,
                   {{spelled("s.state")}} AS state, {{spelled("s.reason")}} AS reason, s.detail, s.raw_answer,
                   s.finished_at AS failed_at
            FROM segment s JOIN job j ON j.id = s.job_id
            WHERE s.state IN ('Failed', 'Quarantined')
            UNION ALL
            SELECT j.job_id, j.source, COALESCE(j.task_name, j.requested_task), NULL, NULL, NULL, NULL, NULL,
                   {{spelled("j.state")}} AS state, {{spelled("j.reason")}} AS reason, j.detail, NULL, j.finished_at
            FROM job j
            WHERE j.planned = 0 AND j.state IN ('Rejected', 'Quarantined');

            CREATE OR REPLACE VIEW media AS
            SELECT j.job_id AS job, j.source, {{spelled("j.media_kind")}} AS media_kind, j.media #>> '{mediaType}' AS media_type,
                   j.media_sha256 AS sha256, (j.media #>> '{lengthBytes}')::bigint AS bytes,
                   (j.media #>> '{width}')::bigint AS width, (j.media #>> '{height}')::bigint AS height,
                   (j.media #>> '{durationSeconds}')::double precision AS seconds, (j.media #>> '{pageCount}')::bigint AS pages,
                   (j.media #>> '{characterCount}')::bigint AS characters, j.media #>> '{capture,takenAt}' AS taken_at,
                   j.media #>> '{capture,camera}' AS camera,
                   (j.media #>> '{capture,latitude}')::double precision AS latitude,
                   (j.media #>> '{capture,longitude}')::double precision AS longitude,
                   (j.media #>> '{capture,altitudeMetres}')::double precision AS altitude_metres
            FROM job j WHERE j.media IS NOT NULL;

            CREATE OR REPLACE VIEW insights_reviewed AS
            SELECT i.id AS insight_id, j.job_id AS job, j.source, {{spelled("j.media_kind")}} AS media_kind, i.task_name AS task,
                   i.task_version, i.model,
                   s.number AS segment, {{spelled("s.kind")}} AS kind, s.page, s.start_seconds, s.end_seconds,
                   COALESCE(r.insight, i.insight) AS insight, i.insight AS model_insight, COALESCE(r.revision, 0) AS revision,
                   r.reviewer, r.at AS reviewed_at,
                   (SELECT jsonb_agg(DISTINCT f.item->>'pointer')
                    FROM review a CROSS JOIN LATERAL jsonb_array_elements(a.fields) AS f(item)
                    WHERE a.insight_id = i.id) AS reviewed_fields,
                   i.note, i.created_at
            FROM insight i
            JOIN job j ON j.id = i.job_id
            JOIN segment s ON s.id = i.segment_id
            LEFT JOIN LATERAL (
                SELECT a.insight, a.revision, a.reviewer,
                   a.at FROM review a WHERE a.insight_id = i.id ORDER BY a.revision DESC LIMIT 1) r ON true;

            CREATE OR REPLACE VIEW documents AS
            SELECT d.sha256, d.job, d.source, d.file_name, d.corpus, d.media_kind, d.media_type, d.bytes, d.pages, d.seconds,
                   d.width, d.height,
                   d.taken_at, d.latitude, d.longitude, d.task, d.task_version, d.model, d.insight_id, d.insight, d.language,
                   d.answered_at
            FROM (
                SELECT j.media_sha256 AS sha256, j.job_id AS job, j.source, regexp_replace(j.source, '^.*[/\\]',
                   '') AS file_name, c.corpus,
                       {{spelled("j.media_kind")}} AS media_kind, j.media #>> '{mediaType}' AS media_type,
                       (j.media #>> '{lengthBytes}')::bigint AS bytes,
                       (j.media #>> '{pageCount}')::bigint AS pages,
                       (j.media #>> '{durationSeconds}')::double precision AS seconds,
                       (j.media #>> '{width}')::bigint AS width, (j.media #>> '{height}')::bigint AS height,
                       j.media #>> '{capture,takenAt}' AS taken_at,
                       (j.media #>> '{capture,latitude}')::double precision AS latitude,
                       (j.media #>> '{capture,longitude}')::double precision AS longitude,
                       i.task_name AS task, i.task_version, i.model, i.id AS insight_id, COALESCE(r.insight,
                       i.insight) AS insight,
                       COALESCE(r.insight, i.insight) ->> 'language' AS language, i.created_at AS answered_at,
                       row_number() OVER (PARTITION BY j.media_sha256 ORDER BY i.id DESC NULLS LAST, j.id DESC) AS place
                FROM job j
                LEFT JOIN corpus_run c ON c.id = j.corpus_run_id
                LEFT JOIN segment s ON s.job_id = j.id AND (s.kind = 'Synthesis' OR j.planned = 1)
                LEFT JOIN insight i ON i.segment_id = s.id
                LEFT JOIN LATERAL (
                    SELECT a.insight FROM review a WHERE a.insight_id = i.id ORDER BY a.revision DESC LIMIT 1) r ON true
                WHERE j.media_sha256 IS NOT NULL) d
            WHERE d.place = 1;

            CREATE OR REPLACE VIEW counts AS
            SELECT k.subject, {{spelled("k.name")}}::text AS name, c.corpus, c.run_date, sum(k.change)::bigint AS count
            FROM ledger_count k LEFT JOIN corpus_run c ON c.id = k.corpus_run_id
            GROUP BY k.subject, k.name, c.corpus, c.run_date HAVING sum(k.change) <> 0;
            """;
    }
}
