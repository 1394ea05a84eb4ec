using System.Text;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>
/// A vocabulary as large as Qwen3.5's: words, Japanese cut anywhere, punctuation, runs of blanks, invalid pieces of UTF-8.
/// </summary>
internal static class LargeVocabulary
{
    /// <returns>The 256 bytes first; the last id ends the text.</returns>
    public static TokenVocabulary Create()
    {
        const int Size = 248_320;
        var random = new Random(7);
        var seen = new HashSet<string>();
        var texts = new List<byte[]>();
        string[] punctuation =
        [
            "\"", "\":", "\",\"", "{\"", "\":\"", "},{", "]}", "[", ",", ".", " \"", ":[", "\\n", "\\u", "\"\"", "\":[\"", "\"}"
        ];
        while (texts.Count < Size - 257)
        {
            var kind = random.Next(100);
            var text = kind switch
            {
                < 60 => Encoding.UTF8.GetBytes((random.Next(2) == 0 ? " " : "") + Word(random)),
                < 80 =>
                    Cut(
                        Encoding.UTF8.GetBytes(
                            string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => (char)random.Next(0x3041, 0x9FA0)))),
                        random),
                < 90 =>
                    Encoding.UTF8.GetBytes(
                        Word(random) + punctuation[random.Next(punctuation.Length)] + (random.Next(2) == 0 ? Word(random) : "")),
                < 95 => Encoding.UTF8.GetBytes(punctuation[random.Next(punctuation.Length)] + Word(random)),
                < 98 =>
                    Encoding.UTF8.GetBytes(
                        new string(" -=\n\t_"[random.Next(6)], random.Next(2, 128)) + (random.Next(3) == 0 ? Word(random) : "")),
                _ => Noise(random),
            };
            if (text.Length > 1 && seen.Add(Convert.ToHexString(text)))
                texts.Add(text);
        }
        byte[]?[] tokens = [.. Enumerable.Range(0, 256).Select(value => new[] { (byte)value }), .. texts, null];
        return new TokenVocabulary(tokens, [tokens.Length - 1]);
    }

    private static string Word(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => (char)random.Next('a', 'z' + 1)));

    private static byte[] Cut(byte[] text, Random random) => text[random.Next(text.Length)..];

    private static byte[] Noise(Random random)
    {
        var bytes = new byte[random.Next(2, 5)];
        random.NextBytes(bytes);
        return bytes;
    }
}
