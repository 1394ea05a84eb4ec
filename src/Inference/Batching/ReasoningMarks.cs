using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Batching;

/// <summary>What reasoning may consist of, and the tokens that end it.</summary>
internal sealed class ReasoningMarks
{
    private const string EndTag = "</think>";

    private readonly ulong[] _text;

    /// <param name="vocabulary">The model's vocabulary.</param>
    /// <param name="endToken">The id of <c>&lt;/think&gt;</c>.</param>
    /// <param name="gap">The tokens between it and the answer.</param>
    /// <param name="others">Tokens that reasoning does not hold: the marks of tool calls.</param>
    public ReasoningMarks(TokenVocabulary vocabulary, int endToken, IReadOnlyList<int> gap, params IReadOnlyCollection<int> others)
    {
        EndToken = endToken;
        End = [endToken, .. gap];
        _text = new ulong[(vocabulary.Size + 63) / 64];
        for (var id = 0; id < vocabulary.Size; id++)
        {
            if (vocabulary[id] is not null && id != endToken && !others.Contains(id) && !vocabulary.EndOfText.Contains(id))
            {
                _text[id / 64] |= 1UL << (id % 64);
            }
        }
    }

    /// <summary>The id of <c>&lt;/think&gt;</c>.</summary>
    public int EndToken { get; }

    /// <summary><c>&lt;/think&gt;</c> and the blank line behind it.</summary>
    public IReadOnlyList<int> End { get; }

    /// <summary>The tokens that reasoning may consist of.</summary>
    public ReadOnlySpan<ulong> Text => _text;

    public static ReasoningMarks Create(Qwen35Tokenizer tokenizer, TokenVocabulary vocabulary) =>
        new(
        vocabulary,
        tokenizer.AddedTokenId(EndTag),
        tokenizer.Encode("\n\n"),
        tokenizer.AddedTokenId("<tool_call>"),
        tokenizer.AddedTokenId("</tool_call>"));
}
