using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Schemas.Patterns;

/// <summary>The states of an automaton that is being built.</summary>
internal sealed class ExploredStates<TKey>(PatternAlphabet alphabet, string at)
    where TKey : notnull
{
    // What is kept of all states and symbols: 100 MB.
    private const long MaxSteps = 25_000_000;

    private readonly Dictionary<TKey, int> _ids = [];
    private readonly List<int[]> _next = [];
    private readonly List<bool> _accepting = [];

    public List<TKey> Keys { get; } = [];

    public int Count => Keys.Count;

    /// <exception cref="UnsupportedSchemaException">There are too many states.</exception>
    public (int Id, bool IsNew) Add(TKey key)
    {
        if (_ids.TryGetValue(key, out var id))
            return (id, false);
        if (Count == PatternAutomaton.MaxStates || (long)Count * alphabet.Count > MaxSteps)
        {
            throw new UnsupportedSchemaException(
                at, $"the text needs more than {Count} states to be followed; repeat less, or bound its length less.");
        }

        _ids.Add(key, id = Count);
        Keys.Add(key);
        var next = new int[alphabet.Count];
        Array.Fill(next, LiveStates.None);
        _next.Add(next);
        _accepting.Add(false);
        return (id, true);
    }

    public void Accept(int id, bool isAccepting) => _accepting[id] = isAccepting;

    public void Connect(int id, int symbol, int target) => _next[id][symbol] = target;

    /// <summary>The automaton without the states that lead to no accepting one; null when the first is such a state.</summary>
    public PatternAutomaton? Finish()
    {
        var alive = LiveStates.Find(Count, id => _accepting[id], id => _next[id].Where(target => target != LiveStates.None));
        if (alive[0] == LiveStates.None)
            return null;
        var kept = Enumerable.Range(0, Count).Where(id => alive[id] != LiveStates.None).ToArray();
        var next = Array.ConvertAll(
            kept, id => Array.ConvertAll(_next[id], target => target == LiveStates.None ? LiveStates.None : alive[target]));
        return new PatternAutomaton(Coarsen(next), next, Array.ConvertAll(kept, id => _accepting[id]));
    }

    /// <summary>Makes symbols that lead to the same states everywhere one, and drops those that lead nowhere.</summary>
    private PatternAlphabet Coarsen(int[][] next)
    {
        var columns = new Dictionary<int, List<int>>();
        var kept = new List<int>();
        var symbols = new int[alphabet.Count];
        for (var symbol = 0; symbol < alphabet.Count; symbol++)
        {
            var hash = default(HashCode);
            var leads = false;
            foreach (var row in next)
            {
                hash.Add(row[symbol]);
                leads |= row[symbol] != LiveStates.None;
            }
            symbols[symbol] = LiveStates.None;
            if (!leads)
                continue;
            var alike = columns.TryGetValue(hash.ToHashCode(), out var found) ? found : columns[hash.ToHashCode()] = [];
            var same = alike.FindIndex(other => Array.TrueForAll(next, row => row[kept[other]] == row[symbol]));
            symbols[symbol] = same >= 0 ? alike[same] : kept.Count;
            if (same >= 0)
                continue;
            alike.Add(kept.Count);
            kept.Add(symbol);
        }
        for (var state = 0; state < next.Length; state++)
            next[state] = [.. kept.Select(symbol => next[state][symbol])];
        var ranges = new List<(int Low, int High, int Symbol)>();
        foreach (var (low, high, symbol) in alphabet.Ranges)
        {
            if (symbols[symbol] == LiveStates.None)
                continue;
            else if (ranges.Count > 0 && ranges[^1].Symbol == symbols[symbol] && ranges[^1].High + 1 == low)
                ranges[^1] = (ranges[^1].Low, high, symbols[symbol]);
            else
                ranges.Add((low, high, symbols[symbol]));
        }

        return new PatternAlphabet([.. ranges], kept.Count);
    }
}
