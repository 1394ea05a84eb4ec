using System.Text.Json;

namespace Qwen35Batch.Schemas.Tests.Validation;

public sealed class SchemaValidatorTests
{
    [Theory]
    [InlineData("""{ "type": "string", "maxLength": 2 }""", "\"\\uD83D\\uDE00\\uD83D\\uDE00\"", "")]
    [InlineData("""{ "type": "string", "maxLength": 2 }""", "\"abc\"", "at '/v', at most 2 characters are allowed, not 3.")]
    [InlineData("""{ "type": "string", "minLength": 2 }""", "\"\\uD83D\\uDE00\"", "at '/v', at least 2 characters are needed, not 1.")]
    [InlineData("""{ "type": "string", "enum": ["a", "b"] }""", "\"c\"", "at '/v', one of [\"a\", \"b\"] is needed.")]
    [InlineData("""{ "enum": ["a", 1, null] }""", "1.0", "")]
    [InlineData("""{ "const": 3 }""", "4", "at '/v', one of 3 is needed.")]
    [InlineData("""{ "type": "integer" }""", "3.0", "")]
    [InlineData("""{ "type": "integer" }""", "3.5", "at '/v', an integer is needed, not the number 3.5.")]
    [InlineData("""{ "type": "integer" }""", "\"3\"", "at '/v', an integer is needed, not a string.")]
    [InlineData("""{ "type": "number", "minimum": 0.1, "maximum": 0.3 }""", "0.3", "")]
    [InlineData("""{ "type": "number", "maximum": 0.3 }""", "0.30000000000000000001", "at '/v', 0.30000000000000000001 is more than 0.3.")]
    [InlineData("""{ "type": "number", "minimum": 1 }""", "0.99", "at '/v', 0.99 is less than 1.")]
    [InlineData("""{ "type": "number", "exclusiveMinimum": 1 }""", "1", "at '/v', 1 is not more than 1.")]
    [InlineData("""{ "type": "number" }""", "1e999", "at '/v', a number is needed, not the number 1e999.")]
    [InlineData("""{ "type": "boolean" }""", "0", "at '/v', a boolean is needed, not the number 0.")]
    [InlineData("""{ "type": ["string", "null"] }""", "null", "")]
    [InlineData("""{ "type": ["string", "null"] }""", "7", "at '/v', a string or null is needed, not the number 7.")]
    [InlineData("""{ "anyOf": [{ "type": "null" }, { "type": "string", "maxLength": 1 }] }""", "null", "")]
    [InlineData(
        """{ "anyOf": [{ "type": "null" }, { "type": "integer", "minimum": 1 }] }""", "true", "at '/v', null is needed, not a boolean.")]
    [InlineData("""{ "oneOf": [{ "type": "null" }, { "type": "integer", "minimum": 1 }] }""", "2", "")]
    [InlineData(
        """{ "oneOf": [{ "type": "number" }, { "type": "integer" }] }""",
        "2",
        "at '/v', it fits 2 of the alternatives, where exactly one is needed.")]
    [InlineData(
        """{ "oneOf": [{ "type": "null" }, { "type": "integer", "minimum": 1 }] }""", "true", "at '/v', null is needed, not a boolean.")]
    [InlineData("""{ "type": "string", "pattern": "^INV-\\d+$" }""", "\"INV-12\"", "")]
    [InlineData("""{ "type": "string", "pattern": "^INV-\\d+$" }""", "\"INV-\"", "at '/v', a text that fits \"^INV-\\\\d+$\" is needed.")]
    [InlineData("""{ "type": "string", "format": "date" }""", "\"2024-02-29\"", "")]
    [InlineData("""{ "type": "string", "format": "date" }""", "\"2026-02-29\"", "at '/v', a date such as 2026-02-28 is needed.")]
    [InlineData("""{ "type": "string", "format": "date-time" }""", "\"2026-02-28T14:30:00.25+09:00\"", "")]
    [InlineData(
        """{ "type": "string", "format": "date-time" }""",
        "\"2026-02-28T14:30\"",
        "at '/v', a date and time such as 2026-02-28T14:30:00Z is needed.")]
    [InlineData("""{ "type": "string", "format": "email" }""", "\"o'neil@mail.example.org\"", "")]
    [InlineData("""{ "type": "string", "format": "email" }""", "\"a@b\"", "at '/v', an e-mail address is needed.")]
    [InlineData("""{ "type": "string", "format": "uuid" }""", "\"123e4567-e89b-12d3-a456-426614174000\"", "")]
    [InlineData("""{ "type": "string", "format": "uuid" }""", "\" 123e4567-e89b-12d3-a456-42661417400\"", "at '/v', a UUID is needed.")]
    [InlineData("""{ "type": "integer", "multipleOf": 15 }""", "-45", "")]
    [InlineData("""{ "type": "integer", "multipleOf": 15 }""", "50", "at '/v', 50 is no multiple of 15.")]
    [InlineData(
        """{ "type": "array", "items": { "type": "integer" }, "minItems": 1, "maxItems": 2 }""",
        "[]",
        "at '/v', at least 1 items are needed, not 0.")]
    [InlineData(
        """{ "type": "array", "items": { "type": "integer" }, "maxItems": 2 }""",
        "[1,2,3]",
        "at '/v', at most 2 items are allowed, not 3.")]
    [InlineData("""{ "type": "array", "items": { "type": "integer" } }""", "[1,\"2\"]", "at '/v/1', an integer is needed, not a string.")]
    [InlineData("""{ "$ref": "#/$defs/tree" }""", """{ "next": { "next": null } }""", "")]
    [InlineData("""{ "$ref": "#/$defs/tree" }""", """{ "next": { "nxt": null } }""", "at '/v/next', the property 'next' is missing.")]
    [InlineData(
        """{ "allOf": [{ "properties": { "a": { "type": "null" } } }, { "properties": { "b": { "type": "null" } } }] }""",
        """{ "a": null, "b": null }""",
        "")]
    [InlineData(
        """{ "allOf": [{ "properties": { "a": { "type": "null" } } }, { "required": ["b"] }] }""",
        """{ "a": null }""",
        "at '/v', the property 'b' is missing.")]
    [InlineData("""{ "properties": { "a": {} } }""", """{ "b": null }""", "at '/v/b', the property is not part of the schema.")]
    [InlineData("""{ "type": "object" }""", """{ "b": null }""", "")]
    [InlineData(
        """{ "additionalProperties": { "type": "integer" } }""", """{ "b": "1" }""", "at '/v/b', an integer is needed, not a string.")]
    [InlineData(
        """{ "patternProperties": { "^x": { "type": "null" } } }""", """{ "xa": 1 }""", "at '/v/xa', null is needed, not the number 1.")]
    [InlineData(
        """{ "patternProperties": { "^x": { "type": "null" } } }""",
        """{ "a": 1 }""",
        "at '/v/a', the property is not part of the schema.")]
    [InlineData("""{ "propertyNames": { "maxLength": 2 } }""", """{ "abc": 1 }""", "at '/v/abc', the property's name is not allowed.")]
    [InlineData("""{ "minProperties": 2 }""", """{ "a": 1 }""", "at '/v', at least 2 properties are needed, not 1.")]
    [InlineData("""{ "maxProperties": 0 }""", """{ "a": 1 }""", "at '/v', at most 0 properties are allowed, not 1.")]
    [InlineData(
        """{ "prefixItems": [{ "type": "string" }], "items": { "type": "null" } }""",
        "[\"a\", 1]",
        "at '/v/1', null is needed, not the number 1.")]
    [InlineData("""{ "prefixItems": [{ "type": "string" }], "items": false }""", "[\"a\", 1]", "at '/v/1', no value is allowed here.")]
    [InlineData("""{ "uniqueItems": true }""", "[1, 2, 1.0]", "at '/v/2', the item is the same as item 0, where all have to differ.")]
    [InlineData("""{ "not": { "const": "none" } }""", "\"none\"", "at '/v', the value is one that is ruled out.")]
    [InlineData(
        """{ "if": { "type": "string" }, "then": { "minLength": 1 }, "else": { "minimum": 3 } }""", "2", "at '/v', 2 is less than 3.")]
    [InlineData("""{ "dependentRequired": { "a": ["b"] } }""", """{ "a": 1 }""", "at '/v', the property 'b' is missing.")]
    [InlineData("""{ "enum": [[1, { "k": 2 }]] }""", """[1.0, { "k": 2 }]""", "")]
    [InlineData("""{ "type": "number", "multipleOf": 0.01 }""", "0.29", "")]
    [InlineData("""{ "type": "number", "multipleOf": 0.01 }""", "0.295", "at '/v', 0.295 is no multiple of 0.01.")]
    [InlineData("""{ "type": "string", "format": "ipv4" }""", "\"256.0.0.1\"", "at '/v', an IPv4 address such as 192.0.2.1 is needed.")]
    [InlineData("""{ "type": "string", "format": "int32" }""", "\"x\"", "")]
    [InlineData("false", "1", "at '/v', no value is allowed here.")]
    public void A_value_is_held_to_its_schema(string schema, string value, string violation)
    {
        var root = JsonDocument.Parse($$"""
            {
              "type": "object", "properties": { "v": {{schema}} }, "required": ["v"], "additionalProperties": false,
              "$defs": {
                "tree": {
                  "type": "object", "properties": { "next": { "anyOf": [{ "$ref": "#/$defs/tree" }, { "type": "null" }] } },
                  "required": ["next"], "additionalProperties": false
                }
              }
            }
            """).RootElement;

        var violations = JsonSchema.Read(root).Checked().Validate(JsonDocument.Parse($$"""{ "v": {{value}} }""").RootElement);

        Assert.Equal(violation, violations.Select(found => found.ToString()).FirstOrDefault(""));
    }

    [Fact]
    public void Properties_outside_the_schema_and_missing_ones_are_violations()
    {
        var schema = JsonDocument.Parse(
            """{ "type": "object", "properties": { "a": { "type": "null" }, "b": { "type": "null" } }, "required": ["a"],"""
                + """ "additionalProperties": false }""").RootElement;

        Assert.Empty(JsonSchema.Read(schema).Validate(JsonDocument.Parse("""{ "a": null }""").RootElement));
        Assert.Equal(
            ["at '/', the property 'a' is missing.", "at '/c~1d', the property is not part of the schema."],
            JsonSchema.Read(schema)
                .Validate(JsonDocument.Parse("""{ "c/d": null }""").RootElement)
                .Select(violation => violation.ToString()));
    }

    [Theory]
    [InlineData("""{ "type": "object", "properties": { "a": 1 } }""", "#/properties/a")]
    [InlineData("""{ "type": "object", "properties": { "a": { "type": "text" } } }""", "#/properties/a/type")]
    [InlineData(
        """{ "type": "object", "properties": { "a": { "type": "text" }, "b": { "pattern": "(" } } }""",
        "#/properties/a/type #/properties/b/pattern")]
    [InlineData("""{ "items": { "multipleOf": 0 }, "oneOf": [] }""", "#/oneOf #/items/multipleOf")]
    [InlineData(
        """{ "properties": { "a": { "$ref": "#/$defs/x" }, "b": { "$ref": "#/none" } }, "$defs": { "x": { "oneOf": [{ "type": "null" }, """
            + """{ "$ref": "#/$defs/x" }] } } }""",
        "#/properties/b/$ref #/$defs/x/oneOf/1/$ref")]
    [InlineData("""{ "minLength": -1, "maxItems": 1.5, "minimum": "0", "required": "a" }""", "#/minLength #/maxItems #/minimum #/required")]
    [InlineData("""{ "contains": 1, "unevaluatedItems": { "type": "null" } }""", "#/contains #/unevaluatedItems")]
    [InlineData("""{ "contains": {}, "unevaluatedItems": false }""", "#/unevaluatedItems")]
    [InlineData("""{ "contains": {}, "minContains": -1, "maxContains": "2" }""", "#/minContains #/maxContains")]
    public void All_that_is_wrong_with_a_schema_is_named_at_once(string schema, string pointers) =>
        Assert.Equal(
            pointers.Split(' '), JsonSchema.Read(JsonDocument.Parse(schema).RootElement).Faults.Select(fault => fault.JsonPointer));
}
