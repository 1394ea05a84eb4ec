namespace Qwen35Batch.Schemas.Patterns;

/// <summary>Makes states one from which the same texts fit.</summary>
internal static class PatternMinimizer
{
    /// <summary>The automaton of the same texts with the fewest states.</summary>
    public static PatternAutomaton Minimal(this PatternAutomaton texts)
    {
        // States are told apart by where they lead until that tells no more apart.
        var kinds = Enumerable.Range(0, texts.StateCount).Select(state => texts.IsAccepting(state) ? 1 : 0).ToArray();
        var count = 0;
        for (var known = -1; known != count;)
        {
            known = count;
            var found = new Dictionary<int[], int>(RowComparer.Instance);
            kinds = Array.ConvertAll(Rows(texts, kinds), row => found.TryGetValue(row, out var kind) ? kind : found[row] = found.Count);
            count = found.Count;
        }

        if (count == texts.StateCount)
            return texts;

        // The first state comes first among its like.
        var next = new int[count][];
        var accepting = new bool[count];
        for (var state = 0; state < kinds.Length; state++)
        {
            if (next[kinds[state]] is not null)
                continue;
            accepting[kinds[state]] = texts.IsAccepting(state);
            next[kinds[state]] = Array.ConvertAll(
                texts.RowOf(state), target => target == PatternAutomaton.None ? PatternAutomaton.None : kinds[target]);
        }
        return new PatternAutomaton(texts.Alphabet, next, accepting);
    }

    private static int[][] Rows(PatternAutomaton texts, int[] kinds)
    {
        var rows = new int[kinds.Length][];
        for (var state = 0; state < rows.Length; state++)
        {
            var targets = texts.RowOf(state);
            var row = rows[state] = new int[targets.Length + 1];
            row[^1] = kinds[state];
            for (var symbol = 0; symbol < targets.Length; symbol++)
                row[symbol] = targets[symbol] == PatternAutomaton.None ? PatternAutomaton.None : kinds[targets[symbol]];
        }
        return rows;
    }

    private sealed class RowComparer : IEqualityComparer<int[]>
    {
        public static RowComparer Instance { get; } = new();

        public bool Equals(int[]? left, int[]? right) => left.AsSpan().SequenceEqual(right);

        public int GetHashCode(int[] row)
        {
            var hash = default(HashCode);
            foreach (var kind in row)
                hash.Add(kind);
            return hash.ToHashCode();
        }
    }
}
