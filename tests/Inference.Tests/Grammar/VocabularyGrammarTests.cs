using System.Text;
using System.Text.Json;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>Strings that are names of a list.</summary>
public class VocabularyGrammarTests
{
    private static readonly string[] Few =
        [
            "Apple", "Apple Inc", "Apple Inc.", "App", "株式会社山田", "株式会社山田商店", "山田", "カ\u3099", "ガ", "say \"hi\"", "back\\slash",
            "🎈", "a,b", "\",",
        ];

    private static readonly Vocabulary Many = Create([.. RandomNames.Create(20_000, 1)]);

    [Fact]
    public void Random_models_write_names_of_the_list_only()
    {
        var grammar = Compile("""{"type":"array","items":{"type":["string","null"],"x-vocabulary":"names"},"minItems":1}""", Many);
        var found = new HashSet<string>();
        for (var seed = 0; seed < 500; seed++)
        {
            var (text, isComplete) = RandomModel.Write(grammar, Vocabularies.TinyMoe, grammar.ShortestCompletion + (seed % 90), seed);
            Assert.True(isComplete);
            using var answer = JsonDocument.Parse(text);
            foreach (var name in answer.RootElement.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.Null))
            {
                Assert.NotNull(Many.Find(name.GetString()!));
                found.Add(name.GetString()!);
            }
        }
        Assert.True(found.Count > 200, $"{found.Count}");
    }

    [Fact]
    public void Every_name_can_be_written_also_those_that_others_begin_with()
    {
        var list = Create(Few);
        foreach (var tokens in (TokenVocabulary[])[Vocabularies.Bytes, Vocabularies.TinyMoe])
        {
            var grammar = Compile("""{"properties":{"n":{"type":"string","x-vocabulary":"names"}},"required":["n"]}""", list, tokens);
            foreach (var name in Few)
                Assert.True(Writes(grammar, tokens, $$"""{"n":{{Quoted(name)}}}"""), name);
            foreach (var other in (string[])["", "A", "Apple ", "apple", "株式会社", "カ", "say", "山田商店", "back"])
                Assert.False(Writes(grammar, tokens, $$"""{"n":{{Quoted(other)}}}"""), other);
        }
    }

    /// <summary>What a mask allows is what some name goes on with, found by trying every token on every name.</summary>
    [Fact]
    public void Masks_are_those_of_trying_every_token()
    {
        var names = RandomNames.Create(2_000, 7).ToArray();
        var tokens = Vocabularies.TinyMoe;
        var grammar = Compile("""{"type":"string","x-vocabulary":"names"}""", Create(names), tokens);
        var written = names.Select(name => Encoding.UTF8.GetBytes(Quoted(name))).ToArray();
        var mask = new ulong[(tokens.Size + 63) / 64];
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var session = grammar.CreateSession();
            var text = new List<byte>();
            while (!session.IsComplete)
            {
                session.FillMask(mask, 1 << 20);
                var rests = written.Where(name => name.AsSpan().StartsWith(text.ToArray())).Select(name => name[text.Count..]).ToArray();
                var allowed = new List<int>();
                for (var token = 0; token < tokens.Size; token++)
                {
                    var isAllowed = (mask[token >> 6] >> (token & 63) & 1) != 0;
                    Assert.Equal(tokens[token] is { Length: > 0 } bytes && rests.Any(rest => rest.AsSpan().StartsWith(bytes)), isAllowed);
                    if (isAllowed)
                        allowed.Add(token);
                }

                var next = allowed[random.Next(allowed.Count)];
                session.Accept(next);
                text.AddRange(tokens[next]!);
            }
        }
    }

    [Fact]
    public void What_else_is_asked_of_the_text_leaves_fewer_names()
    {
        var grammar = Compile(
            """{"type":"string","x-vocabulary":"names","maxLength":5,"pattern":"^[A-Z]","not":{"const":"App"}}""", Create(Few));

        Assert.Equal(["Apple"], Few.Where(name => Writes(grammar, Vocabularies.TinyMoe, Quoted(name))));
        Assert.Equal(
            "#/x-vocabulary",
            Assert.Throws<UnsupportedSchemaException>(
                () => Compile("""{"type":"string","x-vocabulary":"names","maxLength":1,"pattern":"^[A-Z]"}""", Create(Few))).JsonPointer);
        Assert.Throws<UnsupportedSchemaException>(() => Compile("""{"type":"string","not":{"x-vocabulary":"names"}}""", Create(Few)));
    }

    [Fact]
    public void A_changed_list_counts_from_the_next_answer_on()
    {
        var lists = new Lists { Current = Create(["a", "b"]) };
        var compiler = new GrammarCompiler(Vocabularies.TinyMoe, lists);
        var schema = SchemaCases.Parse("""{"type":"string","x-vocabulary":"names"}""");
        var before = compiler.Compile(schema);

        Assert.Same(before, compiler.Compile(schema));
        lists.Current = Create(["c"]);
        Assert.True(Writes(before, Vocabularies.TinyMoe, "\"a\""));
        Assert.False(Writes(compiler.Compile(schema), Vocabularies.TinyMoe, "\"a\""));
        Assert.True(Writes(compiler.Compile(schema), Vocabularies.TinyMoe, "\"c\""));
    }

    [Fact]
    public void An_open_list_allows_any_text() => Assert.True(
        Writes(
            Compile("""{"type":"string","x-vocabulary":"names"}""", Vocabulary.Create("names", [new("1", "a", [], "")], isOpen: true)),
            Vocabularies.TinyMoe,
            "\"other\""));

    private static Vocabulary Create(IReadOnlyList<string> names) =>
        Vocabulary.Create("names", [.. names.Select((name, i) => new VocabularyEntry($"{i}", name, [], $"line {i + 2}"))]);

    private static CompiledGrammar Compile(string schema, Vocabulary list, TokenVocabulary? tokens = null) =>
        new GrammarCompiler(tokens ?? Vocabularies.TinyMoe, new Lists { Current = list }).Compile(SchemaCases.Parse(schema));

    private static bool Writes(CompiledGrammar grammar, TokenVocabulary tokens, string answer)
    {
        var session = grammar.CreateSession();
        var mask = new ulong[(tokens.Size + 63) / 64];
        var text = Encoding.UTF8.GetBytes(answer);
        for (var at = 0; at < text.Length;)
        {
            session.FillMask(mask, 1 << 20);
            var (token, length) = grammar.Longest(text.AsSpan(at), mask);
            if (length == 0)
                return false;
            session.Accept(token);
            at += length;
        }
        return session.ShortestCompletion == 0;
    }

    private static string Quoted(string name) => Schemas.Writing.JsonText.Quote(name);

    private sealed class Lists : IVocabularies
    {
        public required Vocabulary Current { get; set; }

        public IReadOnlyCollection<string> Names => [Current.Name];

        public Vocabulary? Find(string name) => name == Current.Name ? Current : null;
    }
}
