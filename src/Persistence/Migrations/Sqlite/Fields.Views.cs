using Microsoft.EntityFrameworkCore.Migrations;

namespace Qwen35Batch.Persistence.Migrations.Sqlite
{
    // Written by hand: what analysts read. The tables may change beneath; these names and columns may only grow.
    public partial class Fields
    {
        private const string OldCitations = """
            CREATE VIEW citations AS
            SELECT c.insight_id, lower(j.job_id) AS job, j.source, i.number AS segment, c.position, c.field, c.segment AS cited_segment, c.page,
                   c.start_seconds, c.end_seconds, c.frame_seconds, c.box_left, c.box_top, c.box_width, c.box_height, c.picture_sha256
            FROM citation c JOIN insight i ON i.id = c.insight_id JOIN job j ON j.id = i.job_id;
            """;

        // A JSON pointer becomes a path of SQLite's, name by name; a name of digits is an index.
        private static void CreateViews(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            DROP VIEW citations;

            CREATE VIEW citations AS
            SELECT c.insight_id, lower(j.job_id) AS job, j.source, i.number AS segment, c.position, c.field, c.segment AS cited_segment, c.page,
                   c.start_seconds, c.end_seconds, c.frame_seconds, c.box_left, c.box_top, c.box_width, c.box_height, c.picture_sha256,
                   c.method, c.matched, c.score, c.address, c.places
            FROM citation c JOIN insight i ON i.id = c.insight_id JOIN job j ON j.id = i.job_id;

            CREATE VIEW fields AS
            WITH found AS (
                SELECT i.id AS insight_id, i.job_id, i.segment_id, i.task_name, i.task_version, i.model, i.number, i.insight, i.created_at,
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
            SELECT f.insight_id, j.job_id AS job, j.source, f.task_name AS task, f.task_version, f.model, f.number AS segment,
                   f.pointer, json_extract(f.paths, '$[0]') AS path,
                   f.insight -> json_extract(f.paths, '$[1]') AS value, json_extract(f.insight, json_extract(f.paths, '$[1]')) AS value_text,
                   json_extract(f.item, '$.probability') AS probability, json_extract(f.item, '$.band') AS band,
                   json_extract(f.item, '$.calibration') AS calibration, json_extract(f.item, '$.grounded') AS grounded,
                   json_extract(f.item, '$.signals.leastProbability') AS least_probability,
                   json_extract(f.item, '$.signals.firstProbability') AS first_probability,
                   json_extract(f.item, '$.signals.meanProbability') AS mean_probability,
                   json_extract(f.item, '$.signals.smallestMargin') AS smallest_margin,
                   json_extract(f.item, '$.signals.choices') AS choices,
                   COALESCE(c.page, s.page) AS page, c.box_left, c.box_top, c.box_width, c.box_height, c.address, c.start_seconds, c.end_seconds,
                   c.method, c.matched, c.score, f.created_at
            FROM found f
            JOIN job j ON j.id = f.job_id
            JOIN segment s ON s.id = f.segment_id
            LEFT JOIN citation c ON c.insight_id = f.insight_id AND c.position = json_extract(f.item, '$.citations[0]');
            """);

        private static void DropViews(MigrationBuilder migrationBuilder) => migrationBuilder.Sql($"""
            DROP VIEW fields;
            DROP VIEW citations;

            {OldCitations}
            """);
    }
}
