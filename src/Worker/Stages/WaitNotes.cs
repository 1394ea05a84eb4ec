namespace Qwen35Batch.Worker.Stages;

/// <summary>What was said of late about work that is put off, so that a thousand rows that wait for the same are one line.</summary>
internal sealed class WaitNotes(TimeProvider time)
{
    /// <summary>After so long, the same is said again.</summary>
    public static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    private const int Most = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _said = new(StringComparer.Ordinal);

    /// <summary>Whether this is to be said; it is taken to be said then.</summary>
    public bool IsNew(string why)
    {
        lock (_lock)
        {
            if (_said.TryGetValue(why, out var at) && time.GetElapsedTime(at) < Again) return false;
            if (_said.Count >= Most) _said.Clear();
            _said[why] = time.GetTimestamp();
            return true;
        }
    }
}
