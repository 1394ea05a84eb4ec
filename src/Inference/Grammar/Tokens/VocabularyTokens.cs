using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Masks;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// The tokens that may follow within a list of names: the list's automaton and the trie of tokens, walked together. Near the beginning of
/// long lists that takes milliseconds, so there it is done once for all answers. Thread-safe.
/// </summary>
internal sealed class VocabularyTokens
{
    // Few names are walked within microseconds.
    private const int FewNames = 300;

    private readonly TokenTrie _trie;
    private readonly int _maskLength;
    private readonly NameAutomaton _names;
    private readonly Dictionary<long, StringMask> _known = [];

    /// <param name="trie">The tokens.</param>
    /// <param name="vocabularySize">The number of tokens.</param>
    /// <param name="names">The names.</param>
    public VocabularyTokens(TokenTrie trie, int vocabularySize, NameAutomaton names)
    {
        (_trie, _maskLength, _names) = (trie, (vocabularySize + 63) / 64, names);
        _known.Add(VocabularyTerminal.Before, Create(VocabularyTerminal.Before));
        var open = new Stack<int>([names.Start]);
        while (open.TryPop(out var state))
        {
            if (names.CountAt(state) <= FewNames || !_known.TryAdd(state + 1, Create(state + 1)))
                continue;
            foreach (var target in names.TargetsAt(state))
                open.Push(target);
        }
    }

    /// <summary>The bytes of memory that what is kept takes.</summary>
    public long Bytes => _known.Values.Sum(mask => mask.Bytes);

    /// <summary>The tokens that may follow a state of <see cref="VocabularyTerminal"/>.</summary>
    public StringMask Mask(long state) => _known.TryGetValue(state, out var mask) ? mask : Create(state);

    private StringMask Create(long state)
    {
        var found = new List<(int Cost, int Token)>();
        var exits = new List<int>();
        if (state != VocabularyTerminal.Before)
            Walk(VocabularyTerminal.NameState(state), 0, found, exits);
        else if (_trie.Child(0, (byte)'"') is var quote && quote != TokenTrie.None)
            Reach(_names.Start, quote, found, exits);
        return StringMask.Of(found, exits, _maskLength);
    }

    private void Walk(int state, int node, List<(int Cost, int Token)> found, List<int> exits)
    {
        var bytes = _names.BytesAt(state);
        var targets = _names.TargetsAt(state);
        for (var edge = 0; edge < bytes.Length; edge++)
        {
            var child = _trie.Child(node, bytes[edge]);
            if (child != TokenTrie.None)
                Reach(targets[edge], child, found, exits);
        }
    }

    private void Reach(int state, int node, List<(int Cost, int Token)> found, List<int> exits)
    {
        foreach (var token in _trie.TokensAt(node))
            found.Add((_names.ShortestAt(state), token));
        if (state != NameAutomaton.End)
            Walk(state, node, found, exits);
        else if (_trie.HasChildren(node))
            exits.Add(node);
    }
}
