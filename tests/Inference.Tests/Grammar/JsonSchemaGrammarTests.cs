using Qwen35Batch.Inference.Grammar;

namespace Qwen35Batch.Inference.Tests.Grammar;

public class JsonSchemaGrammarTests
{
    [Theory]
    [InlineData("""{"type":"object","properties":{"name":{"type":"string","pattern":"^a"}}}""", "#/properties/name/pattern", "'pattern' is not supported")]
    [InlineData("""{"type":"string","format":"date"}""", "#/format", "'format' is not supported")]
    [InlineData("""{"type":"object","properties":{"a/b~c":{"type":"array","items":{"type":"number","multipleOf":2}}}}""", "#/properties/a~1b~0c/items/multipleOf", "'multipleOf'")]
    [InlineData("""{"oneOf":[{"type":"string"}]}""", "#/oneOf", "anyOf")]
    [InlineData("""{"type":"object","properties":{},"additionalProperties":true}""", "#/additionalProperties", "only false")]
    [InlineData("""{"type":"object","properties":{},"additionalProperties":{"type":"string"}}""", "#/additionalProperties", "only false")]
    [InlineData("""{"type":"object"}""", "#", "needs properties")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"}},"required":["a","b"]}""", "#/required/1", "'b' is not in properties")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"}},"required":"a"}""", "#/required", "array")]
    [InlineData("""{"type":"object","properties":{"a":true}}""", "#/properties/a", "true and false")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"},"a":{"type":"null"}}}""", "#/properties/a", "twice")]
    [InlineData("""{"type":"array"}""", "#", "needs items")]
    [InlineData("""{"type":"array","items":{"type":"null"},"minItems":3,"maxItems":2}""", "#/minItems", "above maxItems")]
    [InlineData("""{"type":"array","items":{"type":"null"},"maxItems":-1}""", "#/maxItems", "whole number")]
    [InlineData("""{"type":"array","items":{"type":"null"},"uniqueItems":true}""", "#/uniqueItems", "'uniqueItems' is not supported")]
    [InlineData("""{"type":"string","minLength":5,"maxLength":4}""", "#/minLength", "above maxLength")]
    [InlineData("""{"type":"string","minLength":1.5}""", "#/minLength", "whole number")]
    [InlineData("""{"type":"string","minimum":1}""", "#/minimum", "with the type string")]
    [InlineData("""{"type":"integer","minimum":5,"maximum":4}""", "#/minimum", "no number")]
    [InlineData("""{"type":"integer","minimum":0.2,"maximum":0.8}""", "#/minimum", "no number")]
    [InlineData("""{"type":"number","exclusiveMaximum":1,"minimum":1}""", "#/minimum", "no number")]
    [InlineData("""{"type":"number","exclusiveMinimum":0,"maximum":1e-300}""", "#/exclusiveMinimum", "no number")]
    [InlineData("""{"type":"number","minimum":1e40}""", "#/minimum", "15 digits")]
    [InlineData("""{"type":"number","minimum":"1"}""", "#/minimum", "is a number")]
    [InlineData("""{"type":"text"}""", "#/type", "'text' is no type")]
    [InlineData("""{"type":[]}""", "#/type", "empty")]
    [InlineData("""{"type":["string","text"]}""", "#/type/1", "no type")]
    [InlineData("{}", "#", "needs a type")]
    [InlineData("""{"properties":{"a":{"type":"null"}}}""", "#/properties", "without a type")]
    [InlineData("true", "#", "true and false")]
    [InlineData("""{"enum":[]}""", "#/enum", "nothing fits")]
    [InlineData("""{"type":"integer","enum":["a",1.5]}""", "#/enum", "nothing fits")]
    [InlineData("""{"enum":["a",[1]]}""", "#/enum/1", "fixed values")]
    [InlineData("""{"type":"string","const":1}""", "#/const", "type")]
    [InlineData("""{"type":"string","enum":["a"],"maxLength":3}""", "#/maxLength", "next to enum")]
    [InlineData("""{"anyOf":[]}""", "#/anyOf", "at least one")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"string","pattern":"a"}]}""", "#/anyOf/1/pattern", "'pattern'")]
    [InlineData("""{"type":"object","anyOf":[{"type":"null"}]}""", "#/type", "next to anyOf")]
    [InlineData("""{"$ref":"#/$defs/none"}""", "#/$ref", "points to nothing")]
    [InlineData("""{"$ref":"https://example.org/schema"}""", "#/$ref", "same document")]
    [InlineData("""{"$ref":"#/$defs/a","maxLength":3,"$defs":{"a":{"type":"string"}}}""", "#/maxLength", "next to $ref")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"type":"string","pattern":"x"}}}""", "#/$defs/a/pattern", "'pattern'")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}}""", "#/$ref", "without end")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"$ref":"#/$defs/a"},{"type":"null"}]}}}""", "#/$ref", "leads back to itself")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"type":"object","properties":{"next":{"$ref":"#/$defs/a"}},"required":["next"]}}}""", "#/$ref", "without end")]
    [InlineData("""{"type":"array","minItems":1,"items":{"$ref":"#"}}""", "#/items/$ref", "without end")]
    public void A_schema_that_cannot_be_honoured_is_refused_with_the_place_and_the_reason(string schema, string jsonPointer, string reason)
    {
        var error = Assert.Throws<UnsupportedSchemaException>(() => JsonSchemaGrammar.Compile(SchemaCases.Parse(schema)));

        Assert.Equal(jsonPointer, error.JsonPointer);
        Assert.StartsWith(jsonPointer + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"$id":"a","$schema":"b","$comment":"c","title":"d","description":"e","default":1,"examples":[1],"type":"integer"}""")]
    [InlineData("""{"type":"object","properties":{"next":{"$ref":"#"},"also":{"$ref":"#/properties/next"}}}""")]
    [InlineData("""{"$ref":"#/$defs/a~1b%20c","$defs":{"a/b c":{"type":"null"}}}""")]
    [InlineData("""{"type":"object","additionalProperties":false}""")]
    [InlineData("""{"type":"integer","minimum":1e0,"maximum":9.223372036854775807e18}""")]
    public void Annotations_references_and_bounds_of_any_notation_are_understood(string schema) =>
        Assert.NotNull(JsonSchemaGrammar.Compile(SchemaCases.Parse(schema)));

    [Fact]
    public void A_schema_that_nests_too_deep_is_refused()
    {
        static string Nest(int levels) => levels == 0 ? """{"type":"null"}""" : $$"""{"type":"array","minItems":1,"items":{{Nest(levels - 1)}}}""";

        Assert.NotNull(JsonSchemaGrammar.Compile(SchemaCases.Parse(Nest(25))));
        using var deep = System.Text.Json.JsonDocument.Parse(Nest(JsonSchemaGrammar.MaxDepth + 1), new() { MaxDepth = 1000 });
        Assert.Throws<UnsupportedSchemaException>(() => JsonSchemaGrammar.Compile(deep.RootElement));
    }
}
