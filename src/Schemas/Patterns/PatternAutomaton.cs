namespace Qwen35Batch.Schemas.Patterns;

/// <summary>A deterministic automaton over the characters of a text. It begins in state 0, and every state leads to an accepting one.</summary>
internal sealed class PatternAutomaton
{
    private const int MaxStates = 20_000;

    private readonly List<(int Low, int High, int Target)[]> _steps;
    private readonly List<bool> _accepting;

    private PatternAutomaton(List<(int Low, int High, int Target)[]> steps, List<bool> accepting)
    {
        _steps = steps;
        _accepting = accepting;
    }

    /// <summary>Every text.</summary>
    public static PatternAutomaton Anything { get; } = new([[.. CodePointSet.All.Ranges.Select(range => (range.Low, range.High, 0))]], [true]);

    public int StateCount => _steps.Count;

    /// <summary>The characters that may follow a state, ascending, and where they lead.</summary>
    public ReadOnlySpan<(int Low, int High, int Target)> StepsOf(int state) => _steps[state];

    public bool IsAccepting(int state) => _accepting[state];

    /// <exception cref="UnsupportedSchemaException">The pattern is not supported, too large, or fits no text.</exception>
    public static PatternAutomaton Compile(string pattern, string at)
    {
        var states = new PatternStates(PatternReader.Read(pattern, at), at);
        var alphabet = new Alphabet(states.Sets);
        var found = new Explored<string>(at);
        var members = new List<int[]>();

        SortedSet<int> start = [0];
        states.Close(start, atStart: true, atEnd: false);
        Visit(start, isStart: true);
        for (var id = 0; id < members.Count; id++)
        {
            var targets = new SortedSet<int>?[alphabet.Count];
            foreach (var (set, target) in members[id].SelectMany(states.StepsOf))
                foreach (var symbol in alphabet.SymbolsOf(set))
                    (targets[symbol] ??= []).Add(target);
            var next = Array.ConvertAll(targets, target => target is null ? LiveStates.None : Follow(target));
            found.Connect(id, alphabet.Ranges.Select(range => (range.Low, range.High, next[range.Symbol])));
        }
        return found.Finish() ?? throw new UnsupportedSchemaException(at, "no text fits the pattern.");

        int Follow(SortedSet<int> target)
        {
            states.Close(target, atStart: false, atEnd: false);
            return Visit(target, isStart: false);
        }

        int Visit(SortedSet<int> set, bool isStart)
        {
            if (set.Contains(states.Final))
                set = [states.Final];
            var (id, isNew) = found.Add((isStart ? "^" : "") + string.Join(',', set));
            if (isNew)
            {
                members.Add([.. set]);
                states.Close(set, isStart, atEnd: true);
                found.Accept(id, set.Contains(states.Final));
            }
            return id;
        }
    }

    /// <summary>The texts of this automaton with so many characters.</summary>
    /// <param name="max">Null for any number.</param>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="UnsupportedSchemaException">There are too many states.</exception>
    public PatternAutomaton? WithLength(int min, int? max, string at)
    {
        if (min == 0 && max is null)
            return this;
        var found = new Explored<(int State, int Length)>(at);
        found.Add((0, 0));
        for (var id = 0; id < found.Count; id++)
        {
            var (state, length) = found.Keys[id];
            found.Accept(id, _accepting[state] && length >= min);
            if (length == max)
                continue;

            // Lengths that make no difference any more are the same.
            var next = max is null ? Math.Min(length + 1, min) : length + 1;
            found.Connect(id, _steps[state].Select(step => (step.Low, step.High, found.Add((step.Target, next)).Id)));
        }
        return found.Finish();
    }

    /// <summary>Whether a text fits.</summary>
    public bool Fits(string text)
    {
        var state = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var next = Array.Find(_steps[state], step => step.Low <= rune.Value && rune.Value <= step.High);
            if (next == default)
                return false;
            state = next.Target;
        }
        return _accepting[state];
    }

    /// <summary>Whether some text fits both.</summary>
    public bool Overlaps(PatternAutomaton other, string at)
    {
        var found = new Explored<(int, int)>(at);
        found.Add((0, 0));
        for (var id = 0; id < found.Count; id++)
        {
            var (mine, its) = found.Keys[id];
            if (_accepting[mine] && other._accepting[its])
                return true;
            foreach (var step in _steps[mine])
                foreach (var second in other._steps[its])
                    if (step.Low <= second.High && second.Low <= step.High)
                        found.Add((step.Target, second.Target));
        }
        return false;
    }

    /// <summary>The states of an automaton that is being built.</summary>
    private sealed class Explored<TKey>(string at)
        where TKey : notnull
    {
        private readonly Dictionary<TKey, int> _ids = [];
        private readonly List<(int Low, int High, int Target)[]> _steps = [];
        private readonly List<bool> _accepting = [];

        public List<TKey> Keys { get; } = [];

        public int Count => Keys.Count;

        public (int Id, bool IsNew) Add(TKey key)
        {
            if (_ids.TryGetValue(key, out var id))
                return (id, false);
            if (Count == MaxStates)
                throw new UnsupportedSchemaException(at, $"the text needs more than {MaxStates} states to be followed; repeat less, or bound its length less.");
            _ids.Add(key, id = Count);
            Keys.Add(key);
            _steps.Add([]);
            _accepting.Add(false);
            return (id, true);
        }

        public void Accept(int id, bool isAccepting) => _accepting[id] = isAccepting;

        public void Connect(int id, IEnumerable<(int Low, int High, int Target)> steps)
        {
            var joined = new List<(int Low, int High, int Target)>();
            foreach (var (low, high, target) in steps)
                if (joined.Count > 0 && joined[^1].High + 1 == low && joined[^1].Target == target)
                    joined[^1] = (joined[^1].Low, high, target);
                else if (target != LiveStates.None)
                    joined.Add((low, high, target));
            _steps[id] = [.. joined];
        }

        /// <summary>The automaton without the states that lead to no accepting one; null when the first is such a state.</summary>
        public PatternAutomaton? Finish()
        {
            var alive = LiveStates.Find(Count, id => _accepting[id], id => _steps[id].Select(step => step.Target));
            if (alive[0] == LiveStates.None)
                return null;
            var kept = Enumerable.Range(0, Count).Where(id => alive[id] != LiveStates.None).ToArray();
            return new PatternAutomaton(
                [.. kept.Select(id => _steps[id].Where(step => alive[step.Target] != LiveStates.None).Select(step => (step.Low, step.High, alive[step.Target])).ToArray())],
                [.. kept.Select(id => _accepting[id])]);
        }
    }

    /// <summary>The characters that a pattern tells apart, as a few symbols.</summary>
    private sealed class Alphabet
    {
        private readonly Dictionary<CodePointSet, int[]> _symbols;

        public Alphabet(IEnumerable<CodePointSet> sets)
        {
            var all = sets.ToArray();
            var bounds = all.SelectMany(set => set.Ranges).SelectMany(range => (int[])[range.Low, range.High + 1]).Distinct().Order().ToArray();
            var signatures = new Dictionary<string, int>();
            var ranges = new List<(int Low, int High, int Symbol)>();
            foreach (var (low, after) in bounds.Zip(bounds.Skip(1)))
            {
                var signature = string.Concat(all.Select(set => set.Ranges.Any(range => range.Low <= low && low <= range.High) ? '1' : '0'));
                if (signature.Contains('1', StringComparison.Ordinal))
                    ranges.Add((low, after - 1, signatures.TryGetValue(signature, out var known) ? known : signatures[signature] = signatures.Count));
            }
            Ranges = ranges;
            Count = signatures.Count;
            _symbols = all.Index().ToDictionary(set => set.Item, set => signatures.Where(symbol => symbol.Key[set.Index] == '1').Select(symbol => symbol.Value).ToArray());
        }

        public int Count { get; }

        public IReadOnlyList<(int Low, int High, int Symbol)> Ranges { get; }

        public int[] SymbolsOf(CodePointSet set) => _symbols[set];
    }
}
