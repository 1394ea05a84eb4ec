using System.Text.Json;

namespace Qwen35Batch.Schemas.Tests.Hints;

/// <summary>What a schema says in vain is named with what to write instead; what is said well is not.</summary>
public sealed class SchemaHintsTests
{
    [Theory]

    // Keywords of other dialects.
    [InlineData("""{ "type": "string", "nullable": true }""", "#/nullable", "write \"type\": [\"string\", \"null\"].")]
    [InlineData("""{ "type": ["string", "number"], "nullable": true }""", "#/nullable", "[\"string\", \"number\", \"null\"]")]
    [InlineData("""{ "type": "string", "enum": ["a"], "nullable": true }""", "#/nullable", "and add null to the values of enum")]
    [InlineData("""{ "enum": ["a"], "nullable": true }""", "#/nullable", "write null among the values of enum")]
    [InlineData("""{ "$ref": "#/$defs/a", "nullable": true, "$defs": { "a": { "type": "string" } } }""", "#/nullable", "\"anyOf\"")]
    [InlineData("""{ "type": "number", "exclusiveMinimum": true }""", "#/exclusiveMinimum", "there is none")]
    [InlineData("""{ "type": "string", "optional": true }""", "#/optional", "'required' of its object does not name it")]
    [InlineData("""{ "type": "array", "prefixItems": [{}], "additionalItems": false }""", "#/additionalItems", "write items")]
    [InlineData("""{ "then": { "minLength": 3 } }""", "#/then", "without 'if'")]
    [InlineData("""{ "type": "array", "minContains": 3 }""", "#/minContains", "without 'contains'")]
    [InlineData("""{ "type": "object", "optionalProperties": { "a": {} } }""", "#/optionalProperties", "write properties")]

    [InlineData("""{ "$id": "a", "items": { "id": "b", "$ref": "#/$defs/c" }, "$defs": { "c": {} } }""", "#/items/$ref", "that id out")]

    // Misspelt ones.
    [InlineData("""{ "type": "string", "minlength": 3 }""", "#/minlength", "write minLength.")]
    [InlineData("""{ "type": "string", "maxLenght": 3 }""", "#/maxLenght", "write maxLength.")]
    [InlineData("""{ "type": "object", "additionalproperties": false }""", "#/additionalproperties", "write additionalProperties.")]
    [InlineData("""{ "type": "string", "enums": ["a"] }""", "#/enums", "write enum.")]
    [InlineData("""{ "type": "array", "itmes": {} }""", "#/itmes", "write items.")]
    [InlineData("""{ "ref": "#/$defs/a" }""", "#/ref", "write $ref.")]
    [InlineData("""{ "type": "string", "regex": "a" }""", "#/regex", "write pattern.")]
    [InlineData("""{ "type": "string", "options": ["a"] }""", "#/options", "write enum.")]
    [InlineData("""{ "type": "number", "min": 3 }""", "#/min", "'minimum'")]
    [InlineData("""{ "properties": { "a/b": { "max_length": 3 } } }""", "#/properties/a~1b/max_length", "write maxLength.")]

    // Keywords at the wrong place, or of another type.
    [InlineData("""{ "type": "array", "minLength": 3 }""", "#/minLength", "write minItems")]
    [InlineData("""{ "type": "string", "maximum": 3 }""", "#/maximum", "write maxLength")]
    [InlineData("""{ "type": ["integer", "null"], "minLength": 3 }""", "#/minLength", "write minimum")]
    [InlineData("""{ "type": "array", "properties": { "a": {} } }""", "#/properties", "write items")]
    [InlineData("""{ "type": "object", "name": { "type": "string" } }""", "#/name", "within \"properties\"")]
    [InlineData("""{ "title": {}, "name": "string", "age": "number" }""", null, null)]
    [InlineData("""{ "name": "string", "age": "number" }""", "#", "none of 'name' and 'age' is a keyword")]

    // Formats.
    [InlineData("""{ "type": "string", "format": "datetime" }""", "#/format", "write \"date-time\"")]
    [InlineData("""{ "type": "string", "format": "url" }""", "#/format", "write \"uri\"")]
    [InlineData("""{ "type": "string", "format": "phone" }""", "#/format", "write a pattern")]

    // What contradicts itself.
    [InlineData("""{ "type": "integer", "minimum": 5, "maximum": 3 }""", "#/minimum", "minimum is 5, and maximum is 3")]
    [InlineData("""{ "type": "number", "exclusiveMinimum": 5, "maximum": 5 }""", "#/exclusiveMinimum", "no number fits")]
    [InlineData("""{ "type": "string", "minLength": 5, "maxLength": 3 }""", "#/minLength", "no text fits")]
    [InlineData("""{ "type": "array", "minItems": 5, "maxItems": 3 }""", "#/minItems", "no array fits")]
    [InlineData("""{ "type": "string", "enum": [1, "a"] }""", "#", "1 never fits: the type says otherwise.")]
    [InlineData("""{ "type": "string", "enum": [1, 2] }""", "#", "1, 2 never fit: the type says otherwise, so that no value is left.")]
    [InlineData("""{ "enum": [] }""", "#/enum", "the list of values is empty")]
    [InlineData(
        """{ "properties": { "a": {} }, "required": ["a", "b"], "additionalProperties": false }""", "#/required", "'b' has to be there")]
    public void What_is_said_in_vain_is_named(string schema, string? place, string? reason)
    {
        var hints = Read(schema);

        if (place is null)
        {
            Assert.Empty(hints);
            return;
        }

        var hint = Assert.Single(hints);
        Assert.Equal(place, hint.JsonPointer);
        Assert.Contains(reason!, hint.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "type": "string", "nullable": false }""")]
    [InlineData("""{ "type": ["string", "null"], "nullable": true }""")]
    [InlineData("""{ "nullable": true, "description": "Anything." }""")]
    [InlineData("""{ "type": "number", "minimum": 3, "exclusiveMinimum": true }""")]
    [InlineData("""{ "type": "array", "items": [{}], "additionalItems": false }""")]
    [InlineData("""{ "type": "object", "properties": { "minlength": { "type": "string" }, "options": { "type": "string" } } }""")]
    [InlineData("""{ "type": "string", "x-minlength": 3, "_minLength": 3, "note": "a", "example": "b", "$comment": "c" }""")]
    [InlineData("""{ "type": "integer", "format": "int32", "default": 3 }""")]
    [InlineData("""{ "type": ["string", "array"], "minLength": 3, "minItems": 2 }""")]
    [InlineData("""{ "minLength": 3, "minItems": 2, "if": { "minLength": 2 }, "then": {} }""")]
    [InlineData("""{ "type": "number", "minimum": 5, "maximum": 5 }""")]
    [InlineData("""{ "type": "object", "required": ["a"], "patternProperties": { "^a": {} }, "additionalProperties": false }""")]
    [InlineData("""{ "type": "integer", "enum": [1, 2.0] }""")]
    [InlineData("""{ "const": { "minlength": 3, "nullable": true, "format": "datetime" } }""")]
    [InlineData("{}")]
    [InlineData("true")]
    public void What_says_something_is_not(string schema) => Assert.Empty(Read(schema));

    [Fact]
    public void A_fault_is_not_told_a_second_time()
    {
        var read = JsonSchema.Read(JsonDocument.Parse("""{ "type": "string", "required": true, "minlength": 3 }""").RootElement);

        Assert.Equal(["#/required"], read.Faults.Select(fault => fault.JsonPointer));
        Assert.Contains("stands in the object that has the property", read.Faults[0].Reason, StringComparison.Ordinal);
        Assert.Equal(["#/minlength"], read.Hints.Select(hint => hint.JsonPointer));
    }

    private static IReadOnlyList<Schemas.Faults.SchemaHint> Read(string schema) =>
        JsonSchema.Read(JsonDocument.Parse(schema).RootElement).Hints;
}
