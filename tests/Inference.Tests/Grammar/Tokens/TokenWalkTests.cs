using System.Text;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Tests.Grammar.Tokens;

/// <summary>A mask holds exactly the tokens whose bytes may follow one after another.</summary>
public class TokenWalkTests
{
    private const int Ample = 1 << 20;

    private static readonly TokenVocabulary Vocabulary = Vocabularies.Pieces(
        [
            .. ((string[])
                [
                    "[\"ab\",\"日本\\n\"]", "{\"a\":\"b\",\"xy\":[\"c\"]}", "4d\"],\"a\\\"b\":",
                    "\\u00e9\\ud83d\\ude00\",\"", "\\n\\\\\":1}",
                    "github\":\"", "a b,c\"]", "0e\",\"d"
                ]).Select(Encoding.UTF8.GetBytes)
        ],
        7);

    [Theory]
    [InlineData(
        """{"type":"array","items":{"type":"string"}}""",
        "", "[", "[\"a", "[\"a\\", "[\"\\u00", "[\"\\u004", "[\"\\ud83d\\ud", "[\"a\",")]
    [InlineData(
        """{"type":"array","items":{"type":"string","minLength":2,"maxLength":4}}""",
        "[", "[\"a", "[\"a\\", "[\"ab\\u00", "[\"abc")]
    [InlineData(
        """{"type":["string","array"],"items":{"type":["string","null"]},"maxItems":2}""",
        "", "\"\\", "[", "[\"a\"")]
    [InlineData(
        """{"type":"string","pattern":"^[^\\\\]+$"}""",
        "", "\"", "\"a\\", "\"a\\u", "\"a\\u00")]
    [InlineData(
        """{"type":"object","additionalProperties":{"type":"string"}}""",
        "", "{", "{\"a", "{\"a\\", "{\"a\":", "{\"a\":\"")]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":{"type":"string"}}""",
        "{", "{\"", "{\"a", "{\"a\":")]
    [InlineData(
        """{"type":"object","patternProperties":{".*":{"type":"string"},"a":{"minLength":2},"b":{"maxLength":3}}}""",
        "{", "{\"", "{\"a", "{\"ab", "{\"x", "{\"a\":\"", "{\"b\":\"")]
    [InlineData(
        """{"type":"string","anyOf":[{"pattern":"^a+$"},{"pattern":"^[ab]b$"},{"const":"日本"}]}""",
        "", "\"", "\"a", "\"ab")]
    public void A_mask_holds_the_tokens_whose_bytes_may_follow(string schema, params string[] prefixes)
    {
        var grammar = new GrammarCompiler(Vocabulary).Compile(SchemaCases.Parse(schema));
        var mask = new ulong[(Vocabulary.Size + 63) / 64];
        var allowed = 0;
        foreach (var prefix in prefixes.Select(Encoding.UTF8.GetBytes))
        {
            Assert.True(Follow(grammar, prefix, out var session));
            session.FillMask(mask, Ample);
            for (var token = 0; token < Vocabulary.Size - 1; token++)
            {
                var isAllowed = Follow(grammar, [.. prefix, .. Vocabulary[token]!], out _);
                Assert.True(
                    isAllowed == ((mask[token >> 6] >> (token & 63) & 1) != 0),
                    $"{Encoding.UTF8.GetString(Vocabulary[token]!)} after {Encoding.UTF8.GetString(prefix)}: {isAllowed}");
                allowed += isAllowed ? 1 : 0;
            }
        }

        Assert.InRange(allowed, 1, (Vocabulary.Size * prefixes.Length) - 1);
    }

    [Theory]
    [InlineData(
        """{"anyOf":[{"type":"object"},{"type":"object","required":["a"]},{"type":"array","minItems":2},{"type":"string"}]}""",
        "", "{", "{\"", "{\"a", "{\"a\":", "{\"a\":\"", "{\"a\":\"b", "{\"a\":\"b\",", "[\"", "[{\"a", "[[\"a\"", "\"a")]
    [InlineData(
        """
        {"type":"array","items":{"anyOf":[
            {"type":"object","properties":{"a":{"type":"string","minLength":3}},"additionalProperties":{"type":"array"}},
            {"type":"object","properties":{"xy":{"type":"string","pattern":"^[a-d]+$"}},"additionalProperties":{"type":"string"}},
            {"type":"object","patternProperties":{"^a":{"type":["string","null"]}},"minProperties":1}]}}
        """,
        "[{", "[{\"", "[{\"a", "[{\"ab", "[{\"a\":\"", "[{\"a\":\"b", "[{\"xy\":\"c", "[{\"ab\":\"d")]
    public void With_little_left_a_mask_holds_the_tokens_after_which_the_rest_fits(string schema, params string[] prefixes)
    {
        var grammar = new GrammarCompiler(Vocabulary).Compile(SchemaCases.Parse(schema));
        var mask = new ulong[(Vocabulary.Size + 63) / 64];
        foreach (var prefix in prefixes.Select(Encoding.UTF8.GetBytes))
        {
            Assert.True(Follow(grammar, prefix, out var session));
            var needed = Enumerable.Range(0, Vocabulary.Size - 1)
                .Select(token => Follow(grammar, [.. prefix, .. Vocabulary[token]!], out var after) ? after.ShortestCompletion : Ample)
                .ToArray();
            foreach (var more in (int[])[0, 1, 2, 3, 5, 9, 30])
            {
                var remaining = session.ShortestCompletion + more;
                session.FillMask(mask, remaining);
                for (var token = 0; token < needed.Length; token++)
                {
                    Assert.True(
                        needed[token] < remaining == ((mask[token >> 6] >> (token & 63) & 1) != 0),
                        $"{Encoding.UTF8.GetString(Vocabulary[token]!)} after {Encoding.UTF8.GetString(prefix)} with {remaining} left");
                }
            }
        }
    }

    // The first 256 tokens are the bytes.
    private static bool Follow(CompiledGrammar grammar, byte[] text, out ITokenGrammar session)
    {
        session = grammar.CreateSession();
        try
        {
            foreach (var value in text)
                session.Accept(value);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
