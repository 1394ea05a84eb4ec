using System.Text.Json;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>Vocabularies to write answers with. The last id always ends the text.</summary>
internal static class Vocabularies
{
    /// <summary>The byte-level vocabulary of a small Qwen3.5 checkpoint; its added tokens write nothing.</summary>
    public static TokenVocabulary TinyMoe { get; } = LoadTinyMoe();

    /// <summary>The 256 bytes alone.</summary>
    public static TokenVocabulary Bytes { get; } = Create([]);

    /// <summary>The 256 bytes and these texts.</summary>
    public static TokenVocabulary Create(IEnumerable<byte[]> texts)
    {
        byte[]?[] tokens = [.. Enumerable.Range(0, 256).Select(value => new[] { (byte)value }), .. texts, null];
        return new TokenVocabulary(tokens, [tokens.Length - 1]);
    }

    /// <summary>Every piece of some texts up to a length, so that they can be cut anywhere.</summary>
    public static TokenVocabulary Pieces(IEnumerable<byte[]> texts, int maxLength) => Create(texts
        .SelectMany(text => Enumerable.Range(0, text.Length).SelectMany(from => Enumerable.Range(2, maxLength - 1)
            .Where(length => from + length <= text.Length)
            .Select(length => Convert.ToHexString(text, from, length))))
        .Distinct()
        .Select(Convert.FromHexString));

    private static TokenVocabulary LoadTinyMoe()
    {
        using var json = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "tiny-moe", "tokenizer.json")));
        var vocabulary = json.RootElement.GetProperty("model").GetProperty("vocab");
        var added = json.RootElement.GetProperty("added_tokens");
        var tokens = new byte[]?[1 + added.EnumerateArray().Max(token => token.GetProperty("id").GetInt32())];

        // GPT-2's alphabet: printable bytes stand for themselves, the others for the characters from U+0100 on.
        var printable = Enumerable.Range('!', 94).Concat(Enumerable.Range(0xA1, 12)).Concat(Enumerable.Range(0xAE, 82)).ToArray();
        var alphabet = printable.ToDictionary(value => (char)value, value => (byte)value);
        foreach (var (i, value) in Enumerable.Range(0, 256).Except(printable).Index())
            alphabet.Add((char)(256 + i), (byte)value);
        foreach (var token in vocabulary.EnumerateObject())
            tokens[token.Value.GetInt32()] = [.. token.Name.Select(character => alphabet[character])];
        var ends = added.EnumerateArray().Where(token => token.GetProperty("content").GetString() is "<|endoftext|>" or "<|im_end|>");
        return new TokenVocabulary(tokens, [.. ends.Select(token => token.GetProperty("id").GetInt32())]);
    }
}
