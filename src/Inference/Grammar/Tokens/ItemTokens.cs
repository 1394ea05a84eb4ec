using System.Buffers;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>The tokens that are not allowed within items that have to differ, and those that are looked at one by one.</summary>
internal sealed class ItemTokens
{
    private static readonly SearchValues<byte> Punctuation = SearchValues.Create("\"{}[],:"u8);

    public ItemTokens(TokenVocabulary vocabulary)
    {
        (Within, Around) = (new ulong[(vocabulary.Size + 63) / 64], new ulong[(vocabulary.Size + 63) / 64]);
        var (next, named) = (new List<int>(), new List<int>());
        for (var token = 0; token < vocabulary.Size; token++)
        {
            if (vocabulary[token] is not { } text)
                continue;
            var (comma, array) = (Array.IndexOf(text, (byte)','), Array.IndexOf(text, (byte)'['));
            var isPunctuation = text.AsSpan().IndexOfAnyExcept(Punctuation) < 0;
            if (!IsWrittenOnce(text) || (comma >= 0 && !isPunctuation))
                Within[token >> 6] |= 1UL << (token & 63);
            else if (comma >= 0)
                next.Add(token);
            if (BeginsName(text))
                named.Add(token);
            if (array >= 0 && (Array.LastIndexOf(text, (byte)',') > array || !IsWrittenOnce(text)))
                Around[token >> 6] |= 1UL << (token & 63);
        }
        (Next, Named) = (next, named);
        NotAllowed = [.. Within.Zip(Around, (within, around) => within | around)];
    }

    /// <summary>
    /// Not allowed within: what writes a text in one of several ways, and what goes on after a comma with the text of the next item.
    /// </summary>
    public ulong[] Within { get; }

    /// <summary>Not allowed outside either, since they may begin such an array and go on in it.</summary>
    public ulong[] Around { get; }

    /// <summary>Not allowed within, or outside: no way to the end of an answer may count on them.</summary>
    public ulong[] NotAllowed { get; }

    /// <summary>What may begin another item.</summary>
    public IReadOnlyList<int> Next { get; }

    /// <summary>What goes on with the name of a property after what stands before it.</summary>
    public IReadOnlyList<int> Named { get; }

    private static bool BeginsName(byte[] text)
    {
        var quote = Math.Max(text.AsSpan().IndexOf(",\""u8), text.AsSpan().IndexOf("{\""u8));
        return quote >= 0 && quote + 2 < text.Length;
    }

    // As within a text: outside of one there are no backslashes.
    private static bool IsWrittenOnce(byte[] text)
    {
        for (var at = Array.IndexOf(text, (byte)'\\'); at >= 0 && at < text.Length; at++)
        {
            if (text[at] == '\\' && (++at == text.Length || text[at] is (byte)'/' or (byte)'u'))
                return false;
        }

        return true;
    }
}
