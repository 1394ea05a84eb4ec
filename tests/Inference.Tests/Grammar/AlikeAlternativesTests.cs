using System.Text;
using Qwen35Batch.Inference.Grammar.Schema;
using Qwen35Batch.Inference.Grammar.Tokens;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>
/// Alternatives that begin alike are followed side by side, at so many places and no more: what can be written by one of them must not be
/// left out for there being many that make no difference.
/// </summary>
public class AlikeAlternativesTests
{
    private static readonly GrammarCompiler Compiler = new(Vocabularies.Bytes);

    [Theory]
    [InlineData("""{"type":"array"}""")]
    [InlineData("""{"type":"object","additionalProperties":{}}""")]
    [InlineData("""{"type":"object","properties":{"a":{},"b":{"type":"null"}},"required":["a"],"maxProperties":3}""")]
    [InlineData("""{"type":"array","contains":{"type":"integer"},"minItems":2}""")]
    [InlineData("""{"enum":["x","y"]}""")]
    public void Ways_to_write_the_same_are_one_alternative(string schema)
    {
        var ways = string.Join(',', Enumerable.Repeat("{}", 12));
        var combined = $$"""{"allOf":[{{schema}},{"anyOf":[{{ways}}]},{"anyOf":[{{ways}}]}]}""";
        var grammar = JsonSchemaGrammar.Compile(SchemaCases.Parse(combined));

        Assert.Single(Assert.IsType<AnyOfNode>(grammar.Root).Alternatives);
    }

    [Theory]
    [InlineData(
        """
        {"type":["array","null"],"anyOf":[true,true,{"type":["object","array","null"]}],
         "not":{"enum":[{"b":null,"k":true,"c":false},[false,0.18,"x"]]}}
        """,
        "[[],null]")]
    [InlineData(
        """
        {"type":"array","prefixItems":[{},{"type":["object","array","integer","null"]}],"minItems":1,
         "not":{"required":["b","ab","k","c"],"allOf":[{"type":"string","minLength":1},true],
         "properties":{"a":{"pattern":"^x-"},"b":{"type":"string","format":"date"},"k":{"type":["array","string"]},"c":{"const":"ab"}},
         "oneOf":[{"enum":[null,{"a":"ab","ab":true,"k":null,"x-1":true,"c":true},{"b":true,"k":false,"x-1":"b","c":4},{"b":true}]}]}}
        """,
        "[1262,null,72.41,1,1,null]")]
    [InlineData(
        """
        {"type":"array","contains":{"type":"integer"},
         "prefixItems":[{"type":"object","additionalProperties":{"type":["array","null"]},"dependentRequired":{"a":[]}},{"enum":["x",{}]}],
         "not":{"enum":["a",{"b":true,"c":"b"},{"a":false,"ab":2,"k":"ab"},{"a":"ab","b":false,"k":"1","c":null}]}}
        """,
        """[{"a":[]},{},null,1]""")]
    public void An_answer_of_one_of_many_alternatives_is_taken_byte_by_byte(string schema, string answer) =>
        Assert.True(Compiler.Compile(JsonSchemaGrammar.Compile(SchemaCases.Parse(schema))).Accepts(Encoding.UTF8.GetBytes(answer)));
}
