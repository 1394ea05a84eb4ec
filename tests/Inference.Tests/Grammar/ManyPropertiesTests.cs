using System.Text;
using Qwen35Batch.Inference.Grammar.Schema;
using Qwen35Batch.Inference.Grammar.Tokens;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>What many properties or alternatives cost.</summary>
public class ManyPropertiesTests
{
    private static readonly GrammarCompiler Compiler = new(Vocabularies.Bytes);

    /// <summary>Four times as many properties take about four times the memory, not sixteen times.</summary>
    [Theory]
    [InlineData("\"minProperties\":0")]
    [InlineData("\"maxProperties\":20")]
    [InlineData("\"minProperties\":3")]
    [InlineData("\"additionalProperties\":{\"type\":\"null\"}")]
    public void Optional_properties_cost_what_their_number_is(string keyword)
    {
        Bytes(100, keyword);
        var (few, many) = (Bytes(400, keyword), Bytes(1_600, keyword));

        Assert.InRange(many, few, 6 * few);
    }

    [Fact]
    public void Any_of_1600_optional_properties_may_follow_any_before_it()
    {
        var grammar = Compiler.Compile(SchemaCases.Parse(Optional(1_600, "\"maxProperties\":3")));

        Assert.True(Accepts(grammar, """{"p0":null,"p800":null,"p1599":null}"""));
        Assert.True(Accepts(grammar, "{}"));
        Assert.False(Accepts(grammar, """{"p0":null,"p1":null,"p2":null,"p3":null}"""));
        Assert.False(Accepts(grammar, """{"p1":null,"p0":null}"""));
    }

    [Fact]
    public void Each_of_many_alternatives_can_be_written()
    {
        var alternatives = string.Join(
            ',',
            Enumerable.Range(0, 200)
                .Select(i => $$$"""{"type":"object","properties":{"is":{"const":"k{{{i}}}"}},"required":["is"]}"""));
        var grammar = Compiler.Compile(SchemaCases.Parse($$"""{"anyOf":[{{alternatives}}]}"""));

        Assert.All(Enumerable.Range(0, 200), i => Assert.True(Accepts(grammar, $$"""{"is":"k{{i}}"}""")));
    }

    private static long Bytes(int properties, string keyword)
    {
        var schema = SchemaCases.Parse(Optional(properties, keyword));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Compiler.Compile(JsonSchemaGrammar.Compile(schema));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static string Optional(int count, string keyword) =>
        $"{{\"type\":\"object\",{keyword},\"properties\":{{"
            + $"{string.Join(',', Enumerable.Range(0, count).Select(i => $"\"p{i}\":{{\"type\":\"null\"}}"))}}}}}";

    private static bool Accepts(CompiledGrammar grammar, string text) => grammar.Accepts(Encoding.UTF8.GetBytes(text));
}
