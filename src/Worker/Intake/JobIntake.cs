using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Corpora;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Worker.Signals;
using Qwen35Batch.Worker.Telemetry;

namespace Qwen35Batch.Worker.Intake;

/// <summary>
/// The one door for jobs, whether they come from the bus, over HTTP, from the command line or from a corpus: validate, tell what would be
/// the same job, insert, wake the planning. A local file is read once, for its hash; no media is decoded, and no model asked.
/// </summary>
internal sealed class JobIntake(
    SubmitJobValidator validator, JobIdentifier identifier, SubmissionLedger submissions, CorpusLedger corpora, WorkSignals signals,
    WorkerMetrics metrics)
{
    /// <summary>Takes one job of a sender that sees the answer.</summary>
    public Task<IntakeOutcome> SubmitAsync(SubmitJob job, CancellationToken cancellationToken) => SubmitManyAsync([job], cancellationToken);

    /// <summary>Takes many jobs in one transaction, or none of them when one is invalid.</summary>
    public async Task<IntakeOutcome> SubmitManyAsync(IReadOnlyList<SubmitJob> jobs, CancellationToken cancellationToken) =>
        await StoreAsync(jobs, follows: false, cancellationToken);

    /// <summary>
    /// Takes one job of a sender that hears by events alone: of work that is there already, it is told under the id that it sent.
    /// </summary>
    public Task<IntakeOutcome> FollowAsync(SubmitJob job, CancellationToken cancellationToken) =>
        StoreAsync([job], follows: true, cancellationToken);

    /// <summary>Takes those of a corpus run's files that are new, changed, or were rejected before, in one transaction.</summary>
    /// <returns>What came of it, and the errors of files that no job can have, by index.</returns>
    public async Task<(EnqueueOutcome Outcome, IReadOnlyDictionary<int, IReadOnlyList<FieldError>> Errors)> EnqueueAsync(
        long runId, IReadOnlyList<CorpusFile> files, CancellationToken cancellationToken)
    {
        var errors = FindErrors([.. files.Select(file => file.Job)]);
        var items = new List<CorpusItem>(files.Count);
        foreach (var file in files.Where((_, index) => !errors.ContainsKey(index)))
        {
            var identity = await identifier.IdentifyAsync(file.Job, file.ContentSha256, cancellationToken);
            items.Add(new(new(QuestionTitle.Apply(file.Job), identity), file.Stamp));
        }

        var outcome = await corpora.EnqueueRunItemsAsync(runId, items, cancellationToken);
        signals.Jobs.Set();
        signals.Segments.Set();
        return (outcome, errors);
    }

    private async Task<IntakeOutcome> StoreAsync(IReadOnlyList<SubmitJob> jobs, bool follows, CancellationToken cancellationToken)
    {
        var errors = FindErrors(jobs);
        if (errors.Count > 0)
        {
            foreach (var _ in errors) metrics.JobSubmitted("invalid");
            return new(errors, []);
        }

        var identified = new JobSubmission[jobs.Count];
        if (jobs.Count == 1) await IdentifyAsync(0, cancellationToken);
        else await Parallel.ForAsync(0, jobs.Count, cancellationToken, IdentifyAsync);
        Failpoint.Reach(Failpoint.BeforeIntakeCommit);
        IReadOnlyList<SubmitOutcome> outcomes = identified is [var single]
            ? [await submissions.SubmitAsync(single, cancellationToken)]
            : await submissions.SubmitManyAsync(identified, cancellationToken);
        Failpoint.Reach(Failpoint.AfterIntakeCommit);
        signals.Jobs.Set();
        // Who asks for what has ended is told at once.
        if (follows && outcomes.Any(outcome => outcome.Result == SubmitResult.Duplicate)) signals.Events.Set();
        foreach (var outcome in outcomes) metrics.JobSubmitted(Spelling.Of(outcome.Result));
        return new(errors, outcomes);

        async ValueTask IdentifyAsync(int index, CancellationToken token) => identified[index] = new(
            QuestionTitle.Apply(jobs[index]) with { Options = jobs[index].Options ?? new() },
            await identifier.IdentifyAsync(jobs[index], null, token),
            Follows: follows);
    }

    private Dictionary<int, IReadOnlyList<FieldError>> FindErrors(IReadOnlyList<SubmitJob> jobs)
    {
        var errors = new Dictionary<int, IReadOnlyList<FieldError>>();
        for (var index = 0; index < jobs.Count; index++)
        {
            if (validator.FindErrors(jobs[index]) is { Count: > 0 } found) errors[index] = found;
        }

        return errors;
    }
}
