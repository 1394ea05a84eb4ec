using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.WorkQueue;
using Qwen35Batch.Worker.Signals;
using Qwen35Batch.Worker.Stages;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Stages;

public sealed class ClaimAheadTests
{
    [Fact]
    public async Task A_row_that_waits_for_a_place_is_given_back_at_a_stop_and_never_worked_on()
    {
        await using var worker = await TestWorker.StartAsync(
            ("Stages:HeartbeatInterval", "00:10:00"), ("Stages:LeaseDuration", "01:00:00"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var stage = new ScriptedStage();
        using var loop = new StageLoop<JobClaim>(
            stage, worker.Server.Services.GetRequiredService<StageContext>(), NullLogger<StageLoop<JobClaim>>.Instance);
        var running = loop.RunAsync(stop.Token);
        // The first is short work: two are claimed after it, and the second of them has no place.
        await stage.IsBusy.Task.WaitAsync(TestContext.Current.CancellationToken);

        await stop.CancelAsync();
        await running;
        stage.MayEnd.SetResult();
        await loop.DrainAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        await loop.ReleaseUnfinishedAsync(TestContext.Current.CancellationToken);

        Assert.Equal([1, 2], stage.Worked.Order());
        Assert.Equal([1, 2], stage.Recorded.Order());
        Assert.Equal([3], stage.Released);
    }

    /// <summary>A stage with one place and three rows, the first of which is done at once.</summary>
    private sealed class ScriptedStage : IStage<JobClaim>
    {
        private int _claimed;

        public string Name => "Scripted";

        public int Concurrency => 1;

        public bool ClaimsAhead => true;

        public WakeUp Work { get; } = new(TimeProvider.System);

        public TaskCompletionSource IsBusy { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource MayEnd { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<long> Worked { get; } = [];

        public ConcurrentQueue<long> Recorded { get; } = [];

        public ConcurrentQueue<long> Released { get; } = [];

        public Task<IReadOnlyList<JobClaim>> ClaimAsync(int count, bool othersFirst, CancellationToken cancellationToken)
        {
            // The first alone, and then both that are left.
            var rows = _claimed == 0 ? 1 : 3 - _claimed;
            var claims = Enumerable.Range(_claimed + 1, rows)
                .Select(row => new JobClaim(new(row, Guid.NewGuid(), 1), new(Guid.NewGuid(), "/none", "describe", new()), 1, 0))
                .ToList();
            _claimed += rows;
            return Task.FromResult<IReadOnlyList<JobClaim>>(claims);
        }

        public async Task<StageOutcome> WorkAsync(JobClaim claim, Func<Task, Task> aside, CancellationToken cancellationToken)
        {
            Worked.Enqueue(claim.Lease.RowId);
            if (claim.Lease.RowId > 1)
            {
                IsBusy.TrySetResult();
                await MayEnd.Task;
            }

            return new StageOutcome.Rejected(RejectionReason.Empty, "Nothing is there.");
        }

        public Task<bool> RecordAsync(JobClaim claim, StageOutcome outcome, CancellationToken cancellationToken)
        {
            Recorded.Enqueue(claim.Lease.RowId);
            return Task.FromResult(true);
        }

        public Task ReleaseAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken)
        {
            foreach (var lease in leases) Released.Enqueue(lease.RowId);
            return Task.CompletedTask;
        }
    }
}
