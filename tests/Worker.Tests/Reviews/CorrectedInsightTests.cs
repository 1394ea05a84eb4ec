using System.Text.Json;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Schemas;
using Qwen35Batch.Worker.Reviews;

namespace Qwen35Batch.Worker.Tests.Reviews;

/// <summary>What becomes of an insight by what is said of it.</summary>
public sealed class CorrectedInsightTests
{
    private static readonly JsonSchema Schema = JsonSchema.Read(Parsed("""
        {
          "type": "object",
          "properties": {
            "title": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "total": {"type": "number", "minimum": 0},
            "note": {"type": "string"},
            "items": {"type": "array", "maxItems": 3, "items": {"type": "string"}}
          },
          "required": ["title", "total", "items"], "additionalProperties": false
        }
        """));

    private static readonly JsonElement Insight = Parsed("""{"title":"A","total":1,"note":"n","items":["x","y"]}""");

    [Theory]
    [InlineData("/note", """{"title":"A","total":1,"items":["x","y"]}""")]
    [InlineData("/title", """{"title":null,"total":1,"note":"n","items":["x","y"]}""")]
    [InlineData("/total", """{"title":"A","total":1,"note":"n","items":["x","y"]}""")]
    [InlineData("/items/0", """{"title":"A","total":1,"note":"n","items":["y"]}""")]
    public void What_is_rejected_is_taken_out_where_the_schema_allows_it(string field, string expected) =>
        Expect(expected, new FieldReview { Pointer = field, Verdict = ReviewVerdict.Rejected });

    [Fact]
    public void Corrections_are_made_before_rejected_items_move_the_others() => Expect(
        """{"title":"A","total":1,"note":"n","items":["Y","z"]}""",
        new FieldReview { Pointer = "/items/0", Verdict = ReviewVerdict.Rejected },
        Said("/items/1", ReviewVerdict.Corrected, "Y"),
        Said("/items/-", ReviewVerdict.Missing, "z"));

    [Theory]
    [InlineData("/total", ReviewVerdict.Corrected, -1, "/total")]
    [InlineData("/nothing", ReviewVerdict.Corrected, 1, "/nothing")]
    [InlineData("/total", ReviewVerdict.Missing, 1, "/total")]
    [InlineData("/nothing", ReviewVerdict.Missing, 1, "/nothing")]
    [InlineData("", ReviewVerdict.Corrected, 1, "")]
    [InlineData("total", ReviewVerdict.Corrected, 1, "total")]
    [InlineData("/items/2", ReviewVerdict.Corrected, "z", "/items/2")]
    [InlineData("/items/01", ReviewVerdict.Corrected, "z", "/items/01")]
    public void What_cannot_be_is_told_with_its_place(string field, ReviewVerdict verdict, object value, string place) =>
        Assert.Equal(place, CorrectedInsight.Apply(Insight, [Said(field, verdict, value)], Schema).Problems[0].Pointer);

    private static FieldReview Said(string field, ReviewVerdict verdict, object value) =>
        new() { Pointer = field, Verdict = verdict, Value = JsonSerializer.SerializeToElement(value) };

    private static void Expect(string expected, params FieldReview[] fields)
    {
        var (whole, problems) = CorrectedInsight.Apply(Insight, fields, Schema);
        Assert.Empty(problems);
        Assert.True(JsonElement.DeepEquals(Parsed(expected), whole), whole.GetRawText());
    }

    private static JsonElement Parsed(string json) => JsonSerializer.Deserialize<JsonElement>(json);
}
