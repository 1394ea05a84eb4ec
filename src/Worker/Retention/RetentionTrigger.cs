using Hangfire;
using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.Reading;

namespace Qwen35Batch.Worker.Retention;

/// <summary>What Hangfire calls when it is time to look for copies that are too old. Done twice, it does the same as once.</summary>
public sealed partial class RetentionTrigger
{
    private readonly MediaPurge _purge;
    private readonly IOptions<RetentionOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RetentionTrigger> _logger;

    internal RetentionTrigger(MediaPurge purge, IOptions<RetentionOptions> options, TimeProvider time, ILogger<RetentionTrigger> logger) =>
        (_purge, _options, _time, _logger) = (purge, options, time, logger);

    /// <summary>Removes the media store's copies that are older than the settings allow.</summary>
    [JobDisplayName("Retention of media")]
    [AutomaticRetry(Attempts = 5, OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_options.Value.MediaDays is not { } days) return;
        var purged = await _purge.RemoveAsync(JobFilter.All, _time.GetUtcNow().AddDays(-days), isDry: false, cancellationToken);
        if (purged.Files > 0) Log.Removed(_logger, purged.ToString(), days);
        if (purged.Problems.Count > 0) Log.NotRemoved(_logger, purged.Problems.Count, purged.Problems[0]);
    }

    private static partial class Log
    {
        [LoggerMessage(500, LogLevel.Information, "{Files} were removed from the media store: older than {Days} days.")]
        public static partial void Removed(ILogger logger, string files, double days);

        [LoggerMessage(501, LogLevel.Warning, "{Count} copies could not be removed from the media store; the first: {Problem}")]
        public static partial void NotRemoved(ILogger logger, int count, string problem);
    }
}
