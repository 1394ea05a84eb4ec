using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Tests.Agents.Runs;

/// <summary>An effect that may have happened, and a job that is retried.</summary>
public sealed class DoubtTests
{
    private readonly MemoryStepLog _log = new();
    private readonly StubTool _lookup = new("lookup", ToolEffect.Read, _ => Workshop.Found());
    private readonly StubTool _notify = new("notify", ToolEffect.External, _ => new("Sent.")) { Trust = ResultTrust.Trusted };

    [Theory]
    [InlineData(StepVerdict.Happened, StepState.Done, 1)]
    [InlineData(StepVerdict.Again, StepState.Done, 2)]
    [InlineData(StepVerdict.Skip, StepState.Unknown, 1)]
    public async Task A_task_that_asks_waits_until_a_person_has_said_whether_it_happened(StepVerdict verdict, StepState state, int effects)
    {
        using var workshop = Shop("ask");
        await StopAfterEffectAsync(workshop);

        var waits = Assert.IsType<StageOutcome.Deferred>(await workshop.RunAsync(Script(), _log));
        Assert.Contains("a person is to say whether notify has happened", waits.Detail, StringComparison.Ordinal);
        Assert.True(External.IsInDoubt);
        Assert.IsType<StageOutcome.Deferred>(await workshop.RunAsync(Script(), _log));
        _log.Settle(External.Number, verdict);

        var done = Assert.IsType<StageOutcome.Completed>(await workshop.RunAsync(Script(), _log));

        Assert.Equal((state, effects), (External.State, _notify.Calls));
        Assert.Equal(verdict == StepVerdict.Skip, done.HasGaps);
    }

    [Fact]
    public async Task What_is_done_again_and_cut_short_again_is_asked_for_again()
    {
        using var workshop = Shop("ask");
        await StopAfterEffectAsync(workshop);
        Assert.IsType<StageOutcome.Deferred>(await workshop.RunAsync(Script(), _log));
        _log.Settle(External.Number, StepVerdict.Again);
        await StopAfterEffectAsync(workshop);

        Assert.IsType<StageOutcome.Deferred>(await workshop.RunAsync(Script(), _log));

        Assert.Equal(2, _notify.Calls);
    }

    [Fact]
    public async Task Nobody_says_anything_in_time_and_the_job_goes_on_without_it()
    {
        using var workshop = Shop("ask");
        await StopAfterEffectAsync(workshop);
        Assert.IsType<StageOutcome.Deferred>(await workshop.RunAsync(Script(), _log));
        _log.Now += TimeSpan.FromHours(25);

        var done = Assert.IsType<StageOutcome.Completed>(await workshop.RunAsync(Script(), _log));

        Assert.Equal((StepState.Unknown, 1), (External.State, _notify.Calls));
        Assert.Contains("Nobody has said which", done.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("skip", StepState.Unknown, 1)]
    [InlineData("repeat", StepState.Done, 2)]
    public async Task The_rule_of_the_task_decides_where_it_asks_nobody(string rule, StepState state, int effects)
    {
        using var workshop = Shop(rule);
        await StopAfterEffectAsync(workshop);

        Assert.IsType<StageOutcome.Completed>(await workshop.RunAsync(Script(), _log));

        Assert.Equal((state, effects), (External.State, _notify.Calls));
    }

    [Fact]
    public async Task A_job_that_is_retried_is_answered_from_the_record_and_no_effect_happens_twice()
    {
        using var workshop = Shop("skip");
        Assert.IsType<StageOutcome.Completed>(await workshop.RunAsync(Script(), _log));
        var first = _log.Steps.ToList();
        _log.Replace(from: 1);

        var done = Assert.IsType<StageOutcome.Completed>(await workshop.RunAsync(Script(), _log));

        Assert.False(done.HasGaps);
        Assert.Equal((1, 1), (_lookup.Calls, _notify.Calls));
        Assert.Equal(first.Select(step => step.ArgumentsSha256), _log.Steps.Select(step => step.ArgumentsSha256));
        Assert.Equal(first.Select(step => step.State), _log.Steps.Select(step => step.State));
    }

    [Fact]
    public async Task What_was_in_doubt_before_a_retry_is_not_done_by_it_either()
    {
        using var workshop = Shop("skip");
        await StopAfterEffectAsync(workshop);
        Assert.IsType<StageOutcome.Completed>(await workshop.RunAsync(Script(), _log));
        _log.Replace(from: 1);

        var done = Assert.IsType<StageOutcome.Completed>(await workshop.RunAsync(Script(), _log));

        Assert.Equal((StepState.Unknown, 1), (External.State, _notify.Calls));
        Assert.True(done.HasGaps);
    }

    private StepRecord External => _log.Steps.Single(step => step.Effect == StepEffect.External);

    private static PlainScript Script() => new(Workshop.Call("lookup", ("about", "layers")), Workshop.Call("notify", ("about", "it")));

    private async Task StopAfterEffectAsync(Workshop workshop)
    {
        using var process = new CancellationTokenSource();
        _notify.At = point =>
        {
            if (point != "after effect") return;
            process.Cancel();
            process.Token.ThrowIfCancellationRequested();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => workshop.RunAsync(Script(), _log, killed: process.Token));
        _notify.At = _ => { };
    }

    private Workshop Shop(string rule) => new()
    {
        Tools = [_lookup, _notify],
        Members = $$""" "tools": { "lookup": {}, "notify": { "inDoubt": "{{rule}}" }, "write_report": {} } """,
    };
}
