using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Schemas.Tests.Patterns;

/// <summary>Texts are parted by the patterns that they fit.</summary>
public class PatternPartsTests
{
    private static readonly PatternAutomaton[] Patterns =
        [.. ((string[])["a", "^b", "c$"]).Select(pattern => PatternAutomaton.Compile(pattern, "#"))];

    private static readonly string[] Texts =
    [
        .. Enumerable.Range(0, 5).SelectMany(length => Enumerable.Range(0, (int)Math.Pow(4, length)).Select(number =>
            string.Concat(Enumerable.Range(0, length).Select(i => "abcd"[number / (int)Math.Pow(4, i) % 4])))),
    ];

    [Theory]
    [InlineData(".*")]
    [InlineData("^[a-c]*$")]
    [InlineData("^d*[ab]?$")]
    public void Each_text_is_in_the_one_part_of_the_patterns_that_it_fits(string texts)
    {
        var all = PatternAutomaton.Compile(texts, "#");
        var parts = all.Part(Patterns, _ => true, "#");
        foreach (var text in Texts)
        {
            var found = parts.Where(part => part.Texts.Fits(text)).ToArray();
            Assert.Equal(all.Fits(text) ? 1 : 0, found.Length);
            Assert.All(found, part => Assert.Equal(Patterns.Where(pattern => pattern.Fits(text)), part.Fitted));
        }
        Assert.Single(parts.Select(part => part.Texts.Steps).Distinct());
    }

    [Fact]
    public void Parts_that_nobody_wants_are_left_out_with_the_states_that_lead_only_there()
    {
        var all = PatternAutomaton.Anything.Part(Patterns, _ => true, "#");
        var some = PatternAutomaton.Anything.Part(Patterns, fitted => fitted.Contains(Patterns[1]), "#");

        Assert.Equal(4, some.Count);
        Assert.True(some[0].Texts.StateCount < all[0].Texts.StateCount);
        foreach (var text in Texts)
            Assert.Equal(Patterns[1].Fits(text), some.Any(part => part.Texts.Fits(text)));
    }

    [Fact]
    public void A_part_that_stands_alone_is_the_pattern_itself()
    {
        var part = Assert.Single(PatternAutomaton.Anything.Part([Patterns[0]], fitted => fitted.Count > 0, "#"));

        Assert.Same(Patterns[0], part.Texts);
    }
}
