using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Schema;

namespace Qwen35Batch.Inference.Tests.Grammar.Schema;

/// <summary>Alternatives that are texts are followed at once where they can be.</summary>
public class JoinedTextsTests
{
    [Theory]
    [InlineData("""{"pattern":"^a+$"},{"pattern":"^b+$"},{"format":"date"}""", 1)]
    [InlineData("""{"pattern":"^a+$","maxLength":5},{"pattern":"^b+$"}""", 2)]
    [InlineData("""{"pattern":"^a+$","maxLength":5},{"pattern":"^b+$","maxLength":5},{"pattern":"^c"}""", 2)]
    [InlineData("""{"pattern":"^[ab]*a[ab]{9}$"},{"pattern":"^[cd]*c[cd]{9}$"},{"pattern":"^[ef]*e[ef]{9}$"}""", 3)]
    public void Texts_of_the_same_lengths_are_one_automaton_unless_it_has_too_many_states(string alternatives, int terminals)
    {
        var grammar = JsonSchemaGrammar.Compile(SchemaCases.Parse($$"""{"type":"string","anyOf":[{{alternatives}}]}"""));

        Assert.Equal(terminals, grammar.Nodes.OfType<ScalarNode>().Count(node => node.Terminal is PatternTerminal));
    }
}
