using System.Text.Json;

namespace Qwen35Batch.Schemas.Tests.Reading;

/// <summary>References from schemas that have an id of their own.</summary>
public sealed class NamedSchemaTests
{
    [Theory]

    // An id that is meant as a name: the pointer is one of the document.
    [InlineData(
        """{ "items": { "id": "point", "allOf": [{ "$ref": "#/definitions/x" }] }, "definitions": { "x": { "type": "integer" } } }""",
        "[1]",
        """["a"]""")]
    [InlineData(
        """{ "items": { "$id": "/point", "properties": { "a/b": { "$ref": "#/$defs/a~1b" } } }, "$defs": { "a/b": { "type": "null" } } }""",
        """[{ "a/b": null }]""",
        """[{ "a/b": 1 }]""")]

    // What its own schema has comes first.
    [InlineData(
        """
        { "items": { "$id": "point", "allOf": [{ "$ref": "#/$defs/x" }], "$defs": { "x": { "type": "string" } } },
          "$defs": { "x": { "type": "integer" } } }
        """,
        """["a"]""",
        "[1]")]
    public void A_pointer_is_followed_where_it_leads_somewhere(string schema, string fitting, string other)
    {
        var read = JsonSchema.Read(JsonDocument.Parse(schema).RootElement);

        Assert.Empty(read.Faults);
        Assert.Empty(read.Validate(JsonDocument.Parse(fitting).RootElement));
        Assert.NotEmpty(read.Validate(JsonDocument.Parse(other).RootElement));
    }

    [Theory]
    [InlineData("""{ "items": { "$id": "point", "$ref": "#/$defs/x" }, "$defs": { "y": {} } }""")]
    [InlineData("""{ "items": { "$id": "point", "$ref": "#x" }, "$defs": { "x": { "$anchor": "x" } } }""")]
    public void One_that_leads_nowhere_is_a_fault(string schema) =>
        Assert.Equal(
            ["#/items/$ref"], JsonSchema.Read(JsonDocument.Parse(schema).RootElement).Faults.Select(fault => fault.JsonPointer));
}
