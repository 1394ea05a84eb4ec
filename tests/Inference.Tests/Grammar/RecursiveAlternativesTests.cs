using System.Text;
using System.Text.Json;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Schemas;

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

    // Without a type, what is no object fits all of them, and so none.
    [Fact]
    public void Resources_that_hold_one_another_and_say_no_type_are_told_apart()
    {
        var grammar = Compile("""
            {
              "oneOf": [{ "$ref": "#/$defs/patient" }, { "$ref": "#/$defs/bundle" }],
              "$defs": {
                "any": { "oneOf": [{ "$ref": "#/$defs/patient" }, { "$ref": "#/$defs/bundle" }] },
                "patient": {
                  "properties": { "is": { "const": "patient" }, "holds": { "type": "array", "items": { "$ref": "#/$defs/any" } } },
                  "required": ["is"]
                },
                "bundle": {
                  "properties": { "is": { "const": "bundle" }, "entry": { "type": "array", "items": { "$ref": "#/$defs/any" } } },
                  "required": ["is"]
                }
              }
            }
            """);

        Assert.True(grammar.Accepts("""{"is":"bundle","entry":[{"is":"patient","holds":[{"is":"bundle"}]}]}"""u8));
        Assert.False(grammar.Accepts("""{"is":"bundle","entry":[{"is":"other"}]}"""u8));
        Assert.False(grammar.Accepts("1"u8));
    }

    [Fact]
    public void Where_the_ways_to_fit_no_other_alternative_are_too_many_each_kind_is_written_in_some()
    {
        static string Version(string number)
        {
            var kinds = Enumerable.Range(0, 6).Select(i => $$"""
                {
                  "type": "object",
                  "properties": { "is": { "enum": ["k{{i}}"] }, "n": { "type": "{{number}}" }, "on": { "type": "boolean" } },
                  "required": ["is"],
                  "additionalProperties": false
                }
                """);
            return $$"""
                {
                  "type": "object",
                  "properties": { "all": { "type": "array", "items": { "oneOf": [{{string.Join(',', kinds)}}] } } },
                  "required": ["all"]
                }
                """;
        }

        var schema = $$"""{"oneOf":[{{Version("integer")}},{{Version("number")}}]}""";
        var grammar = Compile(schema);

        for (var i = 0; i < 6; i++)
            Assert.True(grammar.Accepts(Encoding.UTF8.GetBytes($$"""{"all":[{"is":"k{{i}}","n":1.5}]}""")));
        Assert.False(grammar.Accepts("""{"all":[{"is":"k1","n":1}]}"""u8));
        for (var seed = 0; seed < 40; seed++)
        {
            var (text, isComplete) = RandomModel.Write(grammar, Vocabularies.Bytes, grammar.ShortestCompletion + (4 * seed), seed);
            Assert.True(isComplete);
            using var answer = JsonDocument.Parse(text);
            Assert.Empty(JsonSchema.Read(SchemaCases.Parse(schema)).Validate(answer.RootElement));
        }
    }

    private static CompiledGrammar Compile(string schema) => new GrammarCompiler(Vocabularies.Bytes).Compile(SchemaCases.Parse(schema));
}
