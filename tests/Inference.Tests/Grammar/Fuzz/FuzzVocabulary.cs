using System.Text;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Tests.Grammar.Fuzz;

/// <summary>Few tokens, made so that they end anywhere in an answer. The last id ends the text.</summary>
internal static class FuzzVocabulary
{
    private static readonly string[] Pieces =
    [
        "\"", "\"a", "a\"", "\":", "\",\"", "{\"", "{\"a\":", "\":\"", "},{", "]}", "}}", "[[", "]]", ",[", "],", ":[",
        ":{", ":null", "\"\"", "\"\",", "\"}", "\"]", "ab", "bb", "aab", "b\":", "k\"", "x-", "x-1\"", "null", "true",
        "false", "nu", "tr", "1,", "12", ".5", "0.", "-1", "10", "名", "名\"", "\\u", "\\n", "\\\"", "0.25", "00", ",\"b",
        ",\"ab\":", "2024-", "-02-", "10.0.", ",null", "ull", "[]", "{}", "[1", "1]", "1}",
    ];

    /// <summary>Single bytes, and texts of several.</summary>
    public static TokenVocabulary Tokens { get; } = Create(Pieces.Select(Encoding.UTF8.GetBytes).Where(text => text.Length > 1));

    /// <summary>Single bytes.</summary>
    public static TokenVocabulary Bytes { get; } = Create([]);

    private static TokenVocabulary Create(IEnumerable<byte[]> texts)
    {
        byte[]?[] tokens = [.. Enumerable.Range(0, 256).Select(value => new[] { (byte)value }), .. texts, null];
        return new TokenVocabulary(tokens, [tokens.Length - 1]);
    }
}
