using Qwen35Batch.Inference.Grammar.Schema;
using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Inference.Tests.Grammar.Schema;

public class JsonSchemaGrammarTests
{
    [Theory]
    [InlineData("""{"type":"string","format":"date","maxLength":9}""", "#", "allowed length")]
    [InlineData("""{"type":"string","pattern":"(a)\\1"}""", "#/pattern", "'\\1' is not supported")]
    [InlineData("""{"type":"string","pattern":"\\Aword"}""", "#/pattern", "'\\A' is not supported")]
    [InlineData("""{"type":"string","not":{"pattern":"\\bword\\b"}}""", "#/not", "cannot be ruled out")]
    [InlineData("""{"patternProperties":{"(?i)^a":{}}}""", "#/patternProperties/(?i)^a", "in patterns of names")]
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
    [InlineData("""{"type":"integer","multipleOf":7,"minimum":8,"maximum":13}""", "#/minimum", "no multiple of 7")]
    [InlineData("""{"oneOf":[]}""", "#/oneOf", "at least one")]
    [InlineData("""{"type":"array","oneOf":[{"uniqueItems":true},{"minItems":1}]}""", "#/oneOf/1", "use anyOf")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"}},"required":"a"}""", "#/required", "array")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"},"a":{"type":"null"}}}""", "#/properties/a", "twice")]
    [InlineData("""{"type":"array","items":{"type":"null"},"minItems":3,"maxItems":2}""", "#/minItems", "above maxItems")]
    [InlineData("""{"type":"array","items":{"type":"null"},"maxItems":-1}""", "#/maxItems", "whole number")]
    [InlineData("""{"type":"string","minLength":5,"maxLength":4}""", "#/minLength", "at most 4 allowed")]
    [InlineData("""{"type":"string","minLength":1.5}""", "#/minLength", "whole number")]
    [InlineData("""{"type":"integer","minimum":5,"maximum":4}""", "#/minimum", "no number")]
    [InlineData("""{"type":"integer","minimum":0.2,"maximum":0.8}""", "#/minimum", "no number")]
    [InlineData("""{"type":"number","exclusiveMaximum":1,"minimum":1}""", "#/minimum", "no number")]
    [InlineData("""{"type":"number","exclusiveMinimum":0,"maximum":1e-300}""", "#/exclusiveMinimum", "no number")]
    [InlineData("""{"type":"number","minimum":1e40}""", "#/minimum", "15 digits")]
    [InlineData("""{"type":"number","minimum":"1"}""", "#/minimum", "is a number")]
    [InlineData("""{"type":"text"}""", "#/type", "'text' is no type")]
    [InlineData("""{"type":[]}""", "#/type", "empty")]
    [InlineData("""{"type":["string","text"]}""", "#/type/1", "no type")]
    [InlineData("""{"anyOf":[]}""", "#/anyOf", "at least one")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"string","pattern":"("}]}""", "#/anyOf/1/pattern", "is not closed")]
    [InlineData("""{"$ref":"#/$defs/none"}""", "#/$ref", "points to nothing in this schema: # has no '$defs', but '$ref'.")]
    [InlineData("""{"$ref":"#/$defs/a~1b","$defs":{"a":{},"b":{}}}""", "#/$ref", ": #/$defs has no 'a/b', but 'a', 'b'.")]
    [InlineData("""{"$ref":"#/$defs/0/x","$defs":[[]]}""", "#/$ref", ": #/$defs/0 has no 'x', but is no object.")]
    [InlineData("""{"$ref":"#none"}""", "#/$ref", "points to nothing in this schema.")]
    [InlineData("""{"$ref":"https://example.org/schema"}""", "#/$ref", "same document")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"type":"string","pattern":"["}}}""", "#/$defs/a/pattern", "is not closed")]
    [InlineData("""{"type":"string","format":"date","pattern":"^abc"}""", "#", "no text fits")]
    [InlineData(
        """{"type":"object","properties":{"code":{"type":"string","pattern":"^(?:(?=b)b)*$"}}}""",
        "#/properties/code/pattern",
        "that is repeated")]
    [InlineData("""{"type":"string","pattern":"\\p{Klingon}"}""", "#/pattern", "is not supported")]
    [InlineData("""{"type":"string","pattern":"(?m)a"}""", "#/pattern", "flags")]
    [InlineData("""{"type":"number","multipleOf":0}""", "#/multipleOf", "above 0")]
    [InlineData("""{"type":"integer","multipleOf":1234567890123456789}""", "#/multipleOf", "too many digits")]
    [InlineData("""{"type":"integer","multipleOf":123457,"minimum":1,"maximum":1000}""", "#/multipleOf", "no multiple of 123457")]
    [InlineData("""{"type":"object","oneOf":[{"type":"null"}]}""", "#", "nothing fits")]
    [InlineData("""{"not":{"uniqueItems":true}}""", "#/not", "uniqueItems cannot be ruled out")]
    [InlineData("""{"contains":1}""", "#/contains", "a schema is a JSON object")]
    [InlineData("""{"type":"array","contains":{},"minContains":3,"maxItems":2}""", "#/contains", "no array fits")]
    [InlineData("""{"type":"array","contains":{},"minContains":30000}""", "#/contains", "lower")]
    [InlineData("""{"type":"array","items":{"type":"string"},"contains":{"type":"null"}}""", "#", "nothing fits")]
    [InlineData("""{"enum":[]}""", "#", "nothing fits")]
    [InlineData("""{"type":"string","const":1}""", "#", "nothing fits")]
    [InlineData("""false""", "#", "nothing fits")]
    [InlineData("""{"type":"object","properties":{"a":false},"required":["a"]}""", "#/required", "'a' is not allowed")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}}""", "#/$defs/a/$ref", "leads back to itself")]
    [InlineData(
        """{"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"$ref":"#/$defs/a"},{"type":"null"}]}}}""",
        "#/$defs/a/anyOf/0/$ref",
        "leads back to itself")]
    [InlineData(
        """{"$ref":"#/$defs/a","$defs":{"a":{"type":"object","properties":{"next":{"$ref":"#/$defs/a"}},"required":["next"]}}}""",
        "#",
        "without end")]
    [InlineData("""{"type":"array","minItems":1,"items":{"$ref":"#"}}""", "#", "without end")]
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
    [InlineData(
        """{"oneOf":[{"type":"null"},{"type":["integer","boolean"]},{"type":"string","maxLength":3},{"type":"string","minLength":"""
            + """4,"maxLength":5000},{"type":"array","items":{"type":"null"},"maxItems":1},{"type":"array","items":"""
            + """{"type":"null"},"minItems":2}]}""")]
    [InlineData(
        """{"oneOf":[{"enum":["a","b"]},{"const":"c"},{"type":"string","pattern":"^[d-f]+$"},{"type":"string","format":"date"}]}""")]
    [InlineData(
        """{"oneOf":[{"type":"number","maximum":5},{"type":"number","exclusiveMinimum":5,"maximum":7.5},{"type":"integer","minimum":"""
            + """8}]}""")]
    [InlineData(
        """{"oneOf":[{"type":"object","properties":{"kind":{"const":"a"}},"required":["kind"]},{"type":"object","properties":{"kind":"""
            + """{"enum":["b","c"]}},"required":["kind"]}]}""")]
    [InlineData(
        """{"oneOf":[{"type":"object","properties":{"a":{"type":"null"}},"required":["a"],"additionalProperties":false},"""
            + """{"type":"object","properties":{"b":{"type":"null"}},"required":["b"],"additionalProperties":false}]}""")]
    [InlineData(
        """{"oneOf":[{"$ref":"#/$defs/a"},{"anyOf":[{"type":"string"},{"type":"boolean"}]}],"$defs":{"a":{"oneOf":[{"type":"integer"},"""
            + """{"type":"null"}]}}}""")]
    [InlineData("""{"type":"object","properties":{"name":{"type":"string","contentEncoding":"base64","x-order":1}},"nullable":true}""")]
    [InlineData("""{}""")]
    [InlineData("""true""")]
    [InlineData("""{"type":"object"}""")]
    [InlineData("""{"type":"array"}""")]
    [InlineData("""{"type":"object","properties":{"a":true},"required":["a","b"]}""")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"integer"},"minProperties":1,"maxProperties":3}""")]
    [InlineData("""{"properties":{"a":{"minimum":1,"maxLength":2}}}""")]
    [InlineData("""{"type":"string","minimum":1}""")]
    [InlineData("""{"oneOf":[{"type":"string"},{"const":"a"}]}""")]
    [InlineData(
        """{"allOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"properties":{"a":{"maxLength":3}},"required":["a"]}]}""")]
    [InlineData(
        """{"if":{"properties":{"k":{"const":1}},"required":["k"]},"then":{"required":["a"]},"properties":{"k":{"type":"integer"},"a":"""
            + """{"type":"null"}}}""")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":false}""")]
    [InlineData(
        """{"$id":"https://example.org/a","$ref":"b","$defs":{"b":{"$id":"b","$anchor":"here","type":"object","properties":{"x":"""
            + """{"$ref":"#here"}}}}}""")]
    [InlineData("""{"enum":[[1,2],{"k":1},"x"]}""")]
    [InlineData("""{"type":"number","multipleOf":0.01,"minimum":0}""")]
    [InlineData("""{"type":"string","not":{"const":"none"}}""")]
    [InlineData("""{"type":"object","patternProperties":{"^x-":{"type":"string"},"^y":{"type":"null"}},"additionalProperties":false}""")]
    [InlineData("""{"type":"object","propertyNames":{"pattern":"^[a-z]+$"}}""")]
    [InlineData("""{"dependentRequired":{"a":["b"]},"properties":{"a":{},"b":{}}}""")]
    [InlineData("""{"type":"string","pattern":"^(?=.*\\d)(?!.*x).{3,8}$","maxLength":5}""")]
    public void Annotations_references_bounds_of_any_notation_and_disjoint_alternatives_are_understood(string schema) =>
        Assert.NotNull(JsonSchemaGrammar.Compile(SchemaCases.Parse(schema)));

    [Fact]
    public void A_schema_that_nests_too_deep_is_refused()
    {
        static string Nest(int levels) =>
            levels == 0 ? """{"type":"null"}""" : $$"""{"type":"array","minItems":1,"items":{{Nest(levels - 1)}}}""";

        Assert.NotNull(JsonSchemaGrammar.Compile(SchemaCases.Parse(Nest(25))));
        using var deep = System.Text.Json.JsonDocument.Parse(Nest(JsonSchemaGrammar.MaxDepth + 1), new() { MaxDepth = 1000 });
        Assert.Throws<UnsupportedSchemaException>(() => JsonSchemaGrammar.Compile(deep.RootElement));
    }
}
