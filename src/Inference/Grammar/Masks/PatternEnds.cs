using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// Where the tokens of a vocabulary lead from one state of a pattern. Lengths are counted beside it, and so is where a text may end: it
/// gives the masks of all counts, and of all automata with the same steps.
/// </summary>
/// <param name="characters">The tokens by their characters.</param>
/// <param name="runs">Where those lead that end with a whole character.</param>
/// <param name="partials">Those that end within a character.</param>
/// <param name="quotes">The nodes of the token trie where the text has ended, by the characters before and the state they lead to.</param>
internal sealed class PatternEnds(
    CharacterTrie characters, PatternRuns runs, IReadOnlyList<PatternEnd> partials,
    IReadOnlyList<(int Depth, int State, int[] Nodes)> quotes)
{
    /// <summary>The most characters of a token that begins here.</summary>
    public int Depth { get; } = runs.States.Select(state => state.Most)
        .Concat(partials.Select(end => end.Depth))
        .Concat(quotes.Select(quote => quote.Depth))
        .DefaultIfEmpty(0)
        .Max();

    public CharacterTrie Characters => characters;

    public PatternRuns Runs => runs;

    public IReadOnlyList<PatternEnd> Partials => partials;

    public long Bytes => runs.Bytes + partials.Sum(end => 80L + (end.Tokens.Length * sizeof(int)))
        + quotes.Sum(quote => 40L + (quote.Nodes.Length * sizeof(int)));

    /// <summary>The tokens that may follow after so many characters.</summary>
    /// <param name="terminal">The texts and how long they may be.</param>
    /// <param name="count">The characters so far.</param>
    /// <param name="trie">The tokens by their bytes.</param>
    /// <param name="maskLength">The elements of a mask.</param>
    public StringMask Mask(PatternTerminal terminal, int count, TokenTrie trie, int maskLength)
    {
        var exits = new List<int>();
        var last = new List<int>();
        foreach (var (depth, state, nodes) in quotes)
        {
            if (!terminal.MayEnd(state, terminal.Lengths.After(count, depth)))
                continue;
            foreach (var node in nodes)
            {
                last.AddRange(trie.TokensAt(node));
                if (trie.HasChildren(node))
                    exits.Add(node);
            }
        }

        var costed = new PatternTokensByCost(this, terminal.Lengths, count, [.. last]);
        return new StringMask(costed.All(maskLength), costed, exits);
    }
}
