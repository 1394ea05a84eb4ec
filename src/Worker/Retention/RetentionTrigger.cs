using Hangfire;
using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.Reading;

namespace Qwen35Batch.Worker.Retention;

/// <summary>Called by Hangfire when it is time to look for copies and jobs that are too old. Done twice, it does as once.</summary>
public sealed partial class RetentionTrigger
{
    private readonly MediaPurge _media;
    private readonly JobPurge _jobs;
    private readonly IOptions<RetentionOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RetentionTrigger> _logger;

    internal RetentionTrigger(
        MediaPurge media, JobPurge jobs, IOptions<RetentionOptions> options, TimeProvider time, ILogger<RetentionTrigger> logger) =>
        (_media, _jobs, _options, _time, _logger) = (media, jobs, options, time, logger);

    /// <summary>Removes jobs, and the media store's copies, that are older than the settings allow.</summary>
    [JobDisplayName("Retention")]
    [AutomaticRetry(Attempts = 5, OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_options.Value.JobDays is { } ofJobs)
        {
            var purged = await _jobs.RemoveAsync(JobFilter.All, _time.GetUtcNow().AddDays(-ofJobs), isDry: false, cancellationToken);
            if (purged.Jobs > 0) Log.JobsRemoved(_logger, purged.ToString(), ofJobs);
            Tell(purged.Copies.Problems);
        }

        if (_options.Value.MediaDays is { } ofMedia)
        {
            var purged = await _media.RemoveAsync(JobFilter.All, _time.GetUtcNow().AddDays(-ofMedia), isDry: false, cancellationToken);
            if (purged.Files > 0) Log.Removed(_logger, purged.ToString(), ofMedia);
            Tell(purged.Problems);
        }
    }

    private void Tell(IReadOnlyList<string> problems)
    {
        if (problems.Count > 0) Log.NotRemoved(_logger, problems.Count, problems[0]);
    }

    private static partial class Log
    {
        [LoggerMessage(500, LogLevel.Information, "{Files} were removed from the media store: older than {Days} days.")]
        public static partial void Removed(ILogger logger, string files, double days);

        [LoggerMessage(503, LogLevel.Information, "{Jobs} were removed: older than {Days} days.")]
        public static partial void JobsRemoved(ILogger logger, string jobs, double days);

        [LoggerMessage(501, LogLevel.Warning, "{Count} files could not be removed; the first: {Problem}")]
        public static partial void NotRemoved(ILogger logger, int count, string problem);
    }
}
