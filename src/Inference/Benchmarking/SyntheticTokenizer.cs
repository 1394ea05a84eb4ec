using System.Text;
using System.Text.Json;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Tokenization.BytePairs;

namespace Qwen35Batch.Inference.Benchmarking;

/// <summary>
/// A tokenizer of any size for random weights. Its tokens look like those of a real one, because the cost of a mask depends on them: words,
/// Japanese cut anywhere, the punctuation of JSON with letters at its sides, runs of blanks.
/// </summary>
internal static class SyntheticTokenizer
{
    private const int ByteTokens = 256;

    private static readonly string[] Specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];
    private static readonly string[] Punctuation =
    [
        "\"", "\":", "\",\"", "{\"", "\":\"", "},{", "]}", "[", ",", ".", " \"", ":[", "\\n", "\\u", "\"}"
    ];

    /// <summary>Writes tokenizer.json. It has no merges: text is encoded byte by byte.</summary>
    /// <param name="file">The file.</param>
    /// <param name="size">The number of ids, all of which it defines.</param>
    /// <exception cref="ModelFormatException">The size has no room for the bytes and the special tokens.</exception>
    public static void Write(string file, int size)
    {
        if (size < ByteTokens + Specials.Length)
        {
            throw new ModelFormatException(
                $"A vocabulary of {size} tokens is too small: {ByteTokens} bytes and {Specials.Length} special tokens need ids.");
        }

        using var stream = File.Create(file);
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteStartArray("added_tokens");
        for (var i = 0; i < Specials.Length; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("id", size - Specials.Length + i);
            json.WriteString("content", Specials[i]);
            json.WriteBoolean("special", true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteEndObject();
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteStartArray("merges");
        json.WriteEndArray();
        json.WriteStartObject("vocab");
        foreach (var (id, token) in Tokens(size - Specials.Length).Index())
            json.WriteNumber(token, id);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Tokens in the alphabet of the file: the bytes, then different texts.</summary>
    private static IEnumerable<string> Tokens(int count)
    {
        var random = new Random(7);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var value = 0; value < ByteTokens; value++)
        {
            seen.Add(Spell([(byte)value]));
            yield return Spell([(byte)value]);
        }

        while (seen.Count < count)
        {
            var token = Spell(Text(random));
            if (token.Length > 0 && seen.Add(token))
                yield return token;
        }
    }

    private static byte[] Text(Random random) => random.Next(100) switch
    {
        < 60 => Encoding.UTF8.GetBytes((random.Next(2) == 0 ? " " : "") + Word(random)),
        < 80 => Japanese(random),
        < 95 => Encoding.UTF8.GetBytes(Word(random) + Punctuation[random.Next(Punctuation.Length)] + Word(random)),
        _ => Encoding.UTF8.GetBytes(new string(" -=\n\t_"[random.Next(6)], random.Next(2, 128)) + Word(random)),
    };

    private static string Word(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => (char)random.Next('a', 'z' + 1)));

    private static byte[] Japanese(Random random)
    {
        var text = Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => (char)random.Next(0x3041, 0x9FA0))));
        return text[random.Next(text.Length)..];
    }

    private static string Spell(byte[] text) => string.Concat(text.Select(value => ByteAlphabet.Letter(value)));
}
