using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>
/// The lengths of a text as a counter beside its automaton. From a state and the characters that are still needed, the shortest rest that
/// is long enough tells whether the text can still end in time. Tells what the rest of a text costs at least, in bytes.
/// </summary>
internal sealed class TextLengths
{
    /// <summary>The most characters that are counted.</summary>
    public const int MostCounted = 32_000;

    private const int WithoutEnd = int.MaxValue / 2;
    private const int MaxTable = 8_000_000;

    private readonly int _min;
    private readonly int? _max;

    // By the characters that are needed, then by state: the characters of the shortest rest that has them, and its bytes.
    private readonly int[][] _lengths;
    private readonly int[][] _costs;

    // By the characters that are needed: the most that is needed from any state, or from where fewer are needed.
    private readonly int[] _highest;

    // The most characters that an end can ask for.
    private readonly int _longest;

    /// <param name="text">The automaton.</param>
    /// <param name="min">The fewest characters.</param>
    /// <param name="max">The most, or null.</param>
    public TextLengths(PatternAutomaton text, int min, int? max)
    {
        var fewest = Fewest(text);
        var most = min > 0 || max is not null ? Most(text)[0] : WithoutEnd;
        _longest = fewest.Max();
        _min = min <= fewest[0] ? 0 : min;
        _max = max >= most ? null : max;
        IsCounted = _min > 0 || _max is not null;
        IsEmpty = min > most || max < fewest[0] || min > max;
        CanCount = IsEmpty || ((_max ?? _min) <= MostCounted && (long)_min * text.StateCount <= MaxTable);
        _lengths = new int[CanCount && !IsEmpty ? _min + 1 : 1][];
        _costs = new int[_lengths.Length][];
        (_lengths[0], _costs[0]) = (fewest, _max is null ? Cheapest(text) : CheapestShortest(text, fewest));
        for (var needed = 1; needed < _lengths.Length; needed++)
            (_lengths[needed], _costs[needed]) = Longer(text, _lengths[needed - 1], _costs[needed - 1]);
        _highest = new int[_costs.Length];
        for (var needed = 0; needed < _highest.Length; needed++)
        {
            _highest[needed] = Math.Max(
                needed == 0 ? 0 : _highest[needed - 1], _costs[needed].Where(cost => cost < Terminal.Endless).DefaultIfEmpty(0).Max());
        }

        IsEmpty |= CanCount && _max is not null && _lengths[^1][0] > _max;
    }

    /// <summary>Whether the counter is not too large; else the automaton itself has to count.</summary>
    public bool CanCount { get; }

    /// <summary>Whether no text has such a length.</summary>
    public bool IsEmpty { get; }

    /// <summary>Whether characters are counted at all.</summary>
    public bool IsCounted { get; }

    /// <summary>The count after one more character.</summary>
    public int After(int count) => !IsCounted ? 0 : _max is null ? Math.Min(count + 1, _min) : count + 1;

    /// <summary>The count after some more characters.</summary>
    public int After(int count, int more) =>
        !IsCounted ? 0 : _max is null ? Math.Min(count + more, _min) : Math.Min(count + more, _max.Value + 1);

    public bool MayEnd(int count) => count >= _min && !(count > _max);

    /// <summary>
    /// A count at which the same may follow, if that has at most so many characters; the same one for as many as possible.
    /// </summary>
    public int Alike(int count, int lookahead) => count > _min && !(_max - count <= lookahead + _longest) ? _min : count;

    /// <summary>The bytes that certainly suffice to the end of the text, closing quote included.</summary>
    public int Cost(int state, int count)
    {
        var needed = Math.Max(_min - count, 0);
        return _max is { } max && _lengths[needed][state] > max - count ? Terminal.Endless : _costs[needed][state];
    }

    /// <summary>No state that is reached after so many characters or more costs more, if there is a way to the end.</summary>
    public int HighestCost(int count) => _highest[Math.Max(_min - count, 0)];

    /// <summary>The rests with one more character.</summary>
    private (int[] Lengths, int[] Costs) Longer(PatternAutomaton text, int[] lengths, int[] costs)
    {
        var (longer, dearer) = (new int[lengths.Length], new int[costs.Length]);
        for (var state = 0; state < longer.Length; state++)
        {
            (longer[state], dearer[state]) = (WithoutEnd, Terminal.Endless);
            foreach (var (low, high, target) in text.StepsOf(state))
            {
                var length = Math.Min(WithoutEnd, lengths[target] + 1);
                if (length > longer[state] && _max is not null)
                    continue;
                var cost = Math.Min(Terminal.Endless, FewestBytes(low, high) + costs[target]);
                dearer[state] = length < longer[state] && _max is not null ? cost : Math.Min(dearer[state], cost);
                longer[state] = Math.Min(longer[state], length);
            }
        }
        return (longer, dearer);
    }

    private static int[] Fewest(PatternAutomaton text)
    {
        var sources = Sources(text);
        var fewest = new int[text.StateCount];
        Array.Fill(fewest, WithoutEnd);
        var open = new Queue<int>();
        for (var state = 0; state < fewest.Length; state++)
        {
            if (text.IsAccepting(state))
            {
                fewest[state] = 0;
                open.Enqueue(state);
            }
        }

        while (open.TryDequeue(out var state))
        {
            foreach (var source in sources[state])
            {
                if (fewest[source] == WithoutEnd)
                {
                    fewest[source] = fewest[state] + 1;
                    open.Enqueue(source);
                }
            }
        }

        return fewest;
    }

    // States whose following states are all known are known; those that are left lead into a circle.
    private static int[] Most(PatternAutomaton text)
    {
        var sources = Sources(text);
        var most = new int[text.StateCount];
        var unknown = new int[text.StateCount];
        var open = new Queue<int>();
        for (var state = 0; state < most.Length; state++)
        {
            unknown[state] = Targets(text, state).Count;
            if (unknown[state] == 0)
                open.Enqueue(state);
        }
        var isKnown = new bool[most.Length];
        while (open.TryDequeue(out var state))
        {
            isKnown[state] = true;
            foreach (var source in sources[state])
            {
                most[source] = Math.Max(most[source], most[state] + 1);
                if (--unknown[source] == 0)
                    open.Enqueue(source);
            }
        }
        for (var state = 0; state < most.Length; state++)
            most[state] = isKnown[state] ? most[state] : WithoutEnd;
        return most;
    }

    /// <summary>The bytes of the cheapest rest, closing quote included.</summary>
    private static int[] Cheapest(PatternAutomaton text)
    {
        var costs = new int[text.StateCount];
        var open = new PriorityQueue<int, int>();
        var sources = new List<(int Source, int Bytes)>[costs.Length];
        for (var state = 0; state < costs.Length; state++)
            sources[state] = [];
        for (var state = 0; state < costs.Length; state++)
        {
            costs[state] = Terminal.Endless;
            if (text.IsAccepting(state))
                open.Enqueue(state, 1);
            foreach (var (low, high, target) in text.StepsOf(state))
                sources[target].Add((state, FewestBytes(low, high)));
        }
        while (open.TryDequeue(out var state, out var cost))
        {
            if (cost >= costs[state])
                continue;
            costs[state] = cost;
            foreach (var (source, bytes) in sources[state])
                open.Enqueue(source, cost + bytes);
        }
        return costs;
    }

    /// <summary>The bytes of the cheapest rest among those with the fewest characters.</summary>
    private static int[] CheapestShortest(PatternAutomaton text, int[] fewest)
    {
        var costs = new int[text.StateCount];
        foreach (var state in Enumerable.Range(0, costs.Length).OrderBy(state => fewest[state]))
        {
            costs[state] = fewest[state] == 0 ? 1 : Terminal.Endless;
            foreach (var (low, high, target) in fewest[state] == 0 ? [] : text.StepsOf(state))
            {
                if (fewest[target] == fewest[state] - 1)
                    costs[state] = Math.Min(costs[state], FewestBytes(low, high) + costs[target]);
            }
        }
        return costs;
    }

    private static List<int>[] Sources(PatternAutomaton text)
    {
        var sources = new List<int>[text.StateCount];
        for (var state = 0; state < sources.Length; state++)
            sources[state] = [];
        for (var state = 0; state < sources.Length; state++)
        {
            foreach (var target in Targets(text, state))
                sources[target].Add(state);
        }

        return sources;
    }

    private static List<int> Targets(PatternAutomaton text, int state)
    {
        var targets = new List<int>();
        for (var symbol = 0; symbol < text.Alphabet.Count; symbol++)
        {
            if (text.NextOf(state, symbol) is var target && target != PatternAutomaton.None && !targets.Contains(target))
                targets.Add(target);
        }

        return targets;
    }

    private static int FewestBytes(int low, int high)
    {
        // From each kind of character the first of the range; those between kinds are never cheaper.
        foreach (var (from, to, bytes) in (ReadOnlySpan<(int, int, int)>)
            [
                (' ', '!', 1), ('#', '[', 1), (']', 0x7F, 1), ('"', '"', 2), ('\\', '\\', 2), ('\b', '\n', 2), ('\f', '\r', 2),
                (0x80, 0x7FF, 2), (0x800, 0xFFFF, 3), (0x10000, 0x10FFFF, 4),
            ])
        {
            if (low <= to && from <= high)
                return bytes;
        }

        return 6;
    }
}
