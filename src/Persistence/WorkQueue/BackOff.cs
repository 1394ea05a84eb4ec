using Qwen35Batch.Persistence.Databases;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>How long to wait before the next attempt.</summary>
internal static class BackOff
{
    /// <summary>
    /// Doubled with every attempt, up to a limit, and stretched by up to a quarter: rows that failed together come back one by one. The
    /// stretch follows from the row and the attempt, so the same history gives the same times.
    /// </summary>
    public static TimeSpan Delay(LedgerOptions options, int attempt, long rowId)
    {
        // 2^30 times the shortest wait is beyond any limit.
        var doubled = options.BackOff * Math.Pow(2, Math.Clamp(attempt - 1, 0, 30));
        var limited = doubled < options.MaxBackOff ? doubled : options.MaxBackOff;
        return limited * (1 + (Share(rowId, attempt) / 4));
    }

    // From 0 to 1, spread evenly over neighbouring rows: multiples of the golden ratio.
    private static double Share(long rowId, int attempt)
    {
        const double GoldenRatio = 0.618033988749895;
        return (((rowId % 1_000_003) + (attempt * 7L)) * GoldenRatio) % 1;
    }
}
