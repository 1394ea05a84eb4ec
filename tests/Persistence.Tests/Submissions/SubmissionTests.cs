using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Submissions;

public abstract class SubmissionTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    [Fact]
    public async Task A_new_job_is_accepted_and_can_be_read()
    {
        var submission = Submission("/media/kat ze.png", "key-1", priority: 5);

        var outcome = await Ledger.Submissions.SubmitAsync(submission, Token);

        Assert.Equal(new(SubmitResult.Accepted, submission.Job.JobId), outcome);
        var job = (await Ledger.Reading.GetJobAsync(submission.Job.JobId, Token))!.Job;
        Assert.Equal(("key-1", "/media/kat ze.png", 5, JobState.Accepted), (job.DedupeKey, job.Source, job.Priority, job.State));
        Assert.Equal("order-7", job.CorrelationId);
        Assert.InRange(job.CreatedAt - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(-5), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task The_same_key_again_is_the_job_that_was_there()
    {
        var first = Submission(key: "key-1");
        await Ledger.Submissions.SubmitAsync(first, Token);

        Assert.Equal(new(SubmitResult.Duplicate, first.Job.JobId), await Ledger.Submissions.SubmitAsync(first, Token));
        Assert.Equal(
            new(SubmitResult.Duplicate, first.Job.JobId),
            await Ledger.Submissions.SubmitAsync(Submission(key: "key-1", priority: 9), Token));
    }

    [Fact]
    public async Task The_same_key_or_id_with_another_payload_is_a_conflict()
    {
        var first = Submission(key: "key-1");
        await Ledger.Submissions.SubmitAsync(first, Token);

        Assert.Equal(
            new(SubmitResult.Conflict, first.Job.JobId), await Ledger.Submissions.SubmitAsync(Submission("/media/b.png", "key-1"), Token));
        Assert.Equal(
            new(SubmitResult.Conflict, first.Job.JobId),
            await Ledger.Submissions.SubmitAsync(Submission("/media/b.png", "key-2", id: first.Job.JobId), Token));
        Assert.Equal("/media/a.png", (await Ledger.Reading.GetJobAsync(first.Job.JobId, Token))!.Job.Source);
    }

    [Fact]
    public async Task Without_a_key_the_same_work_is_the_same_job()
    {
        var first = Submission();
        await Ledger.Submissions.SubmitAsync(first, Token);
        var other = Submission();
        other = Identified(other.Job with { Options = new() { Language = "ja" } });

        Assert.Equal(SubmitResult.Duplicate, (await Ledger.Submissions.SubmitAsync(Submission(), Token)).Result);
        Assert.Equal(SubmitResult.Accepted, (await Ledger.Submissions.SubmitAsync(other, Token)).Result);
    }

    [Theory]
    [InlineData("c2", "v1", "m1")]
    [InlineData("c1", "v2", "m1")]
    [InlineData("c1", "v1", "m2")]
    [InlineData(null, "v1", "m1")]
    public async Task Another_content_version_or_model_is_another_job(string? content, string version, string model)
    {
        await Ledger.Submissions.SubmitAsync(Submission(), Token);

        Assert.Equal(
            SubmitResult.Accepted,
            (await Ledger.Submissions.SubmitAsync(Identified(Submission().Job, content, version, model), Token)).Result);
    }

    [Fact]
    public async Task The_same_content_at_another_address_is_another_job()
    {
        await Ledger.Submissions.SubmitAsync(Submission("https://one.example/a.png"), Token);

        Assert.Equal(
            SubmitResult.Accepted, (await Ledger.Submissions.SubmitAsync(Submission("https://two.example/a.png"), Token)).Result);
    }

    [Fact]
    public async Task Finished_work_is_done_again_only_when_it_is_asked_for_and_the_newest_answers()
    {
        var first = Submission();
        await Ledger.Submissions.SubmitAsync(first, Token);
        Assert.Equal(first.Job.JobId, (await Ledger.Submissions.SubmitAsync(Again(), Token)).JobId);
        await Ledger.Queue.CancelAsync(first.Job.JobId, "ada", Token);
        var again = Again();

        Assert.Equal(
            new(SubmitResult.Duplicate, first.Job.JobId, JobState.Cancelled), await Ledger.Submissions.SubmitAsync(Submission(), Token));
        Assert.Equal(new(SubmitResult.Accepted, again.Job.JobId), await Ledger.Submissions.SubmitAsync(again, Token));
        Assert.Equal(new(SubmitResult.Duplicate, again.Job.JobId), await Ledger.Submissions.SubmitAsync(Submission(), Token));
        Assert.Equal("2", await Fixture.AskAsync("SELECT count(*) FROM job"));
    }

    [Fact]
    public async Task Whoever_follows_the_same_job_is_told_of_its_end_under_the_id_that_was_sent()
    {
        var first = Submission();
        await Ledger.Submissions.SubmitAsync(first, Token);
        var early = Submission() with { Follows = true };
        early = early with { Job = early.Job with { CorrelationId = "order-8" } };

        Assert.Equal(new(SubmitResult.Duplicate, first.Job.JobId), await Ledger.Submissions.SubmitAsync(early, Token));
        await Ledger.Submissions.SubmitAsync(early, Token);
        Assert.Empty(await PublishedAsync());
        await Ledger.Queue.CancelAsync(first.Job.JobId, "ada", Token);

        var events = (await PublishedAsync()).Cast<JobRejected>().OrderBy(ended => ended.DuplicateOf is null).ToList();
        Assert.Equal(
            [(early.Job.JobId, first.Job.JobId, "order-8"), (first.Job.JobId, null, "order-7")],
            events.Select(ended => (ended.JobId, ended.DuplicateOf, ended.CorrelationId)));

        var late = Submission() with { Follows = true };
        await Ledger.Submissions.SubmitAsync(late, Token);
        await Ledger.Submissions.SubmitAsync(late, Token);
        var told = Assert.IsType<JobRejected>(Assert.Single(await PublishedAsync()));
        Assert.Equal((late.Job.JobId, first.Job.JobId, JobState.Cancelled), (told.JobId, told.DuplicateOf, told.State));
    }

    [Fact]
    public async Task A_follower_within_the_same_call_is_told_too()
    {
        var first = Submission();
        var second = Submission() with { Follows = true };

        await Ledger.Submissions.SubmitManyAsync([first, second], Token);
        await Ledger.Queue.CancelAsync(first.Job.JobId, "ada", Token);

        Assert.Equal(2, (await PublishedAsync()).Count);
    }

    private static JobSubmission Again()
    {
        var submission = Submission();
        return submission with { Job = submission.Job with { Again = true } };
    }

    [Fact]
    public async Task Many_are_answered_in_their_order_also_when_one_occurs_twice()
    {
        await Ledger.Submissions.SubmitAsync(Submission(key: "b"), Token);

        var outcomes = await Ledger.Submissions.SubmitManyAsync(
            [Submission(key: "a"), Submission(key: "b"), Submission(key: "c"), Submission(key: "a")], Token);

        Assert.Equal(
            [SubmitResult.Accepted, SubmitResult.Duplicate, SubmitResult.Accepted, SubmitResult.Duplicate],
            outcomes.Select(outcome => outcome.Result));
        Assert.Equal(outcomes[0].JobId, outcomes[3].JobId);
    }

    [Fact]
    public async Task Of_parallel_submissions_of_one_key_one_is_accepted()
    {
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Fixture.Open().Submissions.SubmitAsync(Submission(key: "key-1"), Token)));

        var accepted = Assert.Single(outcomes, outcome => outcome.Result == SubmitResult.Accepted);
        Assert.Equal(7, outcomes.Count(outcome => outcome.Result == SubmitResult.Duplicate));
        Assert.All(outcomes, outcome => Assert.Equal(accepted.JobId, outcome.JobId));
        Assert.Equal("1", await Fixture.AskAsync("SELECT count(*) FROM job"));
    }

    [Fact]
    public async Task A_key_of_any_length_and_a_source_of_2048_characters_fit()
    {
        var key = new string('鍵', 3000);
        var submission = Submission(new string('源', 2048), key);

        await Ledger.Submissions.SubmitAsync(submission, Token);

        Assert.Equal(submission.Job.JobId, (await Ledger.Submissions.SubmitAsync(Submission(submission.Job.Source, key), Token)).JobId);
        Assert.Equal(SubmitResult.Conflict, (await Ledger.Submissions.SubmitAsync(Submission("/media/b.png", key), Token)).Result);
    }

    [Fact]
    public async Task A_job_without_an_id_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Ledger.Submissions.SubmitAsync(Submission(id: Guid.Empty), Token));
    }

    public sealed class OnSqlite(SqliteFixture fixture) : SubmissionTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : SubmissionTests(fixture), IClassFixture<PostgreSqlFixture>;
}
