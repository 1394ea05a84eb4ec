using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Persistence.Corpora;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Removal;
using Qwen35Batch.Persistence.Searching;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Removal;

/// <summary>The numbers that triggers keep are compared with what can be counted, after each of these as after every other test.</summary>
public abstract class RemovalLedgerTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    private static readonly DateTimeOffset Later = TimeProvider.System.GetUtcNow().AddDays(1);
    private static readonly DateTimeOffset Earlier = TimeProvider.System.GetUtcNow().AddDays(-30);

    [Fact]
    public async Task A_job_goes_with_all_that_belongs_to_it_and_others_stay()
    {
        var kept = await EndedAsync();
        var before = await RowsAsync();
        var job = await PlannedJobAsync(2, synthesis: true, source: "/media/gone.pdf");
        await Ledger.Submissions.SubmitAsync(Submission("/media/gone.pdf") with { Follows = true }, Token);
        var claim = await ClaimOneAsync();
        await Ledger.Steps.Of(claim).PlanAsync(new(0, StepKind.Call, "lookup", "{}", StepEffect.Read), Token);
        await CrashAsync();
        await FinishOneAsync(Completed("""{"summary":"unheard"}"""));
        await FinishOneAsync(Rejected());
        await FinishOneAsync(Completed("""{"summary":"both"}"""));
        await Ledger.Queue.RetryAsync(job, "ada", Token);
        await FinishOneAsync(Rejected());
        await FinishOneAsync(Completed("""{"summary":"both"}"""));
        var page = (await FindAsync("unheard")).Single();
        await Ledger.Reviews.AddAsync(
            page, new(0, "ann", [new() { Pointer = "/summary", Verdict = ReviewVerdict.Accepted }], Whole), Token);

        var found = await ListAsync(Later, "gone");
        var removed = await Ledger.Removal.RemoveAsync(found, Of("gone"), Later, Token);
        var again = await Ledger.Removal.RemoveAsync(found, Of("gone"), Later, Token);

        Assert.Equal((job, 3), (Assert.Single(found).JobId, found[0].Segments));
        Assert.Equal((new(1, 2), new(0, 0)), (removed, again));
        Assert.Equal(before, await RowsAsync());
        Assert.Null(await Ledger.Reading.GetJobAsync(job, Token));
        Assert.NotNull(await Ledger.Reading.GetJobAsync(kept, Token));
        Assert.Empty(await FindAsync("unheard"));
    }

    [Fact]
    public async Task What_is_not_over_or_not_so_old_or_still_looked_at_stays()
    {
        var open = await PlannedJobAsync(1);
        await Ledger.Queue.ClaimSegmentsAsync(Worker, 1, Lease, Token);
        var old = await EndedAsync();
        var young = await EndedAsync();
        var asked = await EndedAsync("/media/asked.pdf");
        var reviewed = await EndedAsync();
        await Fixture.ExecuteAsync("UPDATE job SET created_at = '2020-01-01 00:00:00'");
        foreach (var job in (Guid[])[old, asked, reviewed])
            await Fixture.ExecuteAsync($"UPDATE job SET finished_at = '2020-01-02 00:00:00' WHERE id = {await RowAsync(job)}");
        await Ledger.Submissions.SubmitAsync(Submission("/media/asked.pdf") with { Follows = true }, Token);
        var insight = long.Parse(
            (await Fixture.AskAsync($"SELECT id FROM insight WHERE job_id = {await RowAsync(reviewed)}"))!,
            System.Globalization.CultureInfo.InvariantCulture);
        await Ledger.Reviews.AddAsync(
            insight, new(0, "ann", [new() { Pointer = "/summary", Verdict = ReviewVerdict.Accepted }], Whole), Token);

        Assert.Equal([old], (await ListAsync(Earlier)).Select(job => job.JobId));
        Assert.Equal(
            new[] { old, young, asked, reviewed }.Order(), (await ListAsync(Later)).Select(job => job.JobId).Order());
        Assert.NotEqual(Guid.Empty, open);
    }

    [Fact]
    public async Task A_job_that_was_opened_again_meanwhile_stays()
    {
        var job = await PlannedJobAsync(1);
        await FinishOneAsync(Rejected());
        var found = await ListAsync(Later);
        Assert.Equal(1, await Ledger.Queue.RetryAsync(job, "ada", Token));

        Assert.Equal(new(0, 0), await Ledger.Removal.RemoveAsync(found, JobFilter.All, Later, Token));
        Assert.Equal(JobState.Analysing, await StateAsync(job));
    }

    [Fact]
    public async Task An_archive_goes_after_the_jobs_that_came_out_of_it()
    {
        var archive = await EndedAsync();
        var inner = await EndedAsync();
        await Fixture.ExecuteAsync($"UPDATE job SET archive_id = {await RowAsync(archive)} WHERE id = {await RowAsync(inner)}");
        var found = await ListAsync(Later);

        Assert.Equal([(archive, true), (inner, false)], found.Select(job => (job.JobId, job.IsArchive)));
        Assert.Equal(new(0, 0), await Ledger.Removal.RemoveAsync([found[0]], JobFilter.All, Later, Token));
        Assert.Equal(new(1, 1), await Ledger.Removal.RemoveAsync([found[1]], JobFilter.All, Later, Token));
        Assert.Equal(new(1, 1), await Ledger.Removal.RemoveAsync([found[0]], JobFilter.All, Later, Token));
    }

    [Fact]
    public async Task Media_that_a_job_has_which_stays_are_needed()
    {
        await EndedAsync("/media/one.pdf");
        string[] media = [new('b', 64), new('c', 64)];

        Assert.Empty(await Ledger.Removal.NeededMediaAsync(JobFilter.All, Later, media, Token));
        await PlannedJobAsync(1);
        Assert.Equal([new('b', 64)], await Ledger.Removal.NeededMediaAsync(JobFilter.All, Later, media, Token));
        Assert.Equal([new('b', 64)], await Ledger.Removal.NeededMediaAsync(Of("one"), Later, media, Token));
    }

    [Fact]
    public async Task A_corpus_does_not_read_a_file_again_because_its_job_is_gone()
    {
        var monday = await Ledger.Corpora.StartRunAsync("scans", new(2026, 3, 2), Token);
        await Ledger.Corpora.EnqueueRunItemsAsync(monday.Id, [Item("/1"), Item("/2"), Item("/3")], Token);
        foreach (var claim in await Ledger.Queue.ClaimJobsAsync(Worker, 10, Lease, Token))
            Assert.True(await Ledger.Queue.RecordPlanAsync(claim, Plan(1), Token));
        for (var segment = 0; segment < 3; segment++) await FinishOneAsync(Completed());
        Assert.Equal(3, (await Ledger.Removal.RemoveAsync(await ListAsync(Later), JobFilter.All, Later, Token)).Jobs);

        var tuesday = await Ledger.Corpora.StartRunAsync("scans", new(2026, 3, 3), Token);
        var outcome = await Ledger.Corpora.EnqueueRunItemsAsync(
            tuesday.Id, [Item("/1"), Item("/2", content: "c2"), Item("/3", taskVersion: "v2"), Item("/4")], Token);

        Assert.Equal(new(3, 1, 0), outcome);
        Assert.Equal("3", await Fixture.AskAsync("SELECT count(*) FROM job"));
    }

    [Fact]
    public async Task A_ledger_from_before_learns_what_corpora_have_read_and_what_was_corrected()
    {
        var run = await Ledger.Corpora.StartRunAsync("scans", new(2026, 3, 2), Token);
        await Ledger.Corpora.EnqueueRunItemsAsync(run.Id, [Item("/1")], Token);
        var claim = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
        Assert.True(await Ledger.Queue.RecordPlanAsync(claim, Plan(2), Token));
        await FinishOneAsync(Completed("""{"summary":"oldest"}"""));
        await FinishOneAsync(Completed("""{"summary":"misread"}"""));
        var insight = (await FindAsync("misread")).Single();
        await using (var db = Fixture.Dialect.Create())
        {
            var migrations = db.Database.GetMigrations().ToList();
            var before = migrations[migrations.FindIndex(name => name.EndsWith("_JobRetention", StringComparison.Ordinal)) - 1];
            await db.GetService<IMigrator>().MigrateAsync(before, Token);
            db.Reviews.Add(new()
            {
                InsightId = insight,
                Revision = 1,
                Reviewer = "ann",
                At = TimeProvider.System.GetUtcNow(),
                Fields = "[]",
                Insight = """{"summary":"righted"}""",
            });
            await db.SaveChangesAsync(Token);
        }

        await new LedgerMigrator(Fixture.Dialect).MigrateAsync(Token);
        for (long? below = long.MaxValue; below is { } from;) below = await Ledger.Search.FillAsync(from, Token);

        Assert.Equal([insight], await FindAsync("righted"));
        Assert.Empty(await FindAsync("misread"));
        Assert.Single(await FindAsync("oldest"));
        Assert.Equal(
            await Fixture.AskAsync("SELECT identity FROM job"), await Fixture.AskAsync("SELECT identity FROM corpus_item"));
    }

    private static JsonElement Whole => JsonSerializer.SerializeToElement(new { summary = "unheard" });

    private static JobFilter Of(string source) => new() { SourceContains = source };

    private static CorpusItem Item(string source, string content = "c1", string taskVersion = "v1") =>
        new(Identified(new SubmitJob { JobId = Guid.CreateVersion7(), Source = source, Task = "describe" }, content, taskVersion));

    private async Task<Guid> EndedAsync(string? source = null)
    {
        var job = await PlannedJobAsync(1, source: source);
        await FinishOneAsync(Completed());
        return job;
    }

    private async Task<IReadOnlyList<RemovableJob>> ListAsync(DateTimeOffset before, string? source = null)
    {
        var part = await Ledger.Removal.ListAsync(source is null ? JobFilter.All : Of(source), before, 0, Token);
        Assert.Null(part.Next);
        return part.Jobs;
    }

    private async Task<List<long>> FindAsync(string text) =>
        [.. (await Ledger.Reading.ListInsightsAsync(new() { Query = SearchQuery.Read(text) }, 100, null, Token)).Insights
            .Select(found => found.Insight.Id)];

    private async Task<long> RowAsync(Guid job)
    {
        await using var db = Fixture.Dialect.Create();
        return await db.Jobs.Where(row => row.JobId == job).Select(row => row.Id).SingleAsync(Token);
    }

    private async Task<string> RowsAsync()
    {
        string[] tables =
        [
            "job", "segment", "insight", "insight_terms", "insight_usage", "citation", "review", "step", "follower", "crash", "audit",
        ];
        var counts = new List<string>();
        foreach (var table in tables) counts.Add($"{table} {await Fixture.AskAsync($"SELECT count(*) FROM {table}")}");
        return string.Join(", ", counts);
    }

    public sealed class OnSqlite(SqliteFixture fixture) : RemovalLedgerTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : RemovalLedgerTests(fixture), IClassFixture<PostgreSqlFixture>;
}
