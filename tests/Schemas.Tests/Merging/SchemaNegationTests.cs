using System.Text.Json;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Validation;

namespace Qwen35Batch.Schemas.Tests.Merging;

/// <summary>What is ruled out, keyword by keyword.</summary>
public class SchemaNegationTests
{
    private static readonly JsonElement[] Values =
    [
        .. ((string[])
        [
            "null", "true", "0", "1", "2", "2.5", "7", "\"\"", "\"a\"", "\"ab\"", "\"abcd\"", "[]", "[1]", "[\"a\"]", "[1,\"a\"]",
            "[1,2,3]", "{}", """{"a":1}""", """{"a":"x"}""", """{"b":1}""", """{"a":1,"b":1}""", """{"a":1,"b":2,"c":3}""",
        ]).Select(Merge.Parse),
    ];

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""false""")]
    [InlineData("""{"type":"string"}""")]
    [InlineData("""{"type":["null","number","object"]}""")]
    [InlineData("""{"enum":[1,"a",null]}""")]
    [InlineData("""{"const":{"a":1}}""")]
    [InlineData("""{"minLength":2}""")]
    [InlineData("""{"maxLength":1}""")]
    [InlineData("""{"minLength":1,"maxLength":2}""")]
    [InlineData("""{"pattern":"^a"}""")]
    [InlineData("""{"minimum":2}""")]
    [InlineData("""{"maximum":2}""")]
    [InlineData("""{"exclusiveMinimum":2}""")]
    [InlineData("""{"exclusiveMaximum":2}""")]
    [InlineData("""{"minItems":1}""")]
    [InlineData("""{"maxItems":1}""")]
    [InlineData("""{"prefixItems":[{"type":"integer"},{"type":"string"}]}""")]
    [InlineData("""{"items":false}""")]
    [InlineData("""{"prefixItems":[{}],"items":false}""")]
    [InlineData("""{"required":["a","b"]}""")]
    [InlineData("""{"properties":{"a":{"type":"integer"}}}""")]
    [InlineData("""{"minProperties":2}""")]
    [InlineData("""{"maxProperties":1}""")]
    [InlineData("""{"additionalProperties":true}""")]
    [InlineData("""{"patternProperties":{"^a":true}}""")]
    [InlineData("""{"allOf":[{"type":"integer"},{"minimum":1}]}""")]
    [InlineData("""{"anyOf":[{"type":"integer"},{"minLength":2}]}""")]
    [InlineData("""{"oneOf":[{"type":"string"},{"type":"null"}]}""")]
    [InlineData("""{"oneOf":[{"minimum":1},{"maximum":2},{"type":"string"}]}""")]
    [InlineData("""{"oneOf":[{"required":["a"]},{"required":["b"]}]}""")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"type":"string"}}}""")]
    [InlineData("""{"not":{"type":"string"}}""")]
    [InlineData("""{"not":{"enum":[1,2]}}""")]
    [InlineData("""{"not":{"required":["a"]}}""")]
    [InlineData("""{"if":{"type":"integer"},"then":{"minimum":2},"else":{"type":"string"}}""")]
    [InlineData("""{"dependentRequired":{"a":["b"]}}""")]
    [InlineData("""{"multipleOf":2}""")]
    [InlineData("""{"multipleOf":0.5}""")]
    [InlineData("""{"not":{"multipleOf":2}}""")]
    [InlineData("""{"items":{"type":"string"}}""")]
    [InlineData("""{"prefixItems":[{"type":"integer"}],"items":{"type":"string"}}""")]
    [InlineData("""{"contains":{"type":"string"}}""")]
    [InlineData("""{"contains":{"type":"integer"},"minContains":2}""")]
    [InlineData("""{"contains":{"type":"integer"},"minContains":0,"maxContains":1}""")]
    [InlineData("""{"not":{"contains":{"type":"string"}}}""")]
    [InlineData("""{"not":{"items":{"type":"string"}}}""")]
    [InlineData("""{"additionalProperties":false}""")]
    [InlineData("""{"properties":{"a":true},"additionalProperties":false}""")]
    [InlineData("""{"properties":{"a":true},"additionalProperties":{"type":"string"}}""")]
    [InlineData("""{"patternProperties":{"^a":{"type":"string"}}}""")]
    [InlineData("""{"patternProperties":{"^a":true},"additionalProperties":false}""")]
    [InlineData("""{"propertyNames":{"maxLength":3}}""")]
    [InlineData("""{"propertyNames":{"enum":["a"]}}""")]
    [InlineData("""{"not":{"additionalProperties":{"type":"string"}}}""")]
    [InlineData("""{"not":{"patternProperties":{"^a":{"type":"string"}}}}""")]
    [InlineData("""{"enum":[{"a":1,"b":1},[1,"a"],7]}""")]
    [InlineData("""{"const":{}}""")]
    [InlineData("""{"const":[]}""")]
    [InlineData("""{"not":{"const":{"a":1}}}""")]
    public void What_does_not_fit_a_schema_fits_its_negation(string schema)
    {
        var definitions = Merge.Parse(schema) is { ValueKind: JsonValueKind.Object } said && said.TryGetProperty("$defs", out var defs)
            ? $",\"$defs\":{defs.GetRawText()}"
            : "";
        var itself = new Merge(schema).Root.Schemas[0];
        var negated = new Merge($$"""{"not":{{schema}}{{definitions}}}""");
        foreach (var value in Values)
            Assert.True(SchemaValidator.Fits(itself, value) != negated.Fits(value), $"{value.GetRawText()} of not {schema}");
    }

    [Theory]
    [InlineData("""{"uniqueItems":true}""", "uniqueItems")]
    public void What_can_be_ruled_out_in_no_way_is_refused(string schema, string keyword)
    {
        var refused = Assert.Throws<UnsupportedSchemaException>(() => new Merge($$"""{"not":{{schema}}}""").Alternatives);

        Assert.Equal("#/not", refused.JsonPointer);
        Assert.Contains($"{keyword}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_negation_that_leads_back_to_itself_is_refused()
    {
        var refused = Assert.Throws<UnsupportedSchemaException>(
            () => new Merge("""{"not":{"$ref":"#/$defs/a"},"$defs":{"a":{"properties":{"b":{"$ref":"#/$defs/a"}}}}}""").Alternatives);

        Assert.Contains("leads back to itself", refused.Message, StringComparison.Ordinal);
    }
}
