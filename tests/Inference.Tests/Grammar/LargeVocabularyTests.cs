using System.Text;
using System.Text.Json;
using Qwen35Batch.Inference.Grammar.Tokens;

namespace Qwen35Batch.Inference.Tests.Grammar;

public class LargeVocabularyTests
{
    [Fact]
    public void A_vocabulary_as_large_as_the_real_one_is_masked_right()
    {
        var vocabulary = LargeVocabulary.Create();
        var grammar = new GrammarCompiler(vocabulary).Compile(SchemaCases.Parse(SchemaCases.All["video"]));

        for (var seed = 0; seed < 4; seed++)
        {
            var (text, isComplete) = RandomModel.Write(grammar, vocabulary, grammar.ShortestCompletion + (seed * 20), seed);
            using var parsed = JsonDocument.Parse(text);
            Assert.True(isComplete, Encoding.UTF8.GetString(text));
        }

        // Inside a string every token is checked against the automaton itself.
        var mask = new ulong[(vocabulary.Size + 63) / 64];
        var session = Begin(grammar);
        session.FillMask(mask, 1000);
        for (var token = 0; token < vocabulary.Size; token += 31)
        {
            var isAllowed = (mask[token >> 6] >> (token & 63) & 1) != 0;
            var fresh = Begin(grammar);
            if (isAllowed)
                fresh.Accept(token);
            else
                Assert.Throws<InvalidOperationException>(() => fresh.Accept(token));
        }
    }

    private static ITokenGrammar Begin(CompiledGrammar grammar)
    {
        var session = grammar.CreateSession();
        foreach (var value in "{\"summary\":\""u8)
            session.Accept(value);
        return session;
    }
}
