using System.Globalization;
using System.Text;
using System.Text.Json;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Tests.Grammar.Fuzz;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>Texts of all formats by random weights, before judges that are not our own.</summary>
public class WrittenFormatsTests
{
    // QWEN35BATCH_TEXTS_PER_FORMAT=2000 takes some minutes.
    private static readonly int Texts =
        int.Parse(Environment.GetEnvironmentVariable("QWEN35BATCH_TEXTS_PER_FORMAT") ?? "150", CultureInfo.InvariantCulture);

    public static TheoryData<string> Names => [.. TextFormats.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Other_readers_take_what_is_written(string format)
    {
        var schema = SchemaCases.Parse($$"""{"type":"string","format":"{{format}}","maxLength":60}""");
        var judge = new SchemaJudge(schema, isNew: true);
        foreach (var vocabulary in (TokenVocabulary[])[Vocabularies.TinyMoe, Vocabularies.Bytes])
        {
            var grammar = new GrammarCompiler(vocabulary).Compile(schema);
            for (var seed = 0; seed < Texts; seed++)
            {
                var (text, isComplete) = RandomModel.Write(grammar, vocabulary, grammar.ShortestCompletion + (seed % 40), seed);
                var written = Encoding.UTF8.GetString(text);
                Assert.True(isComplete, written);
                using var answer = JsonDocument.Parse(text);
                Assert.True(judge.IsValid(answer.RootElement) != false, written);
                if (format == "uri")
                    Assert.True(Uri.TryCreate(answer.RootElement.GetString(), UriKind.Absolute, out _), written);
            }
        }
    }
}
