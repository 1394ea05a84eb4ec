using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Tests.Grammar;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Benchmarks.Vocabularies;

/// <summary>Long lists of names: what it takes to read one and to write from it, and that nothing else is written.</summary>
internal static class VocabularySection
{
    private const int WarmUp = 30;
    private const int Runs = 3;

    private static readonly JsonElement Schema = JsonSerializer.SerializeToElement(
        new Dictionary<string, object>
        {
            ["type"] = "object",
            ["properties"] = new Dictionary<string, object>
            {
                ["supplier"] = new Dictionary<string, object> { ["type"] = "string", ["x-vocabulary"] = "names" },
                ["buyer"] = new Dictionary<string, object> { ["type"] = new[] { "string", "null" }, ["x-vocabulary"] = "names" },
            },
            ["required"] = new[] { "supplier", "buyer" },
        });

    public static BenchmarkSection Create() => new(
        "names",
        "strings held to lists of names at 248,320 tokens: CPU times of the thread, memory [<names, such as 100000> [--answers 2000]]",
        RunAsync);

    private static Task RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        var answers = args.Contains("--answers")
            ? int.Parse(args[args.ToList().IndexOf("--answers") + 1], CultureInfo.InvariantCulture)
            : 2000;
        int[] counts = args.Count > 0 && int.TryParse(args[0], CultureInfo.InvariantCulture, out var only) ? [only] : [100_000, 1_000_000];
        var tokens = LargeVocabulary.Create();
        var compiler = new GrammarCompiler(tokens);
        foreach (var count in counts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Run(count, answers, tokens, compiler);
        }
        return Task.CompletedTask;
    }

    private static void Run(int count, int answers, TokenVocabulary tokens, GrammarCompiler compiler)
    {
        VocabularyEntry[] entries =
        [
            .. RandomNames.Create(count, 1).Select((name, i) => new VocabularyEntry($"K{i}", name, [], $"line {i + 2}")),
        ];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var start = ThreadTime.Now;
        var names = Vocabulary.Create("names", entries);
        var building = ThreadTime.Now - start;
        var list = new OneVocabulary(names);
        start = ThreadTime.Now;
        var grammar = compiler.Compile(Inference.Grammar.Schema.JsonSchemaGrammar.Compile(Schema, list));
        var compiling = ThreadTime.Now - start;
        var memory = GC.GetTotalMemory(forceFullCollection: true) - before;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  {count} names: automaton of {names.Names.StateCount} states in {building.TotalSeconds:0.00} s, masks in "
                    + $"{compiling.TotalSeconds:0.00} s, {memory / 1e6:0} MB"));

        var known = entries.Select(entry => entry.Label).ToHashSet(StringComparer.Ordinal);
        var outside = 0;

        // The first answers would be measured before the code is compiled.
        for (var seed = 0; seed < WarmUp; seed++)
            Write(grammar, tokens, answers + seed, []);

        // Each run has a grammar that is compiled anew, and finds the same masks for the first time. What takes long in one of them alone
        // is not the mask's: a collection of garbage, another program.
        var runs = new List<(double Time, string After)>[Runs];
        for (var run = 0; run < Runs; run++)
        {
            runs[run] = [];
            var fresh = compiler.Compile(Inference.Grammar.Schema.JsonSchemaGrammar.Compile(Schema, list));
            for (var seed = 0; seed < answers; seed++)
            {
                using var answer = JsonDocument.Parse(Write(fresh, tokens, seed, runs[run]));
                foreach (var member in answer.RootElement.EnumerateObject())
                    outside += member.Value.ValueKind == JsonValueKind.Null || known.Contains(member.Value.GetString()!) ? 0 : 1;
            }
        }

        var masks = runs[0].Select((mask, i) => (Time: runs.Min(run => run[i].Time), mask.After)).Order().ToArray();
        var largest = Array.ConvertAll(runs, run => run.Max(mask => mask.Time));
        double At(double share) => masks[Math.Min(masks.Length - 1, (int)(share * masks.Length))].Time;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"    {answers} answers by random weights, {outside} names outside of the list; {masks.Length} masks us, the least of "
                    + $"{Runs} runs: p50 {At(0.5):0.0}, p99 {At(0.99):0.0}, p99.9 {At(0.999):0.0}, largest {masks[^1].Time:0.0}; "
                    + $"largest of one run {largest.Min():0.0} to {largest.Max():0.0}"));
        foreach (var (time, after) in masks.TakeLast(5))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"      slow: {time:0} us after {after}"));
    }

    private static byte[] Write(CompiledGrammar grammar, TokenVocabulary tokens, int seed, List<(double Time, string After)> masks)
    {
        var random = new Random(seed);
        var session = grammar.CreateSession();
        var mask = new ulong[(tokens.Size + 63) / 64];
        var text = new List<byte>();
        var allowed = new List<int>();
        for (var left = 1000; ; left--)
        {
            var start = ThreadTime.Now;
            session.FillMask(mask, left);
            masks.Add(((ThreadTime.Now - start).TotalMicroseconds, Encoding.UTF8.GetString([.. text])));
            allowed.Clear();
            for (var i = 0; i < mask.Length; i++)
            {
                for (var bits = mask[i]; bits != 0; bits &= bits - 1)
                    allowed.Add((i << 6) + BitOperations.TrailingZeroCount(bits));
            }

            var next = allowed[random.Next(allowed.Count)];
            session.Accept(next);
            if (tokens.EndOfText.Contains(next))
                return [.. text];
            text.AddRange(tokens[next]!);
        }
    }

    private sealed class OneVocabulary(Vocabulary vocabulary) : IVocabularies
    {
        public IReadOnlyCollection<string> Names => [vocabulary.Name];

        public Vocabulary? Find(string name) => name == vocabulary.Name ? vocabulary : null;
    }
}
