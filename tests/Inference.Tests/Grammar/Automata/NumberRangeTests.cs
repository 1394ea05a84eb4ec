using System.Globalization;
using CsCheck;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Schema;

namespace Qwen35Batch.Inference.Tests.Grammar.Automata;

public class NumberRangeTests
{
    private static readonly string[] Malformed = ["", "-", "-0", "00", "007", "1.0", "1e1", "+1"];

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 9)]
    [InlineData(-1, 1)]
    [InlineData(7, 1234)]
    [InlineData(-305, -17)]
    [InlineData(-999, 1000)]
    [InlineData(99, 101)]
    [InlineData(1090, 1110)]
    public void Integers_are_written_exactly_from_the_lowest_to_the_highest(int low, int high)
    {
        var number = NumberAutomaton.Build(NumberRange.Integers(low, high))!;

        for (var value = -2000; value <= 2000; value++)
            Assert.Equal(value >= low && value <= high, Accepts(number, value.ToString(CultureInfo.InvariantCulture)));
        Assert.DoesNotContain(Malformed, text => Accepts(number, text));
    }

    [Fact]
    public void Random_bounds_hold_for_the_numbers_next_to_them() =>
        Gen.Select(Gen.Long[-999_999_999_999_999_999, 999_999_999_999_999_999], Gen.Long[-999_999_999_999_999_999, 999_999_999_999_999_999])
            .Sample((left, right) =>
            {
                var (low, high) = (Math.Min(left, right), Math.Max(left, right));
                var number = NumberAutomaton.Build(NumberRange.Integers(low, high))!;
                return Accepts(number, Text(low)) && Accepts(number, Text(high)) && Accepts(number, Text(low + ((high - low) / 3)))
                    && !Accepts(number, Text(low - 1)) && !Accepts(number, Text(high + 1));
            }, iter: 100);

    [Fact]
    public void Every_beginning_that_is_accepted_can_be_completed() =>
        Gen.Select(Gen.Int[-5000, 5000], Gen.Int[0, 300], Gen.Int).Sample((low, width, seed) =>
        {
            var number = NumberAutomaton.Build(NumberRange.Integers(low, low + width))!;
            var random = new Random(seed);
            var state = 0L;
            var text = "";
            while (number.Exit(state) == Terminal.None || (number.CanContinue(state) && random.Next(2) == 0))
            {
                var next = Enumerable.Range('-', 13).Where(symbol => number.Step(state, (byte)symbol) != Terminal.None).ToArray();
                text += (char)next[random.Next(next.Length)];
                state = number.Step(state, (byte)text[^1]);
            }
            return int.Parse(text, CultureInfo.InvariantCulture) is var value && value >= low && value <= low + width;
        }, iter: 500);

    [Theory]
    [InlineData(
        """{"type":"number","minimum":0.1,"maximum":0.3}""",
        "0.1 0.10 0.2 0.29999 0.3 0.300",
        "0 0.09 0.0999 0.31 0.30001 1 -0.1 0.2e0 .2 0.")]
    [InlineData("""{"type":"number","exclusiveMinimum":0.1,"exclusiveMaximum":0.3}""", "0.10001 0.2 0.2999", "0.1 0.10 0.3 0.300 0.4")]
    [InlineData("""{"type":"number","minimum":-2.5,"maximum":2.5}""", "-2.5 -2.50 -0.1 0 0.0 1 2 2.5 2.49", "-2.51 2.500001 3 -0 -0.0 10")]
    [InlineData("""{"type":"number","minimum":1e3}""", "1000 1000.5 999999999999999", "999 999.9 1e3 -1000")]
    [InlineData("""{"type":"number"}""", "0 -1.5 3e8 3E-8 0.1e+1 123456789012345", "1234567890123456 -0 1e100 0.1234567890123456")]
    [InlineData("""{"type":"integer","exclusiveMinimum":1.5,"exclusiveMaximum":4}""", "2 3", "1 4 1.5")]
    [InlineData(
        """{"type":"integer","minimum":9007199254740993,"maximum":9007199254740995}""",
        "9007199254740993 9007199254740995",
        "9007199254740992 9007199254740996 9")]
    [InlineData("""{"type":"integer"}""", "0 -1 999999999999999", "9999999999999999 1e2 -0")]
    public void Numbers_keep_to_their_bounds(string schema, string accepted, string refused)
    {
        var number = ((ScalarNode)((AnyOfNode)JsonSchemaGrammar.Compile(SchemaCases.Parse(schema)).Root).Alternatives[0]).Terminal;

        Assert.All(accepted.Split(' '), text => Assert.True(Accepts(number, text), text));
        Assert.All(refused.Split(' '), text => Assert.False(Accepts(number, text), text));
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static bool Accepts(Terminal terminal, string text)
    {
        var state = 0L;
        foreach (var symbol in text)
        {
            state = terminal.Step(state, (byte)symbol);
            if (state == Terminal.None)
                return false;
        }
        return terminal.Exit(state) != Terminal.None;
    }
}
