using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Persistence.Tests.Fixtures;
using Qwen35Batch.Persistence.WorkQueue;

namespace Qwen35Batch.Persistence.Tests.WorkQueue;

/// <summary>The files of an archive are jobs of their own.</summary>
public abstract class ArchiveTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    private static readonly string Content = new('d', 64);

    [Fact]
    public async Task An_archive_ends_and_its_files_wait_to_be_planned_with_their_content()
    {
        var (archive, claim) = await ClaimAsync("/media/a.zip");

        Assert.True(await Ledger.Queue.RecordOpenedAsync(claim, Opened(hasGaps: true), [File("/media/a.zip!/b.pdf")], Token));
        Assert.True(await Ledger.Queue.RecordOpenedAsync(claim, Opened(hasGaps: true), [File("/media/a.zip!/b.pdf")], Token));

        var job = (await Ledger.Reading.GetJobAsync(archive, Token))!.Job;
        Assert.Equal((JobState.CompletedWithGaps, "Opened."), (job.State, job.Detail));
        Assert.Contains(await PublishedAsync(), message => message is JobCompleted { State: JobState.CompletedWithGaps, Planned: 0 });
        var file = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 9, Lease, Token));
        Assert.Equal(("/media/a.zip!/b.pdf", Content), (file.Job.Source, file.Job.ArchivedSha256));
        Assert.Null(claim.Job.ArchivedSha256);
        Assert.Equal($"{archive}", await Fixture.AskAsync("SELECT archive FROM jobs WHERE source = '/media/a.zip!/b.pdf'"));
    }

    [Fact]
    public async Task A_late_worker_opens_nothing()
    {
        var (_, late) = await ClaimAsync("/media/a.zip");
        await CrashAsync();

        Assert.False(await Ledger.Queue.RecordOpenedAsync(late, Opened(), [File("/media/a.zip!/b.pdf")], Token));
        Assert.Equal("1", await Fixture.AskAsync("SELECT count(*) FROM jobs"));
    }

    [Fact]
    public async Task The_jobs_of_an_archive_are_those_of_its_files_too_also_when_they_were_there_before()
    {
        var (first, claim) = await ClaimAsync("/media/a.zip");
        await Ledger.Queue.RecordOpenedAsync(claim, Opened(), [File("/media/a.zip!/b.pdf")], Token);
        Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 9, Lease, Token));
        var (second, again) = await ClaimAsync("/media/a.zip", content: "c2");
        await Ledger.Queue.RecordOpenedAsync(again, Opened(), [File("/media/a.zip!/b.pdf"), File("/media/a.zip!/c.pdf")], Token);

        Assert.Equal(3, await CountAsync(second));
        Assert.Equal(1, await CountAsync(first));
        var detail = (await Ledger.Reading.GetJobAsync(second, Token))!.Job.Detail;
        Assert.Contains("1 of them were jobs before", detail, StringComparison.Ordinal);
    }

    private async Task<long> CountAsync(Guid archive) =>
        (await Ledger.Reading.ProgressAsync(new() { JobIds = [archive], WithArchived = true }, Token)).Jobs.Values.Sum();

    private async Task<(Guid Job, JobClaim Claim)> ClaimAsync(string source, string content = "c1")
    {
        var submission = Submission(source);
        submission = submission with { Identity = submission.Identity with { ContentSha256 = content } };
        await Ledger.Submissions.SubmitAsync(submission, Token);
        return (submission.Job.JobId, Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token)));
    }

    private static StageOutcome.Opened Opened(bool hasGaps = false) => new(new('e', 64), [new("x", Content)], "Opened.", hasGaps);

    private static JobSubmission File(string source)
    {
        var submission = Submission(source);
        return submission with { Identity = submission.Identity with { ContentSha256 = Content } };
    }

    public sealed class OnSqlite(SqliteFixture fixture) : ArchiveTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : ArchiveTests(fixture), IClassFixture<PostgreSqlFixture>;
}
