using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Schemas.Tests.Patterns;

public class PatternMinimizerTests
{
    [Theory]
    [InlineData("^(a|b|c)d$|^(a|b)d$", 3)]
    [InlineData("^(aa|ab|ba|bb)*$", 2)]
    [InlineData("^(abc|xbc)$", 4)]
    [InlineData("a", 2)]
    [InlineData("^.{3}$", 4)]
    public void The_same_texts_fit_with_the_fewest_states(string pattern, int states)
    {
        var texts = PatternAutomaton.Compile(pattern, "#");

        // Alternatives of the same, so that there certainly is something to join.
        var minimal = texts.Or(PatternAutomaton.Compile($"{pattern}|^zz{pattern.Replace("^", "", StringComparison.Ordinal)}", "#"), "#")
            .And(PatternAutomaton.Compile(pattern, "#"), "#")!.Minimal();

        Assert.Equal(states, minimal.StateCount);
        for (var number = 0; number < 5 * 5 * 5 * 5; number++)
        {
            var text = string.Concat(Enumerable.Range(0, 4).Select(i => "abcdx"[number / (int)Math.Pow(5, i) % 5]))[..(number % 5)];
            Assert.Equal(texts.Fits(text), minimal.Fits(text));
        }
    }
}
