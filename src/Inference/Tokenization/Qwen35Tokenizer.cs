using System.Buffers;
using System.Text;
using Qwen35Batch.Inference.Tokenization.BytePairs;

namespace Qwen35Batch.Inference.Tokenization;

/// <summary>
/// Byte-level BPE as <c>tokenizer.json</c> describes it. Thread-safe. Microsoft.ML.Tokenizers is not used: its regular expressions see
/// characters beyond U+FFFF as two symbols, which gives such letters other ids than the model was trained on.
/// </summary>
internal sealed class Qwen35Tokenizer
{
    private readonly BytePairEncoder _encoder;
    private readonly WordSplitter _splitter;
    private readonly bool _composes;
    private readonly AddedToken[] _addedTokens;
    private readonly Dictionary<string, int> _addedIds;
    private readonly SearchValues<string> _addedContents;
    private readonly byte[]?[] _bytes;
    private readonly bool[] _special;

    private Qwen35Tokenizer(TokenizerFile file, string path)
    {
        var byteTokens = new int[256];
        for (var b = 0; b < 256; b++)
        {
            if (!file.Vocabulary.TryGetValue(ByteAlphabet.Letter(b).ToString(), out byteTokens[b]))
            {
                throw new InvalidDataException(
                    $"{path}: the vocabulary has no token for the byte 0x{b:X2}, so some text could not be encoded.");
            }
        }

        _encoder = new(byteTokens, file.Merges, file.IgnoresMerges ? file.Vocabulary : null);
        _splitter = new(file.Pattern);
        _composes = file.Composes;
        _addedTokens = [.. file.AddedTokens.OrderByDescending(t => t.Content.Length)];
        _addedIds = _addedTokens.ToDictionary(t => t.Content, t => t.Id, StringComparer.Ordinal);
        _addedContents = SearchValues.Create([.. _addedIds.Keys], StringComparison.Ordinal);

        Size = Math.Max(file.Vocabulary.Values.Max(), _addedTokens.Select(t => t.Id).DefaultIfEmpty().Max()) + 1;
        _bytes = new byte[]?[Size];
        _special = new bool[Size];
        foreach (var (token, id) in file.Vocabulary)
            _bytes[id] = ByteAlphabet.ToBytes(token) ?? Encoding.UTF8.GetBytes(token);
        foreach (var token in _addedTokens)
        {
            _bytes[token.Id] = Encoding.UTF8.GetBytes(token.Content);
            _special[token.Id] = token.Special;
        }
    }

    /// <summary>One more than the highest id that the tokenizer defines.</summary>
    public int Size { get; }

    /// <summary>Reads <c>tokenizer.json</c> in a model folder.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="NotSupportedException">It is of another kind.</exception>
    public static Qwen35Tokenizer Load(string modelFolder)
    {
        var path = Path.Combine(modelFolder, "tokenizer.json");
        return new(TokenizerFile.Read(path), path);
    }

    /// <summary>The id of an added token such as <c>&lt;|im_end|&gt;</c>.</summary>
    /// <exception cref="InvalidDataException">The tokenizer has no such token.</exception>
    public int AddedTokenId(string content) => _addedIds.TryGetValue(content, out var id)
        ? id
        : throw new InvalidDataException($"The tokenizer has no added token {content}: it is not a tokenizer of Qwen3.5.");

    /// <summary>
    /// Encodes text. Added tokens in it are only recognised when <paramref name="allowSpecialTokens"/> is set; otherwise
    /// <c>&lt;|im_end|&gt;</c> is ten characters like any others. Text of users, documents and models never sets it.
    /// </summary>
    public int[] Encode(string text, bool allowSpecialTokens = false)
    {
        var ids = new List<int>(text.Length / 3 + 4);
        if (!allowSpecialTokens)
        {
            EncodeOrdinary(text, ids);
            return [.. ids];
        }

        foreach (var (ordinary, added) in SplitAtAddedTokens(text))
        {
            EncodeOrdinary(ordinary, ids);
            if (added is { } id)
                ids.Add(id);
        }

        return [.. ids];
    }

    /// <summary>
    /// Cuts text at its added tokens: each piece is ordinary text, perhaps empty, and the id of the added token after it.
    /// </summary>
    public IEnumerable<(string Ordinary, int? Added)> SplitAtAddedTokens(string text)
    {
        var start = 0;
        while (text.AsSpan(start).IndexOfAny(_addedContents) is >= 0 and var length)
        {
            var at = start + length;
            var token = _addedTokens.First(t => string.CompareOrdinal(text, at, t.Content, 0, t.Content.Length) == 0);
            yield return (text[start..at], token.Id);
            start = at + token.Content.Length;
        }

        yield return (text[start..], null);
    }

    /// <summary>Decodes ids; bytes that are not UTF-8 become U+FFFD, ids that the tokenizer does not define nothing.</summary>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var bytes = new ArrayBufferWriter<byte>(ids.Length * 4 + 1);
        foreach (var id in ids)
            bytes.Write(Bytes(id, skipSpecialTokens));
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Starts the decoding of an answer token by token.</summary>
    public StreamingDecoder CreateStreamingDecoder(bool skipSpecialTokens = true) => new(this, skipSpecialTokens);

    /// <summary>What each id writes, for the grammar.</summary>
    /// <param name="modelVocabularySize">The length of a row of logits (<c>vocab_size</c> in <c>config.json</c>), padding ids
    /// included.</param>
    public TokenVocabulary CreateVocabulary(int modelVocabularySize)
    {
        if (modelVocabularySize < Size)
        {
            throw new InvalidDataException(
                $"The tokenizer defines {Size} ids, but the model's vocabulary has only {modelVocabularySize}: they do not belong "
                    + $"together.");
        }

        var bytes = new byte[]?[modelVocabularySize];
        for (var id = 0; id < Size; id++)
            bytes[id] = _special[id] ? null : _bytes[id];
        return new(bytes, [AddedTokenId("<|im_end|>"), AddedTokenId("<|endoftext|>")]);
    }

    /// <summary>The bytes that an id writes; none for an unknown one.</summary>
    internal ReadOnlySpan<byte> Bytes(int id, bool skipSpecialTokens) =>
        (uint)id >= (uint)Size || (skipSpecialTokens && _special[id]) ? [] : _bytes[id];

    private void EncodeOrdinary(string text, List<int> ids)
    {
        if (_composes)
            text = CanonicalForm.Compose(text);
        foreach (var word in _splitter.Split(text))
            _encoder.Encode(text.AsSpan()[word], ids);
    }
}
