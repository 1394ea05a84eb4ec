using System.Text;
using System.Text.Json;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Schemas;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>Items and properties that have to be there wherever they stand: <c>contains</c>, and what is ruled out.</summary>
public class CountedItemsTests
{
    private static readonly string[] Schemas =
    [
        """{"type":"array","contains":{"type":"integer"}}""",
        """{"type":"array","items":{"type":["integer","string"]},"contains":{"type":"integer"},"minContains":2,"maxItems":3}""",
        """{"type":"array","items":{"enum":[1,2,"a"]},"contains":{"type":"integer"},"minContains":0,"maxContains":1}""",
        """{"type":"array","prefixItems":[{"const":"a"}],"items":{"enum":[1,"b",null]},"contains":{"const":"b"},"maxContains":2}""",
        """{"type":"array","allOf":[{"contains":{"const":1}},{"contains":{"const":2}}],"items":{"enum":[1,2,3]}}""",
        """{"type":"array","items":{"enum":[1,2,"a"]},"not":{"items":{"type":"integer"}}}""",
        """{"type":"array","items":{"enum":[1,2,"a"]},"not":{"contains":{"const":1}}}""",
        """{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"not":{"additionalProperties":false}}""",
        """{"type":"object","additionalProperties":{"enum":[1,"x"]},"not":{"additionalProperties":{"type":"integer"}}}""",
        """{"type":"object","additionalProperties":{"enum":[1,"x"]},"not":{"propertyNames":{"maxLength":1}}}""",
        """{"type":"object","additionalProperties":{"enum":[1,"x"]},"not":{"patternProperties":{"^a":{"type":"integer"}}}}""",
        """{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":true,"not":{"const":{"a":1}}}""",
        """
        {"type":"object","additionalProperties":{"type":"integer"},
         "allOf":[{"not":{"patternProperties":{"^a":false}}},{"not":{"patternProperties":{"^b":false}}}]}
        """,
        """
        {"oneOf":[{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":false},
                  {"type":"object","properties":{"b":{"type":"integer"}},"additionalProperties":false}]}
        """,
        """{"oneOf":[{"type":"array","items":{"type":"integer"}},{"type":"array","items":{"type":"string"}}]}""",
        """{"type":"integer","minimum":1,"maximum":30,"multipleOf":2,"not":{"multipleOf":3}}""",
        """{"type":"number","minimum":-3,"maximum":3,"not":{"type":"integer"}}""",
        """{"type":"number","minimum":0,"maximum":3,"not":{"multipleOf":0.5}}""",
    ];

    public static TheoryData<string> All => [.. Schemas];

    [Theory]
    [InlineData(0, "[1]", "[]", "[\"a\",null]")]
    [InlineData(0, "[\"a\",{},1,2,[]]", "[{}]", "[1.5]")]
    [InlineData(1, "[1,\"a\",2]", "[1]", "[1,\"a\"]")]
    [InlineData(1, "[1,2]", "[\"a\",\"b\"]", "[1,2,3,4]")]
    [InlineData(2, "[\"a\",1,\"a\"]", "[1,2]", "[1,\"a\",1]")]
    [InlineData(2, "[]", "[2,1]", "[\"a\",2,\"a\",2]")]
    [InlineData(3, "[\"a\",\"b\"]", "[\"a\"]", "[\"a\",1,null]")]
    [InlineData(3, "[\"a\",1,\"b\",null,\"b\"]", "[]", "[\"a\",\"b\",\"b\",\"b\"]")]
    [InlineData(4, "[3,2,3,1]", "[1,1]", "[2]")]
    [InlineData(5, "[1,\"a\",2]", "[1,2]", "[]")]
    [InlineData(6, "[2,\"a\"]", "[2,1]", "[1]")]
    [InlineData(7, "{\"a\":1}", "{}", "{\"c\":1}")]
    [InlineData(7, "{\"b\":1}", "{}", null)]
    [InlineData(8, "{\"a\":1,\"b\":\"x\"}", "{\"a\":1}", "{}")]
    [InlineData(9, "{\"a\":1,\"bc\":\"x\"}", "{\"a\":1}", "{}")]
    [InlineData(10, "{\"b\":1,\"ab\":\"x\"}", "{\"ab\":1}", "{\"b\":\"x\"}")]
    [InlineData(11, "{\"a\":2}", "{\"a\":1}", null)]
    [InlineData(11, "{\"a\":1,\"b\":1}", "{\"a\":1}", null)]
    [InlineData(12, "{\"c\":0,\"a1\":1,\"b\":2}", "{\"a1\":1}", "{\"b\":1,\"c\":1}")]
    [InlineData(13, "{\"a\":1}", "{}", "{\"a\":1,\"b\":1}")]
    [InlineData(13, "{\"b\":1}", "{}", "{\"c\":1}")]
    [InlineData(14, "[1,2]", "[]", "[1,\"a\"]")]
    [InlineData(15, "4", "6", "5")]
    [InlineData(16, "-0.5", "2", "1.0")]
    [InlineData(17, "0.25", "0.5", "2")]
    public void What_has_to_be_there_is_there(int schema, string right, string wrong, string? other)
    {
        var grammar = new GrammarCompiler(Vocabularies.Bytes).Compile(SchemaCases.Parse(Schemas[schema]));

        Assert.True(grammar.Accepts(Encoding.UTF8.GetBytes(right)), right);
        Assert.False(grammar.Accepts(Encoding.UTF8.GetBytes(wrong)), wrong);
        Assert.False(other is not null && grammar.Accepts(Encoding.UTF8.GetBytes(other)), other);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Random_models_write_what_fits_and_always_end(string schema)
    {
        foreach (var vocabulary in (TokenVocabulary[])[Vocabularies.TinyMoe, Vocabularies.Bytes])
        {
            var grammar = new GrammarCompiler(vocabulary).Compile(SchemaCases.Parse(schema));
            for (var seed = 0; seed < 40; seed++)
            {
                var (text, isComplete) = RandomModel.Write(grammar, vocabulary, grammar.ShortestCompletion + seed, seed);
                Assert.True(isComplete, Encoding.UTF8.GetString(text));
                using var answer = JsonDocument.Parse(text);
                Assert.Empty(JsonSchema.Read(SchemaCases.Parse(schema)).Validate(answer.RootElement));
            }
        }
    }
}
