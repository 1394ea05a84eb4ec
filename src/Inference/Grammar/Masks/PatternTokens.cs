using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// The masks within the texts of patterns. Each state of an automaton is walked once, whatever the lengths beside it are and wherever its
/// texts may end. Thread-safe.
/// </summary>
internal sealed class PatternTokens
{
    private const long BytesKept = 64 << 20;

    private readonly TokenTrie _trie;
    private readonly int _maskLength;
    private readonly CharacterTrie _characters;
    private readonly ConditionalWeakTable<PatternAlphabet, CharacterSymbols> _symbols = [];
    private readonly ConcurrentDictionary<(object Steps, int State), PatternEnds> _ends = new();
    private long _bytes;

    /// <param name="trie">The tokens.</param>
    /// <param name="vocabularySize">The number of tokens.</param>
    /// <param name="isRaw">Whether texts stand as they are, without quotes and escapes.</param>
    public PatternTokens(TokenTrie trie, int vocabularySize, bool isRaw)
    {
        (_trie, _maskLength) = (trie, (vocabularySize + 63) / 64);
        _characters = new CharacterTrie(trie, isRaw);

        // So that the first answer does not wait until the code is compiled.
        var anything = new PatternTerminal(PatternAutomaton.Anything);
        Walk(anything, 0).Mask(anything, 0, trie, _maskLength);
    }

    /// <summary>A state between two characters that allows the same tokens; the same one for as many as possible.</summary>
    public long Canonical(PatternTerminal terminal, long state)
    {
        if (!terminal.Lengths.IsCounted)
            return state;
        var (text, count) = PatternTerminal.PlaceOf(state);
        return PatternTerminal.Between(text, terminal.Lengths.Alike(count, EndsOf(terminal, text).Depth));
    }

    /// <summary>The same of a state in which the same tokens may end the text.</summary>
    public long CanonicalAtEnd(PatternTerminal terminal, long state)
    {
        if (!terminal.Lengths.IsCounted)
            return state;
        var (text, count) = PatternTerminal.PlaceOf(state);
        return PatternTerminal.Between(text, terminal.Lengths.Alike(count, EndsOf(terminal, text).QuoteDepth));
    }

    /// <summary>The tokens that may follow a state between two characters.</summary>
    /// <param name="terminal">The text.</param>
    /// <param name="state">The state.</param>
    /// <param name="alike">The mask of a state in which the same tokens end the text, or null.</param>
    public StringMask Mask(PatternTerminal terminal, long state, StringMask? alike = null)
    {
        var (text, count) = PatternTerminal.PlaceOf(state);
        return EndsOf(terminal, text).Mask(terminal, count, _trie, _maskLength, alike);
    }

    private PatternEnds EndsOf(PatternTerminal terminal, int state)
    {
        if (_ends.TryGetValue((terminal.Text.Steps, state), out var ends))
            return ends;
        ends = Walk(terminal, state);
        if (Interlocked.Add(ref _bytes, ends.Bytes) > BytesKept)
        {
            _ends.Clear();
            Interlocked.Exchange(ref _bytes, ends.Bytes);
        }
        return _ends.GetOrAdd((terminal.Text.Steps, state), ends);
    }

    private PatternEnds Walk(PatternTerminal terminal, int state)
    {
        var symbols = _symbols.GetValue(terminal.Text.Alphabet, _characters.SymbolsOf);
        return new PatternWalk(_characters, symbols, terminal.Text).From(state);
    }
}
