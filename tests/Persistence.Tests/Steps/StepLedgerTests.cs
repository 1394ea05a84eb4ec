using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Persistence.Steps;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Persistence.Tests.Fixtures;
using Qwen35Batch.Persistence.WorkQueue;

namespace Qwen35Batch.Persistence.Tests.Steps;

public abstract class StepLedgerTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    private static readonly StepRequest Look = new(0, StepKind.Call, "lookup", """{"about":"layers"}""", StepEffect.Read);

    [Fact]
    public async Task A_question_comes_back_with_its_segment_and_its_steps_in_order()
    {
        var claim = await ClaimAsync();
        Assert.Equal("How many layers?", claim.Job.Question);
        var log = Ledger.Steps.Of(claim);

        await log.PlanAsync(Look, Token);
        await log.BeginAsync(0, Token);
        var done = await log.EndAsync(
            0, new(StepState.Done, """{"text":"7"}""", new() { InputTokens = 5, OutputTokens = 2, ModelMilliseconds = 9 }, 70), Token);
        await log.PlanAsync(Look with { Number = 1 }, Token);

        Assert.Equal((StepState.Done, 1, 70L, 5), (done.State, done.Starts, done.Bytes, done.Usage.InputTokens));
        var (steps, now) = await log.ReadAsync(Token);
        Assert.Equal(await Ledger.Steps.ListAsync(claim.JobId, Token), steps);
        Assert.Equal([StepState.Done, StepState.Planned], steps.Select(step => step.State));
        Assert.True(now >= steps[0].EndedAt);
    }

    [Fact]
    public async Task Whoever_lost_the_job_stores_nothing_any_more()
    {
        var claim = await ClaimAsync();
        var log = Ledger.Steps.Of(claim);
        await log.PlanAsync(Look, Token);
        await log.BeginAsync(0, Token);
        await Ledger.Queue.ReleaseSegmentsAsync([claim.Lease], Token);
        var other = Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(Guid.NewGuid(), 1, Lease, Token));

        await Assert.ThrowsAsync<StepsLostException>(() => log.EndAsync(0, new(StepState.Done, "1"), Token));
        await Assert.ThrowsAsync<StepsLostException>(() => log.PlanAsync(Look with { Number = 1 }, Token));

        var mine = Ledger.Steps.Of(other);
        await mine.BeginAsync(0, Token);
        var step = await mine.EndAsync(0, new(StepState.Done, "2"), Token);
        Assert.Equal((2, "2"), (step.Starts, step.Result));
    }

    [Fact]
    public async Task The_first_result_counts_and_files_are_put_in_place_for_that_one_alone()
    {
        var log = Ledger.Steps.Of(await ClaimAsync());
        var moved = new List<string>();
        await log.PlanAsync(Look, Token);
        await log.BeginAsync(0, Token);

        await log.EndAsync(0, new(StepState.Done, "first") { PutInPlace = () => moved.Add("first") }, Token);
        var second = await log.EndAsync(0, new(StepState.Failed, "second") { PutInPlace = () => moved.Add("second") }, Token);

        Assert.Equal((StepState.Done, "first"), (second.State, second.Result));
        Assert.Equal(["first"], moved);
    }

    [Fact]
    public async Task Another_step_under_the_same_number_is_refused()
    {
        var log = Ledger.Steps.Of(await ClaimAsync());
        await log.PlanAsync(Look, Token);

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => log.PlanAsync(Look with { Arguments = """{"about":"heads"}""" }, Token));
    }

    [Fact]
    public async Task An_approval_is_for_the_arguments_that_were_seen_and_wakes_the_job()
    {
        var claim = await ClaimAsync();
        var log = Ledger.Steps.Of(claim);
        var step = await log.PlanAsync(Look, Token);
        Assert.Equal(StepDecision.NotAwaiting, await DecideAsync(true, step.ArgumentsSha256));
        await log.AwaitAsync(0, Token);
        await Ledger.Queue.RecordSegmentAsync(
            claim, new StageOutcome.Deferred(TimeSpan.FromHours(1), "It waits.", FaultScope.Machine), Token);
        Assert.Equal(claim.JobId, Assert.Single(await Ledger.Steps.ListAwaitingAsync([claim.JobId], Token)).JobId);
        Assert.Empty(await Ledger.Queue.ClaimSegmentsAsync(Worker, 1, Lease, Token));

        var others = new StepRequest(0, StepKind.Call, "lookup", """{"about":"everything"}""", StepEffect.Read).ArgumentsSha256;
        Assert.Equal(StepDecision.OtherArguments, await DecideAsync(true, others));
        Assert.Equal(StepDecision.Missing, await Ledger.Steps.DecideAsync(claim.JobId, 7, true, others, "anna", Token));
        Assert.Empty(await Ledger.Queue.ClaimSegmentsAsync(Worker, 1, Lease, Token));
        Assert.Equal(StepDecision.Taken, await DecideAsync(true, step.ArgumentsSha256));
        Assert.Equal(StepDecision.Taken, await DecideAsync(true, step.ArgumentsSha256));
        Assert.Equal(StepDecision.NotAwaiting, await DecideAsync(false, step.ArgumentsSha256));

        Assert.Empty(await Ledger.Steps.ListAwaitingAsync([claim.JobId], Token));
        var again = Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(Worker, 1, Lease, Token));
        var (steps, _) = await Ledger.Steps.Of(again).ReadAsync(Token);
        Assert.Equal((true, "anna"), (Assert.Single(steps).Approved, steps[0].DecidedBy));

        Task<StepDecision> DecideAsync(bool approved, string sha256) =>
            Ledger.Steps.DecideAsync(claim.JobId, 0, approved, sha256, "anna", Token);
    }

    [Fact]
    public async Task An_effect_in_doubt_is_settled_once_and_wakes_the_job_and_who_said_it_is_kept()
    {
        var claim = await ClaimAsync();
        var log = Ledger.Steps.Of(claim);
        var step = await log.PlanAsync(Look with { Effect = StepEffect.External }, Token);
        await log.BeginAsync(0, Token);
        Assert.Equal(StepDecision.NotAwaiting, await SettleAsync(StepVerdict.Happened));
        await log.AwaitAsync(0, Token);
        await Ledger.Queue.RecordSegmentAsync(
            claim, new StageOutcome.Deferred(TimeSpan.FromHours(1), "It waits.", FaultScope.Machine), Token);
        Assert.True(Assert.Single(await Ledger.Steps.ListAwaitingAsync([claim.JobId], Token)).Step.IsInDoubt);
        // It waits for no approval, and an approval does not settle it.
        Assert.Equal(
            StepDecision.NotAwaiting, await Ledger.Steps.DecideAsync(claim.JobId, 0, true, step.ArgumentsSha256, "anna", Token));

        Assert.Equal(
            StepDecision.OtherArguments,
            await Ledger.Steps.SettleAsync(claim.JobId, 0, StepVerdict.Again, new('0', 64), "anna", Token));
        Assert.Equal(StepDecision.Taken, await SettleAsync(StepVerdict.Again));
        Assert.Equal(StepDecision.Taken, await SettleAsync(StepVerdict.Again));
        Assert.Equal(StepDecision.NotAwaiting, await SettleAsync(StepVerdict.Skip));

        Assert.Empty(await Ledger.Steps.ListAwaitingAsync([claim.JobId], Token));
        var again = Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(Worker, 1, Lease, Token));
        var mine = Ledger.Steps.Of(again);
        var stored = Assert.Single((await mine.ReadAsync(Token)).Steps);
        Assert.Equal((StepVerdict.Again, "anna"), (stored.Verdict, stored.DecidedBy));
        Assert.NotNull(stored.DecidedAt);
        // What was said was said of the start before.
        Assert.Null((await mine.BeginAsync(0, Token)).Verdict);
        await using var db = Fixture.Dialect.Create();
        var entry = Assert.Single(db.Audit.Where(entry => entry.JobId == claim.JobId).ToList());
        Assert.Equal(("anna", "settle"), (entry.Actor, entry.Action));
        Assert.EndsWith(": again", entry.Detail, StringComparison.Ordinal);

        Task<StepDecision> SettleAsync(StepVerdict verdict) =>
            Ledger.Steps.SettleAsync(claim.JobId, 0, verdict, step.ArgumentsSha256, "anna", Token);
    }

    [Theory]
    [InlineData(RejectionReason.Empty, 2)]
    [InlineData(RejectionReason.InvalidAnswer, 4)]
    public async Task A_retry_keeps_the_good_steps_and_the_others_are_planned_anew_beside_what_they_were(
        RejectionReason reason, int kept)
    {
        var claim = await ClaimAsync();
        var log = Ledger.Steps.Of(claim);
        StepKind[] kinds = [StepKind.Plan, StepKind.Act, StepKind.Call, StepKind.Act, StepKind.Write];
        for (var number = 0; number < kinds.Length; number++)
        {
            await log.PlanAsync(new(number, kinds[number], null, $"{number}", StepEffect.Model), Token);
            await log.BeginAsync(number, Token);
            await log.EndAsync(number, new(number == 2 ? StepState.Failed : StepState.Done, "{}"), Token);
        }

        await Ledger.Queue.RecordSegmentAsync(claim, new StageOutcome.Rejected(reason, "Nothing."), Token);
        Assert.Equal(1, await Ledger.Queue.RetryAsync(claim.JobId, "anna", Token));

        var again = Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(Worker, 1, Lease, Token));
        var mine = Ledger.Steps.Of(again);
        var (steps, _) = await mine.ReadAsync(Token);
        Assert.Equal(Enumerable.Range(0, kept), steps.Where(step => !step.IsReplaced).Select(step => step.Number));
        Assert.Equal(Enumerable.Range(kept, kinds.Length - kept), steps.Where(step => step.IsReplaced).Select(step => step.Number));
        var anew = await mine.PlanAsync(new(kept, StepKind.Act, null, "other", StepEffect.Model), Token);
        Assert.Equal((StepState.Planned, false), (anew.State, anew.IsReplaced));
        Assert.Equal(kinds.Length + 1, (await Ledger.Steps.ListAsync(claim.JobId, Token)).Count);
    }

    [Fact]
    public async Task The_same_question_is_one_job_and_another_one_is_another()
    {
        var first = await Ledger.Submissions.SubmitAsync(Asking("How many layers?"), Token);
        var same = await Ledger.Submissions.SubmitAsync(Asking("How many layers?"), Token);
        var other = await Ledger.Submissions.SubmitAsync(Asking("How many heads?"), Token);

        Assert.Equal(first.JobId, same.JobId);
        Assert.NotEqual(first.JobId, other.JobId);
    }

    private static JobSubmission Asking(string question)
    {
        var job = new SubmitJob { JobId = Guid.CreateVersion7(), Source = question, Question = question, Task = "study" };
        var submission = Identified(job, content: null);
        return submission with { Identity = submission.Identity with { Source = "", Question = question } };
    }

    private async Task<SegmentClaim> ClaimAsync()
    {
        await Ledger.Submissions.SubmitAsync(Asking("How many layers?"), Token);
        var job = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
        Assert.Equal("How many layers?", job.Job.Question);
        var media = new MediaDescription { Sha256 = new('b', 64), Kind = MediaKind.Text, MediaType = "text/plain", LengthBytes = 16 };
        await Ledger.Queue.RecordPlanAsync(
            job, new StageOutcome.Planned(media, TestTask, [new() { Number = 0, Kind = SegmentKind.TextPart }], null), Token);
        return Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(Worker, 1, Lease, Token));
    }

    public sealed class OnSqlite(SqliteFixture fixture) : StepLedgerTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : StepLedgerTests(fixture), IClassFixture<PostgreSqlFixture>;
}
