using System.Runtime.CompilerServices;
using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// Where the tokens of a vocabulary lead from one state of a pattern. Lengths are counted beside it, and so is where a text may end: it
/// gives the masks of all counts, and of all automata with the same steps.
/// </summary>
/// <param name="characters">The tokens by their characters.</param>
/// <param name="states">The states that are reached.</param>
/// <param name="tokens">Where those lead that end with a whole character.</param>
/// <param name="partials">Those that end within a character.</param>
/// <param name="quotes">The states in which tokens meet what ends the text.</param>
internal sealed class PatternEnds(
    CharacterTrie characters, IReadOnlyList<ReachedState> states, PatternRuns tokens, IReadOnlyList<PatternEnd> partials,
    PatternRuns quotes)
{
    private ulong[]? _all;

    /// <summary>The most characters of a token that begins here.</summary>
    public int Depth { get; } = states.Select(state => state.Most).Concat(partials.Select(end => end.Depth)).DefaultIfEmpty(0).Max();

    /// <summary>The most characters before what ends the text, in a token that begins here.</summary>
    public int QuoteDepth { get; } = DeepestQuote(characters, quotes);

    public CharacterTrie Characters => characters;

    public IReadOnlyList<ReachedState> States => states;

    public PatternRuns Tokens => tokens;

    public IReadOnlyList<PatternEnd> Partials => partials;

    public long Bytes => (characters.TokenBits.Length * (long)sizeof(ulong)) + tokens.Bytes + quotes.Bytes + (states.Count * 12L)
        + partials.Sum(end => 80L + (end.Tokens.Length * sizeof(int)));

    /// <summary>The tokens that end with a whole character and lead anywhere, as bits.</summary>
    public ReadOnlySpan<ulong> All => _all ??= FindAll();

    /// <summary>The tokens that may follow after so many characters.</summary>
    /// <param name="terminal">The texts and how long they may be.</param>
    /// <param name="count">The characters so far.</param>
    /// <param name="trie">The tokens by their bytes.</param>
    /// <param name="maskLength">The elements of a mask.</param>
    /// <param name="alike">A mask of another count after which the same tokens end the text, or null.</param>
    public StringMask Mask(PatternTerminal terminal, int count, TokenTrie trie, int maskLength, StringMask? alike = null)
    {
        var (exits, last) = alike is { Costed: PatternTokensByCost known } ? (alike.AllExits, known.Last) : Ends(terminal, count, trie);
        var costed = new PatternTokensByCost(this, terminal.Lengths, count, last);
        return new StringMask(costed.All(maskLength), costed, exits);
    }

    // Optimized at once, as the next: an answer would wait for so many tokens in code that is not.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (IReadOnlyList<int> Exits, int[] Last) Ends(PatternTerminal terminal, int count, TokenTrie trie)
    {
        var exits = new List<int>();
        var last = new List<int>();
        var from = 0;
        for (var run = 0; run < quotes.Ends.Length; from = quotes.Ends[run++])
        {
            if (quotes.Targets[run] == PatternRuns.Nowhere || !terminal.Text.IsAccepting(states[quotes.Targets[run]].State))
                continue;
            for (var i = from; i < quotes.Ends[run]; i++)
            {
                if (!terminal.Lengths.MayEnd(terminal.Lengths.After(count, characters.QuoteDepths[i])))
                    continue;
                var node = characters.Quotes[i];
                foreach (var token in trie.TokensAt(node))
                    last.Add(token);
                if (trie.HasChildren(node))
                    exits.Add(node);
            }
        }
        return (exits, [.. last]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ulong[] FindAll()
    {
        var bits = characters.TokenBits.ToArray();
        var all = characters.Tokens;
        var from = 0;
        for (var run = 0; run < tokens.Ends.Length; from = tokens.Ends[run++])
        {
            for (var i = tokens.Targets[run] == PatternRuns.Nowhere ? from : tokens.Ends[run]; i < tokens.Ends[run]; i++)
                bits[all[i] >> 6] &= ~(1UL << (all[i] & 63));
        }
        return bits;
    }

    private static int DeepestQuote(CharacterTrie characters, PatternRuns quotes)
    {
        var (deepest, from) = (0, 0);
        for (var run = 0; run < quotes.Ends.Length; from = quotes.Ends[run++])
        {
            for (var i = quotes.Targets[run] == PatternRuns.Nowhere ? quotes.Ends[run] : from; i < quotes.Ends[run]; i++)
                deepest = Math.Max(deepest, characters.QuoteDepths[i]);
        }
        return deepest;
    }
}
