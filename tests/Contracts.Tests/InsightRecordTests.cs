using System.Text.Json;
using System.Text.Json.Serialization;
using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Contracts.Tests;

/// <summary>What was written by older versions stays readable, and what is written now has the names that are documented.</summary>
public sealed class InsightRecordTests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    [Fact]
    public void A_record_from_before_fields_had_places_is_read()
    {
        var record = JsonSerializer.Deserialize<InsightRecord>(
            """
            {"source":"samples/invoice.pdf","job":"019ac3f4-7c3d-7000-8000-000000000001","segment":{"number":0,"kind":"page","page":1},
            "task":{"name":"document","version":"0123456789ab"},"insight":{"title":"Invoice"},
            "citations":[{"field":"","segment":0,"page":1,"pictureSha256":"aa"},{"field":"/totals/0","segment":0,"page":1,
            "box":{"left":0.1,"top":0.2,"width":0.3,"height":0.4}}],"model":"nano@1f3a9c0e",
            "usage":{"inputTokens":1,"cachedInputTokens":0,"outputTokens":1,"pictures":1,"modelMilliseconds":5}}
            """,
            Json)!;

        Assert.Empty(record.Fields);
        var (whole, total) = (record.Citations[0], record.Citations[1]);
        Assert.Equal((null, null, null, null), (whole.Method, whole.Matched, whole.Score, whole.Boxes));
        Assert.Equal(new Box(0.1, 0.2, 0.3, 0.4), total.Box);
    }

    [Fact]
    public void A_place_and_a_field_have_their_documented_names()
    {
        var citation = new Citation { Field = "/date", Method = CitationMethod.TextLayer, Matched = "3月1日", Score = 0.9 };
        var field = new InsightField { Pointer = "/date", Grounded = true, Band = ConfidenceBand.High, Citations = [0] };

        var written = JsonSerializer.SerializeToElement(new { citation, field }, Json);

        Assert.Equal("text-layer", written.GetProperty("citation").GetProperty("method").GetString());
        Assert.Equal("high", written.GetProperty("field").GetProperty("band").GetString());
        Assert.Equal(
            ["pointer", "band", "grounded", "citations"],
            written.GetProperty("field").EnumerateObject().Select(member => member.Name));
        Assert.Equal(citation, written.GetProperty("citation").Deserialize<Citation>(Json));
    }

    [Theory]
    [InlineData(CitationMethod.TextLayer, "text-layer")]
    [InlineData(CitationMethod.Ocr, "ocr")]
    [InlineData(CitationMethod.Cell, "cell")]
    [InlineData(CitationMethod.Line, "line")]
    [InlineData(CitationMethod.Transcript, "transcript")]
    [InlineData(CitationMethod.Subtitle, "subtitle")]
    [InlineData(CitationMethod.Frame, "frame")]
    [InlineData(CitationMethod.Model, "model")]
    public void Methods_are_written_by_their_names(CitationMethod method, string name) =>
        Assert.Equal($"\"{name}\"", JsonSerializer.Serialize(method, Json));
}
