using System.Text;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Batching;

/// <summary>The tokens around a call of a tool, and what may stand before the first one.</summary>
internal sealed class ToolMarks
{
    private const string StartTag = "<tool_call>";
    private const string EndTag = "</tool_call>";

    private readonly ulong[][] _text = new ulong[StartTag.Length][];
    private readonly byte[] _mark = Encoding.UTF8.GetBytes(StartTag);
    private readonly TokenVocabulary _vocabulary;

    /// <param name="vocabulary">The model's vocabulary.</param>
    /// <param name="start">The id of <c>&lt;tool_call&gt;</c>.</param>
    /// <param name="end">The id of <c>&lt;/tool_call&gt;</c>.</param>
    /// <param name="gap">The token of a line end, which stands between two calls.</param>
    /// <param name="others">Tokens that no text holds.</param>
    public ToolMarks(TokenVocabulary vocabulary, int start, int end, int gap, IReadOnlyCollection<int> others)
    {
        (_vocabulary, Start, End, Gap) = (vocabulary, start, end, gap);
        for (var state = 0; state < _text.Length; state++)
            _text[state] = new ulong[(vocabulary.Size + 63) / 64];
        for (var id = 0; id < vocabulary.Size; id++)
        {
            if (vocabulary[id] is { } bytes && id != start && id != end && !others.Contains(id) && !vocabulary.EndOfText.Contains(id))
            {
                for (var state = 0; state < _text.Length; state++)
                {
                    if (After(state, bytes) < StartTag.Length)
                        _text[state][id >> 6] |= 1UL << (id & 63);
                }
            }
        }
    }

    public int Start { get; }

    public int End { get; }

    public int Gap { get; }

    public TokenVocabulary Vocabulary => _vocabulary;

    public static ToolMarks Create(Qwen35Tokenizer tokenizer, TokenVocabulary vocabulary) => new(
        vocabulary,
        tokenizer.AddedTokenId(StartTag),
        tokenizer.AddedTokenId(EndTag),
        tokenizer.Encode("\n").Single(),
        [tokenizer.AddedTokenId("<think>"), tokenizer.AddedTokenId("</think>")]);

    /// <summary>The tokens that text may go on with, when its end is so much of the mark: none spells the mark.</summary>
    public ReadOnlySpan<ulong> TextAfter(int written) => _text[written];

    /// <summary>How much of the mark a text ends with.</summary>
    public int After(int written, int token) => After(written, _vocabulary[token] ?? []);

    // The mark begins with a character that it holds only once.
    private int After(int written, ReadOnlySpan<byte> bytes)
    {
        foreach (var next in bytes)
        {
            written = next == _mark[written] ? written + 1 : next == _mark[0] ? 1 : 0;
            if (written == _mark.Length)
                return written;
        }
        return written;
    }
}
