using System.Text;
using Qwen35Batch.Inference.Grammar.Tokens;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>
/// Whether two alternatives exclude each other can depend on alternatives within them. Where they hold themselves, the question ends: an
/// endless one would end the process.
/// </summary>
public class RecursiveAlternativesTests
{
    [Fact]
    public void Of_alternatives_that_hold_themselves_what_is_surely_outside_of_the_others_is_written()
    {
        var grammar = Compile("""
            {
              "$ref": "#/$defs/n",
              "$defs": { "n": { "oneOf": [
                { "type": "object", "required": ["a"], "properties": { "a": { "$ref": "#/$defs/n" } } },
                { "type": "object", "required": ["a", "b"], "properties": { "a": { "$ref": "#/$defs/n" }, "b": {} } },
                { "type": "null" } ] } }
            }
            """);

        Assert.True(grammar.Accepts("""{"a":{"a":null}}"""u8));
        Assert.False(grammar.Accepts("""{"a":null,"b":1}"""u8));
    }

    [Fact]
    public void Alternatives_that_a_name_tells_apart_may_hold_themselves()
    {
        var session = Compile("""
            {
              "$ref": "#/$defs/n",
              "$defs": { "n": { "oneOf": [
                { "type": "object", "required": ["is", "of"], "properties": { "is": { "const": "a" }, "of": { "$ref": "#/$defs/n" } } },
                { "type": "object", "required": ["is", "of"], "properties": { "is": { "const": "b" }, "of": { "$ref": "#/$defs/n" } } },
                { "type": "null" } ] } }
            }
            """).CreateSession();

        foreach (var value in Encoding.UTF8.GetBytes("""{"is":"b","of":{"is":"a","of":null}}"""))
            session.Accept(value);

        Assert.Equal(0, session.ShortestCompletion);
    }

    private static CompiledGrammar Compile(string schema) => new GrammarCompiler(Vocabularies.Bytes).Compile(SchemaCases.Parse(schema));
}
