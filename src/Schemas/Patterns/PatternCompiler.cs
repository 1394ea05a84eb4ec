using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Schemas.Patterns;

/// <summary>Makes a regular expression's automaton.</summary>
/// <param name="at">The keyword's JSON pointer, for errors.</param>
internal sealed class PatternCompiler(string at)
{
    private const int MostRepeated = 8;

    // What looks around within repetitions is written out for each of them, and again for those within those.
    private const int MostFollowed = 2_000;

    // Of all sets of states that are reached; a pattern that asks for more takes seconds and gigabytes.
    private const int MostMembers = 4_000_000;

    private int _followed;
    private int _members;

    /// <exception cref="UnsupportedSchemaException">The pattern is not supported, too large, or fits no text.</exception>
    public static PatternAutomaton Compile(PatternNode pattern, string at) =>
        new PatternCompiler(at).CompileChoice(pattern) ?? throw new UnsupportedSchemaException(at, "no text fits the pattern.");

    private PatternAutomaton? CompileChoice(PatternNode pattern)
    {
        if (!HasLooks(pattern))
            return Determine(pattern);
        if (Holds(pattern, part => part is PatternNode.Boundary))
            throw new UnsupportedSchemaException(at, @"the pattern cannot be honoured: \b beside (?=…), (?!…), (?<=…) or (?<!…).");
        if (pattern is not PatternNode.Choice choice)
            return CompileLooks(pattern is PatternNode.Sequence sequence ? sequence.Parts : [pattern]);
        PatternAutomaton? all = null;
        foreach (var part in choice.Parts)
        {
            if (CompileChoice(part) is { } found)
                all = all?.Or(found, at) ?? found;
        }

        return all;
    }

    // Looking behind is understood from the end, where it asks something of the whole text.
    private PatternAutomaton? CompileLooks(IReadOnlyList<PatternNode> parts)
    {
        var last = parts.Reverse()
            .TakeWhile(part => part is PatternNode.Anchor { IsEnd: true } or PatternNode.Look { IsBehind: true })
            .ToArray();
        var ends = Array.Exists(last, part => part is PatternNode.Anchor);
        if (!ends)
            last = [];
        var first = parts.TakeWhile(part => part is PatternNode.Anchor { IsEnd: false } or PatternNode.Look { IsBehind: false }).ToArray();
        var begins = Array.Exists(first, part => part is PatternNode.Anchor);
        var rest = parts.SkipLast(last.Length).Where((part, i) => i >= first.Length || IsLook(part)).ToArray();
        var found = Follow(new PatternNode.Sequence(rest), ends ? PatternAutomaton.Words([""], at) : PatternAutomaton.Anything);
        if (!begins && found is not null)
            found = Determine(new PatternNode.Sequence([new PatternNode.Continuation(found)]));
        foreach (var look in last.OfType<PatternNode.Look>())
            found = Hold(found, look, CompileChoice(new PatternNode.Sequence([look.Part, new PatternNode.Anchor(IsEnd: true)])));
        return found;
    }

    /// <summary>The texts that begin with a part and go on as they may; null when there is none.</summary>
    private PatternAutomaton? Follow(PatternNode node, PatternAutomaton? rest)
    {
        if (rest is null)
            return null;
        if (++_followed > MostFollowed)
            throw new UnsupportedSchemaException(at, "the pattern looks ahead within too many repetitions; repeat less.");
        if (!HasLooks(node))
        {
            return Determine(
                new PatternNode.Sequence([new PatternNode.Anchor(IsEnd: false), node, new PatternNode.Continuation(rest)]));
        }

        switch (node)
        {
            case PatternNode.Sequence sequence:
                return sequence.Parts.Reverse().Aggregate((PatternAutomaton?)rest, (after, part) => Follow(part, after));
            case PatternNode.Choice choice:
                return choice.Parts.Select(part => Follow(part, rest)).Aggregate((left, right) => Either(left, right));
            case PatternNode.Look { IsBehind: false } look:
                return Hold(rest, look, Follow(look.Part, PatternAutomaton.Anything));
            case PatternNode.Repetition { Max: <= MostRepeated and var max } repetition:
                PatternAutomaton? found = rest;
                for (var count = max; count > 0; count--)
                    found = Either(Follow(repetition.Part, found), count > repetition.Min ? rest : null);
                return found;
            default:
                throw new UnsupportedSchemaException(
                    at,
                    "the pattern cannot be honoured: looking ahead within a part that is repeated, and looking behind but right before "
                        + "'$', are not supported.");
        }
    }

    private PatternAutomaton? Hold(PatternAutomaton? found, PatternNode.Look look, PatternAutomaton? seen) =>
        look.IsNegative ? seen is null ? found : found?.Except(seen, at) : seen is null ? null : found?.And(seen, at);

    private PatternAutomaton? Either(PatternAutomaton? left, PatternAutomaton? right) =>
        left is null ? right : right is null ? left : left.Or(right, at);

    private static bool IsLook(PatternNode node) => node is PatternNode.Look;

    private static bool HasLooks(PatternNode node) => Holds(node, IsLook);

    private static bool Holds(PatternNode node, Func<PatternNode, bool> isSought) => isSought(node) || node switch
    {
        PatternNode.Sequence sequence => sequence.Parts.Any(part => Holds(part, isSought)),
        PatternNode.Choice choice => choice.Parts.Any(part => Holds(part, isSought)),
        PatternNode.Repetition repetition => Holds(repetition.Part, isSought),
        PatternNode.Look look => Holds(look.Part, isSought),
        _ => false,
    };

    private PatternAutomaton? Determine(PatternNode pattern)
    {
        var states = new PatternStates(pattern, at);
        var words = states.HasBoundaries ? WordParts.Sets : [];
        var alphabet = PatternAlphabet.Of(states.Sets.Concat(words).Distinct(), out var symbols);
        var parts = new WordPart[alphabet.Count];
        foreach (var (i, set) in words.Index())
        {
            foreach (var symbol in symbols[set])
                parts[symbol] = (WordPart)(i + 1);
        }

        var found = new ExploredStates<StateSet>(alphabet, at);
        var members = new List<StateSet>();

        SortedSet<int> start = [0];
        states.Close(start, atStart: true, atEnd: false);
        Visit(start, isStart: true, WordPart.None);
        for (var id = 0; id < members.Count; id++)
        {
            var targets = new SortedSet<int>?[alphabet.Count];
            foreach (var next in states.HasBoundaries ? parts.Distinct() : [WordPart.None])
            {
                foreach (var (set, target) in Before(members[id], next, atEnd: false).SelectMany(states.StepsOf))
                {
                    foreach (var symbol in symbols[set])
                    {
                        if (parts[symbol] == next)
                            (targets[symbol] ??= []).Add(target);
                    }
                }
            }

            for (var symbol = 0; symbol < targets.Length; symbol++)
            {
                if (targets[symbol] is { } target)
                    found.Connect(id, symbol, Follow(target, parts[symbol]));
            }
        }
        return found.Finish();

        int Follow(SortedSet<int> target, WordPart last)
        {
            states.Close(target, atStart: false, atEnd: false);
            _members += target.Count;
            if (_members > MostMembers)
                throw new UnsupportedSchemaException(at, "the pattern can be read in too many ways at once; repeat less.");
            return Visit(target, isStart: false, last);
        }

        int Visit(SortedSet<int> set, bool isStart, WordPart last)
        {
            if (set.Contains(states.Final))
                (set, last) = ([states.Final], WordPart.None);
            var member = new StateSet([.. set], isStart, last);
            var (id, isNew) = found.Add(member);
            if (isNew)
            {
                members.Add(member);
                found.Accept(id, Before(member, WordPart.None, atEnd: true).Contains(states.Final));
            }
            return id;
        }

        IEnumerable<int> Before(StateSet set, WordPart next, bool atEnd)
        {
            if (!atEnd && !states.HasBoundaries)
                return set.Members;
            SortedSet<int> closed = [.. set.Members];
            states.Close(closed, set.IsStart, atEnd, WordParts.IsBoundary(set.Last, next));
            return closed;
        }
    }

    /// <summary>The states that a text may have led to; at the start anchors fit.</summary>
    private sealed class StateSet(int[] members, bool isStart, WordPart last) : IEquatable<StateSet>
    {
        private readonly int _hash = Hash(members, isStart, last);

        public int[] Members => members;

        public bool IsStart => isStart;

        /// <summary>What the last character is, where words matter.</summary>
        public WordPart Last => last;

        public bool Equals(StateSet? other) =>
            other is not null && isStart == other.IsStart && last == other.Last && members.AsSpan().SequenceEqual(other.Members);

        public override bool Equals(object? obj) => Equals(obj as StateSet);

        public override int GetHashCode() => _hash;

        private static int Hash(int[] members, bool isStart, WordPart last)
        {
            var hash = default(HashCode);
            hash.Add(isStart);
            hash.Add(last);
            foreach (var member in members)
                hash.Add(member);
            return hash.ToHashCode();
        }
    }
}
