using System.Text;
using Qwen35Batch.Inference.Grammar.Schema;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Tests.Grammar.Tokens;

public class GrammarSessionTests
{
    private const string Short = """{"type":"object","required":["a"],"properties":{"a":{"type":"string"}}}""";
    private const string Long =
        """{"type":"object","required":["a","of"],"properties":{"a":{"type":"string"},"of":{"const":"some more words than that"}}}""";

    private static readonly GrammarCompiler Compiler = new(Vocabularies.TinyMoe);

    [Theory]
    [MemberData(nameof(GrammarProofTests.Names), MemberType = typeof(GrammarProofTests))]
    public void The_mask_allows_exactly_the_tokens_after_which_the_rest_still_fits(string name)
    {
        var vocabulary = Vocabularies.TinyMoe;
        var grammar = Compiler.Compile(SchemaCases.Parse(SchemaCases.All[name]));
        var mask = new ulong[(vocabulary.Size + 63) / 64];
        for (var seed = 0; seed < 3; seed++)
        {
            var random = new Random(seed);
            var written = new List<int>();
            for (var step = 0; step < 15; step++)
            {
                var session = Replay(grammar, written);
                if (session.IsComplete)
                    break;
                var remaining = session.ShortestCompletion + random.Next(4);
                session.FillMask(mask, remaining);
                var allowed = new List<int>();
                for (var token = 0; token < vocabulary.Size; token++)
                {
                    var expected = CostAfter(grammar, written, token) is { } cost
                        && (cost <= remaining - 1 || vocabulary.EndOfText.Contains(token));
                    Assert.True(
                        expected == ((mask[token >> 6] >> (token & 63) & 1) != 0),
                        $"token {token} after {Text(vocabulary, written)} with {remaining}");
                    if (expected && vocabulary[token] is not null)
                        allowed.Add(token);
                }
                if (allowed.Count == 0)
                    break;
                written.Add(allowed[random.Next(allowed.Count)]);
            }
        }
    }

    [Theory]
    [InlineData(Short, Long)]
    [InlineData(Long, Short)]
    public void Of_alternatives_that_write_the_same_text_the_one_that_ends_sooner_tells_what_may_follow(string first, string second)
    {
        var only = Compiler.Compile(SchemaCases.Parse(Short)).CreateSession();
        var either = Compiler.Compile(SchemaCases.Parse($$"""{"anyOf":[{{first}},{{second}}]}""")).CreateSession();
        Accept(only, "{\"a\":\"");
        Accept(either, "{\"a\":\"");

        Assert.NotEmpty(Allowed(only, only.ShortestCompletion + 1));
        Assert.Equal(Allowed(only, only.ShortestCompletion + 1), Allowed(either, only.ShortestCompletion + 1));
    }

    [Fact]
    public void A_complete_answer_may_only_end()
    {
        var session = Compiler.Compile(SchemaCases.Parse("""{"type":"boolean"}""")).CreateSession();
        Accept(session, "true");

        Assert.True(session.IsComplete);
        Assert.Equal(0, session.ShortestCompletion);
        Assert.Empty(session.ForcedTokens(10));
        Assert.Equal(Vocabularies.TinyMoe.EndOfText, Allowed(session, 10));
    }

    [Fact]
    public void A_number_alone_may_end_or_go_on_until_it_has_ended()
    {
        var session = Compiler.Compile(SchemaCases.Parse("""{"type":"integer","maximum":99,"minimum":0}""")).CreateSession();
        Accept(session, "1");

        Assert.False(session.IsComplete);
        Assert.Equal(0, session.ShortestCompletion);
        var allowed = Allowed(session, 5);
        Assert.Equal(10 + Vocabularies.TinyMoe.EndOfText.Count, allowed.Count);

        session.Accept(Vocabularies.TinyMoe.EndOfText[0]);
        Assert.True(session.IsComplete);
    }

    [Fact]
    public void The_end_is_refused_while_something_is_missing()
    {
        var session = Compiler.Compile(SchemaCases.Parse("""{"type":"string"}""")).CreateSession();

        Assert.Throws<InvalidOperationException>(() => session.Accept(Vocabularies.TinyMoe.EndOfText[0]));
        Assert.DoesNotContain(Vocabularies.TinyMoe.EndOfText[0], Allowed(session, 100));
    }

    [Fact]
    public void A_refused_token_changes_nothing()
    {
        var session = Compiler.Compile(SchemaCases.Parse(SchemaCases.All["flat"])).CreateSession();
        var before = Allowed(session, 100);

        Assert.Throws<InvalidOperationException>(() => session.Accept(Id("]")));
        Assert.Throws<InvalidOperationException>(() => session.Accept(-1));
        Assert.Throws<InvalidOperationException>(() => session.Accept(Vocabularies.TinyMoe.Size));

        Assert.Equal(before, Allowed(session, 100));
    }

    [Fact]
    public void Keys_are_forced_with_long_tokens_up_to_where_the_model_has_a_choice()
    {
        var vocabulary = Vocabularies.Create(
            [.. new[] { "{\"", "title", "ti", "\":", "\":\"", ",\"", "pages" }.Select(Encoding.UTF8.GetBytes)]);
        var session = new GrammarCompiler(vocabulary).Compile(SchemaCases.Parse(SchemaCases.All["flat"])).CreateSession();

        Assert.Equal("{\"|title|\":\"", Text(vocabulary, session.ForcedTokens(100), "|"));
        foreach (var token in session.ForcedTokens(100))
            session.Accept(token);
        Assert.Empty(session.ForcedTokens(100));
        session.Accept('x');
        session.Accept('"');

        Assert.Equal(",\"|pages|\":", Text(vocabulary, session.ForcedTokens(100), "|"));
    }

    [Fact]
    public void A_token_that_a_longer_one_could_replace_is_left_to_the_model()
    {
        var vocabulary = Vocabularies.Create([.. new[] { "{\"", "title", "\":\"", "\":\"\"" }.Select(Encoding.UTF8.GetBytes)]);
        var session = new GrammarCompiler(vocabulary).Compile(SchemaCases.Parse(SchemaCases.All["flat"])).CreateSession();

        Assert.Equal("{\"|title", Text(vocabulary, session.ForcedTokens(100), "|"));
    }

    [Fact]
    public void Forced_tokens_leave_room_for_the_rest()
    {
        // The longest token leads astray: {"ti t l e " : " are seven tokens, {" title":" are two.
        var vocabulary = Vocabularies.Create([.. new[] { "{\"ti", "{\"", "title\":" }.Select(Encoding.UTF8.GetBytes)]);
        var grammar = new GrammarCompiler(vocabulary).Compile(SchemaCases.Parse(SchemaCases.All["flat"]));

        Assert.Equal("{\"ti|t|l|e|\"|:|\"", Text(vocabulary, grammar.CreateSession().ForcedTokens(100), "|"));
        Assert.Empty(grammar.CreateSession().ForcedTokens(grammar.ShortestCompletion));
    }

    [Fact]
    public void Alternatives_that_begin_alike_force_their_common_text()
    {
        var session = new GrammarCompiler(Vocabularies.Bytes).Compile(SchemaCases.Parse(SchemaCases.All["any of"])).CreateSession();
        foreach (var value in "{\"amount\":null,\"shape\":"u8)
            session.Accept(value);

        Assert.Equal("{\"kind\":\"", Text(Vocabularies.Bytes, session.ForcedTokens(1000)));
    }

    [Fact]
    public void With_a_budget_that_is_too_small_the_shortest_way_is_allowed()
    {
        var session = Compiler.Compile(SchemaCases.Parse(SchemaCases.All["flat"])).CreateSession();

        Assert.Equal(Allowed(session, session.ShortestCompletion), Allowed(session, 1));
        Assert.NotEmpty(Allowed(session, 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Tokens_that_write_several_items_stop_at_the_end_of_the_array(int minItems)
    {
        var vocabulary = Vocabularies.Create(
            [.. new[] { "1,1", ",1,1,1", ",1]", "1,1,1,1]", "],[", "1],[1" }.Select(Encoding.UTF8.GetBytes)]);
        var grammar = new GrammarCompiler(vocabulary).Compile(SchemaCases.Parse(
            $$"""{"type":"array","maxItems":3,"items":{"type":"array","minItems":{{minItems}},"maxItems":9,"items":{"const":1} } }"""));
        var mask = new ulong[(vocabulary.Size + 63) / 64];
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var written = new List<int>();
            while (Replay(grammar, written) is { IsComplete: false } session)
            {
                session.FillMask(mask, 1000);
                var allowed = Enumerable.Range(0, vocabulary.Size).Where(token => CostAfter(grammar, written, token) is not null).ToArray();
                Assert.Equal(allowed, Enumerable.Range(0, vocabulary.Size).Where(token => (mask[token >> 6] >> (token & 63) & 1) != 0));
                written.Add(allowed[random.Next(allowed.Length)]);
            }
        }
    }

    [Fact]
    public void Answers_never_nest_deeper_than_the_limit()
    {
        var session = new GrammarCompiler(Vocabularies.Bytes).Compile(SchemaCases.Parse(SchemaCases.All["tree"])).CreateSession();

        // Each level is an object and an array in it.
        for (var level = 0; level < JsonSchemaGrammar.MaxDepth / 2; level++)
        {
            foreach (var value in "{\"name\":\"\",\"children\":["u8)
                session.Accept(value);
        }

        Assert.Throws<InvalidOperationException>(() => session.Accept('{'));
        session.Accept(']');
    }

    [Fact]
    public void Alternatives_that_double_at_every_level_stay_quick_and_complete()
    {
        var grammar = new GrammarCompiler(Vocabularies.Bytes).Compile(SchemaCases.Parse(
            """{"$ref":"#/$defs/n","$defs":{"n":{"anyOf":[{"type":"null"},{"type":"object","properties":{"a":"""
                + """{"$ref":"#/$defs/n"}},"required":["a"]},{"type":"object","properties":{"a":{"$ref":"#/$defs/n"},"b":"""
                + """{"type":"null"}},"required":["a"]}]}}}"""));
        var session = grammar.CreateSession();
        for (var level = 0; level < JsonSchemaGrammar.MaxDepth; level++)
        {
            foreach (var value in "{\"a\":"u8)
                session.Accept(value);
        }

        var left = session.ShortestCompletion;
        while (!session.IsComplete)
        {
            session.Accept(Allowed(session, left, Vocabularies.Bytes)[0]);
            Assert.True(session.ShortestCompletion < left);
            left = session.ShortestCompletion;
        }
    }

    [Fact]
    public void Small_budgets_suffice_where_the_text_is_fixed()
    {
        // With tokens for the words, not bytes: {" title ": "" ,"  pages ": 1 ,"  isDraft ": true }
        var vocabulary = Vocabularies.Create(
            [.. new[] { "{\"", "title", "\":", "\"\"", ",\"", "pages", "isDraft", "true" }.Select(Encoding.UTF8.GetBytes)]);

        Assert.Equal(13, new GrammarCompiler(vocabulary).Compile(SchemaCases.Parse(SchemaCases.All["flat"])).ShortestCompletion);
    }

    [Fact]
    public void A_vocabulary_without_all_bytes_is_refused()
    {
        var vocabulary = new TokenVocabulary([.. Enumerable.Range(0, 128).Select(value => new[] { (byte)value })], []);

        var error = Assert.Throws<ArgumentException>(() => new GrammarCompiler(vocabulary));
        Assert.Contains("0x80", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_on_many_threads_share_one_grammar()
    {
        var compiler = new GrammarCompiler(Vocabularies.TinyMoe);
        var grammar = compiler.Compile(SchemaCases.Parse(SchemaCases.All["video"]));
        var expected = Enumerable.Range(0, 8)
            .Select(seed => Write(Compiler.Compile(SchemaCases.Parse(SchemaCases.All["video"])), seed))
            .ToArray();

        var written = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => Write(grammar, i % 8))));

        Assert.All(written.Index(), answer => Assert.Equal(expected[answer.Index % 8], answer.Item));
    }

    [Fact]
    public void Requests_with_the_same_schema_share_its_grammar()
    {
        var schema = SchemaCases.All["flat"];

        Assert.Same(Compiler.Compile(SchemaCases.Parse(schema)), Compiler.Compile(SchemaCases.Parse(schema)));
    }

    private static string Write(CompiledGrammar grammar, int seed) =>
        Encoding.UTF8.GetString(RandomModel.Write(grammar, Vocabularies.TinyMoe, 150, seed).Text);

    private static ITokenGrammar Replay(CompiledGrammar grammar, List<int> tokens)
    {
        var session = grammar.CreateSession();
        foreach (var token in tokens)
            session.Accept(token);
        return session;
    }

    private static int? CostAfter(CompiledGrammar grammar, List<int> tokens, int token)
    {
        var session = Replay(grammar, tokens);
        try
        {
            session.Accept(token);
            return session.ShortestCompletion;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static List<int> Allowed(ITokenGrammar session, int remaining, TokenVocabulary? vocabulary = null)
    {
        vocabulary ??= Vocabularies.TinyMoe;
        var mask = new ulong[((vocabulary.Size + 63) / 64) + 1];
        mask.AsSpan().Fill(ulong.MaxValue);
        session.FillMask(mask, remaining);
        return [.. Enumerable.Range(0, mask.Length * 64).Where(id => (mask[id >> 6] >> (id & 63) & 1) != 0)];
    }

    private static int Id(string text) =>
        Enumerable.Range(0, Vocabularies.TinyMoe.Size)
            .First(id => Vocabularies.TinyMoe[id] is { } bytes && bytes.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(text)));

    private static void Accept(ITokenGrammar session, string text)
    {
        foreach (var character in text)
            session.Accept(Id(character.ToString()));
    }

    private static string Text(TokenVocabulary vocabulary, IEnumerable<int> tokens, string separator = "") =>
        string.Join(separator, tokens.Select(token => Encoding.UTF8.GetString(vocabulary[token]!)));
}
