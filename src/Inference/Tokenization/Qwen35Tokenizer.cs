namespace Qwen35Batch.Inference.Tokenization;

/// <summary>Byte-level BPE as <c>tokenizer.json</c> describes it. Thread-safe.</summary>
internal sealed class Qwen35Tokenizer
{
    /// <summary>Reads <c>tokenizer.json</c> in a model folder.</summary>
    public static Qwen35Tokenizer Load(string modelFolder) => throw new NotImplementedException(modelFolder);

    /// <summary>One more than the highest id that the tokenizer defines.</summary>
    public int Size => throw new NotImplementedException();

    /// <summary>The id of an added token such as <c>&lt;|im_end|&gt;</c>.</summary>
    public int AddedTokenId(string content) => throw new NotImplementedException(content);

    /// <summary>Encodes text. Special tokens in it are only recognised when <paramref name="allowSpecialTokens"/> is set; text of users and documents never sets it.</summary>
    public int[] Encode(string text, bool allowSpecialTokens = false) => throw new NotImplementedException(text + allowSpecialTokens);

    /// <summary>Decodes ids; bytes that are not UTF-8 become U+FFFD.</summary>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true) => throw new NotImplementedException(ids.Length + " " + skipSpecialTokens);

    /// <summary>Starts the decoding of an answer token by token.</summary>
    public StreamingDecoder CreateStreamingDecoder(bool skipSpecialTokens = true) => throw new NotImplementedException(skipSpecialTokens.ToString());

    /// <summary>What each id writes, for the grammar.</summary>
    /// <param name="modelVocabularySize">The length of a row of logits (<c>vocab_size</c> in <c>config.json</c>), padding ids included.</param>
    public TokenVocabulary CreateVocabulary(int modelVocabularySize) => throw new NotImplementedException(modelVocabularySize.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
