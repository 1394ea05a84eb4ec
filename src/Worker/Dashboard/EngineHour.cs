using Qwen35Batch.Contracts;

namespace Qwen35Batch.Worker.Dashboard;

/// <summary>What the engine of this process did in a second, and why nothing if it did nothing.</summary>
internal enum EngineDoing
{
    /// <summary>It answered.</summary>
    Busy,

    /// <summary>Nothing could be claimed: there is no work, or it is put off.</summary>
    NoWork,

    /// <summary>It waited for media to be fetched.</summary>
    Acquire,

    /// <summary>It waited for media to be cut, decoded or read.</summary>
    Extract,

    /// <summary>It waited for prompts to be made.</summary>
    Prepare,

    /// <summary>It waited for answers to be stored.</summary>
    Persist,

    /// <summary>The model was being loaded.</summary>
    Loading,

    /// <summary>The endpoint did not answer.</summary>
    Endpoint,

    /// <summary>The ledger was away.</summary>
    Ledger,
}

/// <summary>The last hour, a minute at a time.</summary>
internal sealed class EngineHour(TimeProvider time)
{
    private const int Minutes = 60;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, int[]> _minutes = [];

    public void Add(EngineDoing doing)
    {
        lock (_lock)
        {
            var minute = Minute();
            if (!_minutes.TryGetValue(minute, out var seconds))
            {
                _minutes[minute] = seconds = new int[Enum.GetValues<EngineDoing>().Length];
                foreach (var old in _minutes.Keys.Where(key => key <= minute - Minutes).ToList()) _minutes.Remove(old);
            }

            seconds[(int)doing]++;
        }
    }

    /// <summary>
    /// Sixty minutes, the oldest first: the share of each in what was seen of it, or null for one in which this process did not run.
    /// </summary>
    public IReadOnlyList<IReadOnlyDictionary<string, double>?> Read()
    {
        lock (_lock)
        {
            var now = Minute();
            return [.. Enumerable.Range(0, Minutes).Select(back => Shares(_minutes.GetValueOrDefault(now - Minutes + 1 + back)))];
        }
    }

    private static Dictionary<string, double>? Shares(int[]? seconds)
    {
        if (seconds is null) return null;
        double all = seconds.Sum();
        return Enum.GetValues<EngineDoing>().Where(doing => seconds[(int)doing] > 0)
            .ToDictionary(Spelling.Of, doing => seconds[(int)doing] / all);
    }

    private long Minute() => (long)Math.Floor(time.GetUtcNow().ToUnixTimeSeconds() / 60.0);
}
