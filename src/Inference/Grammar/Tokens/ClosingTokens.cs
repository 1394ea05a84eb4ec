using System.Numerics;
using System.Runtime.CompilerServices;
using Qwen35Batch.Inference.Grammar.Masks;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// The tokens that end a text and go on, by what they write after its last quote: many have the same rest, which then is followed once.
/// They begin between two characters of the text. They are numbered in the order of where they write the quote: a set of their numbers
/// is much smaller than a mask. Thread-safe.
/// </summary>
internal sealed class ClosingTokens
{
    private readonly int[] _tokens;

    // For each node of the token trie where a token has written the quote, the first of those tokens and the first behind them.
    private readonly Dictionary<int, (int From, int To)> _numbers = [];
    private readonly ConditionalWeakTable<TextExits, ulong[]> _behind = [];

    public ClosingTokens(TokenVocabulary vocabulary, TokenTrie trie)
    {
        var found = new List<(int Quote, int Token, byte[] Behind)>();
        for (var token = 0; token < vocabulary.Size; token++)
        {
            if (vocabulary[token] is { } text && QuoteIn(text) is var quote && quote >= 0 && quote + 1 < text.Length)
                found.Add((trie.Find(text.AsSpan(0, quote + 1)), token, text[(quote + 1)..]));
        }

        found.Sort(static (left, right) => (left.Quote, left.Token).CompareTo((right.Quote, right.Token)));
        _tokens = [.. found.Select(entry => entry.Token)];
        foreach (var (number, entry) in found.Index())
            _numbers[entry.Quote] = (_numbers.GetValueOrDefault(entry.Quote, (number, 0)).Item1, number + 1);
        Rests = new TokenTrie(new TokenVocabulary([.. found.Select(entry => entry.Behind)], []));
    }

    /// <summary>The tokens, by their numbers, by what they write after the quote.</summary>
    public TokenTrie Rests { get; }

    /// <summary>The elements of a set of numbers as bits.</summary>
    public int MaskLength => (_tokens.Length + 63) / 64;

    /// <summary>The numbers, as bits, of the tokens that end a text where it has ended.</summary>
    public ulong[] Behind(TextExits exits) => _behind.GetValue(exits, Find);

    /// <summary>Those of some tokens that end a text where it has ended.</summary>
    public ReadOnlyMemory<int> TokensBehind(TextExits exits, ReadOnlySpan<ulong> numbers, FoundTokens memory)
    {
        var behind = Behind(exits).AsSpan();
        var count = 0;
        for (var i = 0; i < behind.Length; i++)
            count += BitOperations.PopCount(behind[i] & numbers[i]);
        var found = memory.Take(count);
        var tokens = found.Span;
        for (var (i, at) = (0, 0); i < behind.Length; i++)
        {
            for (var bits = behind[i] & numbers[i]; bits != 0; bits &= bits - 1)
                tokens[at++] = _tokens[(i << 6) + BitOperations.TrailingZeroCount(bits)];
        }

        return found;
    }

    /// <summary>Adds tokens to a mask.</summary>
    public void AddTo(Span<ulong> mask, ReadOnlySpan<ulong> numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            for (var bits = numbers[i]; bits != 0; bits &= bits - 1)
            {
                var token = _tokens[(i << 6) + BitOperations.TrailingZeroCount(bits)];
                mask[token >> 6] |= 1UL << (token & 63);
            }
        }
    }

    private ulong[] Find(TextExits exits)
    {
        var behind = new ulong[MaskLength];
        foreach (var node in exits.Nodes)
        {
            if (!_numbers.TryGetValue(node, out var range))
                continue;
            for (var number = range.From; number < range.To; number++)
                behind[number >> 6] |= 1UL << (number & 63);
        }

        return behind;
    }

    private static int QuoteIn(byte[] text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '"')
                return at;
            else if (text[at] == '\\')
                at++;
        }

        return -1;
    }
}
