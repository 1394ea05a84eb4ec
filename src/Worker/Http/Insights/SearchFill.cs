using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Indexing;
using Qwen35Batch.Worker.Availability;

namespace Qwen35Batch.Worker.Http.Insights;

/// <summary>Puts the insights of an earlier version into the index of the search, beside the work.</summary>
internal sealed partial class SearchFill(SearchIndex index, LedgerStart start, TimeProvider time, ILogger<SearchFill> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Away = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await start.Ready.WaitAsync(stoppingToken);
        long? below = long.MaxValue;
        while (below is { } from)
        {
            try
            {
                below = await index.FillAsync(from, stoppingToken);
                if (below is not null) Log.Filled(logger, from);
                await Task.Delay(Pause, time, stoppingToken);
            }
            catch (LedgerUnavailableException)
            {
                await Task.Delay(Away, time, stoppingToken);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Insights below {Number} are put into the index of the search")]
        public static partial void Filled(ILogger logger, long number);
    }
}
