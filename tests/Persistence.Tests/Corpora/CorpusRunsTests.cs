using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Corpora;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Corpora;

public abstract class CorpusRunsTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    private static readonly DateOnly Monday = new(2026, 3, 2);

    [Fact]
    public async Task A_trigger_that_fires_twice_starts_one_run()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Fixture.Open().Corpora.StartRunAsync("scans", Monday, Token)));
        var tuesday = await Ledger.Corpora.StartRunAsync("scans", Monday.AddDays(1), Token);
        var other = await Ledger.Corpora.StartRunAsync("films", Monday, Token);

        Assert.Single(runs.Select(run => run.Id).Distinct());
        Assert.Equal(3, new[] { runs[0].Id, tuesday.Id, other.Id }.Distinct().Count());
    }

    [Fact]
    public async Task Only_what_is_new_or_changed_is_enqueued()
    {
        var monday = await Ledger.Corpora.StartRunAsync("scans", Monday, Token);
        Assert.Equal(new(3, 0, 0), await Ledger.Corpora.EnqueueRunItemsAsync(monday.Id, [Item("/1"), Item("/2"), Item("/3")], Token));
        var tuesday = await Ledger.Corpora.StartRunAsync("scans", Monday.AddDays(1), Token);

        var outcome = await Ledger.Corpora.EnqueueRunItemsAsync(
            tuesday.Id,
            [Item("/1"), Item("/2", content: "c2"), Item("/3", taskVersion: "v2"), Item("/4")],
            Token);
        await Ledger.Corpora.CompleteRunEnumerationAsync(tuesday.Id, Token);
        var wednesday = await Ledger.Corpora.StartRunAsync("scans", Monday.AddDays(2), Token);
        var changedModel = await Ledger.Corpora.EnqueueRunItemsAsync(
            wednesday.Id, [Item("/1", model: "m2"), Item("/2", content: "c2")], Token);

        Assert.Equal(new(3, 1, 0), outcome);
        Assert.Equal(new(1, 1, 0), changedModel);
        var runs = await Ledger.Corpora.ListRunsAsync("scans", 10, Token);
        Assert.Equal([(1, 1), (3, 1), (3, 0)], runs.Select(run => (run.Enqueued, run.Skipped)));
        Assert.Equal([false, true, false], runs.Select(run => run.EnumeratedAt is not null));
        Assert.Equal([1L, 3L, 3L], runs.Select(run => run.Jobs[JobState.Accepted]));
        Assert.Equal("7", await Fixture.AskAsync("SELECT count(*) FROM job"));
    }

    [Fact]
    public async Task What_was_rejected_is_tried_again_by_the_next_run_and_what_was_not_is_left_alone()
    {
        var monday = await Ledger.Corpora.StartRunAsync("scans", Monday, Token);
        await Ledger.Corpora.EnqueueRunItemsAsync(monday.Id, [Item("/refused"), Item("/good")], Token);
        foreach (var claim in await Ledger.Queue.ClaimJobsAsync(Worker, 10, Lease, Token))
        {
            StageOutcome outcome = claim.Job.Source == "/good"
                ? Plan(1)
                : new StageOutcome.Rejected(RejectionReason.SourceForbidden, "Outside.");
            Assert.True(await Ledger.Queue.RecordPlanAsync(claim, outcome, Token));
        }

        var tuesday = await Ledger.Corpora.StartRunAsync("scans", Monday.AddDays(1), Token);
        var outcomes = await Ledger.Corpora.EnqueueRunItemsAsync(tuesday.Id, [Item("/refused"), Item("/good")], Token);

        Assert.Equal(new(1, 1, 0), outcomes);
        Assert.Equal("2", await Fixture.AskAsync("SELECT count(*) FROM job"));
        Assert.Equal(1, Assert.Single(await Ledger.Corpora.ListRunsAsync("scans", 1, Token)).Jobs[JobState.Accepted]);
    }

    [Fact]
    public async Task Work_that_was_done_through_another_door_is_not_done_again()
    {
        await Ledger.Submissions.SubmitAsync(Item("/1").Submission, Token);
        var run = await Ledger.Corpora.StartRunAsync("scans", Monday, Token);

        Assert.Equal(new(1, 1, 0), await Ledger.Corpora.EnqueueRunItemsAsync(run.Id, [Item("/1"), Item("/2")], Token));
    }

    [Fact]
    public async Task An_interrupted_run_goes_on_and_counts_nothing_twice()
    {
        var run = await Ledger.Corpora.StartRunAsync("scans", Monday, Token);
        await Ledger.Corpora.EnqueueRunItemsAsync(run.Id, [Item("/1"), Item("/2")], Token);

        var again = await Ledger.Corpora.StartRunAsync("scans", Monday, Token);
        var outcome = await Ledger.Corpora.EnqueueRunItemsAsync(again.Id, [Item("/1"), Item("/2"), Item("/3")], Token);

        Assert.Equal(new(1, 0, 2), outcome);
        Assert.Equal((3, 0), (Assert.Single(await Ledger.Corpora.ListRunsAsync(null, 10, Token)).Enqueued, again.Skipped));
        Assert.Equal("3", await Fixture.AskAsync("SELECT count(*) FROM job"));
    }

    [Fact]
    public async Task Chunks_enqueued_at_once_lose_no_item_and_no_count()
    {
        var run = await Ledger.Corpora.StartRunAsync("scans", Monday, Token);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(chunk =>
            Fixture.Open().Corpora.EnqueueRunItemsAsync(run.Id, [.. Enumerable.Range(chunk * 20, 30).Select(i => Item($"/{i}"))], Token)));

        Assert.Equal(90, Assert.Single(await Ledger.Corpora.ListRunsAsync("scans", 1, Token)).Enqueued);
        Assert.Equal("90", await Fixture.AskAsync("SELECT count(*) FROM job"));
    }

    [Fact]
    public async Task A_jobs_corpus_and_date_are_in_its_view()
    {
        var run = await Ledger.Corpora.StartRunAsync("scans", Monday, Token);
        await Ledger.Corpora.EnqueueRunItemsAsync(run.Id, [Item("/1")], Token);

        Assert.Equal("scans 2026-03-02", await Fixture.AskAsync("SELECT corpus || ' ' || corpus_date FROM jobs"));
    }

    [Fact]
    public async Task An_unknown_run_is_told()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Ledger.Corpora.EnqueueRunItemsAsync(12345, [Item("/1")], Token));
    }

    [Fact]
    public async Task A_file_is_known_by_the_stamp_with_which_it_was_last_read()
    {
        var old = new FileStamp(7, new(2026, 3, 1, 12, 0, 0, 123, 456, TimeSpan.Zero));
        var @new = old with { Length = 8 };
        var monday = await Ledger.Corpora.StartRunAsync("scans", Monday, Token);
        await Ledger.Corpora.EnqueueRunItemsAsync(
            monday.Id, [Item("/1") with { File = old }, Item("/2") with { File = old }, Item("/3")], Token);
        var tuesday = await Ledger.Corpora.StartRunAsync("scans", Monday.AddDays(1), Token);
        await Ledger.Corpora.EnqueueRunItemsAsync(tuesday.Id, [Item("/1", content: "c2") with { File = @new }], Token);

        var known = await Ledger.Corpora.KnownFilesAsync("scans", ["/1", "/2", "/3", "/4"], Token);

        Assert.Equal([new("/1", new(@new, "c2")), new("/2", new(old, "c1"))], known.OrderBy(entry => entry.Key));
        Assert.Empty(await Ledger.Corpora.KnownFilesAsync("films", ["/1"], Token));
    }

    private static CorpusItem Item(string source, string content = "c1", string taskVersion = "v1", string model = "m1") =>
        new(Identified(new SubmitJob { JobId = Guid.CreateVersion7(), Source = source, Task = "describe" }, content, taskVersion, model));

    public sealed class OnSqlite(SqliteFixture fixture) : CorpusRunsTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : CorpusRunsTests(fixture), IClassFixture<PostgreSqlFixture>;
}
