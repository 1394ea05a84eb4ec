using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Databases;

/// <summary>On PostgreSQL the rows of a group are stored with a statement for each table.</summary>
public sealed class GroupedRowsTests(PostgreSqlFixture fixture) : LedgerTest(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task Many_rows_take_as_many_statements_as_few()
    {
        Assert.Equal(await WritesAsync(3), await WritesAsync(40));
    }

    [Fact]
    public async Task What_belongs_together_is_stored_together()
    {
        const int Rows = 30;
        await WritesAsync(Rows);

        Assert.Equal($"{Rows}", await Fixture.AskAsync(
            """
            SELECT count(*) FROM insight i
            JOIN segment s ON s.id = i.segment_id AND s.job_id = i.job_id AND s.state = 'Done'
            JOIN job j ON j.id = i.job_id AND j.state = 'Completed' AND j.output_tokens = 10
            JOIN citation c ON c.insight_id = i.id AND c.page = 1
            JOIN insight_usage u ON u.insight_id = i.id AND u.input_tokens = 100
            JOIN insight_terms t ON t.insight_id = i.id
            WHERE j.source = i.insight ->> 'summary'
            """));
        Assert.Equal($"{Rows}", await Fixture.AskAsync(
            "SELECT count(*) FROM outbox o JOIN job j ON o.body ->> 'jobId' = j.job_id::text WHERE o.topic = 'JobCompleted'"));
    }

    /// <summary>Takes jobs in, plans and completes them, each in two transactions: one row, and all others.</summary>
    /// <returns>The statements that wrote.</returns>
    private async Task<int> WritesAsync(int count)
    {
        await Fixture.EmptyAsync();
        var texts = new StatementTexts();
        var submissions = Enumerable.Range(0, count).Select(number => Submission($"/media/{number}.png")).ToList();
        await TogetherAsync((ledger, index) => ledger.Submissions.SubmitAsync(submissions[index], Token));
        var jobs = await Ledger.Queue.ClaimJobsAsync(Worker, count, Lease, Token);
        Assert.All(await TogetherAsync((ledger, index) => ledger.Queue.RecordPlanAsync(jobs[index], Plan(1), Token)), Assert.True);
        var segments = await Ledger.Queue.ClaimSegmentsAsync(Worker, count, Lease, Token);
        Assert.All(
            await TogetherAsync((ledger, index) => ledger.Queue.RecordSegmentAsync(
                segments[index], Completed($$"""{"summary":"{{segments[index].Job.Source}}"}"""), Token)),
            Assert.True);
        return texts.Writes;

        async Task<T[]> TogetherAsync<T>(Func<Ledger, int, Task<T>> write)
        {
            var held = new HeldTransactions();
            var ledger = Fixture.Open(options => options.AddInterceptors(held, texts));
            var results = new List<Task<T>> { write(ledger, 0) };
            // The first is alone in its transaction before the others come.
            await held.Entered;
            results.AddRange(Enumerable.Range(1, count - 1).Select(index => write(ledger, index)));
            held.Release();
            return await Task.WhenAll(results);
        }
    }

    private sealed class StatementTexts : DbCommandInterceptor
    {
        private readonly ConcurrentBag<string> _texts = [];

        public int Writes => _texts.Sum(text => Occurrences(text, "INSERT INTO") + Occurrences(text, "UPDATE "));

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
        {
            _texts.Add(command.CommandText);
            return ValueTask.FromResult(result);
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            _texts.Add(command.CommandText);
            return ValueTask.FromResult(result);
        }

        private static int Occurrences(string text, string part) => text.Split(part).Length - 1;
    }
}
