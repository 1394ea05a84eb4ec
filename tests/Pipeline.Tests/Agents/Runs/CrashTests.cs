using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Tests.Agents.Runs;

/// <summary>A job is killed at each of eight points of each step, and goes on in another process.</summary>
public sealed class CrashTests
{
    private static readonly string[] Points =
        ["before plan", "after plan", "after begin", "before effect", "after effect", "before end", "before commit", "after end"];

    public static TheoryData<string> AllPoints => [.. Points];

    [Theory]
    [MemberData(nameof(AllPoints))]
    public async Task Killed_at_a_point_of_any_step_a_job_goes_on_and_no_effect_happens_twice(string point)
    {
        var (_, whole, _) = await RunAsync(point, killed: -1);
        var steps = whole.Steps.Count;
        Assert.Equal(
            [StepEffect.Model, StepEffect.Read, StepEffect.Write, StepEffect.External],
            whole.Steps.Select(step => step.Effect).Distinct().Order());

        for (var killed = 0; killed < steps; killed++)
        {
            var (outcome, log, workshop) = await RunAsync(point, killed);

            // What was in doubt is not repeated, and said; all else is as without the crash.
            var done = Assert.IsType<StageOutcome.Completed>(outcome);
            var external = log.Steps.Single(step => step.Effect == StepEffect.External);
            var isInDoubt = external.Number == killed && point is not ("before plan" or "after plan" or "after end");
            Assert.Equal(isInDoubt ? StepState.Unknown : StepState.Done, external.State);
            Assert.Equal(isInDoubt, done.HasGaps);
            Assert.Equal(isInDoubt && point is "after begin" or "before effect" && external.Number == killed ? 0 : 1, workshop.Notified);
            Assert.Equal(steps, log.Steps.Count);
            Assert.All(log.Steps, step => Assert.True(step.HasEnded));
            Assert.Equal(1, workshop.Reports);
            Assert.Equal(whole.Steps.Select(step => step.ArgumentsSha256), log.Steps.Select(step => step.ArgumentsSha256));
        }
    }

    [Fact]
    public async Task Of_a_read_that_is_done_again_the_first_result_that_was_stored_counts()
    {
        var number = 6;
        var lookup = new StubTool("lookup", ToolEffect.Read, _ => Workshop.Found($"The model has {++number} layers."));
        using var workshop = new Workshop { Tools = [lookup], Members = """ "tools": { "lookup": {}, "write_report": {} } """ };
        var log = new MemoryStepLog();
        log.At = (point, step) =>
        {
            // Stored by another worker, just before this one's result.
            var isLookup = step is { Kind: StepKind.Call, Tool: "lookup", State: StepState.Running };
            if (point != "before end" || !isLookup || number != 7) return;
            number = 40;
            var stored = log.EndAsync(step.Number, new(StepState.Done, Result("The model has 5 layers.")), CancellationToken.None);
            Assert.True(stored.IsCompletedSuccessfully);
        };

        var done = Assert.IsType<StageOutcome.Completed>(
            await workshop.RunAsync(new PlainScript(Workshop.Call("lookup", ("about", "layers"))), log));

        Assert.Contains("5 layers", done.Insight.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("7 layers", done.Insight.GetRawText(), StringComparison.Ordinal);
    }

    private static string Result(string text) =>
        $$"""
        {"text":"1 result:\n\n1. A paper\nhttps://example.org/paper\n{{text}}",
         "addresses":[{"address":"https://example.org/paper","title":"A paper"}],"artifacts":[]}
        """;

    private static async Task<(StageOutcome Outcome, MemoryStepLog Log, (int Notified, int Reports) Effects)> RunAsync(
        string point, int killed)
    {
        var log = new MemoryStepLog();
        var current = -1;
        var isKilled = false;
        var process = new CancellationTokenSource();
        void Reach(string name, int step)
        {
            if (isKilled || name != point || step != killed) return;
            isKilled = true;
            process.Cancel();
            process.Token.ThrowIfCancellationRequested();
        }

        var lookup = new StubTool("lookup", ToolEffect.Read, _ => Workshop.Found()) { At = name => Reach(name, current) };
        var notify = new StubTool("notify", ToolEffect.External, _ => new("Sent."))
        {
            Trust = ResultTrust.Trusted,
            At = name => Reach(name, current),
        };
        log.At = (name, step) =>
        {
            current = step.Number;
            Reach(name, step.Number);
        };
        using var workshop = new Workshop { Tools = [lookup, notify] };
        StageOutcome? outcome = null;
        while (outcome is null)
        {
            using var mine = process = new CancellationTokenSource();
            var script = new PlainScript(Workshop.Call("lookup", ("about", "layers")), Workshop.Call("notify", ("about", "it")))
            {
                At = name => Reach(name, current),
            };
            try
            {
                outcome = await workshop.RunAsync(script, log, killed: mine.Token);
            }
            catch (OperationCanceledException) when (isKilled && mine.IsCancellationRequested)
            {
                // Another process goes on.
            }
        }

        return (outcome, log, (notify.Calls, Directory.GetFiles(workshop.Artifacts, "*.pdf").Length));
    }
}
