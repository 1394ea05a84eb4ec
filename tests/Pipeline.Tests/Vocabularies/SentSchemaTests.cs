using System.Globalization;
using System.Text.Json;
using Qwen35Batch.Pipeline.Vocabularies;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tests.Vocabularies;

public sealed class SentSchemaTests
{
    [Theory]
    [InlineData(2, false, """{"type":"string","enum":["n0","n1"]}""")]
    [InlineData(250, true, """{"type":"string"}""")]
    [InlineData(251, false, """{"type":"string"}""")]
    public void An_endpoint_gets_a_short_list_as_an_enum_and_a_long_one_as_any_text(int count, bool isOpen, string sent)
    {
        var entries = Enumerable.Range(0, count).Select(i => $"n{i.ToString(CultureInfo.InvariantCulture)}");
        var lists = new Lists("names", isOpen, [.. entries.Select(name => new VocabularyEntry(name, name, [], ""))]);

        Assert.Equal(sent, SentSchema.Of(Json("""{"type":"string","x-vocabulary":"names"}"""), lists).GetRawText());
    }

    [Fact]
    public void Null_stays_allowed_and_what_has_no_list_stays_as_it_is()
    {
        var lists = new Lists("names", false, new VocabularyEntry("1", "a", ["b"], ""));
        var plain = Json("""{"properties":{ "a": {"type":"string"}}}""");

        Assert.Equal(
            """{"items":{"type":["string","null"],"enum":["a",null]}}""",
            SentSchema.Of(Json("""{"items":{"type":["string","null"],"x-vocabulary":"names"}}"""), lists).GetRawText());
        Assert.Equal(plain.GetRawText(), SentSchema.Of(plain, lists).GetRawText());
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
