using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Schemas.Tests.Patterns;

/// <summary>Patterns of one character that is repeated many times: their texts are those of few states with a certain length.</summary>
public class CountedTextTests
{
    [Theory]
    [InlineData("^[ab]{1,20}$", 1, 20, 2)]
    [InlineData("^[ab]{17}$", 17, 17, 2)]
    [InlineData("^[ab]{18,}$", 18, null, 2)]
    [InlineData("^a[ab]{0,18}b$", 2, 20, 4)]
    [InlineData("^(?:a|b)(?:[ab]){0,18}$", 1, 19, 5)]
    [InlineData("^(a{2}[ab]{0,20}(?:ab|ba))$", 4, 24, 8)]
    public void Few_states_and_a_length_say_the_same(string pattern, int min, int? max, int mostStates)
    {
        var exact = PatternAutomaton.Compile(pattern, "#");
        var counted = exact.Counted!;
        Assert.Equal((min, max), (counted.Min, counted.Max));
        Assert.InRange(counted.Text.StateCount, 1, mostStates);
        var random = new Random(5);
        var fitting = 0;
        for (var i = 0; i < 4_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(27)).Select(_ => "aaabbbc"[random.Next(i % 3 == 0 ? 7 : 6)]));
            var isWithin = text.Length >= min && !(text.Length > max);
            Assert.Equal(exact.Fits(text), isWithin && counted.Text.Fits(text));
            fitting += exact.Fits(text) ? 1 : 0;
        }

        Assert.InRange(fitting, 10, 3_990);
    }

    [Theory]
    [InlineData("^[ab]{1,4}$")]
    [InlineData("^[ab]{1,20}")]
    [InlineData("[ab]{1,20}$")]
    [InlineData("^a?[ab]{1,20}$")]
    [InlineData("^[ab]{1,20}c[ab]{1,20}$")]
    [InlineData("^(?:ab){1,20}$")]
    [InlineData("^(?:a|bc)[ab]{1,20}$")]
    [InlineData("^[ab]{1,20}|c$")]
    [InlineData("^(?!b)[ab]{1,20}$")]
    public void Others_are_taken_as_they_are(string pattern) => Assert.Null(PatternAutomaton.Compile(pattern, "#").Counted);
}
