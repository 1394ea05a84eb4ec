using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Qwen35Batch.Inference.Grammar;

namespace Qwen35Batch.Inference.Tests.Grammar;

public class LargeVocabularyTests(ITestOutputHelper output)
{
    [Fact]
    public void A_vocabulary_as_large_as_the_real_one_is_masked_right()
    {
        var vocabulary = LargeVocabulary.Create();
        var clock = Stopwatch.StartNew();
        var compiler = new GrammarCompiler(vocabulary);
        output.WriteLine($"{vocabulary.Size} tokens: vocabulary {clock.Elapsed.TotalMilliseconds:F0} ms");
        clock.Restart();
        var grammar = compiler.Compile(SchemaCases.Parse(SchemaCases.All["video"]));
        output.WriteLine($"schema {clock.Elapsed.TotalMilliseconds:F1} ms, shortest answer {grammar.ShortestCompletion} tokens");

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
        clock.Restart();
        for (var i = 0; i < 1000; i++)
            session.FillMask(mask, 1000);
        output.WriteLine($"mask again {clock.Elapsed.TotalMicroseconds / 1000:F2} us");

        // The limit of the length comes near: every count of characters is a state of its own.
        clock.Restart();
        for (var i = 0; i < 199; i++)
        {
            session.Accept('a');
            session.FillMask(mask, 1000);
        }
        output.WriteLine($"masks up to maxLength {clock.Elapsed.TotalMilliseconds / 199:F2} ms each");
    }

    private static ITokenGrammar Begin(CompiledGrammar grammar)
    {
        var session = grammar.CreateSession();
        foreach (var value in "{\"summary\":\""u8)
            session.Accept(value);
        return session;
    }
}
