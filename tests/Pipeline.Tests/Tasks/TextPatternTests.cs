using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Tests.Tasks;

public sealed class TextPatternTests
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
    public void Patterns_mean_what_ECMA_262_says(string pattern, string text, bool fits)
    {
        Assert.Null(TextPattern.Problem(pattern));
        Assert.Equal(fits, TextPattern.IsMatch(pattern, text));
    }

    [Theory]
    [InlineData("(?=a)", "looking ahead")]
    [InlineData("(?<n>a)", "names")]
    [InlineData("(a)\\1", "'\\1' is not supported")]
    [InlineData("\\bword", "'\\b' is not supported")]
    [InlineData("\\p{L}", "'\\p' is not supported")]
    [InlineData("a{,2}", "a count is written")]
    [InlineData("a}", "'}' stands")]
    [InlineData("[a", "is not closed")]
    [InlineData("[]", "is empty")]
    [InlineData("[😀]", "above U+FFFF")]
    [InlineData("[\\D]", "not supported")]
    [InlineData("(a", "cannot be honoured")]
    [InlineData("*a", "cannot be honoured")]
    [InlineData("\\ud83d", "surrogate")]
    public void What_the_grammar_could_not_hold_to_either_is_refused(string pattern, string problem) =>
        Assert.Contains(problem, TextPattern.Problem(pattern), StringComparison.Ordinal);

    [Fact]
    public void A_pattern_that_others_would_take_for_ever_over_is_quick() =>
        Assert.False(TextPattern.IsMatch("^(a+)+$", new string('a', 5000) + "b"));
}
