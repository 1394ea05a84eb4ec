using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Outbox;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Persistence.WorkQueue;

namespace Qwen35Batch.Persistence.Tests.Fixtures;

/// <summary>What a test of the ledger says in one line. Every derived class runs on both databases.</summary>
public abstract class LedgerTest(LedgerFixture fixture) : IAsyncLifetime
{
    protected static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);
    protected static readonly TaskReference TestTask = new("describe", "0123456789ab");

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected LedgerFixture Fixture { get; } = fixture;

    protected Ledger Ledger { get; private set; } = null!;

    protected Guid Worker { get; } = Guid.NewGuid();

    public async ValueTask InitializeAsync()
    {
        await Fixture.EmptyAsync();
        Ledger = Fixture.Ledger;
    }

    /// <summary>Whatever a test did, the numbers that are kept are those that can be counted.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Fixture.SkipReason is null) Assert.Equal(await Fixture.CountedAsync(), await Fixture.KeptAsync());
    }

    protected static JobSubmission Submission(string source = "/media/a.png", string? key = null, int priority = 0, Guid? id = null) =>
        Identified(
            new SubmitJob
            {
                JobId = id ?? Guid.CreateVersion7(),
                Source = source,
                Task = "describe",
                DedupeKey = key,
                Priority = priority,
                CorrelationId = "order-7"
            });

    /// <summary>A submission as the intake hands it over.</summary>
    protected static JobSubmission Identified(SubmitJob job, string? content = "c1", string taskVersion = "v1", string model = "m1") =>
        new(
            job,
            new()
            {
                Source = job.Source,
                ContentSha256 = content,
                Task = new(job.Task, taskVersion),
                Model = model,
                Options = job.Options
            });

    protected static StageOutcome Completed(
        string insight = """{"summary":"a cat"}""", string model = "nano@1") => new StageOutcome.Completed(
        JsonDocument.Parse(insight).RootElement.Clone(),
        [new Citation { Segment = 0, Page = 1, Box = new(0.1, 0.2, 0.3, 0.4), PictureSha256 = new('a', 64) }],
        new Usage { InputTokens = 100, CachedInputTokens = 40, OutputTokens = 10, Pictures = 1, ModelMilliseconds = 250 },
        model,
        Names: [new("/summary", "animals", "C-7", "0123456789ab")]);

    protected static StageOutcome Rejected(RejectionReason reason = RejectionReason.InvalidAnswer) =>
        new StageOutcome.Rejected(reason, "The answer is no JSON.", "{oops");

    protected static StageOutcome Plan(int pages, bool synthesis = false) => new StageOutcome.Planned(
        new MediaDescription
        {
            Sha256 = new('b', 64),
            Kind = MediaKind.Pdf,
            MediaType = "application/pdf",
            LengthBytes = 1234,
            PageCount = pages
        },
        TestTask,
        [
            .. Enumerable.Range(0, pages)
                .Select(number => new SegmentReference { Number = number, Kind = SegmentKind.Page, Page = number + 1 })
        ],
        synthesis ? new SegmentReference { Number = pages, Kind = SegmentKind.Synthesis } : null);

    /// <summary>Submits and plans a job.</summary>
    protected async Task<Guid> PlannedJobAsync(int pages, bool synthesis = false, string? source = null)
    {
        var submission = Submission(source ?? $"/media/{Guid.NewGuid()}.pdf");
        await Ledger.Submissions.SubmitAsync(submission, Token);
        var claim = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
        Assert.True(await Ledger.Queue.RecordPlanAsync(claim, Plan(pages, synthesis), Token));
        return submission.Job.JobId;
    }

    protected async Task<SegmentClaim> ClaimOneAsync() => Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(Worker, 1, Lease, Token));

    /// <summary>Claims the next segment and stores an outcome.</summary>
    protected async Task<SegmentClaim> FinishOneAsync(StageOutcome outcome)
    {
        var claim = await ClaimOneAsync();
        Assert.True(await Ledger.Queue.RecordSegmentAsync(claim, outcome, Token));
        return claim;
    }

    /// <summary>Whoever holds something dies for certain, and is another process when it claims again.</summary>
    protected async Task CrashAsync()
    {
        await Fixture.ExpireLeasesAsync();
        Assert.NotEqual(0, await Ledger.Queue.ReapAsync(Token));
        await Fixture.ExecuteAsync("DELETE FROM worker");
        await Fixture.PassBackOffAsync();
    }

    protected async Task<JobState> StateAsync(Guid job) => (await Ledger.Reading.GetJobAsync(job, Token))!.Job.State;

    /// <summary>Publishes everything and returns it.</summary>
    protected async Task<List<object>> PublishedAsync()
    {
        var events = new List<object>();
        await Ledger.Outbox.RelayAsync(Collect, 1000, Lease, Token);
        return events;

        Task Collect(OutboxMessage message, CancellationToken cancellationToken)
        {
            events.Add(message.Event);
            return Task.CompletedTask;
        }
    }
}
