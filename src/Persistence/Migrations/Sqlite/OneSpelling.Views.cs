using Microsoft.EntityFrameworkCore.Migrations;

namespace Qwen35Batch.Persistence.Migrations.Sqlite
{
    // Written by hand: what analysts read, with the names of states, kinds and reasons as in every exported record (page,
    // completedWithGaps).
    // The view of fields has its job's id in lower case, as the others.
    public partial class OneSpelling
    {
        private static void SpellViews(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(Views(Spelled, "lower(j.job_id)"));

        private static void UnspellViews(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(Views(column => column, "j.job_id"));

        private static string Spelled(string column) => $"lower(substr({column}, 1, 1)) || substr({column}, 2)";

        private static string Views(Func<string, string> spelled, string job) => $$"""
            DROP VIEW counts;
            DROP VIEW documents;
            DROP VIEW insights_reviewed;
            DROP VIEW fields;
            DROP VIEW media;
            DROP VIEW failures;
            DROP VIEW usage;
            DROP VIEW insights;
            DROP VIEW segments;
            DROP VIEW jobs;

            CREATE VIEW jobs AS
            SELECT lower(j.job_id) AS job, j.source, COALESCE(j.task_name, j.requested_task) AS task, j.task_version,
                   {{spelled("j.media_kind")}} AS media_kind, {{spelled("j.state")}} AS state, {{spelled("j.reason")}} AS reason, j.detail,
                   j.priority, j.correlation_id, r.corpus, r.run_date AS corpus_date,
                   j.planned, j.done, j.failed, j.quarantined, j.cancelled,
                   j.input_tokens, j.output_tokens, j.pictures, j.model_milliseconds / 1000.0 AS model_seconds,
                   j.created_at, j.planned_at, j.finished_at,
                   round((julianday(j.finished_at) - julianday(j.created_at)) * 86400.0, 3) AS seconds,
                   lower(a.job_id) AS archive
            FROM job j LEFT JOIN corpus_run r ON r.id = j.corpus_run_id LEFT JOIN job a ON a.id = j.archive_id;

            CREATE VIEW segments AS
            SELECT lower(j.job_id) AS job, j.source, j.task_name AS task, j.task_version, s.number AS segment,
                   {{spelled("s.kind")}} AS kind, s.page, s.start_seconds, s.end_seconds,
                   {{spelled("s.state")}} AS state, {{spelled("s.reason")}} AS reason, s.detail, s.raw_answer, s.attempt AS attempts,
                   s.crash_count AS crashes,
                   s.created_at, s.finished_at, round((julianday(s.finished_at) - julianday(s.created_at)) * 86400.0,
                   3) AS seconds,
                   s.has_gaps
            FROM segment s JOIN job j ON j.id = s.job_id;

            CREATE VIEW insights AS
            SELECT i.id AS insight_id, lower(j.job_id) AS job, j.source, {{spelled("j.media_kind")}} AS media_kind,
                   i.task_name AS task, i.task_version, i.model,
                   s.number AS segment, {{spelled("s.kind")}} AS kind, s.page, s.start_seconds, s.end_seconds, i.insight, i.note,
                   i.created_at,
                   u.input_tokens, u.output_tokens, u.pictures, u.model_milliseconds / 1000.0 AS model_seconds,
                   s.has_gaps
            FROM insight i JOIN job j ON j.id = i.job_id JOIN segment s ON s.id = i.segment_id JOIN insight_usage u ON u.insight_id = i.id;

            CREATE VIEW usage AS
            SELECT lower(j.job_id) AS job, j.source, {{spelled("j.media_kind")}} AS media_kind, i.task_name AS task, i.task_version,
                   i.model, s.number AS segment, {{spelled("s.kind")}} AS kind,
                   u.input_tokens, u.cached_input_tokens, u.output_tokens, u.pictures,
                   u.model_milliseconds / 1000.0 AS model_seconds, i.created_at
            FROM insight_usage u JOIN insight i ON i.id = u.insight_id JOIN job j ON j.id = i.job_id JOIN segment s ON s.id = i.segment_id;

            CREATE VIEW failures AS
            SELECT lower(j.job_id) AS job, j.source, j.task_name AS task, s.number AS segment, {{spelled("s.kind")}} AS kind,
                   s.page, s.start_seconds, s.end_seconds,
                   {{spelled("s.state")}} AS state, {{spelled("s.reason")}} AS reason, s.detail, s.raw_answer,
                   s.finished_at AS failed_at
            FROM segment s JOIN job j ON j.id = s.job_id
            WHERE s.state IN ('Failed', 'Quarantined')
            UNION ALL
            SELECT lower(j.job_id), j.source, COALESCE(j.task_name, j.requested_task), NULL, NULL, NULL, NULL, NULL,
                   {{spelled("j.state")}} AS state, {{spelled("j.reason")}} AS reason, j.detail, NULL, j.finished_at
            FROM job j
            WHERE j.planned = 0 AND j.state IN ('Rejected', 'Quarantined');

            CREATE VIEW media AS
            SELECT lower(j.job_id) AS job, j.source, {{spelled("j.media_kind")}} AS media_kind, json_extract(j.media,
                   '$.mediaType') AS media_type, j.media_sha256 AS sha256, json_extract(j.media, '$.lengthBytes') AS bytes,
                   json_extract(j.media, '$.width') AS width, json_extract(j.media, '$.height') AS height, json_extract(j.media,
                   '$.durationSeconds') AS seconds, json_extract(j.media, '$.pageCount') AS pages,
                   json_extract(j.media, '$.characterCount') AS characters, json_extract(j.media,
                   '$.capture.takenAt') AS taken_at, json_extract(j.media, '$.capture.camera') AS camera,
                   json_extract(j.media, '$.capture.latitude') AS latitude, json_extract(j.media,
                   '$.capture.longitude') AS longitude, json_extract(j.media, '$.capture.altitudeMetres') AS altitude_metres
            FROM job j WHERE j.media IS NOT NULL;

            CREATE VIEW fields AS
            WITH found AS (
                SELECT i.id AS insight_id, i.job_id, i.segment_id, i.task_name, i.task_version, i.model, i.number, i.insight,
                   i.created_at,
                       f.value AS item, json_extract(f.value, '$.pointer') AS pointer,
                       (WITH RECURSIVE walk(path, json_path, name, rest) AS (
                            SELECT '', '$', NULL, substr(json_extract(f.value, '$.pointer'), 2) || '/'
                            UNION ALL
                            SELECT path || CASE WHEN name IS NULL THEN '' WHEN name GLOB '*[^0-9]*' OR name = '' THEN '/' || name ELSE '/*' END,
                                   json_path || CASE
                                       WHEN name IS NULL THEN ''
                                       WHEN name GLOB '*[^0-9]*' OR name = ''
                                           THEN '."' || replace(replace(name, '~1', '/'), '~0', '~') || '"'
                                       ELSE '[' || name || ']' END,
                                   CASE WHEN rest = '' THEN NULL ELSE substr(rest, 1, instr(rest, '/') - 1) END,
                                   CASE WHEN rest = '' THEN NULL ELSE substr(rest, instr(rest, '/') + 1) END
                            FROM walk WHERE rest IS NOT NULL)
                        SELECT json_array(path, json_path) FROM walk WHERE rest IS NULL) AS paths
                FROM insight i, json_each(i.fields) f)
            SELECT f.insight_id, {{job}} AS job, j.source, f.task_name AS task, f.task_version, f.model, f.number AS segment,
                   f.pointer, json_extract(f.paths, '$[0]') AS path,
                   f.insight -> json_extract(f.paths, '$[1]') AS value, json_extract(f.insight, json_extract(f.paths,
                   '$[1]')) AS value_text,
                   json_extract(f.item, '$.probability') AS probability, json_extract(f.item, '$.band') AS band,
                   json_extract(f.item, '$.calibration') AS calibration, json_extract(f.item, '$.grounded') AS grounded,
                   json_extract(f.item, '$.signals.leastProbability') AS least_probability,
                   json_extract(f.item, '$.signals.firstProbability') AS first_probability,
                   json_extract(f.item, '$.signals.meanProbability') AS mean_probability,
                   json_extract(f.item, '$.signals.smallestMargin') AS smallest_margin,
                   json_extract(f.item, '$.signals.choices') AS choices,
                   COALESCE(c.page, s.page) AS page, c.box_left, c.box_top, c.box_width, c.box_height, c.address,
                   c.start_seconds, c.end_seconds,
                   c.method, c.matched, c.score, f.created_at
            FROM found f
            JOIN job j ON j.id = f.job_id
            JOIN segment s ON s.id = f.segment_id
            LEFT JOIN citation c ON c.insight_id = f.insight_id AND c.position = json_extract(f.item, '$.citations[0]');

            CREATE VIEW insights_reviewed AS
            SELECT i.id AS insight_id, lower(j.job_id) AS job, j.source, {{spelled("j.media_kind")}} AS media_kind,
                   i.task_name AS task, i.task_version, i.model,
                   s.number AS segment, {{spelled("s.kind")}} AS kind, s.page, s.start_seconds, s.end_seconds,
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
            SELECT d.sha256, d.job, d.source, d.file_name, d.corpus, d.media_kind, d.media_type, d.bytes, d.pages, d.seconds,
                   d.width, d.height,
                   d.taken_at, d.latitude, d.longitude, d.task, d.task_version, d.model, d.insight_id, d.insight, d.language,
                   d.answered_at
            FROM (
                SELECT j.media_sha256 AS sha256, lower(j.job_id) AS job, j.source,
                       replace(j.source, rtrim(j.source, replace(replace(j.source, '/', ''), '\', '')), '') AS file_name,
                       c.corpus,
                       {{spelled("j.media_kind")}} AS media_kind, json_extract(j.media, '$.mediaType') AS media_type,
                       json_extract(j.media, '$.lengthBytes') AS bytes,
                       json_extract(j.media, '$.pageCount') AS pages, json_extract(j.media, '$.durationSeconds') AS seconds,
                       json_extract(j.media, '$.width') AS width, json_extract(j.media, '$.height') AS height,
                       json_extract(j.media, '$.capture.takenAt') AS taken_at, json_extract(j.media,
                       '$.capture.latitude') AS latitude,
                       json_extract(j.media, '$.capture.longitude') AS longitude,
                       i.task_name AS task, i.task_version, i.model, i.id AS insight_id, COALESCE(r.insight,
                       i.insight) AS insight,
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

            CREATE VIEW counts AS
            SELECT k.subject, {{spelled("k.name")}} AS name, c.corpus, c.run_date, k.change AS count
            FROM ledger_count k LEFT JOIN corpus_run c ON c.id = k.corpus_run_id WHERE k.change <> 0;
            """;
    }
}
