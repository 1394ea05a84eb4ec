using Microsoft.EntityFrameworkCore.Migrations;

namespace Qwen35Batch.Persistence.Migrations.PostgreSql
{
    // Written by hand. Jobs come in groups, and so do their changes: a statement writes what it changes of the counts, and not each row.
    // All of it locks the table first, so that nothing is missed or counted twice between two kinds of triggers.
    public partial class FewerIndexEntries
    {
        private const string Failed = "planned = 0 AND state IN ('Rejected', 'Quarantined')";
        private const string FailedSegment = "state IN ('Failed', 'Quarantined')";

        private static void CountByStatement(MigrationBuilder migrationBuilder) => migrationBuilder.Sql($"""
            LOCK TABLE job, segment IN SHARE ROW EXCLUSIVE MODE;
            DROP TRIGGER count_job ON job;
            DROP TRIGGER count_job_change ON job;
            DROP TRIGGER count_segment ON segment;
            DROP TRIGGER count_segment_change ON segment;
            DROP FUNCTION count_job();
            DROP FUNCTION count_segment();

            {Function("job", "COALESCE(corpus_run_id, 0)", Failed)}
            {Function("segment", "0", FailedSegment)}
            {Triggers("job")}
            {Triggers("segment")}
            """);

        private static void CountByRow(MigrationBuilder migrationBuilder) => migrationBuilder.Sql($"""
            LOCK TABLE job, segment IN SHARE ROW EXCLUSIVE MODE;
            {DropTriggers("job")}
            {DropTriggers("segment")}
            {Counts.TriggersByRow}
            """);

        private static string Function(string table, string run, string failed) => $"""
            CREATE FUNCTION count_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'INSERT' THEN
                    INSERT INTO ledger_count
                    SELECT * FROM ({Changes(table, "new_rows", run, failed, 1)}) change;
                ELSIF TG_OP = 'DELETE' THEN
                    INSERT INTO ledger_count
                    SELECT * FROM ({Changes(table, "old_rows", run, failed, -1)}) change;
                ELSE
                    INSERT INTO ledger_count
                    SELECT subject, name, run, sum(change) FROM (
                        {Changes(table, "new_rows", run, failed, 1)}
                        UNION ALL
                        {Changes(table, "old_rows", run, failed, -1)}) change
                    GROUP BY subject, name, run HAVING sum(change) <> 0;
                END IF;
                RETURN NULL;
            END $$;
            """;

        private static string Changes(string table, string rows, string run, string failed, int sign) => $"""
            SELECT '{table}' AS subject, state AS name, {run} AS run, {sign} * count(*) AS change FROM {rows} GROUP BY 2, 3
            UNION ALL
            SELECT 'failure', COALESCE(reason, ''), 0, {sign} * count(*) FROM {rows} WHERE {failed} GROUP BY 2
            """;

        private static string Triggers(string table) => $"""
            CREATE TRIGGER count_{table}_new AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION count_{table}();
            CREATE TRIGGER count_{table}_gone AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
            FOR EACH STATEMENT EXECUTE FUNCTION count_{table}();
            CREATE TRIGGER count_{table}_change AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION count_{table}();
            """;

        private static string DropTriggers(string table) => $"""
            DROP TRIGGER count_{table}_new ON {table};
            DROP TRIGGER count_{table}_gone ON {table};
            DROP TRIGGER count_{table}_change ON {table};
            DROP FUNCTION count_{table}();
            """;
    }
}
