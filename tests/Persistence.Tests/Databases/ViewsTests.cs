using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Databases;

/// <summary>Asks what an analyst would ask.</summary>
public abstract class ViewsTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    [Fact]
    public async Task Insights_with_their_source_page_and_tokens()
    {
        await PlannedJobAsync(2, source: "/media/a.pdf");
        await FinishOneAsync(Completed());

        Assert.Equal("/media/a.pdf|pdf|describe|0123456789ab|nano@1|0|page|1|100|10", await Fixture.AskAsync("""
            SELECT source || '|' || media_kind || '|' || task || '|' || task_version || '|' || model || '|' || segment || '|' || kind
                || '|' || page || '|' || input_tokens || '|' || output_tokens FROM insights
            """));
    }

    [Fact]
    public async Task What_was_not_read_whole()
    {
        await PlannedJobAsync(2);
        await FinishOneAsync((StageOutcome.Completed)Completed() with { HasGaps = true });
        await FinishOneAsync(Completed());

        Assert.Equal("1", await Fixture.AskAsync("SELECT count(*) FROM segments WHERE has_gaps"));
        Assert.Equal("0", await Fixture.AskAsync("SELECT segment FROM insights WHERE has_gaps"));
        Assert.Equal("1", await Fixture.AskAsync("SELECT count(*) FROM jobs WHERE state = 'completedWithGaps' AND archive IS NULL"));
    }

    [Fact]
    public async Task Media_with_their_size()
    {
        var id = await PlannedJobAsync(1, source: "/media/a.pdf");

        Assert.Equal($"{id}|/media/a.pdf|pdf", await Fixture.AskAsync(
            "SELECT job || '|' || source || '|' || media_kind FROM media WHERE bytes > 0 AND media_type IS NOT NULL AND taken_at IS NULL"));
    }

    [Fact]
    public async Task Jobs_with_their_state_and_times()
    {
        var id = await PlannedJobAsync(2, source: "/media/a.pdf");
        await FinishOneAsync(Completed());
        await FinishOneAsync(Rejected());

        Assert.Equal($"{id}|completedWithGaps|2|1|1", await Fixture.AskAsync(
            "SELECT job || '|' || state || '|' || planned || '|' || done || '|' || failed FROM jobs WHERE seconds >= 0 AND finished_at >= "
                + "created_at"));
    }

    [Fact]
    public async Task Segments_and_failures_with_their_reasons()
    {
        await PlannedJobAsync(1);
        await FinishOneAsync(Rejected(RejectionReason.TimedOut));
        await Ledger.Submissions.SubmitAsync(Submission("/media/none.pdf"), Token);
        var claim = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
        await Ledger.Queue.RecordPlanAsync(
            claim, new StageOutcome.Rejected(RejectionReason.SourceNotFound, "There is no /media/none.pdf."), Token);

        Assert.Equal("failed|timedOut|1", await Fixture.AskAsync("SELECT state || '|' || reason || '|' || attempts FROM segments"));
        Assert.Equal("2", await Fixture.AskAsync("SELECT count(*) FROM failures WHERE reason IN ('timedOut', 'sourceNotFound')"));
        Assert.Equal("describe", await Fixture.AskAsync("SELECT task FROM failures WHERE segment IS NULL"));
    }

    [Fact]
    public async Task Usage_summed_by_model_and_citations_joined_to_insights()
    {
        await PlannedJobAsync(3);
        await FinishOneAsync(Completed());
        await FinishOneAsync(Completed());
        await FinishOneAsync(Completed(model: "qwen@2"));

        Assert.Equal("200", await Fixture.AskAsync("SELECT sum(input_tokens) FROM usage GROUP BY model HAVING model = 'nano@1'"));
        Assert.Equal(
            "3",
            await Fixture.AskAsync(
                "SELECT count(*) FROM insights JOIN citations USING (insight_id) WHERE citations.page = 1 AND box_left < 0.2"));
    }

    [Fact]
    public async Task Fields_with_their_values_and_places()
    {
        var outcome = (StageOutcome.Completed)Completed("""{"totals":[{"a/b~c":12980,"sure":true},{"a/b~c":null}],"title":"請求書"}""");
        await PlannedJobAsync(1, source: "/media/a.pdf");
        await FinishOneAsync(outcome with
        {
            Citations =
            [
                .. outcome.Citations,
                new()
                {
                    Field = "/totals/0/a~1b~0c",
                    Page = 7,
                    Box = new(0.5, 0.25, 0.125, 0.0625),
                    Boxes = [new(0.5, 0.25, 0.125, 0.0625), new(0.5, 0.375, 0.125, 0.0625)],
                    Lines = [new(3, 4, 10)],
                    Address = "'Sales'!B7",
                    Method = CitationMethod.TextLayer,
                    Matched = "￥12,980",
                    Score = 0.75,
                },
            ],
            Fields =
            [
                new()
                {
                    Pointer = "/totals/0/a~1b~0c",
                    Probability = 0.875,
                    Band = ConfidenceBand.Medium,
                    Grounded = true,
                    Signals = new() { LeastProbability = 0.5, SmallestMargin = 0.25, Choices = 5 },
                    Citations = [1],
                },
                new() { Pointer = "/totals/0/sure" },
                new() { Pointer = "/totals/1/a~1b~0c" },
                new() { Pointer = "/title", Grounded = false },
            ],
        });

        Assert.Equal("12980|0.875|medium|0.5|5|7|0.125|text-layer|￥12,980|'Sales'!B7", await Fixture.AskAsync("""
            SELECT value_text || '|' || probability || '|' || band || '|' || least_probability || '|' || choices || '|' || page
                || '|' || box_width || '|' || method || '|' || matched || '|' || address
            FROM fields WHERE path = '/totals/*/a~1b~0c' AND grounded
            """));
        Assert.Equal("1", await Fixture.AskAsync("SELECT count(*) FROM fields WHERE NOT grounded AND value_text = '請求書' AND page = 1"));
        Assert.Equal("2", await Fixture.AskAsync("SELECT count(*) FROM fields WHERE path = '/totals/*/a~1b~0c'"));
        Assert.Equal("2", await Fixture.AskAsync("SELECT count(*) FROM fields WHERE grounded IS NULL AND probability IS NULL"));
        var record = Assert.Single(await Ledger.Reading.ExportAsync(JobFilter.All, Token).ToListAsync(Token));
        Assert.Equal([true, null, null, false], record.Fields.Select(field => field.Grounded));
        Assert.Equal(0.25, record.Fields[0].Signals!.SmallestMargin);
        var place = record.Citations[record.Fields[0].Citations[0]];
        Assert.Equal((CitationMethod.TextLayer, 0.75, 2), (place.Method!.Value, place.Score!.Value, place.Boxes!.Count));
        Assert.Equal([new TextRange(3, 4, 10)], place.Lines!);
    }

    [Fact]
    public async Task An_insight_from_before_fields_had_places_is_exported()
    {
        await PlannedJobAsync(1);
        await FinishOneAsync(Completed());

        Assert.Equal("1", await Fixture.AskAsync("SELECT count(*) FROM insight WHERE fields IS NULL"));
        var record = Assert.Single(await Ledger.Reading.ExportAsync(JobFilter.All, Token).ToListAsync(Token));
        Assert.Empty(record.Fields);
        Assert.Equal(new Box(0.1, 0.2, 0.3, 0.4), Assert.Single(record.Citations).Box);
        Assert.Equal("0", await Fixture.AskAsync("SELECT count(*) FROM fields"));
    }

    public sealed class OnSqlite(SqliteFixture fixture) : ViewsTests(fixture), IClassFixture<SqliteFixture>
    {
        [Fact]
        public async Task The_insight_is_JSON()
        {
            await PlannedJobAsync(1);
            await FinishOneAsync(Completed());

            Assert.Equal("a cat", await Fixture.AskAsync("SELECT insight ->> 'summary' FROM insights"));
        }
    }

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : ViewsTests(fixture), IClassFixture<PostgreSqlFixture>
    {
        [Fact]
        public async Task The_insight_is_jsonb_and_found_by_its_index()
        {
            await PlannedJobAsync(1);
            await FinishOneAsync(Completed());

            Assert.Equal(
                "a cat", await Fixture.AskAsync("""SELECT insight ->> 'summary' FROM insights WHERE insight @> '{{"summary":"a cat"}}'"""));
            Assert.Equal(
                "jsonb timestamp with time zone",
                await Fixture.AskAsync("SELECT pg_typeof(insight) || ' ' || pg_typeof(created_at) FROM insights"));
            Assert.Equal("gin", await Fixture.AskAsync(
                "SELECT amname FROM pg_class JOIN pg_am ON pg_am.oid = relam WHERE relname = 'ix_insight_insight'"));
        }

        [Fact]
        public async Task Claiming_reads_the_queue_index()
        {
            await Fixture.ExecuteAsync("""
                INSERT INTO job (job_id, dedupe_key, payload_sha256, source, requested_task, options, state, planned, done,
                    failed, quarantined, cancelled, input_tokens, cached_input_tokens, output_tokens, pictures, model_milliseconds,
                    schema_version, priority, run_at, attempt, crash_count, lease_token, recorded_token, created_at)
                SELECT gen_random_uuid(), n::text, '', '', '', '{{}}', 'Accepted', 0, 0,
                    0, 0, 0, 0, 0, 0, 0, 0, 1, 0, now(), 0, 0, 0, 0, now()
                FROM generate_series(1, 20000) AS n
                """);
            await Fixture.ExecuteAsync("ANALYZE job");

            await using var db = Fixture.Dialect.Create();
            var plan = await Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.SqlQueryRaw<string>(db.Database, """
                EXPLAIN SELECT * FROM job WHERE state = 'Accepted' AND lease_until IS NULL AND run_at <= now() AND schema_version <= 1
                ORDER BY priority DESC, run_at, id LIMIT 10 FOR UPDATE SKIP LOCKED
                """).ToAsyncEnumerable().ToListAsync(Token);

            Assert.Contains(plan, line => line.Contains("Index Scan using ix_job_queue", StringComparison.Ordinal));
        }

        [Fact]
        public async Task Every_view_and_column_has_a_comment() => Assert.Equal("", await Fixture.AskAsync("""
            SELECT coalesce(string_agg(v.relname || '.' || coalesce(a.attname, '*'), ' ' ORDER BY v.relname, a.attnum), '')
            FROM pg_class v
            JOIN pg_attribute a ON a.attrelid = v.oid AND a.attnum > 0
            WHERE v.relkind = 'v' AND v.relnamespace = 'public'::regnamespace
                AND (col_description(v.oid, a.attnum) IS NULL OR obj_description(v.oid) IS NULL)
            """));

        [Fact]
        public async Task The_examples_of_README_and_of_the_manual_for_analysts_run()
        {
            await PlannedJobAsync(1);
            await FinishOneAsync(Completed("""{"type":"invoice","title":"請求書","totals":[]}"""));
            var examples = Sql("README.md").Concat(Sql("docs/analysts.md")).Where(sql => sql.StartsWith("select")).ToList();

            Assert.True(examples.Count >= 4);
            foreach (var statement in examples.SelectMany(sql => sql.Split(';', StringSplitOptions.RemoveEmptyEntries)))
                if (statement.Trim().Length > 0) await RunAsync(Fixture.Dialect, statement.Trim());
            Assert.Equal("1", await Fixture.AskAsync("SELECT count(*) FROM documents WHERE insight->>'type' = 'invoice'"));
        }

        [Fact]
        public async Task The_recipe_for_a_reading_role_reads_the_views_and_nothing_else()
        {
            var recipe = Assert.Single(Sql("docs/analysts.md"), sql => sql.StartsWith("create role"));
            var name = $"analyst_{Guid.NewGuid():N}";
            await RunAsync(Fixture.Dialect, recipe.Replace("analyst", name, StringComparison.Ordinal));
            try
            {
                foreach (var view in new[]
                    {
                        "documents", "insights", "insights_reviewed", "fields", "citations", "jobs", "segments", "failures", "media",
                        "usage", "reviews", "counts",
                    })
                {
                    await RunAsync(Fixture.Dialect, $"SET LOCAL ROLE {name}; SELECT * FROM {view}");
                }

                foreach (var refused in new[]
                    {
                        "SELECT * FROM job", "DELETE FROM segment", "SELECT * FROM insight", "CREATE TABLE a (b int)",
                    })
                {
                    var fault = await Assert.ThrowsAsync<Npgsql.PostgresException>(
                        () => RunAsync(Fixture.Dialect, $"SET LOCAL ROLE {name}; {refused}"));
                    Assert.Equal("42501", fault.SqlState);
                }
            }
            finally
            {
                await RunAsync(Fixture.Dialect, $"DROP OWNED BY {name}; DROP ROLE {name}");
            }
        }

        private static async Task RunAsync(ILedgerDialect dialect, string sql)
        {
            await using var db = dialect.Create();
            await using var transaction = await db.Database.BeginTransactionAsync(Token);
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = sql;
            command.Transaction = transaction.GetDbTransaction();
            await command.ExecuteNonQueryAsync(Token);
            await transaction.CommitAsync(Token);
        }

        private static IEnumerable<string> Sql(string file)
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder!.FullName, "Qwen35Batch.sln"))) folder = folder.Parent;
            return File.ReadAllText(Path.Combine(folder.FullName, file)).ReplaceLineEndings("\n")
                .Split("```sql\n").Skip(1).Select(part => part[..part.IndexOf("```", StringComparison.Ordinal)]);
        }
    }
}
