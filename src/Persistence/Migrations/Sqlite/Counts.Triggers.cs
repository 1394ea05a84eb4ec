using Microsoft.EntityFrameworkCore.Migrations;

namespace Qwen35Batch.Persistence.Migrations.Sqlite
{
    // Written by hand. A migration that makes job or segment anew drops their triggers, and has to create them again.
    public partial class Counts
    {
        private const string SegmentChanges = "OLD.state <> NEW.state OR OLD.reason IS NOT NEW.reason";

        private const string JobChanges = SegmentChanges
            + " OR (OLD.planned = 0) <> (NEW.planned = 0) OR OLD.corpus_run_id IS NOT NEW.corpus_run_id";

        private static void CreateTriggers(MigrationBuilder migrationBuilder) => migrationBuilder.Sql($"""
            CREATE TABLE ledger_count (
                subject TEXT NOT NULL, name TEXT NOT NULL, corpus_run_id INTEGER NOT NULL, change INTEGER NOT NULL,
                PRIMARY KEY (subject, name, corpus_run_id)) WITHOUT ROWID;

            CREATE TRIGGER count_job_new AFTER INSERT ON job BEGIN {Job("NEW", 1)} END;
            CREATE TRIGGER count_job_gone AFTER DELETE ON job BEGIN {Job("OLD", -1)} END;
            CREATE TRIGGER count_job_change AFTER UPDATE ON job WHEN {JobChanges} BEGIN {Job("OLD", -1)} {Job("NEW", 1)} END;
            CREATE TRIGGER count_segment_new AFTER INSERT ON segment BEGIN {Segment("NEW", 1)} END;
            CREATE TRIGGER count_segment_gone AFTER DELETE ON segment BEGIN {Segment("OLD", -1)} END;
            CREATE TRIGGER count_segment_change AFTER UPDATE ON segment WHEN {SegmentChanges}
            BEGIN {Segment("OLD", -1)} {Segment("NEW", 1)} END;

            INSERT INTO ledger_count SELECT 'job', state, COALESCE(corpus_run_id, 0), count(*) FROM job GROUP BY 2, 3;
            INSERT INTO ledger_count SELECT 'segment', state, 0, count(*) FROM segment GROUP BY 2;
            INSERT INTO ledger_count
            SELECT 'failure', reason, 0, count(*) FROM (
                SELECT COALESCE(reason, '') AS reason FROM job WHERE planned = 0 AND state IN ('Rejected', 'Quarantined')
                UNION ALL
                SELECT COALESCE(reason, '') FROM segment WHERE state IN ('Failed', 'Quarantined')) GROUP BY 2;

            CREATE VIEW counts AS
            SELECT k.subject, lower(substr(k.name, 1, 1)) || substr(k.name, 2) AS name, c.corpus, c.run_date, k.change AS count
            FROM ledger_count k LEFT JOIN corpus_run c ON c.id = k.corpus_run_id WHERE k.change <> 0;
            """);

        private static void DropTriggers(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            DROP VIEW counts;
            DROP TRIGGER count_job_new;
            DROP TRIGGER count_job_gone;
            DROP TRIGGER count_job_change;
            DROP TRIGGER count_segment_new;
            DROP TRIGGER count_segment_gone;
            DROP TRIGGER count_segment_change;
            DROP TABLE ledger_count;
            """);

        private static string Job(string row, int change) =>
            Add("job", $"{row}.state", $"COALESCE({row}.corpus_run_id, 0)", change, "true")
            + Add(
                "failure", $"COALESCE({row}.reason, '')", "0", change,
                $"{row}.planned = 0 AND {row}.state IN ('Rejected', 'Quarantined')");

        private static string Segment(string row, int change) => Add("segment", $"{row}.state", "0", change, "true")
            + Add("failure", $"COALESCE({row}.reason, '')", "0", change, $"{row}.state IN ('Failed', 'Quarantined')");

        private static string Add(string subject, string name, string run, int change, string when) =>
            $"INSERT INTO ledger_count SELECT '{subject}', {name}, {run}, {change} WHERE {when} "
                + "ON CONFLICT (subject, name, corpus_run_id) DO UPDATE SET change = change + excluded.change; ";
    }
}
