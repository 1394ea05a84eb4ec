using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Schemas.Patterns;

/// <summary>A regular expression as a nondeterministic automaton that fits any text which contains it. It begins in state 0.</summary>
internal sealed class PatternStates
{
    private const int MaxStates = 50_000;

    // Parts that read nothing add no states, however often they are repeated.
    private const int MaxParts = 500_000;

    private readonly List<List<(CodePointSet Set, int Target)>> _steps = [];
    private readonly List<List<(int Target, Condition Condition)>> _jumps = [];
    private readonly string _at;
    private int _parts;

    /// <exception cref="UnsupportedSchemaException">It is too large.</exception>
    public PatternStates(PatternNode pattern, string at)
    {
        _at = at;
        var start = Add();
        _steps[start].Add((CodePointSet.All, start));
        var first = Add();
        _jumps[start].Add((first, Condition.None));
        Final = Build(pattern, first);
        _steps[Final].Add((CodePointSet.All, Final));
    }

    private enum Condition
    {
        None,
        AtStart,
        AtEnd,
        AtBoundary,
        OffBoundary,
    }

    /// <summary>Whether it asks where words begin and end.</summary>
    public bool HasBoundaries { get; private set; }

    /// <summary>Once here, the text fits whatever follows.</summary>
    public int Final { get; }

    public IEnumerable<CodePointSet> Sets => _steps.SelectMany(steps => steps).Select(step => step.Set).Distinct();

    public IReadOnlyList<(CodePointSet Set, int Target)> StepsOf(int state) => _steps[state];

    /// <summary>Adds the states that are reached without a character.</summary>
    /// <param name="states">Ascending afterwards.</param>
    /// <param name="atStart">Whether nothing has been read yet.</param>
    /// <param name="atEnd">Whether nothing will be read any more.</param>
    /// <param name="atBoundary">Whether a word begins or ends here; null when that is not known, or not the same to all readers.</param>
    public void Close(SortedSet<int> states, bool atStart, bool atEnd, bool? atBoundary = null)
    {
        var open = new Stack<int>(states);
        while (open.TryPop(out var state))
        {
            foreach (var (target, condition) in _jumps[state])
            {
                if (Holds(condition) && states.Add(target))
                    open.Push(target);
            }
        }

        bool Holds(Condition condition) => condition switch
        {
            Condition.None => true,
            Condition.AtStart => atStart,
            Condition.AtEnd => atEnd,
            Condition.AtBoundary => atBoundary == true,
            _ => atBoundary == false,
        };
    }

    private int Build(PatternNode node, int from)
    {
        if (++_parts > MaxParts)
            throw TooLarge(MaxParts);
        switch (node)
        {
            case PatternNode.Character character:
                var next = Add();
                _steps[from].Add((character.Set, next));
                return next;
            case PatternNode.Anchor anchor:
                return Jump(from, Add(), anchor.IsEnd ? Condition.AtEnd : Condition.AtStart);
            case PatternNode.Boundary boundary:
                HasBoundaries = true;
                return Jump(from, Add(), boundary.IsNegated ? Condition.OffBoundary : Condition.AtBoundary);
            case PatternNode.Sequence sequence:
                return sequence.Parts.Aggregate(from, (at, part) => Build(part, at));
            case PatternNode.Choice choice:
                var end = Add();
                foreach (var part in choice.Parts)
                    Jump(Build(part, Jump(from, Add())), end);
                return end;
            case PatternNode.Repetition repetition:
                return Build(repetition, from);
            case PatternNode.Continuation continuation:
                return Build(continuation.Rest, from);
            default:
                throw new ArgumentException($"{node.GetType()} is not known.", nameof(node));
        }
    }

    private int Build(PatternAutomaton rest, int from)
    {
        var end = Add();
        var states = Enumerable.Range(0, rest.StateCount).Select(_ => Add()).ToArray();
        Jump(from, states[0]);
        for (var state = 0; state < states.Length; state++)
        {
            foreach (var steps in rest.StepsOf(state).ToArray().GroupBy(step => step.Target))
                _steps[states[state]].Add((CodePointSet.Of(steps.Select(step => (step.Low, step.High))), states[steps.Key]));
            if (rest.IsAccepting(state))
                Jump(states[state], end, Condition.AtEnd);
        }
        return end;
    }

    private int Build(PatternNode.Repetition repetition, int from)
    {
        for (var i = 0; i < repetition.Min; i++)
            from = Build(repetition.Part, from);
        if (repetition.Max is not { } max)
        {
            var loop = Jump(from, Add());
            Jump(Build(repetition.Part, Jump(loop, Add())), loop);
            return Jump(loop, Add());
        }
        var end = Add();
        Jump(from, end);
        for (var i = repetition.Min; i < max; i++)
            Jump(from = Build(repetition.Part, from), end);
        return end;
    }

    private int Jump(int from, int to, Condition condition = Condition.None)
    {
        _jumps[from].Add((to, condition));
        return to;
    }

    private int Add()
    {
        if (_steps.Count == MaxStates)
            throw TooLarge(MaxStates);
        _steps.Add([]);
        _jumps.Add([]);
        return _steps.Count - 1;
    }

    private UnsupportedSchemaException TooLarge(int parts) =>
        new(_at, $"the pattern has more than {parts} parts once its repetitions are written out; repeat less.");
}
