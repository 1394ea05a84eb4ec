namespace Qwen35Batch.Inference.Tokenization;

/// <summary>Decodes an answer token by token; a character whose bytes are not all there yet is held back. One an answer; not thread-safe.</summary>
internal sealed class StreamingDecoder
{
    /// <summary>Returns the text that this token completes; often empty.</summary>
    public string Append(int id) => throw new NotImplementedException(id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Ends the answer: held bytes become U+FFFD.</summary>
    public string Flush() => throw new NotImplementedException();
}
