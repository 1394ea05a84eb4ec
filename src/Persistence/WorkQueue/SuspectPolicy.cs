using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>
/// Which rows may run together after crashes. After its first crash a row runs in company, but of those that were in flight with it at
/// most half run in one worker, with fresh rows beside them. From its second crash on it runs alone, in turn with the others.
/// </summary>
/// <remarks>
/// The bound: a row that brings down every worker does so three times. With n rows in flight at the first crash, at most half of them,
/// rounded up, meet the second and run alone, each once and every other turn; the third crash is of that row alone, it is quarantined, and
/// all others are relieved. Rows that ran beside it are never alone when a worker stops because of it, so none of them is quarantined.
/// </remarks>
internal static class SuspectPolicy
{
    /// <summary>From so many crashes on, a row runs alone.</summary>
    public const int AloneFrom = 2;

    /// <summary>So many crashes, and the last of them alone, end in quarantine.</summary>
    public const int MaxCrashes = 3;

    /// <summary>Whether a crash proves that the row was the reason.</summary>
    public static bool Convicts(int crashes, int company) => crashes >= MaxCrashes && company == 1;

    /// <summary>How many rows of those that were in flight together may run together.</summary>
    public static int Half(int company) => (company + 1) / 2;

    /// <summary>Chooses what a worker is given.</summary>
    /// <param name="candidates">Ready rows in order; those with crashes and those without.</param>
    /// <param name="crashes">The crashes of the candidates, by row.</param>
    /// <param name="running">How many rows of each crash, by the worker that stopped, this worker holds.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="othersFirst">True when this worker's last row ran alone: the others are next.</param>
    public static IReadOnlyList<T> Choose<T>(
        IReadOnlyList<T> candidates,
        ILookup<long, CrashRow> crashes,
        IReadOnlyDictionary<Guid, int> running,
        int count,
        bool othersFirst)
        where T : ClaimableRow
    {
        var together = new Dictionary<Guid, int>(running);
        var chosen = candidates.Where(row => row.CrashCount < AloneFrom).Where(Fits).Take(count).ToList();
        var alone = candidates.FirstOrDefault(row => row.CrashCount >= AloneFrom);
        return alone is not null && (chosen.Count == 0 || (!othersFirst && IsBefore(alone, chosen[0]))) ? [alone] : chosen;

        bool Fits(T row)
        {
            var events = crashes[row.Id].ToList();
            if (events.Exists(crash => together.GetValueOrDefault(crash.Worker) >= Half(crash.Company)))
                return false;
            foreach (var crash in events)
                together[crash.Worker] = together.GetValueOrDefault(crash.Worker) + 1;
            return true;
        }
    }

    public static bool IsBefore(ClaimableRow row, ClaimableRow other) =>
        (-row.Priority, row.RunAt, row.Id).CompareTo((-other.Priority, other.RunAt, other.Id)) < 0;
}
