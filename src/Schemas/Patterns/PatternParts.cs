using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Schemas.Patterns;

/// <summary>
/// Parts texts by which of some automata they fit. All parts have the same steps: what is followed for one of them is followed for all.
/// </summary>
internal static class PatternParts
{
    /// <summary>The parts of the texts of an automaton.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="by">What parts them.</param>
    /// <param name="isKept">Whether the part that fits just some of <paramref name="by"/> is wanted.</param>
    /// <param name="at">Where in the schema.</param>
    /// <returns>For each part that holds a text and is wanted what it fits, and its texts.</returns>
    /// <exception cref="UnsupportedSchemaException">There are too many states.</exception>
    public static IReadOnlyList<(IReadOnlyList<PatternAutomaton> Fitted, PatternAutomaton Texts)> Part(
        this PatternAutomaton texts, IReadOnlyList<PatternAutomaton> by, Func<IReadOnlyList<PatternAutomaton>, bool> isKept, string at)
    {
        if (by.Count == 0)
            return isKept([]) ? [([], texts)] : [];
        var all = new Product(texts, [.. Enumerable.Range(0, texts.StateCount).Select(state => Array.Empty<int>())]);
        foreach (var other in by)
            all = all.With(other, at);
        var parts = new Dictionary<string, (PatternAutomaton[] Fitted, bool[] Accepting)>(StringComparer.Ordinal);
        for (var state = 0; state < all.Texts.StateCount; state++)
        {
            if (!all.Texts.IsAccepting(state))
                continue;
            var marks = string.Concat(by.Select((other, i) =>
                all.States[state][i] is var its && its != PatternAutomaton.None && other.IsAccepting(its) ? '1' : '0'));
            if (!parts.TryGetValue(marks, out var part))
                parts.Add(marks, part = ([.. by.Where((_, i) => marks[i] == '1')], new bool[all.Texts.StateCount]));
            part.Accepting[state] = true;
        }

        var kept = parts.Where(part => isKept(part.Value.Fitted)).ToArray();
        if (kept is not [var (only, (fitted, _))])
        {
            var views = all.Texts.Views([.. kept.Select(part => part.Value.Accepting)]);
            return [.. kept.Select((part, i) => ((IReadOnlyList<PatternAutomaton>)part.Value.Fitted, views[i]))];
        }

        // Mostly one of the automata itself, which others know already.
        var alone = texts;
        foreach (var (i, other) in by.Index())
            alone = only[i] == '1' ? alone.And(other, at)! : alone.Except(other, at)!;
        return [(fitted, alone)];
    }

    /// <summary>Texts, with the states of other automata beside each of theirs.</summary>
    private sealed record Product(PatternAutomaton Texts, IReadOnlyList<int[]> States)
    {
        public Product With(PatternAutomaton other, string at)
        {
            var (alphabet, mine, its) = PatternAlphabet.Join(Texts.Alphabet, other.Alphabet);
            var found = new ExploredStates<(int Mine, int Its)>(alphabet, at);
            found.Add((0, 0));
            for (var id = 0; id < found.Count; id++)
            {
                var (left, right) = found.Keys[id];
                found.Accept(id, Texts.IsAccepting(left));
                for (var symbol = 0; symbol < alphabet.Count; symbol++)
                {
                    var first = mine[symbol] == PatternAutomaton.None ? PatternAutomaton.None : Texts.NextOf(left, mine[symbol]);
                    if (first == PatternAutomaton.None)
                        continue;
                    var second = right == PatternAutomaton.None || its[symbol] == PatternAutomaton.None
                        ? PatternAutomaton.None
                        : other.NextOf(right, its[symbol]);
                    found.Connect(id, symbol, found.Add((first, second)).Id);
                }
            }

            // No state is lost, since each leads to an end.
            return new Product(found.Finish()!, [.. found.Keys.Select(key => (int[])[.. States[key.Mine], key.Its])]);
        }
    }
}
