using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Schemas.Tests.Patterns;

public sealed class PatternSyntaxTests
{
    [Theory]
    [InlineData("a", "cab", true)]
    [InlineData("^a", "ba", false)]
    [InlineData("a$", "a\n", false)]
    [InlineData("^\\d{2,3}$", "123", true)]
    [InlineData("^\\d$", "٣", false)]
    [InlineData("^\\w$", "é", false)]
    [InlineData("^\\W$", "é", true)]
    [InlineData("^\\s\\S$", "\u3000x", true)]
    [InlineData("^.$", "😀", true)]
    [InlineData("^.$", "\u2028", false)]
    [InlineData("^\\D$", "😀", true)]
    [InlineData("^[^a]$", "😀", true)]
    [InlineData("^😀{2}$", "😀😀", true)]
    [InlineData("^[a\\-c]+$", "a-c", true)]
    [InlineData("^[a\\-c]+$", "b", false)]
    [InlineData("^[a-c-]+$", "b-", true)]
    [InlineData("^[&&[.]$", "[", true)]
    [InlineData("^(?:INV|CR)-[A-F\\d]+$", "CR-1F", true)]
    [InlineData("^\\x41\\u3042\\.$", "Aあ.", true)]
    [InlineData("^a+?b??$", "aa", true)]
    [InlineData("^#  $", "#  ", true)]
    [InlineData("^\\p{Lu}\\P{L}$", "É1", true)]
    [InlineData("^\\p{Letter}+$", "日é", true)]
    [InlineData("^(?<year>\\d{4})$", "2026", true)]
    [InlineData("^(?=.*\\d)(?=.*[a-z]).{4,8}$", "abc1", true)]
    [InlineData("^(?=.*\\d)(?=.*[a-z]).{4,8}$", "abcd", false)]
    [InlineData("^(?!-)[a-z-]+(?<!-)$", "a-b", true)]
    [InlineData("^(?!-)[a-z-]+(?<!-)$", "-ab", false)]
    [InlineData("^(?!-)[a-z-]+(?<!-)$", "ab-", false)]
    [InlineData("^(?!a$).|b", "a", false)]
    [InlineData("^(?!a$).|b", "ab", true)]
    [InlineData("a}", "a}", true)]
    [InlineData("^P(?!.*W)(?=\\d)\\d+(T(?=\\d)\\d)?$", "P12T3", true)]
    [InlineData("^P(?!.*W)(?=\\d)\\d+(T(?=\\d)\\d)?$", "P12T", false)]
    [InlineData("(?=ab)a.c", "xabc", true)]
    [InlineData("(?=ab)a.c", "xaxc", false)]
    [InlineData("a(?!b)", "ab", false)]
    [InlineData("a(?!b)", "aba", true)]
    public void Patterns_mean_what_ECMA_262_says(string pattern, string text, bool fits) =>
        Assert.Equal(fits, PatternAutomaton.Compile(pattern, "#").Fits(text));

    [Theory]
    [InlineData("(a)\\1", "'\\1' is not supported")]
    [InlineData("\\bword", "'\\b' is not supported")]
    [InlineData("a{,2}", "begins a count")]
    [InlineData("[a", "is not closed")]
    [InlineData("[]", "no character")]
    [InlineData("^((?=a).)*$", "within a part that is repeated")]
    [InlineData("(?<=a)b", "looking behind")]
    [InlineData("\\p{Script=Latin}", "is not supported")]
    [InlineData("(a", "cannot be honoured")]
    [InlineData("*a", "cannot be honoured")]
    [InlineData("\\ud83d", "surrogate")]
    public void What_the_grammar_could_not_hold_to_either_is_refused(string pattern, string problem) =>
        Assert.Contains(
            problem,
            Assert.Throws<UnsupportedSchemaException>(() => PatternAutomaton.Compile(pattern, "#")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_pattern_that_others_would_take_for_ever_over_is_quick() =>
        Assert.False(PatternAutomaton.Compile("^(a+)+$", "#").Fits(new string('a', 5000) + "b"));
}
