using Qwen35Batch.Inference.Grammar.Masks;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// The tokens that end a text and go on, by what they write after its last quote: many have the same rest, which then is followed once.
/// They begin between two characters of the text.
/// </summary>
internal sealed class ClosingTokens
{
    private readonly int[] _quoteOf;

    public ClosingTokens(TokenVocabulary vocabulary, TokenTrie trie)
    {
        _quoteOf = new int[vocabulary.Size];
        var rests = new byte[]?[vocabulary.Size];
        for (var token = 0; token < vocabulary.Size; token++)
        {
            if (vocabulary[token] is { } text && QuoteIn(text) is var quote && quote >= 0 && quote + 1 < text.Length)
            {
                rests[token] = text[(quote + 1)..];
                _quoteOf[token] = trie.Find(text.AsSpan(0, quote + 1));
            }
        }

        Rests = new TokenTrie(new TokenVocabulary(rests, []));
    }

    /// <summary>The tokens by what they write after the quote.</summary>
    public TokenTrie Rests { get; }

    /// <summary>The node of the token trie where a token has written the quote.</summary>
    public int QuoteOf(int token) => _quoteOf[token];

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
