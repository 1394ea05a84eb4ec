using Hangfire;
using Microsoft.Extensions.Options;
using Qwen35Batch.Worker.Availability;

namespace Qwen35Batch.Worker.Retention;

/// <summary>Keeps Hangfire's recurring job for retention as the settings say, once the ledger is there.</summary>
internal sealed partial class RetentionSchedule(
    IRecurringJobManager recurring, IOptions<RetentionOptions> options, LedgerStart ledger, ILogger<RetentionSchedule> logger)
    : BackgroundService
{
    /// <summary>The name in Hangfire's pages.</summary>
    public const string Name = "retention";

    private const string NameOfEarlierVersions = "retention:media";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ledger.Ready.WaitAsync(stoppingToken);
        try
        {
            recurring.RemoveIfExists(NameOfEarlierVersions);
            if (options.Value is { MediaDays: null, JobDays: null })
            {
                recurring.RemoveIfExists(Name);
                return;
            }

            // Hangfire fills in its own token: the job is told when the server stops, and is repeated afterwards.
            recurring.AddOrUpdate<RetentionTrigger>(
                Name, trigger => trigger.RunAsync(CancellationToken.None), options.Value.Cron,
                new RecurringJobOptions { TimeZone = TimeZoneInfo.Utc, MisfireHandling = MisfireHandlingMode.Relaxed });
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            Log.NotScheduled(logger, options.Value.Cron, problem);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(502, LogLevel.Error, "Retention could not be scheduled at '{Cron}' (Retention:Cron): nothing is removed.")]
        public static partial void NotScheduled(ILogger logger, string cron, Exception exception);
    }
}
