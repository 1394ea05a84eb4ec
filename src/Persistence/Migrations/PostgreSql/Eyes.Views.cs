using Microsoft.EntityFrameworkCore.Migrations;

namespace Qwen35Batch.Persistence.Migrations.PostgreSql
{
    // Written by hand: what analysts read. The tables may change beneath; these names and columns may only grow.
    public partial class Eyes
    {
        private static void CreateViews(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            CREATE VIEW reviews AS
            SELECT r.id AS review_id, r.insight_id, j.job_id AS job, j.source, i.task_name AS task, i.task_version, i.model,
                   i.number AS segment, r.revision, f.item->>'pointer' AS pointer, f.item->>'verdict' AS verdict, f.item->'value' AS value,
                   (f.item->>'page')::integer AS page, (f.item->'box'->>'left')::double precision AS box_left,
                   (f.item->'box'->>'top')::double precision AS box_top, (f.item->'box'->>'width')::double precision AS box_width,
                   (f.item->'box'->>'height')::double precision AS box_height, f.item->>'note' AS note, r.reviewer, r.at
            FROM review r
            JOIN insight i ON i.id = r.insight_id
            JOIN job j ON j.id = i.job_id
            CROSS JOIN LATERAL jsonb_array_elements(r.fields) AS f(item);
            COMMENT ON VIEW reviews IS 'What people said of fields of insights: one row a field and review, never changed.';

            CREATE VIEW insights_reviewed AS
            SELECT i.id AS insight_id, j.job_id AS job, j.source, j.media_kind, i.task_name AS task, i.task_version, i.model,
                   s.number AS segment, s.kind, s.page, s.start_seconds, s.end_seconds,
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
                SELECT a.insight, a.revision, a.reviewer, a.at FROM review a WHERE a.insight_id = i.id ORDER BY a.revision DESC LIMIT 1) r ON true;
            COMMENT ON VIEW insights_reviewed IS 'Insights with the corrections of all reviews; model_insight is the answer as the model gave it.';

            CREATE VIEW documents AS
            SELECT d.sha256, d.job, d.source, d.file_name, d.corpus, d.media_kind, d.media_type, d.bytes, d.pages, d.seconds, d.width, d.height,
                   d.taken_at, d.latitude, d.longitude, d.task, d.task_version, d.model, d.insight_id, d.insight, d.language, d.answered_at
            FROM (
                SELECT j.media_sha256 AS sha256, j.job_id AS job, j.source, regexp_replace(j.source, '^.*[/\\]', '') AS file_name, c.corpus,
                       j.media_kind, j.media #>> '{mediaType}' AS media_type, (j.media #>> '{lengthBytes}')::bigint AS bytes,
                       (j.media #>> '{pageCount}')::bigint AS pages, (j.media #>> '{durationSeconds}')::double precision AS seconds,
                       (j.media #>> '{width}')::bigint AS width, (j.media #>> '{height}')::bigint AS height,
                       j.media #>> '{capture,takenAt}' AS taken_at, (j.media #>> '{capture,latitude}')::double precision AS latitude,
                       (j.media #>> '{capture,longitude}')::double precision AS longitude,
                       i.task_name AS task, i.task_version, i.model, i.id AS insight_id, COALESCE(r.insight, i.insight) AS insight,
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
            COMMENT ON VIEW documents IS
                'One row a media item, by its content, with its latest answer: the synthesis, or the insight of its only segment.';
            """);

        private static void DropViews(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            DROP VIEW documents;
            DROP VIEW insights_reviewed;
            DROP VIEW reviews;
            """);
    }
}
