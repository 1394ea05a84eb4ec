using System.Text;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Tests.Grammar;

public class GrammarAcceptanceTests
{
    private const int Ample = 100_000;

    [Theory]
    [InlineData("flat", """{"title":"The \"end\" 😀\n\\ \/ \u00e9 \uD83D\ude00 \t","pages":12,"isDraft":false}""")]
    [InlineData("optional", """{"a":"x","c":true}""")]
    [InlineData("optional", """{"c":false,"e":-1.5e-10}""")]
    [InlineData("optional", """{"a":"","b":0,"c":true,"d":null,"e":6.02E+23}""")]
    [InlineData("all optional", "{}")]
    [InlineData("all optional", """{"to":"日本語"}""")]
    [InlineData("enum", """{"kind":"見積書","level":123,"const":"fixed"}""")]
    [InlineData("enum", """{"kind":"say \"hi\"\n","level":1,"const":"fixed"}""")]
    [InlineData("japanese", """{"要約":"会議の議事録です。","登場人物":["田中","佐藤"],"言語":"日本語","絵文字🎈":true}""")]
    [InlineData(
        "lengths",
        """{"exact":"日本語🎈\n","short":"😀","empty":"","long":"12345678901234567890"""
            + """12345678901234567890!","between":"\u3042\u3044\uD83C\uDF88"}""")]
    [InlineData("items", """{"none":[],"two":[true,false],"many":[1,2,3,4],"grid":[["x","o",null],["x","x","x"],[null,null,null]]}""")]
    [InlineData("tree", """{"name":"a","children":[{"name":"b","children":[]},{"name":"c","children":[{"name":"d","children":[]}]}]}""")]
    [InlineData("list", """{"head":{"value":1,"next":{"value":-2,"next":null}}}""")]
    [InlineData("any of", """{"amount":0.25,"shape":{"kind":"rectangle","width":1,"height":2}}""")]
    [InlineData("overlapping", """[7,7.5,49,"ab","abcdef"]""")]
    [InlineData(
        "pattern",
        """{"number":"CR-12345","contains":"see","starts":"Züri","ends":"cat.jpeg","quoted":"\"\\abc\n\"","label":"日付："""
            + """\u3042😀","code":"x\ud83d\ude00"}""")]
    [InlineData(
        "format",
        """{"due":"2024-02-29","sent":"2026-11-23T22:05:00.25+09:00","from":"first.last@mail.example.org","to":"""
            + """null,"id":"123e4567-e89b-12d3-a456-426614174000"}""")]
    [InlineData("one of", """{"value":"2026-01-31","shape":{"kind":"square","side":2}}""")]
    [InlineData("multiples", """{"minutes":45,"any":-49,"negative":-12300,"one":997}""")]
    [InlineData("expression", """[{"op":"+","args":[1,{"not":{"op":"-","args":[2]}}]}]""")]
    public void A_valid_answer_is_accepted_however_its_bytes_are_cut_into_tokens(string name, string answer)
    {
        var text = Encoding.UTF8.GetBytes(answer);
        var vocabulary = Vocabularies.Pieces([text], 7);
        var grammar = new GrammarCompiler(vocabulary).Compile(SchemaCases.Parse(SchemaCases.All[name]));
        for (var seed = 0; seed < 25; seed++)
        {
            var random = new Random(seed);
            var session = grammar.CreateSession();
            for (var offset = 0; offset < text.Length;)
            {
                var token = AnyPiece(vocabulary, text.AsSpan(offset), random);
                Assert.True(
                    Allows(session, vocabulary, token, Ample),
                    $"seed {seed}: {Encoding.UTF8.GetString(vocabulary[token]!)} at {offset} of {answer}");
                session.Accept(token);
                offset += vocabulary[token]!.Length;
            }
            Assert.True(session.IsComplete);
            Assert.True(Allows(session, vocabulary, vocabulary.EndOfText[0], 0));
        }
    }

    [Theory]
    [MemberData(nameof(GrammarProofTests.Names), MemberType = typeof(GrammarProofTests))]
    public void What_one_vocabulary_writes_the_bytes_alone_write_too(string name)
    {
        var schema = SchemaCases.Parse(SchemaCases.All[name]);
        var grammar = new GrammarCompiler(Vocabularies.TinyMoe).Compile(schema);
        var bytewise = new GrammarCompiler(Vocabularies.Bytes).Compile(schema);
        for (var seed = 0; seed < 5; seed++)
        {
            var (text, _) = RandomModel.Write(grammar, Vocabularies.TinyMoe, grammar.ShortestCompletion + 60, seed);
            var session = bytewise.CreateSession();
            foreach (var value in text)
            {
                Assert.True(Allows(session, Vocabularies.Bytes, value, Ample));
                session.Accept(value);
            }
            Assert.Equal(0, session.ShortestCompletion);
        }
    }

    [Theory]
    [InlineData("""{"type":"string"}""", "\"a")]
    [InlineData("""{"type":"string"}""", "\"\\u0000\"")]
    [InlineData("""{"type":"string"}""", "\"\\ud83d\"")]
    [InlineData("""{"type":"string"}""", "\"\\ude00\"")]
    [InlineData("""{"type":"string"}""", "\"\\ud83d\\u0041\"")]
    [InlineData("""{"type":"string"}""", "\"\\x41\"")]
    [InlineData("""{"type":"string"}""", "\"a\nb\"")]
    [InlineData("""{"type":"string","maxLength":2}""", "\"日本語\"")]
    [InlineData("""{"type":"string","minLength":2}""", "\"🎈\"")]
    [InlineData("""{"type":"integer"}""", "01")]
    [InlineData("""{"type":"integer"}""", "-0")]
    [InlineData("""{"type":"integer"}""", "1.0")]
    [InlineData("""{"type":"integer"}""", "1e3")]
    [InlineData("""{"type":"number"}""", ".5")]
    [InlineData("""{"type":"number"}""", "1.")]
    [InlineData("""{"type":"number"}""", "+1")]
    [InlineData("""{"type":"number"}""", "1e")]
    [InlineData("""{"type":"number","minimum":0}""", "-1")]
    [InlineData("""{"type":"string","pattern":"^a$"}""", "\"b\"")]
    [InlineData("""{"type":"string","pattern":"^a$"}""", "\"aa\"")]
    [InlineData("""{"type":"string","pattern":"a"}""", "\"b\"")]
    [InlineData("""{"type":"string","format":"date"}""", "\"2026-02-29\"")]
    [InlineData("""{"type":"string","format":"date-time"}""", "\"2026-02-28T25:00:00Z\"")]
    [InlineData("""{"type":"string","format":"email"}""", "\"a@b\"")]
    [InlineData("""{"type":"string","format":"uuid"}""", "\"123e4567-e89b-12d3-a456-42661417400\"")]
    [InlineData("""{"type":"integer","multipleOf":7}""", "13")]
    [InlineData("""{"type":"integer","multipleOf":7,"maximum":20}""", "21")]
    [InlineData("""{"oneOf":[{"type":"null"},{"const":"a"}]}""", "\"b\"")]
    [InlineData("""{"type":"boolean"}""", "True")]
    [InlineData("""{"type":"array","items":{"type":"null"},"maxItems":2}""", "[null,null,null]")]
    [InlineData("""{"type":"array","items":{"type":"null"},"minItems":2}""", "[null]")]
    [InlineData("""{"type":"array","items":{"type":"null"}}""", "[null,]")]
    [InlineData("""{"type":"array","items":{"enum":["a","b"]},"uniqueItems":true}""", """["a","a"]""")]
    [InlineData("""{"type":"array","items":{"type":"null"}}""", "[ null]")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"}},"required":["a"]}""", "{}")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"}},"required":["a"]}""", """{"b":null}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"}},"required":["a"]}""", """{"b":null,"a":null}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"}},"required":["a"]}""", """{"a":null,"a":null}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"}},"required":["a"]}""", """{"a":null,"c":null}""")]
    public void A_wrong_answer_is_not_accepted(string schema, string answer)
    {
        var session = new GrammarCompiler(Vocabularies.Bytes).Compile(SchemaCases.Parse(schema)).CreateSession();
        var isAccepted = true;
        foreach (var value in Encoding.UTF8.GetBytes(answer))
        {
            isAccepted = Allows(session, Vocabularies.Bytes, value, Ample);
            if (!isAccepted)
            {
                Assert.Throws<InvalidOperationException>(() => session.Accept(value));
                break;
            }
            session.Accept(value);
        }
        Assert.False(isAccepted && session.ShortestCompletion == 0);
    }

    [Fact]
    public void Strings_hold_valid_UTF_8_only()
    {
        var grammar = new GrammarCompiler(Vocabularies.Bytes).Compile(SchemaCases.Parse("""{"type":"string"}"""));
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        var random = new Random(3);
        for (var i = 0; i < 20_000; i++)
        {
            // Mostly near the edges of what is valid.
            byte[] edges =
            [
                0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3,
                0xF4, 0xF5, 0xFF
            ];
            var bytes = Enumerable.Range(0, random.Next(1, 5)).Select(_ => edges[random.Next(edges.Length)]).ToArray();
            var session = grammar.CreateSession();
            session.Accept('"');
            var isAccepted = true;
            try
            {
                foreach (var value in bytes)
                    session.Accept(value);
                session.Accept('"');
            }
            catch (InvalidOperationException)
            {
                isAccepted = false;
            }
            var isValid = true;
            try
            {
                strict.GetString(bytes);
            }
            catch (DecoderFallbackException)
            {
                isValid = false;
            }
            Assert.True(isValid == isAccepted, Convert.ToHexString(bytes));
        }
    }

    internal static bool Allows(ITokenGrammar session, TokenVocabulary vocabulary, int token, int remaining)
    {
        var mask = new ulong[(vocabulary.Size + 63) / 64];
        session.FillMask(mask, remaining);
        return (mask[token >> 6] >> (token & 63) & 1) != 0;
    }

    private static int AnyPiece(TokenVocabulary vocabulary, ReadOnlySpan<byte> text, Random random)
    {
        var fitting = new List<int>();
        for (var id = 0; id < vocabulary.Size; id++)
        {
            if (vocabulary[id] is { } piece && text.StartsWith(piece))
                fitting.Add(id);
        }

        return fitting[random.Next(fitting.Count)];
    }
}
