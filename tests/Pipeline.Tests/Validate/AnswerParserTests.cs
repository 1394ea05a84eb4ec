using System.Text.Json;
using Qwen35Batch.Pipeline.Validate;

namespace Qwen35Batch.Pipeline.Tests.Validate;

public sealed class AnswerParserTests
{
    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":1} and more")]
    [InlineData("```json\n{\"a\":1}\n```")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1 /* one */}")]
    [InlineData("{\"a\":")]
    [InlineData("{\"a\":NaN}")]
    public void What_is_not_strictly_one_JSON_value_is_refused(string answer) =>
        Assert.ThrowsAny<JsonException>(() => AnswerParser.Parse(answer));

    [Fact]
    public void Depth_and_size_are_limited()
    {
        Assert.ThrowsAny<JsonException>(() => AnswerParser.Parse(new string('[', 100) + new string(']', 100)));
        Assert.ThrowsAny<JsonException>(() => AnswerParser.Parse("\"" + new string('x', AnswerParser.MaxCharacters) + "\""));
    }

    [Theory]
    [InlineData("""{"a":"x\u0000y"}""", "x\uFFFDy")]
    [InlineData("""{"a":"x\ud83dy"}""", "x\uFFFDy")]
    [InlineData("""{"a":"\ude00"}""", "\uFFFD")]
    [InlineData("""{"a":"\ud83d\ude00"}""", "\U0001F600")]
    [InlineData("""{"a":"\\u0000"}""", "\\u0000")]
    [InlineData("""{"a":"\\\u0000"}""", "\\\uFFFD")]
    public void What_no_database_can_store_becomes_the_replacement_character(string answer, string expected) =>
        Assert.Equal(expected, AnswerParser.Parse(answer).GetProperty("a").GetString());
}
