using System.Globalization;
using System.Text;
using System.Text.Json;
using Qwen35Batch.Inference.Grammar.Schema;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Tests.Grammar;
using Qwen35Batch.Inference.Tests.Grammar.Fuzz;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Benchmarks.Schemas;

/// <summary>Runs a folder of schemas through compiling, walking their instances, and answers by random weights.</summary>
internal static class SchemasSection
{
    private const int Ample = 1 << 20;
    private const int WarmUp = 20;

    public static BenchmarkSection Create() => new(
        "schemas",
        "a folder of schemas with instances: compiled, passing, false acceptances, CPU times of the thread [<folder> [--answers 2] "
            + "[--list] [--part 3/20 [--keep <file>]]], or [--sum <file>...] of kept parts",
        RunAsync);

    private static Task RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        if (args.Count == 0)
        {
            Console.WriteLine("  left out: name a folder.");
            return Task.CompletedTask;
        }
        // The independent validator tries the ways through a pattern one after another, for some of MaskBench without end.
        AppDomain.CurrentDomain.SetData("REGEX_DEFAULT_MATCH_TIMEOUT", TimeSpan.FromSeconds(2));
        var tally = new SchemaTally(args.Contains("--list"));
        if (args[0] == "--sum")
        {
            foreach (var file in args.Skip(1))
                tally.Counts.Add(JsonSerializer.Deserialize<SchemaCounts>(File.ReadAllText(file))!);
            tally.Print();
            return Task.CompletedTask;
        }

        var answers = int.Parse(Option(args, "--answers") ?? "2", CultureInfo.InvariantCulture);
        var part = Option(args, "--part")?.Split('/').Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray() ?? [1, 1];
        var vocabulary = LargeVocabulary.Create();
        var compiler = new GrammarCompiler(vocabulary);

        // The first schemas would be measured before the code is compiled. They are none of this part, which then would find masks known.
        foreach (var schema in SchemaCase.ReadAll(args[0], file => part[1] == 1 || !IsOf(file)).Take(WarmUp))
            Run(schema, compiler, vocabulary, answers, new SchemaTally(lists: false));
        foreach (var schema in SchemaCase.ReadAll(args[0], IsOf))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Run(schema, compiler, vocabulary, answers, tally);
        }
        tally.Print();
        if (Option(args, "--keep") is { } kept)
            File.WriteAllText(kept, JsonSerializer.Serialize(tally.Counts));
        return Task.CompletedTask;

        bool IsOf(int file) => file % part[1] == part[0] - 1;
    }

    private static string? Option(IReadOnlyList<string> args, string name) =>
        args.ToList().IndexOf(name) is var at and >= 0 ? args[at + 1] : null;

    private static void Run(SchemaCase schema, GrammarCompiler compiler, TokenVocabulary vocabulary, int answers, SchemaTally tally)
    {
        tally.Counts.Schemas++;
        CompiledGrammar grammar;
        TimeSpan compiling;
        var start = ThreadTime.Now;
        try
        {
            grammar = compiler.Compile(JsonSchemaGrammar.Compile(schema.Schema));
            compiling = ThreadTime.Now - start;
            tally.Counts.Compiling.Add(compiling);
        }
        catch (UnsupportedSchemaException refused)
        {
            // A schema that nothing fits is right to be refused when no instance is valid.
            tally.Refuse(
                schema.Name,
                refused.Message,
                refused.Faults[0].Reason.StartsWith("nothing fits", StringComparison.Ordinal)
                    && schema.Tests.Count > 0
                    && schema.Tests.All(test => !test.IsValid));
            return;
        }
        tally.Counts.Compiled++;
        tally.CountSlow(schema.Name, compiling);
        var (furthest, lastPlace) = (0, "");
        var reader = new InstanceReader(schema.Schema, IsWritten);
        var verdicts = new List<InstanceVerdict>();
        foreach (var (data, isValid) in schema.Tests)
        {
            (furthest, lastPlace) = (-1, "");
            var verdict = reader.Judge(data, isValid);
            verdicts.Add(verdict);
            tally.Judge(schema.Name, verdict, verdict == InstanceVerdict.FalseAcceptance ? data.GetRawText() : lastPlace);
        }
        tally.Case(schema.Name, verdicts);
        var judge = new SchemaJudge(schema.Schema);
        for (var seed = 0; seed < answers; seed++)
            Answer(schema, grammar, vocabulary, seed, judge, tally);

        bool IsWritten(string text)
        {
            var (isAccepted, read, place) = Walk(schema.Name, grammar, vocabulary, Encoding.UTF8.GetBytes(text), tally);
            if (read > furthest)
                (furthest, lastPlace) = (read, place);
            return isAccepted;
        }
    }

    private static void Answer(
        SchemaCase schema, CompiledGrammar grammar, TokenVocabulary vocabulary, int seed, SchemaJudge judge, SchemaTally tally)
    {
        var random = new Random(seed);
        var session = grammar.CreateSession();
        var mask = new ulong[(vocabulary.Size + 63) / 64];
        var text = new List<byte>();
        var budget = grammar.ShortestCompletion + (20 * (seed + 1));
        var allowed = new List<int>();
        while (!session.IsComplete && session.ShortestCompletion <= budget)
        {
            Fill(session, mask, budget, schema.Name, () => Encoding.UTF8.GetString([.. text]), tally);
            allowed.Clear();
            for (var i = 0; i < mask.Length; i++)
            {
                for (var bits = mask[i]; bits != 0; bits &= bits - 1)
                    allowed.Add((i << 6) + System.Numerics.BitOperations.TrailingZeroCount(bits));
            }

            if (allowed.Count == 0)
                break;
            var next = allowed[random.Next(allowed.Count)];
            session.Accept(next);
            if (vocabulary.EndOfText.Contains(next))
                break;
            text.AddRange(vocabulary[next]!);
            budget--;
        }
        tally.Counts.Answers++;
        if (session.ShortestCompletion > 0)
        {
            tally.Incomplete(schema.Name, Encoding.UTF8.GetString([.. text]));
            return;
        }
        using var answer = JsonDocument.Parse(text.ToArray(), new() { MaxDepth = 512 });
        tally.Judge(schema.Name, judge.IsValid(answer.RootElement), answer.RootElement);
    }

    private static void Fill(ITokenGrammar session, ulong[] mask, int budget, string name, Func<string> after, SchemaTally tally)
    {
        var (bytes, start, collections) = (GC.GetAllocatedBytesForCurrentThread(), ThreadTime.Now, GC.CollectionCount(0));
        session.FillMask(mask, budget);
        var time = ThreadTime.Now - start;
        var allocated = GC.GetAllocatedBytesForCurrentThread() - bytes;
        tally.Mask(name, time, GC.CollectionCount(0) != collections, after);
        tally.Counts.MaskBytes += allocated;
    }

    private static (bool IsAccepted, int Read, string Place) Walk(
        string name, CompiledGrammar grammar, TokenVocabulary vocabulary, byte[] text, SchemaTally tally)
    {
        var session = grammar.CreateSession();
        var mask = new ulong[(vocabulary.Size + 63) / 64];
        for (var at = 0; at < text.Length;)
        {
            var written = at;
            Fill(session, mask, Ample, name, () => Encoding.UTF8.GetString(text, 0, written), tally);

            // The longest token that fits what comes next, as a tokenizer would nearly always have it.
            var (token, length) = grammar.Longest(text.AsSpan(at), mask);
            if (length == 0)
            {
                return (
                    false,
                    at,
                    Encoding.UTF8.GetString(text, 0, at) + " <> " + Encoding.UTF8.GetString(text, at, Math.Min(20, text.Length - at)));
            }

            session.Accept(token);
            at += length;
        }
        return (session.ShortestCompletion == 0, text.Length, "its end");
    }
}
