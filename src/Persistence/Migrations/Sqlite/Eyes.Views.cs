using Microsoft.EntityFrameworkCore.Migrations;

namespace Qwen35Batch.Persistence.Migrations.Sqlite
{
    // Written by hand: what analysts read. The tables may change beneath; these names and columns may only grow. And the index of terms,
    // which is a virtual table: it keeps no text of its own, and no places of terms.
    public partial class Eyes
    {
        private static void CreateViews(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            CREATE VIRTUAL TABLE insight_terms
            USING fts5(terms, content='', contentless_delete=1, detail='none', tokenize="ascii tokenchars '_='");

            CREATE TRIGGER insight_terms_gone AFTER DELETE ON insight
            BEGIN DELETE FROM insight_terms WHERE rowid = old.id; END;

            CREATE VIEW reviews AS
            SELECT r.id AS review_id, r.insight_id, lower(j.job_id) AS job, j.source, i.task_name AS task, i.task_version, i.model,
                   i.number AS segment, r.revision, json_extract(f.value, '$.pointer') AS pointer, json_extract(f.value, '$.verdict') AS verdict,
                   f.value -> '$.value' AS value, json_extract(f.value, '$.page') AS page, json_extract(f.value, '$.box.left') AS box_left,
                   json_extract(f.value, '$.box.top') AS box_top, json_extract(f.value, '$.box.width') AS box_width,
                   json_extract(f.value, '$.box.height') AS box_height, json_extract(f.value, '$.note') AS note, r.reviewer, r.at
            FROM review r JOIN insight i ON i.id = r.insight_id JOIN job j ON j.id = i.job_id, json_each(r.fields) f;

            CREATE VIEW insights_reviewed AS
            SELECT i.id AS insight_id, lower(j.job_id) AS job, j.source, j.media_kind, i.task_name AS task, i.task_version, i.model,
                   s.number AS segment, s.kind, s.page, s.start_seconds, s.end_seconds,
                   COALESCE(r.insight, i.insight) AS insight, i.insight AS model_insight, COALESCE(r.revision, 0) AS revision,
                   r.reviewer, r.at AS reviewed_at,
                   (SELECT json_group_array(DISTINCT json_extract(f.value, '$.pointer')) FROM review a, json_each(a.fields) f
                    WHERE a.insight_id = i.id HAVING count(*) > 0) AS reviewed_fields,
                   i.note, i.created_at
            FROM insight i
            JOIN job j ON j.id = i.job_id
            JOIN segment s ON s.id = i.segment_id
            LEFT JOIN review r ON r.insight_id = i.id
                AND r.revision = (SELECT max(a.revision) FROM review a WHERE a.insight_id = i.id);

            CREATE VIEW documents AS
            SELECT d.sha256, d.job, d.source, d.file_name, d.corpus, d.media_kind, d.media_type, d.bytes, d.pages, d.seconds, d.width, d.height,
                   d.taken_at, d.latitude, d.longitude, d.task, d.task_version, d.model, d.insight_id, d.insight, d.language, d.answered_at
            FROM (
                SELECT j.media_sha256 AS sha256, lower(j.job_id) AS job, j.source,
                       replace(j.source, rtrim(j.source, replace(replace(j.source, '/', ''), '\', '')), '') AS file_name, c.corpus,
                       j.media_kind, json_extract(j.media, '$.mediaType') AS media_type, json_extract(j.media, '$.lengthBytes') AS bytes,
                       json_extract(j.media, '$.pageCount') AS pages, json_extract(j.media, '$.durationSeconds') AS seconds,
                       json_extract(j.media, '$.width') AS width, json_extract(j.media, '$.height') AS height,
                       json_extract(j.media, '$.capture.takenAt') AS taken_at, json_extract(j.media, '$.capture.latitude') AS latitude,
                       json_extract(j.media, '$.capture.longitude') AS longitude,
                       i.task_name AS task, i.task_version, i.model, i.id AS insight_id, COALESCE(r.insight, i.insight) AS insight,
                       json_extract(COALESCE(r.insight, i.insight), '$.language') AS language, i.created_at AS answered_at,
                       row_number() OVER (PARTITION BY j.media_sha256 ORDER BY i.id DESC NULLS LAST, j.id DESC) AS place
                FROM job j
                LEFT JOIN corpus_run c ON c.id = j.corpus_run_id
                LEFT JOIN segment s ON s.job_id = j.id AND (s.kind = 'Synthesis' OR j.planned = 1)
                LEFT JOIN insight i ON i.segment_id = s.id
                LEFT JOIN review r ON r.insight_id = i.id
                    AND r.revision = (SELECT max(a.revision) FROM review a WHERE a.insight_id = i.id)
                WHERE j.media_sha256 IS NOT NULL) d
            WHERE d.place = 1;
            """);

        private static void DropViews(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            DROP VIEW documents;
            DROP VIEW insights_reviewed;
            DROP VIEW reviews;
            DROP TRIGGER insight_terms_gone;
            DROP TABLE insight_terms;
            """);
    }
}
