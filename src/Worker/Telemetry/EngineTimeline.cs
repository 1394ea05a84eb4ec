using System.Globalization;
using Qwen35Batch.Inference.Batching;

namespace Qwen35Batch.Worker.Telemetry;

/// <summary>
/// Writes what the engine in this process did, second by second, as CSV: the first place to look when it waits although there is work.
/// </summary>
/// <param name="statistics">The engine's numbers; null as long as it is not open.</param>
internal sealed class EngineTimeline(Func<EngineStatistics?> statistics, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Creates the file. Called before the work: a path that cannot be written is an error then, and not after hours.</summary>
    public static StreamWriter Create(string file) => new(file) { AutoFlush = true };

    /// <summary>Writes a line a second, from the moment at which the engine is open, until the token is cancelled.</summary>
    public async Task RecordAsync(StreamWriter writer, CancellationToken stop)
    {
        await writer.WriteLineAsync("second,busy_percent,running,pending,prefill_tokens,decode_tokens,cached_prompt_tokens");
        using var timer = new PeriodicTimer(Interval, time);
        EngineStatistics? before = null;
        var second = 0;
        while (await TickAsync(timer, stop))
        {
            if (statistics() is not { } now) continue;
            if (before is not null) await writer.WriteLineAsync(Line(++second, before, now));
            before = now;
        }
    }

    internal static string Line(int second, EngineStatistics before, EngineStatistics now)
    {
        // The time of a step counts when it ends, so a second in which a long one ended may have more busy time than its own.
        var (busy, idle) = (now.Busy - before.Busy, now.Idle - before.Idle);
        var share = busy + idle > TimeSpan.Zero ? 100 * (busy / (busy + idle)) : 100;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{second},{share:0.0},{now.Running},{now.Pending},{now.PrefilledTokens - before.PrefilledTokens},"
                + $"{now.DecodedTokens - before.DecodedTokens},{now.CachedPromptTokens - before.CachedPromptTokens}");
    }

    private static async Task<bool> TickAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
