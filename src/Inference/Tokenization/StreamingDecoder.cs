using System.Text;

namespace Qwen35Batch.Inference.Tokenization;

/// <summary>
/// Decodes an answer token by token; a character whose bytes are not all there yet is held back. One an answer; not thread-safe.
/// </summary>
internal sealed class StreamingDecoder(Qwen35Tokenizer tokenizer, bool skipSpecialTokens)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    /// <summary>Returns the text that this token completes; often empty.</summary>
    public string Append(int id) => Convert(tokenizer.Bytes(id, skipSpecialTokens), flush: false);

    /// <summary>Ends the answer: held bytes become U+FFFD.</summary>
    public string Flush() => Convert([], flush: true);

    private string Convert(ReadOnlySpan<byte> bytes, bool flush)
    {
        var text = new char[_decoder.GetCharCount(bytes, flush)];
        return new(text, 0, _decoder.GetChars(bytes, text, flush));
    }
}
