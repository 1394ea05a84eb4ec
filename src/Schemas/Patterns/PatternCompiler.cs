namespace Qwen35Batch.Schemas.Patterns;

/// <summary>Makes a regular expression's automaton.</summary>
internal static class PatternCompiler
{
    /// <exception cref="UnsupportedSchemaException">The pattern is not supported, too large, or fits no text.</exception>
    public static PatternAutomaton Compile(PatternNode pattern, string at) =>
        CompileChoice(pattern, at) ?? throw new UnsupportedSchemaException(at, "no text fits the pattern.");

    private static PatternAutomaton? CompileChoice(PatternNode pattern, string at)
    {
        if (!HasLooks(pattern))
            return Determine(pattern, at);
        if (pattern is not PatternNode.Choice choice)
            return CompileLooks(pattern is PatternNode.Sequence sequence ? sequence.Parts : [pattern], at);
        PatternAutomaton? all = null;
        foreach (var part in choice.Parts)
            if (CompileChoice(part, at) is { } found)
                all = all?.Or(found, at) ?? found;
        return all;
    }

    // Looking ahead from the beginning, or behind from the end, asks something of the whole text: then both have to fit.
    private static PatternAutomaton? CompileLooks(IReadOnlyList<PatternNode> parts, string at)
    {
        var first = parts.TakeWhile(part => part is PatternNode.Anchor { IsEnd: false } or PatternNode.Look { IsBehind: false }).ToArray();
        var last = parts.Skip(first.Length).Reverse()
            .TakeWhile(part => part is PatternNode.Anchor { IsEnd: true } or PatternNode.Look { IsBehind: true }).ToArray();
        var begins = Array.Exists(first, part => part is PatternNode.Anchor);
        var ends = Array.Exists(last, part => part is PatternNode.Anchor);
        var rest = parts.Skip(first.Length).SkipLast(last.Length).ToList();
        if (rest.Exists(HasLooks) || (!begins && Array.Exists(first, IsLook)) || (!ends && Array.Exists(last, IsLook)))
            throw new UnsupportedSchemaException(at, "the pattern cannot be honoured: looking ahead is supported right after '^', and looking behind right before '$'.");

        var found = Determine(new PatternNode.Sequence([.. first.Where(part => !IsLook(part)), .. rest, .. last.Where(part => !IsLook(part))]), at);
        foreach (var look in first.Concat(last).OfType<PatternNode.Look>())
        {
            var anchor = new PatternNode.Anchor(look.IsBehind);
            var seen = CompileChoice(new PatternNode.Sequence(look.IsBehind ? [look.Part, anchor] : [anchor, look.Part]), at);
            found = seen is null ? (look.IsNegative ? found : null) : look.IsNegative ? found?.Except(seen, at) : found?.And(seen, at);
        }
        return found;
    }

    private static bool IsLook(PatternNode node) => node is PatternNode.Look;

    private static bool HasLooks(PatternNode node) => node switch
    {
        PatternNode.Look => true,
        PatternNode.Sequence sequence => sequence.Parts.Any(HasLooks),
        PatternNode.Choice choice => choice.Parts.Any(HasLooks),
        PatternNode.Repetition repetition => HasLooks(repetition.Part),
        _ => false,
    };

    private static PatternAutomaton? Determine(PatternNode pattern, string at)
    {
        var states = new PatternStates(pattern, at);
        var alphabet = PatternAlphabet.Of(states.Sets, out var symbols);
        var found = new ExploredStates<StateSet>(alphabet, at);
        var members = new List<int[]>();

        SortedSet<int> start = [0];
        states.Close(start, atStart: true, atEnd: false);
        Visit(start, isStart: true);
        for (var id = 0; id < members.Count; id++)
        {
            var targets = new SortedSet<int>?[alphabet.Count];
            foreach (var (set, target) in members[id].SelectMany(states.StepsOf))
                foreach (var symbol in symbols[set])
                    (targets[symbol] ??= []).Add(target);
            for (var symbol = 0; symbol < targets.Length; symbol++)
                if (targets[symbol] is { } target)
                    found.Connect(id, symbol, Follow(target));
        }
        return found.Finish();

        int Follow(SortedSet<int> target)
        {
            states.Close(target, atStart: false, atEnd: false);
            return Visit(target, isStart: false);
        }

        int Visit(SortedSet<int> set, bool isStart)
        {
            if (set.Contains(states.Final))
                set = [states.Final];
            var (id, isNew) = found.Add(new StateSet([.. set], isStart));
            if (isNew)
            {
                members.Add([.. set]);
                states.Close(set, isStart, atEnd: true);
                found.Accept(id, set.Contains(states.Final));
            }
            return id;
        }
    }

    /// <summary>The states that a text may have led to; at the start anchors fit.</summary>
    private sealed class StateSet(int[] members, bool isStart) : IEquatable<StateSet>
    {
        private readonly int _hash = Hash(members, isStart);

        public bool Equals(StateSet? other) => other is not null && isStart == other.IsStart && members.AsSpan().SequenceEqual(other.Members);

        public override bool Equals(object? obj) => Equals(obj as StateSet);

        public override int GetHashCode() => _hash;

        private int[] Members => members;

        private bool IsStart => isStart;

        private static int Hash(int[] members, bool isStart)
        {
            var hash = default(HashCode);
            hash.Add(isStart);
            foreach (var member in members)
                hash.Add(member);
            return hash.ToHashCode();
        }
    }
}
