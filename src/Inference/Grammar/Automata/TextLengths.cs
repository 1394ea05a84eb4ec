using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>
/// The lengths of a text as a counter beside its automaton, where that is enough: from each state, every number of characters between the
/// fewest and the most leads to an end. Tells what the rest of a text costs at least, in bytes.
/// </summary>
internal sealed class TextLengths
{
    /// <summary>The most characters that are counted.</summary>
    public const int MostCounted = 32_000;

    private const int WithoutEnd = int.MaxValue / 2;
    private const int MaxTable = 4_000_000;

    private readonly int _min;
    private readonly int? _max;
    private readonly int[] _fewest;
    private readonly int[] _most;
    private readonly int[] _costs;
    private readonly int[][] _exact;

    // The most characters that an end can ask for.
    private readonly int _longest;

    /// <param name="text">The automaton.</param>
    /// <param name="min">The fewest characters.</param>
    /// <param name="max">The most, or null.</param>
    public TextLengths(PatternAutomaton text, int min, int? max)
    {
        (_fewest, _most) = (Fewest(text), Most(text));
        _longest = _fewest.Max();
        _min = min <= _fewest[0] ? 0 : min;
        _max = max >= _most[0] ? null : max;
        IsCounted = _min > 0 || _max is not null;
        IsEmpty = min > _most[0] || max < _fewest[0] || min > max;
        _exact = [];
        _costs = IsCounted ? CheapestShortest(text) : Cheapest(text);
        CanCount = !IsCounted || IsEmpty || ((_max ?? _min) <= MostCounted && (long)_min * text.StateCount <= MaxTable && AreWithoutGaps(text));
        if (IsCounted && CanCount && !IsEmpty)
            _exact = Exact(text);
    }

    /// <summary>Whether the counter is enough; else the automaton itself has to count.</summary>
    public bool CanCount { get; }

    /// <summary>Whether no text has such a length.</summary>
    public bool IsEmpty { get; }

    /// <summary>Whether characters are counted at all.</summary>
    public bool IsCounted { get; }

    /// <summary>The count after one more character.</summary>
    public int After(int count) => !IsCounted ? 0 : _max is null ? Math.Min(count + 1, _min) : count + 1;

    public bool MayEnd(int count) => count >= _min;

    /// <summary>How many characters are still needed, and how many still fit.</summary>
    public (int Needed, int Room) LeftAt(int count) => (Math.Max(_min - count, 0), _max is { } max ? max - count : int.MaxValue);

    /// <summary>A count at which the same may follow, if that has at most so many characters; the same one for as many as possible.</summary>
    public int Alike(int count, int lookahead) =>
        count > _min && !(_max - count <= lookahead + _longest) ? _min : count;

    /// <summary>The bytes that certainly suffice to the end of the text, closing quote included.</summary>
    public int Cost(int state, int count)
    {
        if (!IsCounted)
            return _costs[state];
        var (needed, room) = LeftAt(count);
        if (room < _fewest[state] || needed > _most[state])
            return Terminal.Endless;
        return 1 + (needed <= _fewest[state] ? _costs[state] : _exact[needed][state]);
    }

    private static int[] Fewest(PatternAutomaton text)
    {
        var sources = Sources(text);
        var fewest = new int[text.StateCount];
        Array.Fill(fewest, WithoutEnd);
        var open = new Queue<int>();
        for (var state = 0; state < fewest.Length; state++)
            if (text.IsAccepting(state))
            {
                fewest[state] = 0;
                open.Enqueue(state);
            }
        while (open.TryDequeue(out var state))
            foreach (var source in sources[state])
                if (fewest[source] == WithoutEnd)
                {
                    fewest[source] = fewest[state] + 1;
                    open.Enqueue(source);
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

    /// <summary>Whether from each state every number of characters between the fewest and the most leads to an end.</summary>
    private bool AreWithoutGaps(PatternAutomaton text)
    {
        for (var state = 0; state < _fewest.Length; state++)
        {
            var reached = text.IsAccepting(state) ? 0 : _fewest[state] - 1;
            foreach (var (low, high) in Targets(text, state).Select(target => (_fewest[target] + 1, _most[target] + 1)).Order())
                if (low > reached + 1)
                    return false;
                else
                    reached = Math.Max(reached, high);
        }
        return true;
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
    private int[] CheapestShortest(PatternAutomaton text)
    {
        var costs = new int[text.StateCount];
        foreach (var state in Enumerable.Range(0, costs.Length).OrderBy(state => _fewest[state]))
        {
            if (_fewest[state] == 0)
                continue;
            costs[state] = Terminal.Endless;
            foreach (var (low, high, target) in text.StepsOf(state))
                if (_fewest[target] == _fewest[state] - 1)
                    costs[state] = Math.Min(costs[state], FewestBytes(low, high) + costs[target]);
        }
        return costs;
    }

    /// <summary>By a number of characters that is needed, the bytes of the cheapest rest with exactly so many.</summary>
    private int[][] Exact(PatternAutomaton text)
    {
        var exact = new int[_min + 1][];
        for (var length = 0; length <= _min; length++)
        {
            exact[length] = new int[text.StateCount];
            for (var state = 0; state < text.StateCount; state++)
            {
                if (length == 0)
                {
                    exact[0][state] = text.IsAccepting(state) ? 0 : Terminal.Endless;
                    continue;
                }
                exact[length][state] = Terminal.Endless;
                foreach (var (low, high, target) in text.StepsOf(state))
                    exact[length][state] = Math.Min(exact[length][state], FewestBytes(low, high) + exact[length - 1][target]);
            }
        }
        return exact;
    }

    private static List<int>[] Sources(PatternAutomaton text)
    {
        var sources = new List<int>[text.StateCount];
        for (var state = 0; state < sources.Length; state++)
            sources[state] = [];
        for (var state = 0; state < sources.Length; state++)
            foreach (var target in Targets(text, state))
                sources[target].Add(state);
        return sources;
    }

    private static List<int> Targets(PatternAutomaton text, int state)
    {
        var targets = new List<int>();
        for (var symbol = 0; symbol < text.Alphabet.Count; symbol++)
            if (text.NextOf(state, symbol) is var target && target != PatternAutomaton.None && !targets.Contains(target))
                targets.Add(target);
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
            if (low <= to && from <= high)
                return bytes;
        return 6;
    }
}
