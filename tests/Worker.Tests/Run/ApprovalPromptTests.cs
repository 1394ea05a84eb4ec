using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Hosting;
using Qwen35Batch.Worker.Run;
using Qwen35Batch.Worker.Signals;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Run;

public sealed class ApprovalPromptTests : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("qwen35batch-approval-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("y", true)]
    [InlineData("no", false)]
    public async Task A_person_is_shown_the_call_and_decides(string said, bool approved)
    {
        using var tools = WorkerComposition.BuildLedgerOnly(TestWorker.Settings(_folder));
        var (job, ledger) = await AwaitingAsync(tools.Services);
        using var output = new StringWriter();
        var prompt = new ApprovalPrompt(ledger.Steps, tools.Services.GetRequiredService<WorkSignals>(), TimeProvider.System)
        {
            Output = output,
            Input = new StringReader($"{said}\n"),
        };
        using var stop = new CancellationTokenSource();

        var asking = prompt.AskAsync([job], stop.Token);
        var steps = await TestWorker.WaitAsync(
            () => ledger.Steps.ListAsync(job, Cancellation), found => found[0].Approved is not null, "The decision");
        await stop.CancelAsync();
        await asking;

        Assert.Equal((approved, "terminal"), (steps[0].Approved, steps[0].DecidedBy));
        Assert.Contains("""lookup {"about":"layers"}""", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("h", StepVerdict.Happened)]
    [InlineData("what\nd", StepVerdict.Again)]
    [InlineData("s", StepVerdict.Skip)]
    public async Task A_person_says_whether_an_effect_has_happened_and_is_asked_until_it_is_an_answer(string said, StepVerdict verdict)
    {
        using var tools = WorkerComposition.BuildLedgerOnly(TestWorker.Settings(_folder));
        var (job, ledger) = await AwaitingAsync(tools.Services, isBegun: true);
        using var output = new StringWriter();
        var prompt = new ApprovalPrompt(ledger.Steps, tools.Services.GetRequiredService<WorkSignals>(), TimeProvider.System)
        {
            Output = output,
            Input = new StringReader($"{said}\n"),
        };
        using var stop = new CancellationTokenSource();

        var asking = prompt.AskAsync([job], stop.Token);
        var steps = await TestWorker.WaitAsync(
            () => ledger.Steps.ListAsync(job, Cancellation), found => found[0].Verdict is not null, "The decision");
        await stop.CancelAsync();
        await asking;

        Assert.Equal((verdict, "terminal", null), (steps[0].Verdict, steps[0].DecidedBy, steps[0].Approved));
        Assert.Contains("may or may not have happened", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_can_answer_it_is_said_once_how_to_and_nothing_is_decided()
    {
        using var tools = WorkerComposition.BuildLedgerOnly(TestWorker.Settings(_folder));
        var (job, ledger) = await AwaitingAsync(tools.Services);
        using var output = new StringWriter();
        var prompt = new ApprovalPrompt(ledger.Steps, tools.Services.GetRequiredService<WorkSignals>(), TimeProvider.System)
        {
            Output = TextWriter.Synchronized(output),
            Input = null,
        };
        using var stop = new CancellationTokenSource();

        var asking = prompt.AskAsync([job], stop.Token);
        await TestWorker.WaitAsync(
            () => Task.FromResult(output.ToString()), text => text.Contains($"/jobs/{job}/steps/0/approval", StringComparison.Ordinal));
        await stop.CancelAsync();
        await asking;

        Assert.Null((await ledger.Steps.ListAsync(job, Cancellation))[0].Approved);
    }

    [Fact]
    public async Task A_run_that_ends_does_not_wait_for_a_person_who_does_not_answer()
    {
        using var tools = WorkerComposition.BuildLedgerOnly(TestWorker.Settings(_folder));
        var (job, ledger) = await AwaitingAsync(tools.Services);
        using var terminal = new SilentTerminal();
        var prompt = new ApprovalPrompt(ledger.Steps, tools.Services.GetRequiredService<WorkSignals>(), TimeProvider.System)
        {
            Output = TextWriter.Null,
            Input = terminal,
        };
        using var stop = new CancellationTokenSource();

        var asking = Task.Run(() => prompt.AskAsync([job], stop.Token), Cancellation);
        await terminal.IsRead.WaitAsync(Hang.Limit, Cancellation);
        await stop.CancelAsync();

        await asking.WaitAsync(Hang.Limit, Cancellation);
        Assert.Null((await ledger.Steps.ListAsync(job, Cancellation))[0].Approved);
    }

    private static async Task<(Guid Job, Ledger Ledger)> AwaitingAsync(IServiceProvider services, bool isBegun = false)
    {
        await services.GetRequiredService<LedgerMigrator>().MigrateAsync(Cancellation);
        var ledger = services.GetRequiredService<Ledger>();
        var (worker, id) = (Guid.NewGuid(), Guid.CreateVersion7());
        var job = new SubmitJob { JobId = id, Source = "How?", Question = "How?", Task = "study" };
        var identity = new JobIdentity { Source = "", Question = "How?", Task = new("study", "1"), Model = "m", Options = new() };
        await ledger.Submissions.SubmitAsync(new(job, identity), Cancellation);
        var claim = Assert.Single(await ledger.Queue.ClaimJobsAsync(worker, 1, Lease, Cancellation));
        var media = new MediaDescription { Sha256 = new('b', 64), Kind = MediaKind.Text, MediaType = "text/plain", LengthBytes = 4 };
        var plan = new StageOutcome.Planned(media, new("study", "1"), [new() { Number = 0, Kind = SegmentKind.TextPart }], null);
        await ledger.Queue.RecordPlanAsync(claim, plan, Cancellation);
        var log = ledger.Steps.Of(Assert.Single(await ledger.Queue.ClaimSegmentsAsync(worker, 1, Lease, Cancellation)));
        await log.PlanAsync(new(0, StepKind.Call, "lookup", """{"about":"layers"}""", StepEffect.Read), Cancellation);
        if (isBegun) await log.BeginAsync(0, Cancellation);
        await log.AwaitAsync(0, Cancellation);
        return (id, ledger);
    }

    /// <summary>A terminal at which nobody types: as the console's, its reading is not cancelled.</summary>
    private sealed class SilentTerminal : TextReader
    {
        private readonly TaskCompletionSource _isRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _closed = new();

        public Task IsRead => _isRead.Task;

        public override string? ReadLine()
        {
            _isRead.SetResult();
            _closed.Wait(CancellationToken.None);
            return null;
        }

        public override ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken) => new(ReadLine());

        protected override void Dispose(bool disposing)
        {
            _closed.Set();
            base.Dispose(disposing);
        }
    }
}
