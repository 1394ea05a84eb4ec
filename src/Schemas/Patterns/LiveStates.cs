namespace Qwen35Batch.Schemas.Patterns;

/// <summary>Finds the states of an automaton that lead to an end.</summary>
internal static class LiveStates
{
    /// <summary>No state.</summary>
    public const int None = -1;

    /// <returns>For each state its number among those that lead to an end, or <see cref="None"/>.</returns>
    public static int[] Find(int count, Func<int, bool> isEnd, Func<int, IEnumerable<int>> targetsOf)
    {
        var sources = new List<int>[count];
        for (var state = 0; state < count; state++)
            sources[state] = [];
        for (var state = 0; state < count; state++)
        {
            foreach (var target in targetsOf(state))
                sources[target].Add(state);
        }

        var alive = new bool[count];
        var open = new Stack<int>(Enumerable.Range(0, count).Where(isEnd));
        while (open.TryPop(out var state))
        {
            if (alive[state])
                continue;
            alive[state] = true;
            foreach (var source in sources[state])
                open.Push(source);
        }

        var kept = 0;
        return Array.ConvertAll(alive, isAlive => isAlive ? kept++ : None);
    }
}
