using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tasks.Checks;
using Qwen35Batch.Pipeline.Tests.Vocabularies;
using Qwen35Batch.Pipeline.Validate;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tests.Validate;

public sealed class NameLinksTests
{
    private const string File = """
        {
          "name": "t", "description": "d", "kinds": ["image"], "prompt": "p",
          "schema": {
            "type": "object", "required": ["seller", "lines"],
            "properties": {
              "seller": { "type": ["string", "null"], "x-vocabulary": "names" },
              "lines": { "type": "array", "items": { "anyOf": [{ "$ref": "#/$defs/line" }, { "type": "null" }] } }
            },
            "$defs": { "line": { "type": "object", "properties": { "by/of": { "type": "string", "x-vocabulary": "names" } } } }
          }
        }
        """;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly VocabularyEntry[] Entries =
        [new("7", "Meier GmbH", ["Meier"], "line 2"), new("8", "株式会社山田", [], "line 3")];

    [Fact]
    public void Each_name_gets_its_key_and_an_alias_becomes_its_label()
    {
        var question = Question(isOpen: false);
        var notes = new List<string>();
        var insight = NameLinks.Settle(
            Json("""{"seller":"Meier","lines":[null,{"by/of":"株式会社山田"},{"by/of":"MEIER GMBH"}]}"""), question, notes);

        Assert.Equal(
            """{"seller":"Meier GmbH","lines":[null,{"by/of":"株式会社山田"},{"by/of":"Meier GmbH"}]}""",
            JsonSerializer.Serialize(insight, Plain));
        Assert.Empty(question.Checks.Validate(insight));
        Assert.Equal(
            [("/seller", "7"), ("/lines/1/by~1of", "8"), ("/lines/2/by~1of", "7")],
            NameLinks.Find(insight, question)!.Select(name => (name.Field, name.Key)));
        Assert.Equal(
            [
                "'Meier' at '/seller' is 'Meier GmbH' in the list 'names'.",
                "'MEIER GMBH' at '/lines/2/by~1of' is 'Meier GmbH' in the list 'names'.",
            ],
            notes);
    }

    [Fact]
    public void What_is_in_no_list_is_wrong_or_in_an_open_one_without_a_key()
    {
        var answer = Json("""{"seller":"Schulze","lines":[]}""");

        Assert.NotEmpty(Question(isOpen: false).Checks.Validate(NameLinks.Settle(answer, Question(isOpen: false), [])));
        var open = Question(isOpen: true);
        Assert.Empty(open.Checks.Validate(answer));
        Assert.Equal([("names", null)], NameLinks.Find(answer, open)!.Select(name => (name.Vocabulary, name.Key)));
    }

    [Fact]
    public void Null_has_no_key() => Assert.Null(NameLinks.Find(Json("""{"seller":null,"lines":[]}"""), Question(isOpen: false)));

    [Fact]
    public void A_tasks_version_is_not_that_of_its_lists() => Assert.Equal(
        Task(new Lists("names", false, Entries)).Reference, Task(new Lists("names", false, Entries[..1])).Reference);

    [Fact]
    public void A_task_without_its_list_is_refused_with_the_pointer() => Assert.Contains(
        "#/properties/seller/x-vocabulary: there is no list of names 'names'",
        Assert.Throws<InvalidTaskException>(() => Task(NoVocabularies.Instance)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void All_faults_are_named_at_once_the_lists_too() => Assert.Equal(
        [
            "#/schema/properties/seller/x-vocabulary: there is no list of names 'names'; give it in the settings: "
                + "Tasks:Vocabularies:names:File.",
            "#/schema/$defs/line/properties/by~1of/x-vocabulary: there is no list of names 'names'; give it in the settings: "
                + "Tasks:Vocabularies:names:File.",
        ],
        TaskFileCheck.Find("t.json", Encoding.UTF8.GetBytes(File), []));

    private static TaskQuestion Question(bool isOpen) => Task(new Lists("names", isOpen, Entries)).Segment;

    private static AnalysisTask Task(IVocabularies lists) => new TaskFile([], lists).Read("t.json", Encoding.UTF8.GetBytes(File));

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
