using System.Security.Cryptography;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Worker.Intake;

namespace Qwen35Batch.Worker.Cli;

/// <summary>Submits sources, watches until their jobs have ended, and writes what came of them. The stage loops beside it do the work.</summary>
internal sealed class BatchRun(Ledger ledger, JobIntake intake, AnalysisIdentity identity, RunView view)
{
    private const int ChunkSize = 100;

    /// <returns>0 when every job completed, 2 when some did not, 130 when it was stopped.</returns>
    public async Task<int> ExecuteAsync(RunRequest request, CancellationToken stop)
    {
        var jobs = new List<Guid>(request.Sources.Count);
        var stopped = false;
        try
        {
            await SubmitAsync(request, jobs, stop);
            await view.WatchAsync(new JobFilter { JobIds = jobs }, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            stopped = true;
        }

        // What is stored is written even when the run was stopped, so not with the stop token.
        var filter = new JobFilter { JobIds = jobs };
        if (request.Output is { } output)
        {
            var count = await InsightFile.WriteAsync(output, ExportFormat.Jsonl, ledger.ExportAsync(filter, CancellationToken.None), CancellationToken.None);
            view.Wrote(output, count);
        }

        var progress = await view.SummariseAsync(filter, stopped, CancellationToken.None);
        if (stopped) return RunCommand.Stopped;
        return progress.Jobs[JobState.Completed] == jobs.Count ? 0 : RunCommand.Incomplete;
    }

    private async Task SubmitAsync(RunRequest request, List<Guid> jobs, CancellationToken stop)
    {
        foreach (var chunk in request.Sources.Chunk(ChunkSize))
        {
            var submissions = new List<SubmitJob>(chunk.Length);
            foreach (var source in chunk) submissions.Add(await SubmissionAsync(request, source, stop));
            var outcome = await intake.SubmitManyAsync(submissions, null, stop);
            if (outcome.Errors.Count > 0)
                throw new CommandException(string.Join(Environment.NewLine, outcome.Errors.SelectMany(error => error.Value.Select(field => $"{chunk[error.Key]}: {field.Field} {field.Message}"))));
            jobs.AddRange(outcome.Outcomes.Select(job => job.JobId));
            view.Submitted(jobs.Count, request.Sources.Count, outcome.Outcomes.Count(job => job.Result == SubmitResult.Duplicate));
        }
    }

    private async Task<SubmitJob> SubmissionAsync(RunRequest request, string source, CancellationToken stop) => new()
    {
        JobId = Guid.CreateVersion7(),
        DedupeKey = identity.DedupeKey(source, await HashAsync(source, stop), request.Task, request.Options),
        Source = source,
        Task = request.Task,
        Options = request.Options,
        Priority = request.Priority,
    };

    /// <summary>A source that cannot be read here (a URL, a missing file) is told apart by its name; the plan says what is wrong with it.</summary>
    private static async Task<string> HashAsync(string source, CancellationToken stop)
    {
        try
        {
            if (!File.Exists(source)) return "";
            await using var stream = File.OpenRead(source);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, stop));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
