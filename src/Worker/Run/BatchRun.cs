using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Files;
using Qwen35Batch.Worker.Intake;

namespace Qwen35Batch.Worker.Run;

/// <summary>
/// Submits sources, watches until their jobs have ended, and writes what came of them. The stage loops beside it do the work.
/// </summary>
internal sealed class BatchRun(ReadingLedger ledger, JobIntake intake, RunView view, ApprovalPrompt approvals)
{
    private const int ChunkSize = 100;

    private readonly List<Guid> _jobs = [];

    /// <summary>The jobs of all requests, and of the files of their archives.</summary>
    public JobFilter Jobs => new() { JobIds = _jobs, WithArchived = true };

    public bool WasStopped { get; private set; }

    /// <summary>Returns when every job has ended, or when it is stopped.</summary>
    public async Task FollowAsync(IReadOnlyList<RunRequest> requests, CancellationToken stop)
    {
        try
        {
            var all = requests.Sum(request => request.Sources.Count + request.Questions.Count);
            foreach (var request in requests) await SubmitAsync(request, all, stop);
            using var watched = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var asking = approvals.AskAsync(_jobs, watched.Token);
            await view.WatchAsync(Jobs, stop);
            await watched.CancelAsync();
            await asking;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            WasStopped = true;
            view.Stopping();
        }
    }

    /// <summary>Writes the insights and shows the table.</summary>
    /// <returns>0 when every job completed, 2 when some did not, 130 when it was stopped before.</returns>
    public async Task<int> FinishAsync(RunRequest request, CancellationToken cancellationToken)
    {
        if (request.Output is { } output)
        {
            var places = new FoundPlaces();
            var insights = places.WatchAsync(ledger.ExportAsync(Jobs, cancellationToken));
            view.Wrote(output, await InsightFile.WriteAsync(output, null, insights, cancellationToken), places);
        }

        return await view.SummariseAsync(Jobs, ExitCodeOf, cancellationToken);

        int ExitCodeOf(LedgerProgress progress)
        {
            var wanted = request.Sources.Count + request.Questions.Count;
            var completed = progress.Jobs[JobState.Completed];
            if (completed >= wanted && completed == progress.Jobs.Values.Sum()) return ExitCode.Completed;
            return WasStopped ? ExitCode.Stopped : ExitCode.Incomplete;
        }
    }

    private async Task SubmitAsync(RunRequest request, int all, CancellationToken stop)
    {
        var jobs = request.Sources.Select(source => Submission(request, source))
            .Concat(request.Questions.Select(question => Submission(request, "") with { Question = question }));
        foreach (var chunk in jobs.Chunk(ChunkSize))
        {
            var outcome = await intake.SubmitManyAsync(chunk, stop);
            if (outcome.Errors.Count > 0)
            {
                throw new CommandException(
                    string.Join(
                        Environment.NewLine,
                        outcome.Errors.SelectMany(
                            error => error.Value.Select(field => $"{Name(chunk[error.Key])}: {field.Field} {field.Message}"))));
            }

            _jobs.AddRange(outcome.Outcomes.Select(job => job.JobId));
            view.Submitted(_jobs.Count, all, outcome.Outcomes.Count(job => job.Result == SubmitResult.Duplicate));
        }
    }

    private static string Name(SubmitJob job) => job.Question is null ? job.Source : "The question";

    private static SubmitJob Submission(RunRequest request, string source) => new()
    {
        JobId = Guid.CreateVersion7(),
        Source = source,
        Task = request.Task,
        Options = request.Options,
        Priority = request.Priority,
        Again = request.Again,
    };
}
