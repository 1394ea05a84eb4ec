namespace Qwen35Batch.Persistence.Reading;

internal static class Tally
{
    /// <summary>Counts by state, with a zero for every state that does not occur.</summary>
    public static IReadOnlyDictionary<T, long> Of<T>(IEnumerable<(T State, long Count)> counts)
        where T : struct, Enum
    {
        var tally = Enum.GetValues<T>().ToDictionary(state => state, _ => 0L);
        foreach (var (state, count) in counts)
            tally[state] += count;
        return tally;
    }
}
