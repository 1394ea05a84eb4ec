using System.Collections;
using System.Data.Common;
using System.Text;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Reading;

public abstract class ReadingTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    [Fact]
    public async Task A_job_is_found_by_its_id()
    {
        var submission = Submission(key: "key-1");
        await Ledger.Submissions.SubmitAsync(submission, Token);

        Assert.Equal("key-1", (await Ledger.Reading.GetJobAsync(submission.Job.JobId, Token))!.Job.DedupeKey);
        Assert.Null(await Ledger.Reading.GetJobAsync(Guid.NewGuid(), Token));
    }

    [Theory]
    [InlineData("0199a1b2", 2)]
    [InlineData("0199A1B2-7c3d-7000", 1)]
    [InlineData("0199a1b27c3e", 1)]
    [InlineData("00000000000a", 1)]
    [InlineData("80000000-0000-0a0b", 0)]
    [InlineData("8000-00000000000B", 2)]
    [InlineData("fffe", 0)]
    public async Task Ids_are_found_by_their_beginning_or_their_end(string part, int count)
    {
        Guid[] ids =
        [
            new("0199a1b2-7c3d-7000-8000-00000000000a"), new("0199a1b2-7c3e-7000-8000-00000000000b"),
            new("0199ffff-7c3e-7000-8000-00000000000b"),
        ];
        foreach (var id in ids)
        {
            var submission = Submission($"/media/{id}", key: $"{id}");
            await Ledger.Submissions.SubmitAsync(submission with { Job = submission.Job with { JobId = id } }, Token);
        }

        var read = JobIdPart.Read(part)!;
        var found = await Ledger.Reading.FindIdsAsync(read, 5, Token);

        var digits = read.Digits;
        var expected = ids.Where(id => id.ToString("N").StartsWith(digits, StringComparison.Ordinal)).ToList();
        if (expected.Count == 0) expected = [.. ids.Where(id => id.ToString("N").EndsWith(digits, StringComparison.Ordinal))];
        Assert.Equal(count, found.Count);
        Assert.Equal(expected.Order(), found.Order());
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("not an id")]
    [InlineData("0199a1b2-7c3d-7000-8000-0000000000012")]
    public void What_is_no_part_of_an_id_is_not_read(string text) => Assert.Null(JobIdPart.Read(text));

    [Fact]
    public async Task Jobs_are_listed_newest_first_in_parts()
    {
        await Ledger.Submissions.SubmitManyAsync([.. Enumerable.Range(1, 5).Select(i => Submission($"/media/{i}"))], Token);

        var sources = new List<string>();
        long? next = null;
        do
        {
            var page = await Ledger.Reading.ListJobsAsync(JobFilter.All, 2, next, Token);
            sources.AddRange(page.Jobs.Select(job => job.Source));
            next = page.Next;
        }
        while (next is not null);

        Assert.Equal(["/media/5", "/media/4", "/media/3", "/media/2", "/media/1"], sources);
    }

    [Fact]
    public async Task Every_condition_of_a_filter_counts()
    {
        var done = await PlannedJobAsync(1, source: "/media/Cat_100%.pdf");
        await FinishOneAsync(Completed());
        await Ledger.Submissions.SubmitAsync(Submission("/media/cat1100x.png"), Token);

        async Task<List<string>> SourcesAsync(JobFilter filter) =>
            [.. (await Ledger.Reading.ListJobsAsync(filter, 10, null, Token)).Jobs.Select(job => job.Source)];

        Assert.Equal(["/media/Cat_100%.pdf"], await SourcesAsync(new() { JobIds = [done, Guid.NewGuid()] }));
        Assert.Equal(["/media/Cat_100%.pdf"], await SourcesAsync(new() { States = [JobState.Completed, JobState.Rejected] }));
        Assert.Equal(["/media/Cat_100%.pdf"], await SourcesAsync(new() { SourceContains = "CAT_100%" }));
        Assert.Equal(2, (await SourcesAsync(new() { SourceContains = "media/c", Task = "describe", CorrelationId = "order-7" })).Count);
        Assert.Empty(await SourcesAsync(new() { Task = "other" }));
        Assert.Empty(await SourcesAsync(new() { CorrelationId = "order-8" }));
        Assert.Empty(await SourcesAsync(new() { JobIds = [] }));
    }

    [Fact]
    public async Task A_filter_with_a_character_that_cannot_be_stored_finds_what_was_stored_for_it()
    {
        var submission = Submission("/media/a\0b.png");
        await Ledger.Submissions.SubmitAsync(submission with { Job = submission.Job with { CorrelationId = "order\0 7" } }, Token);

        var found = await Ledger.Reading.ListJobsAsync(new() { SourceContains = "a\0b", CorrelationId = "order\0 7" }, 10, null, Token);
        var none = await Ledger.Reading.ListJobsAsync(new() { Task = "\0" }, 10, null, Token);

        Assert.Equal(submission.Job.JobId, Assert.Single(found.Jobs).JobId);
        Assert.Empty(none.Jobs);
    }

    [Fact]
    public async Task A_filter_of_very_many_jobs_works()
    {
        var id = await PlannedJobAsync(1);
        var ids = Enumerable.Range(0, 40_000).Select(_ => Guid.NewGuid()).Append(id).ToList();

        Assert.Equal(1, (await Ledger.Reading.ProgressAsync(new() { JobIds = ids }, Token)).Jobs[JobState.Analysing]);
    }

    [Fact]
    public async Task Progress_tells_jobs_segments_and_usage()
    {
        var first = await PlannedJobAsync(3);
        await FinishOneAsync(Completed());
        await FinishOneAsync(Rejected());
        await Ledger.Submissions.SubmitAsync(Submission("/other"), Token);

        var progress = await Ledger.Reading.ProgressAsync(JobFilter.All, Token);
        var none = await Ledger.Reading.ProgressAsync(new() { States = [JobState.Quarantined] }, Token);

        Assert.Equal((1, 1, 0), (progress.Jobs[JobState.Analysing], progress.Jobs[JobState.Accepted], progress.Jobs[JobState.Completed]));
        Assert.Equal(
            (new SegmentCounts(3, 1, 1, 0, 0), 1, 100, 10),
            (progress.Segments, progress.Segments.Open, progress.Usage.InputTokens, progress.Usage.OutputTokens));
        Assert.False(progress.AllEnded);
        Assert.Equal((0, true), (none.Ended, none.AllEnded));
        await FinishOneAsync(Completed());
        Assert.True((await Ledger.Reading.ProgressAsync(new() { JobIds = [first] }, Token)).AllEnded);
    }

    [Fact]
    public async Task Counts_tell_the_whole_ledger()
    {
        await PlannedJobAsync(3, synthesis: true);
        await FinishOneAsync(Completed());
        await FinishOneAsync(Rejected(RejectionReason.TimedOut));
        await Ledger.Submissions.SubmitAsync(Submission("/none"), Token);
        var claim = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
        await Ledger.Queue.RecordPlanAsync(claim, new StageOutcome.Rejected(RejectionReason.SourceNotFound, "There is no /none."), Token);
        await Fixture.ExecuteAsync("UPDATE segment SET run_at = '2001-01-01 00:00:00' WHERE state = 'Ready' AND NOT awaits_others");

        var counts = await Ledger.Reading.CountsAsync(TimeSpan.FromMinutes(5), Token);

        Assert.Equal((1, 1), (counts.Jobs[JobState.Analysing], counts.Jobs[JobState.Rejected]));
        Assert.Equal(
            (2, 1, 1, 0),
            (
                counts.Segments[SegmentState.Ready],
                counts.Segments[SegmentState.Done],
                counts.Segments[SegmentState.Failed],
                counts.Segments[SegmentState.Leased]));
        Assert.Equal((1, 10), (counts.SegmentsDoneInWindow, counts.UsageInWindow.OutputTokens));
        Assert.Equal([new(RejectionReason.SourceNotFound, 1), new(RejectionReason.TimedOut, 1)], counts.Failures);
        Assert.True(counts.OldestWaiting > TimeSpan.FromDays(365));
        Assert.Equal((2, 0), (counts.UnsentEvents, counts.RejectedMessages));
    }

    [Fact]
    public async Task Counting_a_large_ledger_may_take_longer_than_a_command_usually_may()
    {
        var timeouts = new Timeouts();

        await Fixture.Open(options => options.AddInterceptors(timeouts)).Reading.CountsAsync(TimeSpan.FromMinutes(5), Token);

        Assert.All(
            timeouts.Where(command => command.Text.Contains("GROUP BY", StringComparison.Ordinal)),
            command => Assert.Equal(600, command.Seconds));
        Assert.Equal(2, timeouts.Count(command => command.Text.Contains("GROUP BY", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Counts_of_an_empty_ledger_are_zero()
    {
        var counts = await Ledger.Reading.CountsAsync(TimeSpan.FromMinutes(5), Token);

        Assert.Equal(0, counts.Jobs.Values.Sum() + counts.Segments.Values.Sum() + counts.SegmentsDoneInWindow);
        Assert.Null(counts.OldestWaiting);
    }

    [Fact]
    public async Task Work_done_before_the_window_is_not_in_the_rate()
    {
        await PlannedJobAsync(1);
        await FinishOneAsync(Completed());
        await Fixture.ExecuteAsync("UPDATE insight SET created_at = '2001-01-01 00:00:00'");

        Assert.Equal(0, (await Ledger.Reading.CountsAsync(TimeSpan.FromMinutes(5), Token)).SegmentsDoneInWindow);
    }

    [Fact]
    public async Task The_minutes_of_the_rate_add_up_and_older_work_is_in_none()
    {
        await PlannedJobAsync(3);
        for (var i = 0; i < 3; i++)
            await FinishOneAsync(Completed());
        await Fixture.ExecuteAsync("UPDATE insight SET created_at = '2001-01-01 00:00:00' WHERE number = 0");

        var minutes = await Ledger.Reading.SegmentsPerMinuteAsync(10, Token);

        Assert.Equal((10, 2), (minutes.Count, minutes.Sum()));
        // The work may have been done around the turn of a minute.
        Assert.Equal(2, minutes[^1] + minutes[^2]);
    }

    [Fact]
    public async Task A_note_is_exported_with_its_insight()
    {
        await PlannedJobAsync(1);
        await FinishOneAsync((StageOutcome.Completed)Completed() with { Note = "The video breaks off at 14.7 s of 60.1 s." });

        Assert.Equal(
            "The video breaks off at 14.7 s of 60.1 s.",
            Assert.Single(await Ledger.Reading.ExportAsync(JobFilter.All, Token).ToListAsync(Token)).Note);
    }

    [Fact]
    public async Task Insights_are_exported_by_job_and_segment_whatever_the_order_of_work()
    {
        var first = await PlannedJobAsync(260, source: "/1");
        var second = await PlannedJobAsync(260, source: "/2");
        foreach (var claim in (await Ledger.Queue.ClaimSegmentsAsync(Worker, 1000, Lease, Token)).Reverse())
            await Ledger.Queue.RecordSegmentAsync(claim, Completed(), Token);

        var all = await Ledger.Reading.ExportAsync(JobFilter.All, Token).ToListAsync(Token);
        var one = await Ledger.Reading.ExportAsync(new() { JobIds = [second] }, Token).ToListAsync(Token);

        Assert.Equal(
            Enumerable.Range(0, 520).Select(i => (i < 260 ? first : second, i % 260)),
            all.Select(record => (record.Job, record.Segment.Number)));
        Assert.Equal(Enumerable.Range(0, 260), one.Select(record => record.Segment.Number));
        Assert.All(all, record => Assert.Single(record.Citations));
    }

    [Fact]
    public async Task Failures_are_listed_newest_first_and_by_reason()
    {
        await PlannedJobAsync(2, source: "/1");
        await FinishOneAsync(Rejected(RejectionReason.TimedOut));
        await FinishOneAsync(Rejected());
        await Ledger.Submissions.SubmitAsync(Submission("/2"), Token);
        var claim = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
        await Ledger.Queue.RecordPlanAsync(claim, new StageOutcome.Rejected(RejectionReason.Encrypted, "Locked."), Token);

        var all = await Ledger.Reading.ListFailuresAsync(JobFilter.All, null, 0, 10, Token);
        var timedOut = await Ledger.Reading.ListFailuresAsync(JobFilter.All, RejectionReason.TimedOut, 0, 10, Token);

        Assert.Equal([("/2", null), ("/1", 1), ("/1", 0)], all.Select(failure => (failure.Source, failure.Segment?.Number)));
        Assert.Equal(0, Assert.Single(timedOut).Segment!.Number);
        Assert.Equal(all[1], Assert.Single(await Ledger.Reading.ListFailuresAsync(JobFilter.All, null, 1, 1, Token)));
    }

    [Fact]
    public async Task A_rejected_message_is_kept_once_with_its_body_and_headers()
    {
        var message = new RejectedMessage
        {
            MessageId = "id-1",
            Reason = "The body is no JSON.",
            Body = Encoding.UTF8.GetBytes("{oops\0"),
            Headers = new Dictionary<string, string> { ["MT-Host"] = "a\0b" },
        };

        await Ledger.Submissions.RecordRejectedMessageAsync(message, Token);
        await Ledger.Submissions.RecordRejectedMessageAsync(message, Token);
        await Ledger.Submissions.RecordRejectedMessageAsync(message with { MessageId = null }, Token);
        await Ledger.Submissions.RecordRejectedMessageAsync(message with { MessageId = null }, Token);

        var kept = await Ledger.Submissions.ListRejectedMessagesAsync(0, 10, Token);
        Assert.Equal([null, "id-1"], kept.Select(rejected => rejected.MessageId));
        Assert.Equal(
            ("The body is no JSON.", "{oops\0", "a\uFFFDb"),
            (kept[1].Reason, Encoding.UTF8.GetString(kept[1].Body.Span), kept[1].Headers["MT-Host"]));
    }

    [Fact]
    public async Task A_huge_rejected_message_is_kept_in_part()
    {
        await Ledger.Submissions.RecordRejectedMessageAsync(new() { Reason = "Too large.", Body = new byte[3 << 20] }, Token);

        Assert.Equal(1 << 20, Assert.Single(await Ledger.Submissions.ListRejectedMessagesAsync(0, 10, Token)).Body.Length);
        Assert.Equal($"{3 << 20}", await Fixture.AskAsync("SELECT body_length FROM rejected_message"));
    }

    private sealed class Timeouts : DbCommandInterceptor, IEnumerable<(string Text, int Seconds)>
    {
        private readonly List<(string Text, int Seconds)> _commands = [];

        public IEnumerator<(string Text, int Seconds)> GetEnumerator() => _commands.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
        {
            _commands.Add((command.CommandText, command.CommandTimeout));
            return ValueTask.FromResult(result);
        }
    }

    public sealed class OnSqlite(SqliteFixture fixture) : ReadingTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : ReadingTests(fixture), IClassFixture<PostgreSqlFixture>;
}
