using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Schema;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Tests.Grammar.Schema;

public class NameTerminalsTests
{
    private readonly NameTerminals _names = new();

    [Theory]
    [InlineData("^a+b$", "^aa*b$")]
    [InlineData("^[a-z]{2,9}$", "^[a-z]{2,9}$")]
    public void The_same_names_are_one_terminal(string pattern, string same) => Assert.Same(Of(pattern), Of(same));

    [Theory]
    [InlineData("^a+b$", "^a+c$")]
    [InlineData("^a+b$", "^b+a$")]
    [InlineData("^ab?$", "^ab$")]
    [InlineData("^[a-z]{2,9}$", "^[a-z]{2,8}$")]
    [InlineData("^[a-z]{2,9}$", "^[a-z]{1,9}$")]
    public void Other_names_are_another_terminal(string pattern, string other) => Assert.NotSame(Of(pattern), Of(other));

    private PatternTerminal Of(string pattern) => _names.Of(PatternAutomaton.Compile(pattern, "#"), "#");
}
