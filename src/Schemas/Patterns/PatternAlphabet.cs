namespace Qwen35Batch.Schemas.Patterns;

/// <summary>The characters that an automaton tells apart, as a few symbols.</summary>
/// <param name="ranges">Ascending, apart from one another.</param>
/// <param name="count">The number of symbols.</param>
internal sealed class PatternAlphabet((int Low, int High, int Symbol)[] ranges, int count) : IEquatable<PatternAlphabet>
{
    private readonly int _hash = Hash(ranges);

    public (int Low, int High, int Symbol)[] Ranges { get; } = ranges;

    public int Count { get; } = count;

    /// <summary>Whether the other has the same symbols for the same characters.</summary>
    public bool Equals(PatternAlphabet? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && Ranges.AsSpan().SequenceEqual(other.Ranges));

    public override bool Equals(object? obj) => Equals(obj as PatternAlphabet);

    public override int GetHashCode() => _hash;

    /// <summary>The coarsest symbols that tell whether a character is in each of some sets.</summary>
    public static PatternAlphabet Of(IEnumerable<CodePointSet> sets) => Of(sets, out _);

    /// <summary>Some characters, each a symbol.</summary>
    public static PatternAlphabet OfCharacters(IEnumerable<int> characters)
    {
        var ranges = characters.Distinct().Order().Select((character, symbol) => (character, character, symbol)).ToArray();
        return new PatternAlphabet(ranges, ranges.Length);
    }

    /// <param name="sets">What has to be told apart.</param>
    /// <param name="symbols">For each set its symbols.</param>
    public static PatternAlphabet Of(IEnumerable<CodePointSet> sets, out Dictionary<CodePointSet, int[]> symbols)
    {
        // Going up through the bounds, a set is entered or left at each of them.
        var all = sets.ToArray();
        var bounds = new SortedDictionary<int, List<int>>();
        foreach (var (i, set) in all.Index())
        {
            foreach (var (low, high) in set.Ranges)
            {
                (bounds.TryGetValue(low, out var first) ? first : bounds[low] = []).Add(i);
                (bounds.TryGetValue(high + 1, out var after) ? after : bounds[high + 1] = []).Add(i);
            }
        }

        var within = new bool[all.Length];
        var marks = new char[all.Length];
        Array.Fill(marks, '0');
        var signatures = new Dictionary<string, int>(StringComparer.Ordinal);
        var ranges = new List<(int Low, int High, int Symbol)>();
        var begun = 0;
        var current = LiveStates.None;
        foreach (var (at, changes) in bounds)
        {
            if (current != LiveStates.None)
                ranges.Add((begun, at - 1, current));
            foreach (var set in changes)
            {
                within[set] = !within[set];
                marks[set] = within[set] ? '1' : '0';
            }
            begun = at;
            var signature = new string(marks);
            current = !signature.Contains('1', StringComparison.Ordinal) ? LiveStates.None
                : signatures.TryGetValue(signature, out var known) ? known : signatures[signature] = signatures.Count;
        }
        symbols = all.Index().DistinctBy(set => set.Item).ToDictionary(
            set => set.Item, set => signatures.Where(symbol => symbol.Key[set.Index] == '1').Select(symbol => symbol.Value).ToArray());
        return new PatternAlphabet([.. ranges], signatures.Count);
    }

    /// <summary>The coarsest symbols that are finer than two alphabets', and for each the symbols of the two, or none.</summary>
    public static (PatternAlphabet Alphabet, int[] Left, int[] Right) Join(PatternAlphabet left, PatternAlphabet right)
    {
        if (ReferenceEquals(left, right))
        {
            int[] same = [.. Enumerable.Range(0, left.Count)];
            return (left, same, same);
        }
        var bounds = left.Ranges.Concat(right.Ranges).SelectMany(range => (int[])[range.Low, range.High + 1]).Distinct().Order().ToArray();
        var pairs = new Dictionary<(int, int), int>();
        var ranges = new List<(int Low, int High, int Symbol)>();
        var (l, r) = (0, 0);
        for (var i = 0; i + 1 < bounds.Length; i++)
        {
            var (low, high) = (bounds[i], bounds[i + 1] - 1);
            while (l < left.Ranges.Length && left.Ranges[l].High < low)
                l++;
            while (r < right.Ranges.Length && right.Ranges[r].High < low)
                r++;
            var first = l < left.Ranges.Length && left.Ranges[l].Low <= low ? left.Ranges[l].Symbol : LiveStates.None;
            var second = r < right.Ranges.Length && right.Ranges[r].Low <= low ? right.Ranges[r].Symbol : LiveStates.None;
            if (first == LiveStates.None && second == LiveStates.None)
                continue;
            if (!pairs.TryGetValue((first, second), out var symbol))
                pairs.Add((first, second), symbol = pairs.Count);
            if (ranges.Count > 0 && ranges[^1].Symbol == symbol && ranges[^1].High + 1 == low)
                ranges[^1] = (ranges[^1].Low, high, symbol);
            else
                ranges.Add((low, high, symbol));
        }
        return (
            new PatternAlphabet([.. ranges], pairs.Count),
            [.. pairs.Keys.Select(pair => pair.Item1)],
            [.. pairs.Keys.Select(pair => pair.Item2)]);
    }

    private static int Hash((int Low, int High, int Symbol)[] ranges)
    {
        var hash = default(HashCode);
        foreach (var range in ranges)
            hash.Add(range);
        return hash.ToHashCode();
    }
}
