using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Schemas.Patterns;

/// <summary>
/// A deterministic automaton over the characters of a text. It begins in state 0, and every state leads to an accepting one, or to one of
/// an automaton with the same steps. Characters that it never tells apart are one symbol.
/// </summary>
internal sealed class PatternAutomaton
{
    /// <summary>No next state.</summary>
    public const int None = LiveStates.None;

    /// <summary>Larger automata are refused.</summary>
    public const int MaxStates = 20_000;

    private readonly int[][] _next;
    private readonly bool[] _accepting;
    private readonly int[] _lows;
    private readonly (int Low, int High, int Target)[]?[] _steps;

    /// <param name="alphabet">The symbols.</param>
    /// <param name="next">For each state and symbol the next state.</param>
    /// <param name="accepting">Whether a text may end in each state.</param>
    public PatternAutomaton(PatternAlphabet alphabet, int[][] next, bool[] accepting)
    {
        Alphabet = alphabet;
        _next = next;
        _accepting = accepting;
        _lows = [.. alphabet.Ranges.Select(range => range.Low)];
        _steps = new (int, int, int)[next.Length][];
    }

    private PatternAutomaton(PatternAutomaton all, bool[] accepting)
    {
        Alphabet = all.Alphabet;
        (_next, _accepting, _lows, _steps) = (all._next, accepting, all._lows, all._steps);
    }

    /// <summary>Every text.</summary>
    public static PatternAutomaton Anything { get; } =
        new(new PatternAlphabet([.. CodePointSet.All.Ranges.Select(range => (range.Low, range.High, 0))], 1), [[0]], [true]);

    public PatternAlphabet Alphabet { get; }

    public int StateCount => _next.Length;

    /// <summary>The same texts as those of a smaller automaton that have a certain length; null where there is no such.</summary>
    public CountedText? Counted { get; private set; }

    /// <summary>Whether it is the automaton of every text.</summary>
    public bool IsAnything => ReferenceEquals(this, Anything);

    public bool IsAccepting(int state) => _accepting[state];

    /// <summary>The same object for automata that differ only in where texts may end.</summary>
    public object Steps => _next;

    /// <summary>Whether another has the same states in the same order: then its texts are the same.</summary>
    public bool HasSameStates(PatternAutomaton other) => ReferenceEquals(this, other)
        || (Alphabet.Equals(other.Alphabet) && _accepting.AsSpan().SequenceEqual(other._accepting)
            && _next.Zip(other._next).All(rows => rows.First.AsSpan().SequenceEqual(rows.Second)));

    /// <summary>The state after a symbol of <see cref="Alphabet"/>, or <see cref="None"/>.</summary>
    public int NextOf(int state, int symbol) => _next[state][symbol];

    /// <summary>The states after each symbol of <see cref="Alphabet"/>, or <see cref="None"/>; not to be changed.</summary>
    public int[] RowOf(int state) => _next[state];

    /// <summary>The state after a character, or <see cref="None"/>.</summary>
    public int Step(int state, int codePoint)
    {
        var symbol = SymbolOf(codePoint);
        return symbol == None ? None : _next[state][symbol];
    }

    /// <summary>The symbol of a character, or <see cref="None"/> when no text holds it.</summary>
    public int SymbolOf(int codePoint)
    {
        var at = Array.BinarySearch(_lows, codePoint);
        at = at < 0 ? ~at - 1 : at;
        return at >= 0 && codePoint <= Alphabet.Ranges[at].High ? Alphabet.Ranges[at].Symbol : None;
    }

    /// <summary>The characters that may follow a state, ascending, and where they lead.</summary>
    public ReadOnlySpan<(int Low, int High, int Target)> StepsOf(int state) => _steps[state] ??= FindSteps(state);

    /// <exception cref="UnsupportedSchemaException">The pattern is not supported, too large, or fits no text.</exception>
    public static PatternAutomaton Compile(string pattern, string at)
    {
        var read = PatternReader.Read(pattern, at);
        var compiled = PatternCompiler.Compile(read, at);
        compiled.Counted = CountedText.Of(read, at);
        return compiled;
    }

    /// <summary>The texts of this automaton with so many characters.</summary>
    /// <param name="max">Null for any number.</param>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="UnsupportedSchemaException">There are too many states.</exception>
    public PatternAutomaton? WithLength(int min, int? max, string at)
    {
        if (min == 0 && max is null)
            return this;
        var found = new ExploredStates<(int State, int Length)>(Alphabet, at);
        found.Add((0, 0));
        for (var id = 0; id < found.Count; id++)
        {
            var (state, length) = found.Keys[id];
            found.Accept(id, _accepting[state] && length >= min);
            if (length == max)
                continue;

            // Lengths that make no difference any more are the same.
            var next = max is null ? Math.Min(length + 1, min) : length + 1;
            for (var symbol = 0; symbol < Alphabet.Count; symbol++)
            {
                if (_next[state][symbol] is var target && target != None)
                    found.Connect(id, symbol, found.Add((target, next)).Id);
            }
        }
        return found.Finish();
    }

    /// <summary>Whether a text fits.</summary>
    public bool Fits(string text)
    {
        var state = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if ((state = Step(state, rune.Value)) == None)
                return false;
        }

        return _accepting[state];
    }

    /// <summary>Whether some text fits both.</summary>
    public bool Overlaps(PatternAutomaton other, string at) => Combine(other, static (mine, its) => mine && its, at) is not null;

    /// <summary>The texts that fit both, or null when there is none.</summary>
    public PatternAutomaton? And(PatternAutomaton other, string at) =>
        IsAnything ? other : other.IsAnything || other == this ? this : Combine(other, static (mine, its) => mine && its, at);

    /// <summary>The texts that fit both, counted as these are; these alone when none does.</summary>
    public PatternAutomaton Within(PatternAutomaton other)
    {
        if (And(other, "#") is not { } within)
            return this;
        within.Counted = Counted is { } counted ? counted with { Text = counted.Text.And(other, "#") ?? counted.Text } : null;
        return within;
    }

    /// <summary>The texts that fit this and not the other, or null when there is none.</summary>
    public PatternAutomaton? Except(PatternAutomaton other, string at) => Combine(other, static (mine, its) => mine && !its, at);

    /// <summary>The texts that fit either.</summary>
    public PatternAutomaton Or(PatternAutomaton other, string at) => Combine(other, static (mine, its) => mine || its, at)!;

    /// <summary>
    /// Automata with the same steps whose texts end in other states; states that lead to none of these ends are left out.
    /// </summary>
    /// <param name="accepting">For each of them whether a text may end in each state.</param>
    public PatternAutomaton[] Views(IReadOnlyList<bool[]> accepting)
    {
        if (accepting.Count == 0)
            return [];
        var alive = LiveStates.Find(
            StateCount, state => accepting.Any(ends => ends[state]), state => _next[state].Where(target => target != None));
        var kept = Enumerable.Range(0, StateCount).Where(state => alive[state] != None).ToArray();
        var next = Array.ConvertAll(kept, state => Array.ConvertAll(_next[state], target => target == None ? None : alive[target]));
        var all = new PatternAutomaton(Alphabet, next, Array.ConvertAll(kept, state => accepting.Any(ends => ends[state])));
        return [.. accepting.Select(ends => new PatternAutomaton(all, Array.ConvertAll(kept, state => ends[state])))];
    }

    /// <summary>Some fixed texts.</summary>
    public static PatternAutomaton? Words(IEnumerable<string> words, string at)
    {
        var texts = words.Select(word => word.EnumerateRunes().Select(rune => rune.Value).ToArray()).ToArray();
        // U+0000 and halves of pairs are in no text that can be written.
        var alphabet = PatternAlphabet.OfCharacters(texts.SelectMany(text => text).Where(value => value != 0));
        var symbols = alphabet.Ranges.ToDictionary(range => range.Low, range => range.Symbol);
        var found = new ExploredStates<(int State, int CodePoint)>(alphabet, at);
        found.Add((-1, 0));
        foreach (var text in texts)
        {
            var state = 0;
            foreach (var codePoint in text)
            {
                if (!symbols.TryGetValue(codePoint, out var symbol))
                {
                    state = None;
                    break;
                }
                var next = found.Add((state, codePoint)).Id;
                found.Connect(state, symbol, next);
                state = next;
            }
            if (state != None)
                found.Accept(state, true);
        }
        return found.Finish();
    }

    private PatternAutomaton? Combine(PatternAutomaton other, Func<bool, bool, bool> accepts, string at)
    {
        var (alphabet, mine, its) = PatternAlphabet.Join(Alphabet, other.Alphabet);
        var found = new ExploredStates<(int Mine, int Its)>(alphabet, at);
        found.Add((0, 0));
        for (var id = 0; id < found.Count; id++)
        {
            var (left, right) = found.Keys[id];
            found.Accept(id, accepts(left != None && _accepting[left], right != None && other._accepting[right]));
            for (var symbol = 0; symbol < alphabet.Count; symbol++)
            {
                var first = left == None || mine[symbol] == None ? None : _next[left][mine[symbol]];
                var second = right == None || its[symbol] == None ? None : other._next[right][its[symbol]];
                var isDead = !accepts(first != None, false) && !accepts(first != None, second != None) && !accepts(false, second != None);
                if (!isDead)
                    found.Connect(id, symbol, found.Add((first, second)).Id);
            }
        }
        return found.Finish();
    }

    private (int Low, int High, int Target)[] FindSteps(int state)
    {
        var joined = new List<(int Low, int High, int Target)>();
        foreach (var (low, high, symbol) in Alphabet.Ranges)
        {
            var target = _next[state][symbol];
            if (joined.Count > 0 && joined[^1].High + 1 == low && joined[^1].Target == target)
                joined[^1] = (joined[^1].Low, high, target);
            else if (target != None)
                joined.Add((low, high, target));
        }
        return [.. joined];
    }
}
