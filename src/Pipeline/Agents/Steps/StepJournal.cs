using System.Text.Json;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tasks.Grants;

namespace Qwen35Batch.Pipeline.Agents.Steps;

/// <summary>
/// Does each step of a job once. A run after a crash comes by the same steps in the same order, and is answered from the record as far as
/// that goes. The budget is what is stored, and so it is exact.
/// </summary>
internal sealed class StepJournal
{
    // A decision that comes while the job is being put off is found soon.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private const string Stopped = "The worker was stopped while this was done, or its answer was lost: it may have happened or not.";

    private readonly IStepLog _log;
    private readonly List<StepRecord> _steps;
    private readonly List<StepRecord> _replaced;
    private readonly TimeSpan _approvalTimeout;
    private readonly DateTimeOffset _now;
    private int _next;

    private StepJournal(IStepLog log, IReadOnlyList<StepRecord> steps, AgentBudget budget, TimeSpan approvalTimeout, DateTimeOffset now)
    {
        _log = log;
        _steps = [.. steps.Where(step => !step.IsReplaced)];
        _replaced = [.. steps.Where(step => step.IsReplaced)];
        Budget = budget;
        _approvalTimeout = approvalTimeout;
        _now = now;
    }

    public AgentBudget Budget { get; }

    /// <summary>What the steps up to here have spent, as a run without a crash would see it.</summary>
    public Spending Spent => Spending.Of(_steps[.._next]);

    /// <summary>Steps that may still be done.</summary>
    public int StepsLeft => Budget.Steps - _next;

    public long TokensLeft => Budget.Tokens - Spent.Tokens;

    public IReadOnlyList<StepRecord> Steps => _steps;

    public static async Task<StepJournal> OpenAsync(
        IStepLog log, AgentBudget budget, TimeSpan approvalTimeout, CancellationToken cancellationToken)
    {
        var (steps, now) = await log.ReadAsync(cancellationToken);
        return new(log, steps, budget, approvalTimeout, now);
    }

    /// <summary>Does the next step, or tells what came of it when it was done before.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="tool">The tool; null for none.</param>
    /// <param name="arguments">What tells it from others, as JSON.</param>
    /// <param name="effect">What it does to the world.</param>
    /// <param name="gate">What stands before it; asked only when it was not begun yet.</param>
    /// <param name="work">Does it, given its number.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ResourceUnavailableException">It waits for a person, or for what is away.</exception>
    public async Task<StepRecord> DoAsync(
        StepKind kind, string? tool, string arguments, StepEffect effect, Func<StepGate> gate,
        Func<int, CancellationToken, Task<StepEnd>> work, CancellationToken cancellationToken)
    {
        if (StepsLeft <= 0) throw new InvalidOperationException($"The budget of {Budget.Steps} steps is spent.");
        var request = new StepRequest(_next, kind, tool, arguments, effect);
        var step = _next < _steps.Count && _steps[_next].ArgumentsSha256 == request.ArgumentsSha256
            ? _steps[_next]
            : await _log.PlanAsync(request, cancellationToken);
        if (!step.HasEnded) step = await PerformAsync(step, gate, work, cancellationToken);
        if (_next < _steps.Count) _steps[_next] = step;
        else _steps.Add(step);
        _next++;
        return step;
    }

    private async Task<StepRecord> PerformAsync(
        StepRecord step, Func<StepGate> gate, Func<int, CancellationToken, Task<StepEnd>> work, CancellationToken cancellationToken)
    {
        if (step.Starts > 0)
        {
            if (step.Effect == StepEffect.External && await SettleAsync(step, gate().InDoubt, Stopped, cancellationToken) is { } settled)
                return settled;
        }
        else if (OfReplaced(step) is { } earlier)
        {
            if (gate().Refusal is { } refusal) return await EndAsync(step, StepState.Refused, refusal, cancellationToken);
            if (await RecordedAsync(step, earlier, gate().InDoubt, cancellationToken) is { } recorded) return recorded;
        }
        else if (await RefusalAsync(step, gate(), cancellationToken) is { } why)
        {
            return await EndAsync(step, StepState.Refused, why, cancellationToken);
        }

        step = await _log.BeginAsync(step.Number, cancellationToken);
        var outcome = await work(step.Number, cancellationToken);
        if (outcome.State == StepState.Unknown && gate().InDoubt == DoubtRule.Ask)
        {
            // What a person says comes back to this step.
            var awaiting = await _log.AwaitAsync(step.Number, cancellationToken);
            throw Waiting(awaiting, $"whether {awaiting.Tool} has happened");
        }

        return await _log.EndAsync(step.Number, outcome, cancellationToken);
    }

    /// <summary>The same call before a retry, when it was done or may have been; only the job's own files are made anew.</summary>
    private StepRecord? OfReplaced(StepRecord step) => step.Kind != StepKind.Call || step.Effect == StepEffect.Write
        ? null
        : _replaced.FindLast(each => each.ArgumentsSha256 == step.ArgumentsSha256 && each.State == StepState.Done)
            ?? _replaced.FindLast(each => each.ArgumentsSha256 == step.ArgumentsSha256
                && each is { Effect: StepEffect.External, Starts: > 0 }
                && each.State is not (StepState.Failed or StepState.Refused));

    /// <summary>Answers from the record what was done before the job was retried.</summary>
    /// <returns>Null when it is to be done.</returns>
    private Task<StepRecord?> RecordedAsync(StepRecord step, StepRecord earlier, DoubtRule rule, CancellationToken cancellationToken)
    {
        if (earlier.State == StepState.Done)
            return Some(_log.EndAsync(step.Number, new(StepState.Done, earlier.Result!), cancellationToken));
        // This step was not begun, and so a person approves or refuses it.
        var asked = step.Approved is { } approved
            ? step with { Verdict = approved ? StepVerdict.Again : StepVerdict.Skip }
            : step with { Verdict = earlier.Verdict, DecidedBy = earlier.DecidedBy };
        return SettleAsync(asked, rule, "It was begun before this job was retried, and may have happened or not.", cancellationToken);
    }

    /// <summary>Decides on an effect that may have happened: as a person says, or else the task.</summary>
    /// <returns>Null when it is to be done again.</returns>
    private async Task<StepRecord?> SettleAsync(StepRecord step, DoubtRule rule, string why, CancellationToken cancellationToken)
    {
        switch (step.Verdict)
        {
            case StepVerdict.Happened:
                var said = new CallResult($"{step.DecidedBy} says that it has happened. What it gave is not known.", [], null, []);
                return await _log.EndAsync(step.Number, new(StepState.Done, StepJson.Write(said)), cancellationToken);
            case StepVerdict.Again:
                return null;
            case StepVerdict.Skip:
                return await EndAsync(step, StepState.Unknown, $"{why} {step.DecidedBy} has said to go on without it.", cancellationToken);
        }

        if (rule == DoubtRule.Repeat) return null;
        if (rule == DoubtRule.Skip) return await EndAsync(step, StepState.Unknown, $"{why} It is not repeated.", cancellationToken);
        if (step.State != StepState.Awaiting) step = await _log.AwaitAsync(step.Number, cancellationToken);
        if (Left(step) <= TimeSpan.Zero)
        {
            return await EndAsync(
                step,
                StepState.Unknown,
                $"{why} Nobody has said which within {_approvalTimeout:g} (Agent:ApprovalTimeout). It is not repeated.",
                cancellationToken);
        }

        throw Waiting(step, $"whether {step.Tool} has happened");
    }

    private static async Task<StepRecord?> Some(Task<StepRecord> step) => await step;

    private TimeSpan Left(StepRecord step) => (step.StartedAt ?? step.PlannedAt) + _approvalTimeout - _now;

    private ResourceUnavailableException Waiting(StepRecord step, string what)
    {
        var left = Left(step);
        return new(
            $"Step {step.Number} waits: a person is to say {what}.", left < LongestWait ? left : LongestWait, countsAsAttempt: false);
    }

    private async Task<string?> RefusalAsync(StepRecord step, StepGate gate, CancellationToken cancellationToken)
    {
        if (gate.Refusal is { } refusal) return refusal;
        if (!gate.NeedsApproval) return null;
        switch (step.Approved)
        {
            case true:
                return null;
            case false:
                return $"{step.DecidedBy} has refused this call.";
        }

        if (step.State != StepState.Awaiting) step = await _log.AwaitAsync(step.Number, cancellationToken);
        var left = Left(step);
        if (left <= TimeSpan.Zero) return $"Nobody has approved this call within {_approvalTimeout:g} (Agent:ApprovalTimeout).";
        throw new ResourceUnavailableException(
            $"Step {step.Number} waits for approval of {step.Tool}.", left < LongestWait ? left : LongestWait, countsAsAttempt: false);
    }

    private Task<StepRecord> EndAsync(StepRecord step, StepState state, string why, CancellationToken cancellationToken) =>
        _log.EndAsync(step.Number, new(state, JsonSerializer.Serialize(new StepProblem(why), StepJson.Options)), cancellationToken);
}
