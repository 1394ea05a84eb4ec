using Qwen35Batch.Contracts.Steps;

namespace Qwen35Batch.Pipeline.Tests.Agents.Runs;

/// <summary>
/// Steps as the ledger keeps them, in memory, so that they outlive a run that is cut short. The ledger's own are tested with databases.
/// </summary>
internal sealed class MemoryStepLog : IStepLog
{
    private readonly List<StepRecord> _steps = [];
    private readonly List<StepRecord> _replaced = [];

    public DateTimeOffset Now { get; set; } = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Told of each point that is come by, with the step; may throw what ends the process.</summary>
    public Action<string, StepRecord> At { get; set; } = (_, _) => { };

    public IReadOnlyList<StepRecord> Steps => _steps;

    public Task<(IReadOnlyList<StepRecord> Steps, DateTimeOffset Now)> ReadAsync(CancellationToken cancellationToken) =>
        Task.FromResult<(IReadOnlyList<StepRecord>, DateTimeOffset)>(([.. _replaced, .. _steps], Now));

    public Task<StepRecord> PlanAsync(StepRequest request, CancellationToken cancellationToken)
    {
        var step = new StepRecord
        {
            Number = request.Number,
            Kind = request.Kind,
            Tool = request.Tool,
            Arguments = request.Arguments,
            ArgumentsSha256 = request.ArgumentsSha256,
            Effect = request.Effect,
            State = StepState.Planned,
            PlannedAt = Now,
        };
        At("before plan", step);
        if (request.Number == _steps.Count) _steps.Add(step);
        Assert.Equal(request.ArgumentsSha256, _steps[request.Number].ArgumentsSha256);
        At("after plan", step);
        return Task.FromResult(_steps[request.Number]);
    }

    public Task<StepRecord> BeginAsync(int number, CancellationToken cancellationToken)
    {
        Change(number, step => step with { State = StepState.Running, StartedAt = Now, Starts = step.Starts + 1, Verdict = null });
        At("after begin", _steps[number]);
        return Task.FromResult(_steps[number]);
    }

    public Task<StepRecord> AwaitAsync(int number, CancellationToken cancellationToken)
    {
        Change(number, step => step with { State = StepState.Awaiting, StartedAt = step.StartedAt ?? Now });
        return Task.FromResult(_steps[number]);
    }

    public Task<StepRecord> EndAsync(int number, StepEnd outcome, CancellationToken cancellationToken)
    {
        At("before end", _steps[number]);
        if (!_steps[number].HasEnded) outcome.PutInPlace?.Invoke();
        At("before commit", _steps[number]);
        Change(number, step => step with
        {
            State = outcome.State,
            Result = outcome.Result,
            EndedAt = Now,
            Bytes = outcome.Bytes,
            Usage = outcome.Usage ?? new(),
        });
        At("after end", _steps[number]);
        return Task.FromResult(_steps[number]);
    }

    public void Decide(int number, bool approved) => Change(number, step => step with { Approved = approved, DecidedBy = "reviewer" });

    public void Settle(int number, StepVerdict verdict) =>
        Change(number, step => step with { Verdict = verdict, DecidedBy = "reviewer" });

    /// <summary>A retry from a step on.</summary>
    public void Replace(int from)
    {
        _replaced.AddRange(_steps.Skip(from).Select(step => step with { IsReplaced = true }));
        _steps.RemoveRange(from, _steps.Count - from);
    }

    private void Change(int number, Func<StepRecord, StepRecord> change)
    {
        if (!_steps[number].HasEnded) _steps[number] = change(_steps[number]);
    }
}
