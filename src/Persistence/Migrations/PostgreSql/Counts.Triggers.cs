using Microsoft.EntityFrameworkCore.Migrations;

namespace Qwen35Batch.Persistence.Migrations.PostgreSql
{
    // Written by hand. Each change of a state is a row, which nobody waits for; ReapAsync adds them up. The triggers come first: they lock
    // the tables, so that nothing is missed between the first count and them.
    public partial class Counts
    {
        internal const string TriggersByRow = """
            CREATE FUNCTION count_job() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP <> 'INSERT' THEN
                    INSERT INTO ledger_count VALUES ('job', OLD.state, COALESCE(OLD.corpus_run_id, 0), -1);
                    IF OLD.planned = 0 AND OLD.state IN ('Rejected', 'Quarantined') THEN
                        INSERT INTO ledger_count VALUES ('failure', COALESCE(OLD.reason, ''), 0, -1);
                    END IF;
                END IF;
                IF TG_OP <> 'DELETE' THEN
                    INSERT INTO ledger_count VALUES ('job', NEW.state, COALESCE(NEW.corpus_run_id, 0), 1);
                    IF NEW.planned = 0 AND NEW.state IN ('Rejected', 'Quarantined') THEN
                        INSERT INTO ledger_count VALUES ('failure', COALESCE(NEW.reason, ''), 0, 1);
                    END IF;
                END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER count_job AFTER INSERT OR DELETE ON job FOR EACH ROW EXECUTE FUNCTION count_job();
            CREATE TRIGGER count_job_change AFTER UPDATE ON job FOR EACH ROW
            WHEN (OLD.state <> NEW.state OR OLD.reason IS DISTINCT FROM NEW.reason OR (OLD.planned = 0) <> (NEW.planned = 0)
                OR OLD.corpus_run_id IS DISTINCT FROM NEW.corpus_run_id)
            EXECUTE FUNCTION count_job();

            CREATE FUNCTION count_segment() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP <> 'INSERT' THEN
                    INSERT INTO ledger_count VALUES ('segment', OLD.state, 0, -1);
                    IF OLD.state IN ('Failed', 'Quarantined') THEN
                        INSERT INTO ledger_count VALUES ('failure', COALESCE(OLD.reason, ''), 0, -1);
                    END IF;
                END IF;
                IF TG_OP <> 'DELETE' THEN
                    INSERT INTO ledger_count VALUES ('segment', NEW.state, 0, 1);
                    IF NEW.state IN ('Failed', 'Quarantined') THEN
                        INSERT INTO ledger_count VALUES ('failure', COALESCE(NEW.reason, ''), 0, 1);
                    END IF;
                END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER count_segment AFTER INSERT OR DELETE ON segment FOR EACH ROW EXECUTE FUNCTION count_segment();
            CREATE TRIGGER count_segment_change AFTER UPDATE ON segment FOR EACH ROW
            WHEN (OLD.state <> NEW.state OR OLD.reason IS DISTINCT FROM NEW.reason)
            EXECUTE FUNCTION count_segment();
            """;

        private static void CreateTriggers(MigrationBuilder migrationBuilder) => migrationBuilder.Sql($"""
            CREATE TABLE ledger_count (subject text NOT NULL, name text NOT NULL, corpus_run_id bigint NOT NULL, change bigint NOT NULL);
            COMMENT ON TABLE ledger_count IS
                'Jobs, segments and failures by state and reason: add up change. Kept by triggers; see the view counts.';

            {TriggersByRow}

            INSERT INTO ledger_count SELECT 'job', state, COALESCE(corpus_run_id, 0), count(*) FROM job GROUP BY 2, 3;
            INSERT INTO ledger_count SELECT 'segment', state, 0, count(*) FROM segment GROUP BY 2;
            INSERT INTO ledger_count SELECT 'failure', COALESCE(reason, ''), 0, count(*) FROM job
                WHERE planned = 0 AND state IN ('Rejected', 'Quarantined') GROUP BY 2;
            INSERT INTO ledger_count SELECT 'failure', COALESCE(reason, ''), 0, count(*) FROM segment
                WHERE state IN ('Failed', 'Quarantined') GROUP BY 2;

            CREATE VIEW counts AS
            SELECT k.subject, lower(left(k.name, 1)) || substr(k.name, 2) AS name, c.corpus, c.run_date, sum(k.change)::bigint AS count
            FROM ledger_count k LEFT JOIN corpus_run c ON c.id = k.corpus_run_id
            GROUP BY k.subject, k.name, c.corpus, c.run_date HAVING sum(k.change) <> 0;
            COMMENT ON VIEW counts IS
                'Jobs (by corpus and date of its run) and segments by state, failures by reason: at once, however large the ledger.';
            """);

        private static void DropTriggers(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            DROP VIEW counts;
            DROP TRIGGER count_job ON job;
            DROP TRIGGER count_job_change ON job;
            DROP TRIGGER count_segment ON segment;
            DROP TRIGGER count_segment_change ON segment;
            DROP FUNCTION count_job();
            DROP FUNCTION count_segment();
            DROP TABLE ledger_count;
            """);
    }
}
