using Qwen35Batch.Schemas.Patterns;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Tests.Reading;

/// <summary>What is written where readers take different texts.</summary>
public class TextRuleTests
{
    [Theory]
    [InlineData(
        "uri",
        "https://example.org/a?b#c http://[::1]:8080/x HTTP://a-b_c.d:1 file:///a file://h/a redis://u:p@h/0 mailto:a@b.c urn:a:b",
        "https://~a https://a,b http:///x http:x http:/x https://u@h file:x file:/x file://u@h/a redis://-a ws://a..b http://a-/ ab://: "
            + "ab://:80 ab://u@ ab://h: ab://h:0 https://h:65536 c:a")]
    [InlineData("uri-reference", "/a ../x ?q #f //h/p https://h ab:c", "//~a https://~a http:a a:b")]
    [InlineData("iri", "https://例え.jp/あ ab://ß𰀀/。", "https://例え,jp/あ ab://。こ ab://a〃")]
    public void Addresses_are_written_that_can_be_opened(string format, string written, string fitting)
    {
        var rule = new TextRule("format", format, TextFormats.Find(format)!);

        Assert.All(written.Split(' '), text => Assert.True(rule.Written.Fits(text) && rule.Fitting.Fits(text), text));
        Assert.All(fitting.Split(' '), text => Assert.True(!rule.Written.Fits(text) && rule.Fitting.Fits(text), text));
    }

    [Fact]
    public void A_label_of_a_host_is_as_long_as_names_of_the_network_are()
    {
        var rule = new TextRule("format", "uri", TextFormats.Find("uri")!);

        Assert.True(rule.Written.Fits($"https://{new string('a', 63)}.org"));
        Assert.False(rule.Written.Fits($"https://{new string('a', 64)}.org"));
        Assert.True(rule.Fitting.Fits($"https://{new string('a', 64)}.org"));
    }

    [Theory]
    [InlineData(@"^\S+\s\S+$", "a b", "a\u3000b")]
    [InlineData(@"^[^\s]{2,40}$", "ab", "a\u180eb")]
    [InlineData(@"^\s*a$", "\t\n a", "\u00a0a")]
    public void Spaces_that_readers_take_for_different_things_are_not_written(string pattern, string written, string fitting)
    {
        var rule = new TextRule("pattern", pattern, PatternAutomaton.Compile(pattern, "#"));

        Assert.True(rule.Written.Fits(written));
        Assert.False(rule.Written.Fits(fitting));
        Assert.True(rule.Fitting.Fits(fitting));
        Assert.Same(rule.Written, new TextRule("pattern", pattern, rule.Fitting).Written);
    }

    [Theory]
    [InlineData(@"^.+$")]
    [InlineData(@"^\\s\u3000$")]
    [InlineData(@"^\u3000\s?$")]
    public void A_pattern_that_asks_for_no_space_or_for_such_a_one_keeps_its_texts(string pattern)
    {
        var rule = new TextRule("pattern", pattern, PatternAutomaton.Compile(pattern, "#"));

        Assert.Same(rule.Fitting, rule.Written);
    }

    [Fact]
    public void The_length_of_a_pattern_stays_beside_it()
    {
        var rule = new TextRule("pattern", @"^\S{20,90}$", PatternAutomaton.Compile(@"^\S{20,90}$", "#"));

        var counted = Assert.IsType<CountedText>(rule.Written.Counted);
        Assert.Equal((20, 90), (counted.Min, counted.Max));
        Assert.False(counted.Text.Fits("\u00a0"));
    }
}
