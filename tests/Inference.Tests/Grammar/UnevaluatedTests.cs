using System.Text;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>What unevaluatedProperties and unevaluatedItems know of is what their own schema and those within it say.</summary>
public class UnevaluatedTests
{
    [Theory]
    [InlineData("""{"unevaluatedItems":false}""", "[]", "[1]")]
    [InlineData("""{"allOf":[{}],"unevaluatedItems":false}""", "[]", "[1]")]
    [InlineData("""{"allOf":[{"prefixItems":[{}]}],"unevaluatedItems":false}""", "[1]", "[1,2]")]
    [InlineData("""{"allOf":[{"prefixItems":[{}]},{"unevaluatedItems":false}]}""", "[]", "[1]")]
    [InlineData("""{"prefixItems":[{"type":"null"}],"unevaluatedItems":{"type":"boolean"}}""", "[null,true]", "[null,1]")]
    [InlineData("""{"if":{"prefixItems":[{"const":"a"}]},"unevaluatedItems":false}""", "[\"a\"]", "[\"b\"]")]
    [InlineData("""{"prefixItems":[{}],"not":{"not":{"prefixItems":[{},{"const":1}]}},"unevaluatedItems":false}""", "[0]", "[0,1]")]
    [InlineData("""{"allOf":[{"properties":{"a":{}}},{"unevaluatedProperties":false}]}""", "{}", """{"a":1}""")]
    [InlineData("""{"properties":{"a":{}},"allOf":[{"unevaluatedProperties":false}]}""", "{}", """{"a":1}""")]
    [InlineData("""{"allOf":[{"properties":{"a":{}}}],"unevaluatedProperties":false}""", """{"a":1}""", """{"a":1,"b":1}""")]
    [InlineData("""{"allOf":[{"patternProperties":{"^a":{}}}],"unevaluatedProperties":false}""", """{"ab":1}""", """{"b":1}""")]
    [InlineData("""{"properties":{"a":{}},"unevaluatedProperties":{"type":"null"}}""", """{"a":1,"b":null}""", """{"a":1,"b":1}""")]
    [InlineData("""{"type":["object","null"],"required":["a"],"unevaluatedProperties":false}""", "null", """{"a":1}""")]
    [InlineData(
        """{"allOf":[{"properties":{"a":{}}}],"unevaluatedProperties":{"type":"null"}}""", """{"a":1,"b":null}""", """{"a":1,"b":1}""")]
    [InlineData(
        """{"allOf":[{"patternProperties":{"^a":{}}}],"unevaluatedProperties":{"type":"null"}}""", """{"ab":1,"b":null}""", """{"b":1}""")]
    [InlineData(
        """{"anyOf":[{"required":["b"]},{"properties":{"a":{"const":1}}}],"unevaluatedProperties":{"type":"string"}}""",
        """{"a":1,"c":"x"}""",
        """{"a":2,"b":"x"}""")]
    [InlineData(
        """{"if":{"properties":{"a":{"const":1}},"required":["a"]},"unevaluatedProperties":{"properties":{"c":{}},"type":"object"}}""",
        """{"a":1,"b":{"c":2}}""",
        """{"a":2}""")]
    [InlineData("""{"allOf":[{"properties":{"a":{"type":"null"}}}],"unevaluatedProperties":true}""", """{"a":null,"b":1}""", """{"a":1}""")]
    [InlineData("""{"if":{"properties":{"a":{"const":1}}},"unevaluatedProperties":false}""", """{"a":1}""", """{"b":1}""")]
    [InlineData("""{"enum":[[1],[]],"unevaluatedItems":false,"anyOf":[true]}""", "[]", "[1]")]
    [InlineData("""{"unevaluatedProperties":false,"oneOf":[{},{"enum":[null,1]}]}""", "2", "null")]
    [InlineData(
        """{"properties":{"a":{}},"$ref":"#/$defs/b","$defs":{"b":{"allOf":[{}],"unevaluatedProperties":false}}}""",
        "{}",
        """{"a":1}""")]
    public void Grammar_and_validator_know_the_same_of_a_value(string schema, string valid, string invalid)
    {
        var read = JsonSchema.Read(SchemaCases.Parse(schema));

        Assert.Empty(read.Validate(SchemaCases.Parse(valid)));
        Assert.NotEmpty(read.Validate(SchemaCases.Parse(invalid)));
        Assert.True(Writes(schema, valid));
        Assert.False(Writes(schema, invalid));
    }

    [Theory]
    [InlineData("""{"anyOf":[{"allOf":[{}],"unevaluatedItems":false}],"prefixItems":[{}]}""", "#/anyOf/0")]
    [InlineData("""{"allOf":[{}],"unevaluatedItems":{"type":"null"}}""", "#/unevaluatedItems")]
    public void Where_others_say_more_of_the_value_it_is_refused(string schema, string at) => Assert.Equal(
        at, Assert.Throws<UnsupportedSchemaException>(() => Writes(schema, "1")).JsonPointer);

    private static bool Writes(string schema, string answer)
    {
        var session = new GrammarCompiler(Vocabularies.Bytes).Compile(SchemaCases.Parse(schema)).CreateSession();
        try
        {
            foreach (var value in Encoding.UTF8.GetBytes(answer))
                session.Accept(value);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        return session.ShortestCompletion == 0;
    }
}
