using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// What the tokens of a vocabulary write within a text, as characters, escapes read. It is made once for a vocabulary, whatever the
/// patterns are. Characters are named by their index, those that tokens only begin after all others.
/// </summary>
internal sealed class CharacterTexts
{
    private const int LastCodePoint = 0x10FFFF;
    private const int Unseen = PatternAutomaton.None - 1;

    private readonly TokenTrie _trie;
    private readonly PatternTerminal _reader;
    private readonly byte _end;
    private readonly int[] _codePoints;
    private readonly List<long> _begun = [];

    /// <param name="trie">The tokens by their bytes.</param>
    /// <param name="isRaw">Whether texts stand as they are: a line end begins what follows, where else a quote ends the text.</param>
    public CharacterTexts(TokenTrie trie, bool isRaw)
    {
        _trie = trie;
        _end = isRaw ? (byte)'\n' : (byte)'"';
        _reader = new PatternTerminal(PatternAutomaton.Anything, new TextLengths(PatternAutomaton.Anything, 0, null), isRaw);
        var found = new Found([], [], [], []);
        Follow(PatternTerminal.Between(0, 0), 0, [], found);
        (Whole, Begun, Ended) = (new SortedTexts(found.Whole), new SortedTexts(found.Begun), new SortedTexts(found.Ended));
        _codePoints = [.. new[] { Whole, Begun, Ended }.SelectMany(texts => texts.Characters.ToArray()).Where(IsWhole).Distinct().Order()];
        foreach (var texts in new[] { Whole, Begun, Ended })
        {
            texts.Renumber(
                character => IsWhole(character)
                    ? Array.BinarySearch(_codePoints, character)
                    : _codePoints.Length + character - LastCodePoint - 1);
        }
    }

    /// <summary>The texts of tokens that end with a whole character; the items are the tokens.</summary>
    public SortedTexts Whole { get; }

    /// <summary>The texts of tokens that end within a character, that one included; the items are the tokens.</summary>
    public SortedTexts Begun { get; }

    /// <summary>What tokens write before a text ends in them; the items are the nodes of the trie where it has ended.</summary>
    public SortedTexts Ended { get; }

    /// <summary>The characters as the symbols of an alphabet.</summary>
    public CharacterSymbols SymbolsOf(PatternAlphabet alphabet) => new(_codePoints, _begun, alphabet);

    /// <summary>
    /// The class of each character (<see cref="CommonClasses"/>); behind them those that are begun are classes of their own.
    /// </summary>
    public int[] Classes() =>
        [.. _codePoints.Select(CommonClasses.Of), .. Enumerable.Range(CommonClasses.Count, _begun.Count)];

    /// <summary>
    /// The symbols of the classes (see <see cref="AlphabetSymbols"/>), or null where an alphabet tells characters of one class apart.
    /// </summary>
    public int[]? SymbolsOfClasses(ReadOnlySpan<int> classes, CharacterSymbols symbols)
    {
        var symbolOf = new int[CommonClasses.Count + _begun.Count];
        Array.Fill(symbolOf, Unseen);
        for (var i = 0; i < classes.Length; i++)
        {
            ref var symbol = ref symbolOf[classes[i]];
            if (symbol != Unseen && symbol != symbols.Symbols[i])
                return null;
            symbol = symbols.Symbols[i];
        }

        return symbolOf;
    }

    private static bool IsWhole(int character) => character <= LastCodePoint;

    private void Follow(long state, int place, List<int> text, Found found)
    {
        var children = _trie.ChildrenOf(place);
        for (var child = children.Start.Value; child < children.End.Value; child++)
        {
            var value = _trie.ByteOf(child);
            if (value == _end && PatternTerminal.IsBetween(state))
                found.Ended.Add(([.. text], child));
            var following = _reader.Step(state, value);
            if (following == Terminal.None || (!PatternTerminal.IsBetween(following) && _reader.Exit(following) != Terminal.None))
                continue;
            if (PatternTerminal.IsBetween(following))
            {
                text.Add(PatternTerminal.CharacterOf(state, value));
                foreach (var token in _trie.TokensAt(child))
                    found.Whole.Add(([.. text], token));
                Follow(PatternTerminal.Between(0, 0), child, text, found);
                text.RemoveAt(text.Count - 1);
                continue;
            }

            foreach (var token in _trie.TokensAt(child))
                found.Begun.Add(([.. text, LastCodePoint + 1 + NumberOf(following, found)], token));
            Follow(following, child, text, found);
        }
    }

    private int NumberOf(long begun, Found found)
    {
        if (!found.Numbers.TryGetValue(begun, out var number))
        {
            found.Numbers.Add(begun, number = _begun.Count);
            _begun.Add(begun);
        }
        return number;
    }

    private sealed record Found(
        List<(int[] Characters, int Item)> Whole,
        List<(int[] Characters, int Item)> Begun,
        List<(int[] Characters, int Item)> Ended,
        Dictionary<long, int> Numbers);
}
