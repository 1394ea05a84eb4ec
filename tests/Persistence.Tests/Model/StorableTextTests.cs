using System.Text.Json;
using CsCheck;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Tests.Model;

public sealed class StorableTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\0b", "a\uFFFDb")]
    [InlineData("\ud83d\ude00", "\ud83d\ude00")]
    public void What_cannot_be_stored_is_replaced(string text, string storable) => Assert.Equal(storable, text.Storable());

    // Not in the theory: attributes cannot hold it either.
    [Fact]
    public void Half_a_pair_is_replaced() => Assert.Equal("\uFFFD\uFFFD", "\ude00\ud83d".Storable());

    [Theory]
    [InlineData("""{"a":"\u0000"}""", "{\"a\":\"\uFFFD\"}")]
    [InlineData("""{"a":"\\u0000"}""", """{"a":"\\u0000"}""")]
    [InlineData("""{"a":"\\\u0000"}""", "{\"a\":\"\\\\\uFFFD\"}")]
    [InlineData("""{"a":"\ud83d\ude00 \n"}""", """{"a":"\ud83d\ude00 \n"}""")]
    [InlineData("""{"a":"\ude00\ud83d"}""", "{\"a\":\"\uFFFD\uFFFD\"}")]
    [InlineData("""["\ud83dx"]""", "[\"\uFFFDx\"]")]
    public void Escapes_in_JSON_are_seen_and_escaped_backslashes_are_not_escapes(string json, string storable) =>
        Assert.Equal(storable, StorableText.StorableJson(json));

    [Fact]
    public void Any_JSON_string_stays_the_same_but_for_what_cannot_be_stored() =>
        Gen.String[Gen.Char["\0a\\\"/u0\ud83d\ude00é\n"], 0, 12].Sample(text =>
        {
            var json = $"\"{string.Concat(text.Select(Escaped))}\"";

            return JsonSerializer.Deserialize<string>(StorableText.StorableJson(json)) == text.Storable();

            static string Escaped(char character) =>
                char.IsSurrogate(character) || character < ' ' || character is '\\' or '"' ? $"\\u{(int)character:x4}" : $"{character}";
        });

    [Fact]
    public void Long_text_is_cut_and_never_through_a_pair()
    {
        Assert.Equal("abc…", "abcdef".Storable(4));
        Assert.Equal("abcd", "abcd".Storable(4));
        Assert.Equal("a\uFFFD…", "a\ud83d\ude00bc".Storable(3));
    }
}
