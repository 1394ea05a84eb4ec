using Qwen35Batch.Inference.Grammar.Schema;
using Qwen35Batch.Schemas;

namespace Qwen35Batch.Inference.Tests.Grammar.Schema;

public class JsonSchemaGrammarTests
{
    [Theory]
    [InlineData("""{"type":"object","properties":{"name":{"type":"string","contentEncoding":"base64"}}}""", "#/properties/name/contentEncoding", "'contentEncoding' is not supported")]
    [InlineData("""{"type":"string","format":"hostname"}""", "#/format", "supported are date, date-time, email, uuid")]
    [InlineData("""{"type":"string","format":"date","pattern":"^2"}""", "#/format", "next to pattern")]
    [InlineData("""{"type":"string","format":"date","maxLength":9}""", "#", "allowed length")]
    [InlineData("""{"type":"object","properties":{"code":{"type":"string","pattern":"^(?=a)"}}}""", "#/properties/code/pattern", "looking ahead")]
    [InlineData("""{"type":"string","pattern":"(a)\\1"}""", "#/pattern", "'\\1' is not supported")]
    [InlineData("""{"type":"string","pattern":"\\bword\\b"}""", "#/pattern", "'\\b' is not supported")]
    [InlineData("""{"type":"string","pattern":"\\p{L}"}""", "#/pattern", "'\\p' is not supported")]
    [InlineData("""{"type":"string","pattern":"(?<year>a)"}""", "#/pattern", "names and flags")]
    [InlineData("""{"type":"string","pattern":"a)"}""", "#/pattern", "has no '('")]
    [InlineData("""{"type":"string","pattern":"(a"}""", "#/pattern", "is not closed")]
    [InlineData("""{"type":"string","pattern":"[a"}""", "#/pattern", "is not closed")]
    [InlineData("""{"type":"string","pattern":"[z-a]"}""", "#/pattern", "a range of a class")]
    [InlineData("""{"type":"string","pattern":"[]"}""", "#/pattern", "no character")]
    [InlineData("""{"type":"string","pattern":"*a"}""", "#/pattern", "stands where a character is expected")]
    [InlineData("""{"type":"string","pattern":"a{2"}""", "#/pattern", "a count is written")]
    [InlineData("""{"type":"string","pattern":"a{3,2}"}""", "#/pattern", "a count is written")]
    [InlineData("""{"type":"string","pattern":"a**"}""", "#/pattern", "a quantifier follows another one")]
    [InlineData("""{"type":"string","pattern":"^*"}""", "#/pattern", "an anchor cannot be repeated")]
    [InlineData("""{"type":"string","pattern":"a\\"}""", "#/pattern", "ends the pattern")]
    [InlineData("""{"type":"string","pattern":"\\u0000"}""", "#/pattern", "U+0000")]
    [InlineData("""{"type":"string","pattern":"\\ud83d"}""", "#/pattern", "halves of surrogate pairs")]
    [InlineData("""{"type":"string","pattern":"a$b"}""", "#/pattern", "no text fits")]
    [InlineData("""{"type":"string","pattern":"((a{1000}){1000}){1000}"}""", "#/pattern", "repeat less")]
    [InlineData("""{"type":"string","pattern":"[ab]*a[ab]{16}$"}""", "#/pattern", "states")]
    [InlineData("""{"type":"string","pattern":"^a{3}$","maxLength":2}""", "#", "allowed length")]
    [InlineData("""{"type":"string","pattern":5}""", "#/pattern", "a text is expected")]
    [InlineData("""{"type":"object","properties":{"a/b~c":{"type":"array","items":{"type":"number","multipleOf":2}}}}""", "#/properties/a~1b~0c/items/multipleOf", "'multipleOf' is not supported with the type number")]
    [InlineData("""{"type":"integer","multipleOf":0}""", "#/multipleOf", "from 1 to 1000")]
    [InlineData("""{"type":"integer","multipleOf":2.5}""", "#/multipleOf", "from 1 to 1000")]
    [InlineData("""{"type":"integer","multipleOf":7,"minimum":8,"maximum":13}""", "#/minimum", "no multiple of 7")]
    [InlineData("""{"oneOf":[]}""", "#/oneOf", "at least one")]
    [InlineData("""{"type":"object","oneOf":[{"type":"null"}]}""", "#/type", "next to oneOf")]
    [InlineData("""{"oneOf":[{"type":"null"},{"type":"integer"},{"type":"number"}]}""", "#/oneOf/2", "alternative 1")]
    [InlineData("""{"oneOf":[{"type":"string"},{"const":"a"}]}""", "#/oneOf/1", "use anyOf")]
    [InlineData("""{"oneOf":[{"enum":["a",1]},{"enum":["b",1.0]}]}""", "#/oneOf/1", "use anyOf")]
    [InlineData("""{"oneOf":[{"type":"integer","maximum":5},{"type":"integer","minimum":5}]}""", "#/oneOf/1", "use anyOf")]
    [InlineData("""{"oneOf":[{"type":"string","pattern":"^a"},{"type":"string","pattern":"b$"}]}""", "#/oneOf/1", "use anyOf")]
    [InlineData("""{"oneOf":[{"type":"object","properties":{"a":{"const":1}}},{"type":"object","properties":{"a":{"const":2}}}]}""", "#/oneOf/1", "required property")]
    [InlineData("""{"oneOf":[{"type":"object","properties":{"a":{"type":"null"}},"required":["a"]},{"type":"object","properties":{"b":{"type":"null"}},"required":["b"]}]}""", "#/oneOf/1", "use anyOf")]
    [InlineData("""{"oneOf":[{"type":"array","items":{"const":1}},{"type":"array","items":{"const":2}}]}""", "#/oneOf/1", "use anyOf")]
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
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"string","pattern":"("}]}""", "#/anyOf/1/pattern", "is not closed")]
    [InlineData("""{"type":"object","anyOf":[{"type":"null"}]}""", "#/type", "next to anyOf")]
    [InlineData("""{"$ref":"#/$defs/none"}""", "#/$ref", "points to nothing")]
    [InlineData("""{"$ref":"https://example.org/schema"}""", "#/$ref", "same document")]
    [InlineData("""{"$ref":"#/$defs/a","maxLength":3,"$defs":{"a":{"type":"string"}}}""", "#/maxLength", "next to $ref")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"type":"string","pattern":"["}}}""", "#/$defs/a/pattern", "is not closed")]
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
    [InlineData("""{"oneOf":[{"type":"null"},{"type":["integer","boolean"]},{"type":"string","maxLength":3},{"type":"string","minLength":4,"maxLength":5000},{"type":"array","items":{"type":"null"},"maxItems":1},{"type":"array","items":{"type":"null"},"minItems":2}]}""")]
    [InlineData("""{"oneOf":[{"enum":["a","b"]},{"const":"c"},{"type":"string","pattern":"^[d-f]+$"},{"type":"string","format":"date"}]}""")]
    [InlineData("""{"oneOf":[{"type":"number","maximum":5},{"type":"number","exclusiveMinimum":5,"maximum":7.5},{"type":"integer","minimum":8}]}""")]
    [InlineData("""{"oneOf":[{"type":"object","properties":{"kind":{"const":"a"}},"required":["kind"]},{"type":"object","properties":{"kind":{"enum":["b","c"]}},"required":["kind"]}]}""")]
    [InlineData("""{"oneOf":[{"type":"object","properties":{"a":{"type":"null"}},"required":["a"],"additionalProperties":false},{"type":"object","properties":{"b":{"type":"null"}},"required":["b"],"additionalProperties":false}]}""")]
    [InlineData("""{"oneOf":[{"$ref":"#/$defs/a"},{"anyOf":[{"type":"string"},{"type":"boolean"}]}],"$defs":{"a":{"oneOf":[{"type":"integer"},{"type":"null"}]}}}""")]
    public void Annotations_references_bounds_of_any_notation_and_disjoint_alternatives_are_understood(string schema) =>
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
