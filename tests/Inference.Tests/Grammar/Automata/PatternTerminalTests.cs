using System.Text;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Tests.Grammar.Automata;

public class PatternTerminalTests
{
    [Fact]
    public void The_cost_of_a_text_is_the_shortest_way_to_write_its_rest_byte_by_byte()
    {
        foreach (var pattern in (string[])[
            "^INV-\\d{3}$", "^[^\\x01-\\x7f]{2}$", "^\\n\"\\\\$", "^[\\x01]$", "^(a{5}|😀)$", "^[\\ud83d\\ude00-\\ud83d\\ude4f]$"
        ])
        {
            var terminal = new PatternTerminal(PatternAutomaton.Compile(pattern, "#"));
            var random = new Random(1);
            for (var i = 0; i < 50; i++)
            {
                for (var state = 0L; terminal.CanContinue(state);)
                {
                    var next = Enumerable.Range(0, 256)
                        .Select(value => terminal.Step(state, (byte)value))
                        .Where(after => after != Terminal.None)
                        .ToArray();
                    Assert.Equal(terminal.Cost(state), 1 + next.Min(terminal.Cost));
                    state = next[random.Next(next.Length)];
                }
            }
        }
    }

    [Theory]
    [InlineData("^é😀$", "\"é😀\" \"\\u00e9\\ud83d\\ude00\" \"\\u00E9😀\"", "\"é\\ud83d\" \"\\ud83d\\ude01\" \"\\ue9\"")]
    [InlineData("^a/\"$", "\"a/\\\"\" \"a\\/\\\"\"", "\"\\u0061/\\\"\" \"a/\"\" \"a/\\u0022\"")]
    [InlineData("^\\n\\t$", "\"\\n\\t\" \"\\u000a\\u0009\" \"\\u000A\\t\"", "\"\n\t\" \"\\r\\t\"")]
    [InlineData("^日$", "\"日\" \"\\u65e5\"", "\"\\u65e6\" \"月\"")]
    public void Characters_are_written_as_themselves_or_as_escapes(string pattern, string accepted, string refused)
    {
        var terminal = new PatternTerminal(PatternAutomaton.Compile(pattern, "#"));

        Assert.All(accepted.Split(' '), text => Assert.True(Accepts(terminal, text), text));
        Assert.All(refused.Split(' '), text => Assert.False(Accepts(terminal, text), text));
    }

    private static bool Accepts(PatternTerminal terminal, string json)
    {
        var state = 0L;
        foreach (var value in Encoding.UTF8.GetBytes(json))
        {
            if ((state = terminal.Step(state, value)) == Terminal.None)
                return false;
        }

        return terminal.Exit(state) != Terminal.None;
    }
}
