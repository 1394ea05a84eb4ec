using System.Text;
using System.Text.Json;
using Qwen35Batch.Inference.Grammar.Schema;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Schemas;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>Which properties an object may have: the grammar that writes it and the validator that judges it go by one rule.</summary>
public class ClosednessTests
{
    private static readonly GrammarCompiler Bytewise = new(Vocabularies.Bytes);

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{}}}""", """{"b":1}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{}},"required":["b"]}""", """{"b":1}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{}},"propertyNames":{"enum":["a","b"]}}""", """{"b":1}""", true)]
    [InlineData("""{"allOf":[{"type":"object","properties":{"a":{}}},{"properties":{"b":{}}}]}""", """{"a":1,"b":1}""", true)]
    [InlineData(
        """{"type":"object","properties":{"x":{"type":"object","properties":{"a":{}}}},"patternProperties":{"^x":{"properties":{"b":"""
            + """{}}}}}""",
        """{"x":{"a":1,"b":1}}""",
        true)]
    [InlineData(
        """{"type":"object","properties":{"x":{"type":"object","properties":{"a":{}}}},"patternProperties":{"^x":{"properties":{"b":"""
            + """{}}}}}""",
        """{"x":{"c":1}}""",
        false)]
    [InlineData(
        """{"type":"object","oneOf":[{"properties":{"a":{"type":"null"}},"required":["a"]},{"not":{"properties":{"b":{}},"required":"""
            + """["b"]}}]}""",
        """{"a":null,"b":1}""",
        false)]
    [InlineData(
        """{"anyOf":[{"type":"object","properties":{"a":{"type":"object","properties":{"b":{}}}}},{"type":"object","properties":{"a":"""
            + """{"type":"object"}}}]}""",
        """{"a":{"c":1}}""",
        true)]
    [InlineData(
        """{"type":"object","additionalProperties":{},"oneOf":[{"properties":{}},{"not":{"properties":{"b":{"const":1}}}}]}""",
        """{"b":2}""",
        false)]
    [InlineData("""{"type":"object","properties":{"a":{}},"enum":[{"b":{"c":1}}]}""", """{"b":{"c":1}}""", true)]
    [InlineData("""{"type":"object","required":["a"],"properties":{"a":{}},"unevaluatedProperties":false}""", """{"a":1}""", true)]
    [InlineData(
        """{"not":{"properties":{"z":{"type":"null"}}},"oneOf":[{"type":"object","properties":{"k":{"type":"string"}}},true]}""",
        """{"a":1,"z":2}""",
        false)]
    [InlineData(
        """{"type":"object","anyOf":[{"type":"null"},{"required":["a"]},{"required":["b"]}],"properties":{"b":"""
            + """{}},"unevaluatedProperties":false}""",
        """{"a":1}""",
        false)]
    [InlineData("""{"oneOf":[{"enum":["a",null,true]},{"type":["boolean","null"]}]}""", "null", false)]
    [InlineData("""{"oneOf":[{"enum":["a",null,true]},{"type":["boolean","null"]}]}""", "false", true)]
    [InlineData("""{"oneOf":[{"enum":["a",3]},{"type":"number","multipleOf":2}]}""", "3", true)]
    [InlineData("""{"type":"object","not":{"properties":{"a":{"properties":{"b":{}}}},"required":["a"]}}""", """{"a":{"c":1}}""", false)]
    [InlineData(
        """{"type":"object","properties":{"a":{}},"not":{"not":{"additionalProperties":{"type":"integer"}}}}""",
        """{"b":1}""",
        false)]
    [InlineData(
        """{"type":"object","properties":{"a":{}},"if":{"not":{"additionalProperties":{"type":"integer"}}},"then":false}""",
        """{"b":1}""",
        false)]
    public void Grammar_and_validator_allow_the_same(string schema, string value, bool isAllowed)
    {
        var element = JsonDocument.Parse(schema).RootElement;

        Assert.Equal(isAllowed, JsonSchema.Read(element).Validate(JsonDocument.Parse(value).RootElement).Count == 0);
        Assert.Equal(isAllowed, Accepts(Bytewise.Compile(JsonSchemaGrammar.Compile(element)), value));
    }

    private static bool Accepts(CompiledGrammar grammar, string text)
    {
        var session = grammar.CreateSession();
        try
        {
            foreach (var value in Encoding.UTF8.GetBytes(text))
                session.Accept(value);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        return session.ShortestCompletion == 0;
    }
}
