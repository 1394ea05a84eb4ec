using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Steps;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Run;

/// <summary>
/// Asks the person at the terminal whether calls that wait for approval may be made. Where nobody can answer, it says once how to.
/// </summary>
internal sealed class ApprovalPrompt(StepLedger steps, WorkSignals signals, TimeProvider time)
{
    private const string Actor = "terminal";

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Where questions go.</summary>
    public TextWriter Output { get; init; } = Console.Error;

    /// <summary>Where answers come from; null when nobody can answer.</summary>
    public TextReader? Input { get; init; } = Console.IsInputRedirected ? null : Console.In;

    /// <summary>Asks until it is cancelled.</summary>
    public async Task AskAsync(IReadOnlyList<Guid> jobs, CancellationToken cancellationToken)
    {
        var told = new HashSet<(Guid, int)>();
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                foreach (var waiting in await steps.ListAwaitingAsync([.. jobs], cancellationToken))
                    if (told.Add((waiting.JobId, waiting.Step.Number))) await AskAsync(waiting, cancellationToken);
                await Task.Delay(Look, time, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (LedgerUnavailableException)
            {
                // The run's own view says so; what waits is found when it is back.
                await Task.Delay(Look, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task AskAsync(AwaitingStep waiting, CancellationToken cancellationToken)
    {
        var (job, step) = (waiting.JobId, waiting.Step);
        if (step.IsInDoubt)
        {
            await SettleAsync(job, step, cancellationToken);
            return;
        }

        await Output.WriteLineAsync($"Step {step.Number} of job {job} waits for approval: {step.Tool} {step.Arguments}");
        if (Input is null)
        {
            await Output.WriteLineAsync(
                $"Nobody can answer here: POST /jobs/{job}/steps/{step.Number}/approval of a worker on the same ledger takes the "
                + "decision.");
            return;
        }

        await Output.WriteAsync($"May it be called ({step.Effect.ToString().ToLowerInvariant()})? y or n: ");
        if (await ReadAsync(Input, cancellationToken) is not { } answer) return;
        await steps.DecideAsync(job, step.Number, answer is "y" or "yes", step.ArgumentsSha256, Actor, cancellationToken);
        signals.Segments.Set();
    }

    /// <summary>Asks whether an effect has happened; what is no answer is asked for once more.</summary>
    private async Task SettleAsync(Guid job, StepRecord step, CancellationToken cancellationToken)
    {
        await Output.WriteLineAsync(
            $"Step {step.Number} of job {job} may or may not have happened, since the worker was stopped: {step.Tool} {step.Arguments}");
        if (Input is null)
        {
            await Output.WriteLineAsync(
                $"Nobody can answer here: POST /jobs/{job}/steps/{step.Number}/settlement of a worker on the same ledger takes the "
                + "decision.");
            return;
        }

        StepVerdict? verdict = null;
        while (verdict is null)
        {
            await Output.WriteAsync("h: it has happened; d: it has not, do it; s: skip it, and go on. h, d or s: ");
            if (await ReadAsync(Input, cancellationToken) is not { } answer) return;
            verdict = answer switch { "h" => StepVerdict.Happened, "d" => StepVerdict.Again, "s" => StepVerdict.Skip, _ => null };
        }

        await steps.SettleAsync(job, step.Number, verdict.Value, step.ArgumentsSha256, Actor, cancellationToken);
        signals.Segments.Set();
    }

    // The console's reading cannot be cancelled: who does not answer keeps a thread of the pool, and not the run.
    private static async Task<string?> ReadAsync(TextReader input, CancellationToken cancellationToken) =>
        (await Task.Run(input.ReadLine, CancellationToken.None).WaitAsync(cancellationToken))?.Trim().ToLowerInvariant();
}
