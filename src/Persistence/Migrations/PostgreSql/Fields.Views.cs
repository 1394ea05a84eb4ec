using Microsoft.EntityFrameworkCore.Migrations;

namespace Qwen35Batch.Persistence.Migrations.PostgreSql
{
    // Written by hand: what analysts read. The tables may change beneath; these names and columns may only grow.
    public partial class Fields
    {
        private const string OldCitations = """
            CREATE VIEW citations AS
            SELECT c.insight_id, j.job_id AS job, j.source, i.number AS segment, c.position, c.field, c.segment AS cited_segment, c.page,
                   c.start_seconds, c.end_seconds, c.frame_seconds, c.box_left, c.box_top, c.box_width, c.box_height, c.picture_sha256
            FROM citation c JOIN insight i ON i.id = c.insight_id JOIN job j ON j.id = i.job_id;
            """;

        private static void CreateViews(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            DROP VIEW citations;

            CREATE VIEW citations AS
            SELECT c.insight_id, j.job_id AS job, j.source, i.number AS segment, c.position, c.field, c.segment AS cited_segment, c.page,
                   c.start_seconds, c.end_seconds, c.frame_seconds, c.box_left, c.box_top, c.box_width, c.box_height, c.picture_sha256,
                   c.method, c.matched, c.score, c.address, c.places
            FROM citation c JOIN insight i ON i.id = c.insight_id JOIN job j ON j.id = i.job_id;

            CREATE VIEW fields AS
            SELECT i.id AS insight_id, j.job_id AS job, j.source, i.task_name AS task, i.task_version, i.model, i.number AS segment,
                   f.item->>'pointer' AS pointer, regexp_replace(f.item->>'pointer', '/[0-9]+(?=/|$)', '/*', 'g') AS path,
                   i.insight #> p.names AS value, i.insight #>> p.names AS value_text,
                   (f.item->>'probability')::double precision AS probability, f.item->>'band' AS band, f.item->>'calibration' AS calibration,
                   (f.item->>'grounded')::boolean AS grounded,
                   (f.item->'signals'->>'leastProbability')::double precision AS least_probability,
                   (f.item->'signals'->>'firstProbability')::double precision AS first_probability,
                   (f.item->'signals'->>'meanProbability')::double precision AS mean_probability,
                   (f.item->'signals'->>'smallestMargin')::double precision AS smallest_margin,
                   (f.item->'signals'->>'choices')::integer AS choices,
                   COALESCE(c.page, s.page) AS page, c.box_left, c.box_top, c.box_width, c.box_height, c.address, c.start_seconds, c.end_seconds,
                   c.method, c.matched, c.score, i.created_at
            FROM insight i
            JOIN job j ON j.id = i.job_id
            JOIN segment s ON s.id = i.segment_id
            CROSS JOIN LATERAL jsonb_array_elements(i.fields) AS f(item)
            CROSS JOIN LATERAL (
                SELECT array_agg(replace(replace(n.name, '~1', '/'), '~0', '~') ORDER BY n.number) AS names
                FROM unnest(string_to_array(substr(f.item->>'pointer', 2), '/')) WITH ORDINALITY AS n(name, number)) p
            LEFT JOIN citation c ON c.insight_id = i.id AND c.position = (f.item->'citations'->>0)::integer;
            """);

        private static void DropViews(MigrationBuilder migrationBuilder) => migrationBuilder.Sql($"""
            DROP VIEW fields;
            DROP VIEW citations;

            {OldCitations}
            """);
    }
}
