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
        var masks = new List<(double Time, bool IsInterrupted, string After)>();
        var outside = 0;
        // The first answers would be measured before the code is compiled.
        for (var seed = 0; seed < WarmUp; seed++)
            Write(grammar, tokens, answers + seed, []);
        for (var seed = 0; seed < answers; seed++)
        {
            using var answer = JsonDocument.Parse(Write(grammar, tokens, seed, masks));
            foreach (var member in answer.RootElement.EnumerateObject())
                outside += member.Value.ValueKind == JsonValueKind.Null || known.Contains(member.Value.GetString()!) ? 0 : 1;
        }
        masks.Sort();

        // Whose garbage was collected meanwhile is not known: mostly that of this measurement.
        var interrupted = masks.Where(mask => mask.IsInterrupted).ToArray();
        masks.RemoveAll(mask => mask.IsInterrupted);
        double At(double share) => masks[Math.Min(masks.Count - 1, (int)(share * masks.Count))].Time;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"    {answers} answers by random weights, {outside} names outside of the list; {masks.Count} masks us: p50 {At(0.5):0.0}, "
                    + $"p99 {At(0.99):0.0}, p99.9 {At(0.999):0.0}, largest {masks[^1].Time:0.0}"));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"    {interrupted.Length} with a collection of garbage besides, largest {interrupted.LastOrDefault().Time:0.0}"));
        foreach (var (time, _, after) in masks.TakeLast(5))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"      slow: {time:0} us after {after}"));
    }

    private static byte[] Write(CompiledGrammar grammar, TokenVocabulary tokens, int seed, List<(double Time, bool IsInterrupted, string After)> masks)
    {
        var random = new Random(seed);
        var session = grammar.CreateSession();
        var mask = new ulong[(tokens.Size + 63) / 64];
        var text = new List<byte>();
        var allowed = new List<int>();
        for (var left = 1000; ; left--)
        {
            var (start, collections) = (ThreadTime.Now, GC.CollectionCount(0));
            session.FillMask(mask, left);
            var time = (ThreadTime.Now - start).TotalMicroseconds;
            masks.Add((time, GC.CollectionCount(0) != collections, Encoding.UTF8.GetString([.. text])));
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
