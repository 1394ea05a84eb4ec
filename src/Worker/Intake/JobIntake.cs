using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Worker.Signals;
using Qwen35Batch.Worker.Telemetry;

namespace Qwen35Batch.Worker.Intake;

/// <summary>
/// The one door for jobs, whether they come from the bus, over HTTP, from the command line or from a corpus: validate, insert, wake the
/// planning. Milliseconds; no media and no model.
/// </summary>
internal sealed class JobIntake(SubmitJobValidator validator, SubmissionLedger submissions, WorkSignals signals, WorkerMetrics metrics)
{
    /// <summary>Takes one job.</summary>
    public Task<IntakeOutcome> SubmitAsync(SubmitJob job, CancellationToken cancellationToken) => SubmitManyAsync([job], null, cancellationToken);

    /// <summary>Takes many jobs in one transaction, or none of them when one is invalid.</summary>
    public async Task<IntakeOutcome> SubmitManyAsync(IReadOnlyList<SubmitJob> jobs, long? corpusRunId, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<int, IReadOnlyList<FieldError>>();
        for (var index = 0; index < jobs.Count; index++)
        {
            if (validator.FindErrors(jobs[index]) is { Count: > 0 } found) errors[index] = found;
        }

        if (errors.Count > 0)
        {
            foreach (var _ in errors) metrics.JobSubmitted("Invalid");
            return new(errors, []);
        }

        Failpoint.Reach(Failpoint.BeforeIntakeCommit);
        var outcomes = await submissions.SubmitManyAsync(jobs.Select(job => Complete(job, corpusRunId)).ToList(), cancellationToken);
        Failpoint.Reach(Failpoint.AfterIntakeCommit);
        signals.Jobs.Set();
        foreach (var outcome in outcomes) metrics.JobSubmitted(outcome.Result.ToString());
        return new(errors, outcomes);
    }

    private static JobSubmission Complete(SubmitJob job, long? corpusRunId) =>
        new(job with { DedupeKey = job.DedupeKey ?? DedupeKey.For(job), Options = job.Options ?? new() }, corpusRunId);
}
