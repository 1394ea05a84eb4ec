namespace Qwen35Batch.Pipeline.Tools;

/// <summary>
/// Bounds how often a run is begun again that somebody else ends, or that gets no processor time. The machine is to blame where nothing
/// else comes to its end meanwhile, so those endings hardly count; where others do, the run is.
/// </summary>
internal sealed class ToolBudget
{
    private const int MostWhileOthersEnd = 3;
    private const int Most = 10;
    private const int MostRuns = 4_096;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Endings> _known = [];
    private long _endedByThemselves;

    /// <summary>A run came to its end by itself: the machine works, and this run is no suspect.</summary>
    public void Ended(ToolRequest request)
    {
        lock (_lock)
        {
            _endedByThemselves++;
            _known.Remove(request.Identity);
        }
    }

    /// <summary>A run was ended from outside, or stalled.</summary>
    /// <returns>How often by now, when to try again, and whether it has been often enough.</returns>
    public (int Times, TimeSpan Pause, bool IsSpent) Spend(ToolRequest request)
    {
        lock (_lock)
        {
            var before = _known.GetValueOrDefault(request.Identity);
            // Whatever was longest ago matters least, and a wrong guess only begins a budget anew.
            if (_known.Count >= MostRuns) _known.Remove(_known.Keys.First());
            var othersEnded = before is null || _endedByThemselves > before.OthersEnded;
            var now = new Endings((before?.Times ?? 0) + 1, (before?.WhileOthersEnded ?? 0) + (othersEnded ? 1 : 0), _endedByThemselves);
            _known[request.Identity] = now;
            var pause = FirstPause * Math.Pow(2, now.Times - 1);
            return (
                now.Times,
                pause < LongestPause ? pause : LongestPause,
                now.WhileOthersEnded >= MostWhileOthersEnd || now.Times >= Most);
        }
    }

    private sealed record Endings(int Times, int WhileOthersEnded, long OthersEnded);
}
