using System.Text.Json;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Schemas;

namespace Qwen35Batch.Pipeline.Tests.Tasks;

public sealed class SchemaNarrowingTests
{
    private const string Schema = """
        {
          "type": "object", "additionalProperties": false,
          "properties": {
            "part": { "$ref": "#/$defs/part" },
            "price": { "$ref": "#/$defs/seconds" }
          },
          "$defs": {
            "seconds": { "type": "number", "minimum": 0 },
            "part": {
              "type": "object", "additionalProperties": false,
              "properties": {
                "start": { "$ref": "#/$defs/seconds" },
                "end": { "anyOf": [{ "type": "integer" }, { "type": "null" }] },
                "page": { "anyOf": [{ "type": "integer", "minimum": 1 }, { "type": "null" }] }
              }
            }
          }
        }
        """;

    private static readonly TaskQuestion Question = new(
        "p", JsonDocument.Parse(Schema).RootElement, [new("/part", Start: "start", End: "end", Page: "page")]);

    [Fact]
    public void Only_the_rules_own_properties_are_bounded_even_when_they_share_a_definition()
    {
        var narrowed = SchemaNarrowing.Narrow(Question, new(1.25, 7.75), new(3, 5));

        var part = narrowed.GetProperty("$defs").GetProperty("part").GetProperty("properties");
        Assert.Equal("""{"type":"number","minimum":1.25,"maximum":7.75}""", part.GetProperty("start").GetRawText());
        Assert.Equal("""{"type":"integer","minimum":2,"maximum":7}""", part.GetProperty("end").GetProperty("anyOf")[0].GetRawText());
        Assert.Equal("""{"type":"integer","minimum":3,"maximum":5}""", part.GetProperty("page").GetProperty("anyOf")[0].GetRawText());
        Assert.Equal("""{"type":"number","minimum":0}""", narrowed.GetProperty("$defs").GetProperty("seconds").GetRawText());
        Assert.Empty(JsonSchema.Read(narrowed).Faults);
    }

    [Fact]
    public void Where_no_page_is_sent_none_can_be_named()
    {
        var narrowed = SchemaNarrowing.Narrow(Question, null, null);

        Assert.Equal(
            """{"type":"null"}""",
            narrowed.GetProperty("$defs").GetProperty("part").GetProperty("properties").GetProperty("page").GetRawText());
    }
}
