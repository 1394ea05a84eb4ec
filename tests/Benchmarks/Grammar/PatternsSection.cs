using System.Globalization;
using System.Text.Json;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Masks;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Tests.Grammar;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Benchmarks.Grammar;

/// <summary>What strings with patterns cost: compiling, the first mask of each state, and masks afterwards.</summary>
internal static class PatternsSection
{
    private const int Tokens = 200;

    private static readonly string[] Schemas =
    [
        """{"type":"string","pattern":"^[A-Za-z ,.]+$","maxLength":200}""",
        """{"type":"string","pattern":"rocket_document"}""",
        """{"type":"string","pattern":"^(?:\\S+\\s+){0,49}\\S+$","maxLength":500}""",
        """{"type":"string","pattern":"^[^@\\s]+@[^@.\\s]+(\\.[^@.\\s]+)+$"}""",
        """{"type":"string","pattern":"^\\p{L}[\\p{L}\\p{N} -]*$","minLength":40,"maxLength":120}""",
        """{"type":"string","format":"date-time"}""",
        """{"type":"string","format":"uri"}""",
    ];

    public static BenchmarkSection Create() => new(
        "patterns", "first masks of patterns, as a share of one walk over the whole vocabulary in the same run", RunAsync);

    private static Task RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        var vocabulary = LargeVocabulary.Create();
        var compiler = new GrammarCompiler(vocabulary);
        var trie = new TokenTrie(vocabulary);
        var walks = Enumerable.Range(0, 5)
            .Select(_ => Time(() => GC.KeepAlive(new StringWalk(trie, StringPhase.Between, escapes: true))))
            .Order();
        var walk = walks.ElementAt(2);
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"  one walk over {vocabulary.Size} tokens: {walk.TotalMilliseconds:0.0} ms"));
        Console.WriteLine($"  {"CPU time of the thread",-76}{"compile ms",12}{"largest ms",12}{"of a walk",11}{"later us",10}");
        foreach (var schema in Schemas)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var element = JsonDocument.Parse(schema).RootElement;
            CompiledGrammar? grammar = null;
            var compiling = Time(() => grammar = compiler.Compile(element));
            var largest = Write(grammar!, vocabulary).Max();
            var later = Write(grammar!, vocabulary).Average(time => time.TotalMicroseconds);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {schema,-76}{compiling.TotalMilliseconds,12:0.00}{largest.TotalMilliseconds,12:0.00}"
                        + $"{largest / walk,11:0.00}{later,10:0.0}"));
        }

        return Task.CompletedTask;
    }

    /// <summary>The times of the masks of some answers.</summary>
    private static List<TimeSpan> Write(CompiledGrammar grammar, TokenVocabulary vocabulary)
    {
        var random = new Random(3);
        var mask = new ulong[(vocabulary.Size + 63) / 64];
        var times = new List<TimeSpan>();
        while (times.Count < Tokens)
        {
            var session = grammar.CreateSession();
            for (var left = 100; !session.IsComplete && left > 0; left--)
            {
                times.Add(Time(() => session.FillMask(mask, left)));
                var allowed = Enumerable.Range(0, vocabulary.Size).Where(token => (mask[token >> 6] >> (token & 63) & 1) != 0).ToArray();
                session.Accept(allowed[random.Next(allowed.Length)]);
            }
        }
        return times;
    }

    private static TimeSpan Time(Action action)
    {
        var start = ThreadTime.Now;
        action();
        return ThreadTime.Now - start;
    }
}
