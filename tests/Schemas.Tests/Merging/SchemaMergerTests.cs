using System.Text.Json;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Merging;
using Qwen35Batch.Schemas.Reading;
using Qwen35Batch.Schemas.Validation;

namespace Qwen35Batch.Schemas.Tests.Merging;

/// <summary>The alternatives of a schema hold what the schema holds, and nothing else.</summary>
public class SchemaMergerTests
{
    private static readonly JsonElement[] Values =
    [
        .. ((string[])
        [
            "null", "true", "false", "0", "1", "2", "3", "1.5", "-4", "12", "\"\"", "\"a\"", "\"ab\"", "\"abc\"", "\"b1\"", "[]", "[1]",
            "[1,2]", "[1,1]", "[\"a\",1]", "[\"a\",\"b\",3]", "[null]", "{}", """{"a":1}""", """{"a":"x"}""", """{"b":2}""",
            """{"a":1,"b":2}""", """{"a":1,"c":null}""", """{"a":2,"b":"y","c":3}""", """{"x1":1}""", """{"x1":"s","a":1}""",
        ]).Select(Merge.Parse),
    ];

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"type":["string","integer"]}""")]
    [InlineData("""{"allOf":[{"type":["string","null"]},{"type":["null","object"]}]}""")]
    [InlineData("""{"allOf":[{"minLength":1},{"maxLength":2},{"pattern":"a"}]}""")]
    [InlineData("""{"allOf":[{"minimum":1},{"exclusiveMaximum":3},{"multipleOf":1}]}""")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"integer","minimum":2}],"maxLength":1}""")]
    [InlineData("""{"anyOf":[{"const":1},{"const":"a"}],"allOf":[{"anyOf":[{"type":"string"},{"type":"null"}]}]}""")]
    [InlineData("""{"oneOf":[{"type":"integer"},{"type":"number","minimum":2}]}""")]
    [InlineData("""{"oneOf":[{"maxLength":2},{"minLength":2}],"type":"string"}""")]
    [InlineData("""{"oneOf":[{"enum":[1,2,"a"]},{"enum":[2,3,"a"]}]}""")]
    [InlineData("""{"oneOf":[{"required":["a"]},{"required":["b"]}],"type":"object"}""")]
    [InlineData("""{"enum":[1,"a",null,[1],{"a":1}],"type":["integer","object","array"]}""")]
    [InlineData("""{"enum":[1,2,3],"minimum":2}""")]
    [InlineData("""{"const":{"a":1},"required":["b"]}""")]
    [InlineData("""{"if":{"type":"integer"},"then":{"minimum":2},"else":{"type":"string"}}""")]
    [InlineData("""{"if":{"required":["a"]},"then":{"required":["b"]}}""")]
    [InlineData("""{"type":"object","dependentRequired":{"a":["b"]}}""")]
    [InlineData("""{"dependentSchemas":{"a":{"maxProperties":1}}}""")]
    [InlineData("""{"$ref":"#/$defs/s","minLength":2,"$defs":{"s":{"type":"string","maxLength":2}}}""")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"string"}],"items":{"type":"integer"}}""")]
    [InlineData("""{"type":"array","minItems":1,"maxItems":2,"uniqueItems":true}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":{"type":"integer"}}""")]
    [InlineData("""{"type":"object","patternProperties":{"^x":{"type":"integer"}},"additionalProperties":{"type":"integer"}}""")]
    [InlineData("""{"type":"object","minProperties":1,"maxProperties":1,"additionalProperties":true}""")]
    [InlineData("""{"type":"object","propertyNames":{"maxLength":1},"additionalProperties":true}""")]
    [InlineData("""{"allOf":[{"properties":{"a":{"minimum":1}}},{"properties":{"a":{"maximum":1}}}],"additionalProperties":true}""")]
    [InlineData("""false""")]
    [InlineData("""{"type":"string","const":1}""")]
    [InlineData("""{"type":"integer","oneOf":[{"multipleOf":2},{"multipleOf":3}]}""")]
    [InlineData("""{"type":"array","oneOf":[{"items":{"minimum":2}},{"items":{"maximum":2}}]}""")]
    [InlineData("""{"type":"array","oneOf":[{"contains":{"const":1}},{"contains":{"type":"string"}}]}""")]
    [InlineData("""{"type":"object","oneOf":[{"properties":{"a":true},"additionalProperties":false},{"required":["b"]}]}""")]
    [InlineData(
        """
        {"type":"object","oneOf":[
            {"properties":{"a":true},"additionalProperties":false},{"properties":{"b":true},"additionalProperties":false}]}
        """)]
    [InlineData("""{"type":"object","oneOf":[{"additionalProperties":{"type":"integer"}},{"propertyNames":{"pattern":"^x"}}]}""")]
    [InlineData("""{"type":"object","oneOf":[{"patternProperties":{"^x":{"type":"string"}}},{"maxProperties":1}]}""")]
    [InlineData("""{"oneOf":[{"const":{"a":1}},{"type":"object","required":["a"]}]}""")]
    public void A_value_fits_the_schema_where_it_fits_an_alternative(string schema)
    {
        var merge = new Merge(schema);
        var root = merge.Root.Schemas[0];
        foreach (var value in Values)
            Assert.True(SchemaValidator.Fits(root, value) == merge.Fits(value), $"{value.GetRawText()} of {schema}");
    }

    [Theory]
    [InlineData("""{"type":"string","const":1}""")]
    [InlineData("""{"allOf":[{"type":"string"},{"type":"object"}]}""")]
    [InlineData("""{"enum":[1,2],"minimum":3}""")]
    [InlineData("""{"oneOf":[{"const":1},{"const":1}]}""")]
    [InlineData("""{"not":{}}""")]
    public void Alternatives_that_contradict_themselves_are_dropped(string schema) => Assert.Empty(new Merge(schema).Alternatives);

    [Fact]
    public void The_same_schemas_give_the_same_alternatives()
    {
        var merge = new Merge("""{"anyOf":[{"type":"string"},{"type":"null"}]}""");

        Assert.Same(merge.Alternatives, merge.Merger.Alternatives(new Conjunction(merge.Root.Schemas)));
    }

    [Theory]
    [InlineData("""{"type":"array","oneOf":[{"uniqueItems":true},{"minItems":1}]}""", "#/oneOf/1", "alternative 0 as well")]
    public void What_cannot_be_told_apart_is_refused_by_its_pointer(string schema, string place, string reason)
    {
        var refused = Assert.ThrowsAny<UnsupportedSchemaException>(() => new Merge(schema).Alternatives);

        Assert.Equal(place, refused.JsonPointer);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Alternatives_without_number_are_refused()
    {
        var choice = string.Join(',', Enumerable.Range(0, 11).Select(i =>
            $$"""{"anyOf":[{"properties":{"p{{i}}":{"type":"string"} } },{"properties":{"p{{i}}":{"type":"null"} } }]}"""));

        var refused = Assert.ThrowsAny<UnsupportedSchemaException>(
            () => new Merge($$"""{"type":"object","allOf":[{{choice}}]}""").Alternatives);

        Assert.Contains("more than 1024 ways", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"anyOf":[{"const":"a"},{"pattern":"^b+$"},{"type":"null"}]}""", "a,bb", "b1,ab")]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "ab,abc", "a,abcd")]
    public void The_texts_of_a_schema_are_those_of_its_alternatives(string schema, string fitting, string others)
    {
        var merge = new Merge(schema);
        var texts = merge.Merger.TextsOf(merge.Root.Schemas[0])!;

        Assert.All(fitting.Split(','), text => Assert.True(texts.Fits(text)));
        Assert.All(others.Split(','), text => Assert.False(texts.Fits(text)));
    }

    [Fact]
    public void A_schema_of_other_types_has_no_texts()
    {
        var merge = new Merge("""{"type":["integer","null"]}""");

        Assert.Null(merge.Merger.TextsOf(merge.Root.Schemas[0]));
    }

    [Fact]
    public void Null_that_is_ruled_out_is_no_type_any_more()
    {
        var value = new Merge("""{"type":["null","boolean"],"not":{"const":null}}""").Only;

        Assert.Equal(ValueTypes.Boolean, value.Types);
    }
}
