using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Inference.Grammar.Schema;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Validation;

namespace Qwen35Batch.Inference.Tests.Grammar.Fuzz;

/// <summary>
/// One random schema before three judges: the grammar that writes answers, the validator that checks them, and JsonSchema.Net, which
/// knows neither. What the grammar writes or takes the validator takes; what the validator takes is valid; and where objects are not closed
/// for that they name properties, what is valid the validator takes.
/// </summary>
internal sealed class FuzzCase
{
    private const int Answers = 3;
    private const int Changes = 12;
    private const int Values = 12;

    private static readonly GrammarCompiler Compiler = new(FuzzVocabulary.Tokens);

    // What follows each byte at few places leaves alternatives out sooner than what follows tokens: this one judges, and leaves none out.
    private static readonly GrammarCompiler Bytewise = new(FuzzVocabulary.Bytes, fewCursors: 1 << 14);
    private static readonly GrammarCompiler FewPlaces = new(FuzzVocabulary.Bytes);

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What is wrong, each with all that is needed to see it again; none mostly.</summary>
    public List<string> Problems { get; } = [];

    public int Schemas { get; private set; }

    public int Compiled { get; private set; }

    public int Judged { get; private set; }

    /// <summary>Answers that a model of bytes could not write: alternatives that begin alike are too many to follow.</summary>
    public int LeftOut { get; private set; }

    public void Run(int seed)
    {
        var random = new Random(seed);
        var source = new WideSchema(random);
        var written = source.Create();
        var schema = JsonSerializer.SerializeToElement(written);
        Schemas++;
        var read = JsonSchema.Read(schema);
        if (read.Faults.Count > 0)
            return;
        var judge = new SchemaJudge(schema, isNew: true);
        var values = Enumerable.Range(0, Values).Select(_ => source.Value(3)).ToList();
        CompiledGrammar? single = null;
        if (TryCompile(read) is { } compiled)
        {
            Compiled++;
            (var grammar, single, var few) = compiled;
            for (var i = 0; i < Answers; i++)
            {
                var budget = grammar.ShortestCompletion + random.Next(41);
                byte[] text;
                bool isComplete;
                try
                {
                    (text, isComplete) = RandomModel.Write(grammar, FuzzVocabulary.Tokens, budget, unchecked(seed + i) & int.MaxValue);
                }
                catch (InvalidOperationException stuck)
                {
                    Note(seed, $"an answer comes to a dead end: {stuck.Message}", schema, "");
                    continue;
                }

                var answer = Encoding.UTF8.GetString(text);
                if (!isComplete || !single.Accepts(text))
                {
                    Note(seed, isComplete ? "an answer is not taken byte by byte" : "an answer is not complete", schema, answer);
                    continue;
                }

                LeftOut += few.Accepts(text) ? 0 : 1;
                values.AddRange(Enumerable.Range(0, Changes).Select(_ => Changed(Parse(answer), source, random)));
                Judge(seed, schema, read, judge, answer, isWritten: true);
            }
        }

        foreach (var value in values)
        {
            var text = value?.ToJsonString(Plain) ?? "null";
            Judge(seed, schema, read, judge, text, single is not null && single.Accepts(Encoding.UTF8.GetBytes(text)));
        }
    }

    private void Judge(int seed, JsonElement schema, JsonSchema read, SchemaJudge judge, string text, bool isWritten)
    {
        using var document = JsonDocument.Parse(text);
        var isTaken = read.Validate(document.RootElement).Count == 0;

        // What names properties does not close an object where others judge.
        var isTakenOpen = SchemaValidator.Fits(read.Root, document.RootElement);
        var isValid = judge.IsValid(document.RootElement);
        Judged++;
        if (isWritten && !isTaken)
            Note(seed, "the grammar takes what the validator does not", schema, text);
        if (isTaken && isValid == false)
            Note(seed, $"{(isWritten ? "grammar and validator take" : "the validator takes")} what is not valid", schema, text);
        if (isValid == true && !isTakenOpen)
            Note(seed, "the validator refuses what is valid", schema, text);
    }

    private void Note(int seed, string problem, JsonElement schema, string text) =>
        Problems.Add($"seed {seed}: {problem}: {text} by {JsonSerializer.Serialize(schema, Plain)}");

    private static (CompiledGrammar Grammar, CompiledGrammar Single, CompiledGrammar Few)? TryCompile(JsonSchema schema)
    {
        try
        {
            var grammar = JsonSchemaGrammar.Compile(schema);
            return (Compiler.Compile(grammar), Bytewise.Compile(grammar), FewPlaces.Compile(grammar));
        }
        catch (UnsupportedSchemaException)
        {
            return null;
        }
    }

    // Of a name that is there twice the last counts.
    private static JsonNode? Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return Copy(document.RootElement);
    }

    private static JsonNode? Copy(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => new JsonObject(
            value.EnumerateObject().GroupBy(member => member.Name).Select(same => KeyValuePair.Create(same.Key, Copy(same.Last().Value)))),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(Copy)]),
        _ => JsonNode.Parse(value.GetRawText()),
    };

    /// <summary>A value with one part of it changed.</summary>
    private static JsonNode? Changed(JsonNode? value, WideSchema source, Random random)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } members when random.Next(4) != 0:
                var (name, member) = members.ElementAt(random.Next(members.Count));
                switch (random.Next(5))
                {
                    case 0:
                        members.Remove(name);
                        break;
                    case 1:
                        members["k"] = source.Value(1);
                        break;
                    default:
                        members[name] = Changed(member?.DeepClone(), source, random);
                        break;
                }

                return members;
            case JsonArray { Count: > 0 } items when random.Next(4) != 0:
                var at = random.Next(items.Count);
                if (random.Next(4) == 0)
                    items.RemoveAt(at);
                else if (random.Next(3) == 0)
                    items.Add(items[at]?.DeepClone());
                else
                    items[at] = Changed(items[at]?.DeepClone(), source, random);
                return items;
            default:
                return source.Value(2);
        }
    }
}
