using System.Text.Json;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Tests.Tasks;

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
    [InlineData("""{ "anyOf": [{ "type": "null" }, { "type": "integer", "minimum": 1 }] }""", "true", "at '/v', null is needed, not a boolean.")]
    [InlineData("""{ "oneOf": [{ "type": "null" }, { "type": "integer", "minimum": 1 }] }""", "2", "")]
    [InlineData("""{ "oneOf": [{ "type": "number" }, { "type": "integer" }] }""", "2", "at '/v', it fits 2 of the alternatives, where exactly one is needed.")]
    [InlineData("""{ "oneOf": [{ "type": "null" }, { "type": "integer", "minimum": 1 }] }""", "true", "at '/v', null is needed, not a boolean.")]
    [InlineData("""{ "type": "string", "pattern": "^INV-\\d+$" }""", "\"INV-12\"", "")]
    [InlineData("""{ "type": "string", "pattern": "^INV-\\d+$" }""", "\"INV-\"", "at '/v', a text that fits \"^INV-\\\\d+$\" is needed.")]
    [InlineData("""{ "type": "string", "format": "date" }""", "\"2024-02-29\"", "")]
    [InlineData("""{ "type": "string", "format": "date" }""", "\"2026-02-29\"", "at '/v', a date such as 2026-02-28 is needed.")]
    [InlineData("""{ "type": "string", "format": "date-time" }""", "\"2026-02-28T14:30:00.25+09:00\"", "")]
    [InlineData("""{ "type": "string", "format": "date-time" }""", "\"2026-02-28T14:30\"", "at '/v', a date and time such as 2026-02-28T14:30:00Z is needed.")]
    [InlineData("""{ "type": "string", "format": "email" }""", "\"o'neil@mail.example.org\"", "")]
    [InlineData("""{ "type": "string", "format": "email" }""", "\"a@b\"", "at '/v', an e-mail address is needed.")]
    [InlineData("""{ "type": "string", "format": "uuid" }""", "\"123e4567-e89b-12d3-a456-426614174000\"", "")]
    [InlineData("""{ "type": "string", "format": "uuid" }""", "\" 123e4567-e89b-12d3-a456-42661417400\"", "at '/v', a UUID is needed.")]
    [InlineData("""{ "type": "integer", "multipleOf": 15 }""", "-45", "")]
    [InlineData("""{ "type": "integer", "multipleOf": 15 }""", "50", "at '/v', 50 is no multiple of 15.")]
    [InlineData("""{ "type": "array", "items": { "type": "integer" }, "minItems": 1, "maxItems": 2 }""", "[]", "at '/v', at least 1 items are needed, not 0.")]
    [InlineData("""{ "type": "array", "items": { "type": "integer" }, "maxItems": 2 }""", "[1,2,3]", "at '/v', at most 2 items are allowed, not 3.")]
    [InlineData("""{ "type": "array", "items": { "type": "integer" } }""", "[1,\"2\"]", "at '/v/1', an integer is needed, not a string.")]
    [InlineData("""{ "$ref": "#/$defs/tree" }""", """{ "next": { "next": null } }""", "")]
    [InlineData("""{ "$ref": "#/$defs/tree" }""", """{ "next": { "nxt": null } }""", "at '/v/next', the property 'next' is missing.")]
    public void A_value_is_held_to_its_schema(string schema, string value, string violation)
    {
        var root = JsonDocument.Parse($$"""
            {
              "type": "object", "properties": { "v": {{schema}} }, "required": ["v"], "additionalProperties": false,
              "$defs": { "tree": { "type": "object", "properties": { "next": { "anyOf": [{ "$ref": "#/$defs/tree" }, { "type": "null" }] } }, "required": ["next"], "additionalProperties": false } }
            }
            """).RootElement;
        Assert.Null(AnswerSchema.Problem(root));

        var violations = SchemaValidator.Validate(root, JsonDocument.Parse($$"""{ "v": {{value}} }""").RootElement);

        Assert.Equal(violation, violations.FirstOrDefault()?.ToString() ?? "");
    }

    [Fact]
    public void Properties_outside_the_schema_and_missing_ones_are_violations()
    {
        var schema = JsonDocument.Parse("""{ "type": "object", "properties": { "a": { "type": "null" }, "b": { "type": "null" } }, "required": ["a"], "additionalProperties": false }""").RootElement;

        Assert.Empty(SchemaValidator.Validate(schema, JsonDocument.Parse("""{ "a": null }""").RootElement));
        Assert.Equal(
            ["at '/', the property 'a' is missing.", "at '/c~1d', the property is not part of the schema."],
            SchemaValidator.Validate(schema, JsonDocument.Parse("""{ "c/d": null }""").RootElement).Select(violation => violation.ToString()));
    }

    [Theory]
    [InlineData("""{ "type": "string" }""", "'/type'")]
    [InlineData("""{ "type": "object", "properties": { "a": true }, "additionalProperties": false }""", "'/properties/a'")]
    [InlineData("""{ "type": "object", "properties": { "a": { "type": "text" } }, "additionalProperties": false }""", "'/properties/a/type'")]
    [InlineData("""{ "type": "object", "properties": { "a": { "type": "string", "format": "hostname" } }, "additionalProperties": false }""", "'/properties/a/format'")]
    [InlineData("""{ "type": "object", "properties": { "a": { "type": "string", "pattern": "(" } }, "additionalProperties": false }""", "'/properties/a/pattern'")]
    [InlineData("""{ "type": "object", "properties": { "a": { "type": "integer", "multipleOf": 0.5 } }, "additionalProperties": false }""", "'/properties/a/multipleOf'")]
    [InlineData("""{ "type": "object", "properties": { "a": { "type": "number", "multipleOf": 2 } }, "additionalProperties": false }""", "'/properties/a/multipleOf'")]
    [InlineData("""{ "type": "object", "properties": { "a": { "oneOf": [] } }, "additionalProperties": false }""", "'/properties/a/oneOf'")]
    [InlineData("""{ "type": "object", "properties": { "a": { "$ref": "#/$defs/x" } }, "additionalProperties": false, "$defs": { "x": { "oneOf": [{ "type": "null" }, { "$ref": "#/$defs/x" }] } } }""", "'/$defs/x'")]
    [InlineData("""{ "type": "object", "properties": { "a": { "type": "string", "minLength": 3, "maxLength": 2 } }, "additionalProperties": false }""", "'/properties/a/minLength'")]
    [InlineData("""{ "type": "object", "properties": { "a": { "type": "array" } }, "additionalProperties": false }""", "'/properties/a'")]
    [InlineData("""{ "type": "object", "properties": { "a": { "$ref": "#/definitions/x" } }, "additionalProperties": false }""", "'/properties/a/$ref'")]
    [InlineData("""{ "type": "object", "properties": { "a": { "$ref": "#/$defs/x" } }, "additionalProperties": false, "$defs": { "x": { "anyOf": [{ "type": "null" }, { "$ref": "#/$defs/x" }] } } }""", "'/$defs/x'")]
    [InlineData("""{ "type": "object", "properties": { "a": { "anyOf": [] } }, "additionalProperties": false }""", "'/properties/a/anyOf'")]
    [InlineData("""{ "type": "object", "properties": { "a": { "type": "number", "minimum": "0" } }, "additionalProperties": false }""", "'/properties/a/minimum'")]
    [InlineData("""{ "type": "object", "properties": {}, "required": ["a"], "additionalProperties": false }""", "'/required'")]
    public void A_schema_that_could_not_be_held_to_is_refused_with_the_pointer(string schema, string where) =>
        Assert.StartsWith($"at {where},", AnswerSchema.Problem(JsonDocument.Parse(schema).RootElement), StringComparison.Ordinal);
}
