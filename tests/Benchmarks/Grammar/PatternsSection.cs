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
    private const int Answers = 6;

    private static readonly string[] Schemas =
    [
        """{"type":"string","pattern":"^[A-Za-z ,.]+$","maxLength":200}""",
        """{"type":"string","pattern":"rocket_document"}""",
        """{"type":"string","pattern":"^(?:\\S+\\s+){0,49}\\S+$","maxLength":500}""",
        """{"type":"string","pattern":"^[^@\\s]+@[^@.\\s]+(\\.[^@.\\s]+)+$"}""",
        """{"type":"string","pattern":"^\\p{L}[\\p{L}\\p{N} -]*$","minLength":40,"maxLength":120}""",
        """{"type":"string","format":"date-time"}""",
        """{"type":"string","format":"uri"}""",
        """{"type":"string","pattern":"^[a-z0-9_]{160}$"}""",
        """{"type":"string","pattern":"[a-z0-9_]{160}"}""",
        """{"type":"string","pattern":"^[A-Z]{2}\\d{0,200}$"}""",
        """{"type":"string","pattern":"^(foo|ba[rz]){1,50}$"}""",
        """{"type":"string","pattern":"^[\\p{L} ]{1,300}$"}""",
        """{"type":"string","pattern":"^(?!.*badword)[a-z ]{1,300}$"}""",
        """{"type":"string","pattern":"(monday|tuesday|wednesday|thursday|friday|saturday|sunday)"}""",
        """{"type":"string","pattern":"^.*\\.(jpe?g|png|gif|webp)$","maxLength":120}""",
        """{"type":"string","pattern":"^[^\"\\\\]{3,64}$"}""",
        """{"type":"string","format":"date"}""",
        """{"type":"string","format":"time"}""",
        """{"type":"string","format":"duration"}""",
        """{"type":"string","format":"uri-reference"}""",
        """{"type":"string","maxLength":300}""",
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
        Console.WriteLine(
            $"  {"CPU time of the thread",-76}{"compile ms",12}{"first ms",10}{"of a walk",11}"
                + $"{"new p99 us",12}{"largest",9}{"later us",10}");

        // What comes first would be measured before the code is compiled.
        Write(compiler.Compile(JsonDocument.Parse("""{"type":"string","pattern":"^[ab]{1,9}(c|\\d)"}""").RootElement), vocabulary, 0);
        foreach (var schema in Schemas)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var element = JsonDocument.Parse(schema).RootElement;
            CompiledGrammar? grammar = null;
            var compiling = Time(() => grammar = compiler.Compile(element));
            var first = Write(grammar!, vocabulary, 0);
            var others = Enumerable.Range(1, Answers).SelectMany(seed => Write(grammar!, vocabulary, seed));
            var fresh = first.Skip(1).Concat(others).Order().ToArray();
            var later = Write(grammar!, vocabulary, 0).Average(time => time.TotalMicroseconds);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {schema,-76}{compiling.TotalMilliseconds,12:0.00}{first[0].TotalMilliseconds,10:0.00}{first[0] / walk,11:0.00}"
                        + $"{fresh[fresh.Length * 99 / 100].TotalMicroseconds,12:0}{fresh[^1].TotalMicroseconds,9:0}{later,10:0.0}"));
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// The times of an answer's masks without those while which garbage was collected; the first is that of the text's beginning.
    /// </summary>
    private static List<TimeSpan> Write(CompiledGrammar grammar, TokenVocabulary vocabulary, int seed)
    {
        var random = new Random(seed);
        var mask = new ulong[(vocabulary.Size + 63) / 64];
        var times = new List<TimeSpan>();
        var session = grammar.CreateSession();
        session.Accept('"');
        for (var left = 400; !session.IsComplete && left > 0; left--)
        {
            var collections = GC.CollectionCount(0);
            var time = Time(() => session.FillMask(mask, left));
            if (times.Count == 0 || collections == GC.CollectionCount(0))
                times.Add(time);
            var allowed = Enumerable.Range(0, vocabulary.Size).Where(token => (mask[token >> 6] >> (token & 63) & 1) != 0).ToArray();
            session.Accept(allowed[random.Next(allowed.Length)]);
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
