namespace Qwen35Batch.Inference.Tokenization;

/// <summary>
/// What each token writes: the bytes of an ordinary token, null for a special token (which never appears in an answer's text)
/// and for ids that the tokenizer does not define.
/// </summary>
/// <param name="bytes">One entry an id; the length is the model's vocabulary size, padding ids included.</param>
/// <param name="endOfText">The ids that end generation (<c>&lt;|im_end|&gt;</c> and <c>&lt;|endoftext|&gt;</c>).</param>
internal sealed class TokenVocabulary(IReadOnlyList<byte[]?> bytes, IReadOnlyList<int> endOfText)
{
    /// <summary>The number of ids, which is the length of a row of logits.</summary>
    public int Size => bytes.Count;

    /// <summary>The ids that end generation.</summary>
    public IReadOnlyList<int> EndOfText => endOfText;

    /// <summary>The bytes that a token writes, or null.</summary>
    public byte[]? this[int id] => bytes[id];
}
