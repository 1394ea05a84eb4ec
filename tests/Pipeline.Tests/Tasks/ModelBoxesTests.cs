using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Validate;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tests.Tasks;

public sealed class ModelBoxesTests
{
    private const string Schema = """
        {"type":"object","properties":{"title":{"type":"string"},"objects":{"type":"array","items":{"type":"object",
        "properties":{"name":{"type":"string"}},"required":["name"],"additionalProperties":false}}},"required":["title","objects"]}
        """;

    [Fact]
    public void Every_item_is_asked_for_a_box_and_the_insight_has_none()
    {
        var question = Read("\"boxes\":\"model\",").Segment;

        var asked = JsonNode.Parse(question.WithBoxes.GetRawText())!;
        var item = asked["properties"]!["objects"]!["items"]!;
        Assert.Equal(1000, (int)item["properties"]!["box"]!["items"]!["maximum"]!);
        Assert.Equal(["name", "box"], item["required"]!.AsArray().Select(name => (string)name!));
        Assert.Null(asked["properties"]!["box"]);
        Assert.Empty(JsonSchema.Read(question.WithBoxes).Faults);
        Assert.False(JsonNode.DeepEquals(asked, JsonNode.Parse(question.Schema.GetRawText())));
    }

    [Fact]
    public void Boxes_are_taken_out_of_the_answer_and_become_shares()
    {
        var question = Read("\"boxes\":\"model\",").Segment;
        var answer = JsonNode.Parse(
            """
            {"title":"t","objects":[{"name":"a","box":[100,200,300,600]},{"name":"b","box":[300,0,100,10]},
            {"name":"c","box":[0,0,1001,10]},{"name":"d","box":"left"},{"name":"e"}]}
            """)!;
        var notes = new List<string>();

        var boxes = ClaimedBoxes.Take(answer, question, notes);

        var (pointer, box) = Assert.Single(boxes);
        Assert.Equal("/objects/0", pointer);
        Assert.Equal((0.1, 0.2, 0.2, 0.4), (box.Left, box.Top, Math.Round(box.Width, 9), Math.Round(box.Height, 9)));
        Assert.StartsWith("3 of the model's boxes", Assert.Single(notes), StringComparison.Ordinal);
        Assert.Empty(question.Checks.Validate(JsonSerializer.SerializeToElement(answer)));
        Assert.DoesNotContain("box", answer.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_claimed_box_is_cited_as_the_models()
    {
        var question = Read("\"boxes\":\"model\",").Segment;
        var evidence = new Evidence
        {
            Segment = new() { Number = 0, Kind = SegmentKind.Image },
            Pictures = [new("aa", null, null)],
        };

        var citations = CitationBuilder.Build(
            JsonDocument.Parse("""{"title":"t","objects":[{"name":"a"}]}""").RootElement,
            question,
            evidence,
            [("/objects/0", new(0, 0, 1, 1))]);

        Assert.Equal(
            new() { Field = "/objects/0", Box = new(0, 0, 1, 1), Method = CitationMethod.Model, PictureSha256 = "aa" },
            citations[^1]);
    }

    [Fact]
    public void A_name_that_the_schema_has_is_not_taken() => Assert.Equal(
        "box_",
        new TaskQuestion("", JsonDocument.Parse("""{"type":"object","properties":{"box":{"type":"string"}}}""").RootElement, []).BoxName);

    [Fact]
    public void What_is_not_asked_for_changes_no_version_and_what_is_asked_for_does()
    {
        var plain = Read("").Reference.Version;

        Assert.Equal(plain, Read("\"inferred\":[\"/title\"],").Reference.Version);
        Assert.NotEqual(plain, Read("\"boxes\":\"model\",").Reference.Version);
    }

    [Theory]
    [InlineData("\"boxes\":\"mine\",", "at '/boxes', 'model' is needed")]
    [InlineData("\"boxes\":[\"/title\"],", "at '/boxes/0', '/title' is no object of the schema")]
    [InlineData("\"inferred\":[\"/titel\"],", "at '/inferred/0', '/titel' is no place of the schema")]
    public void What_does_not_fit_the_schema_is_named(string members, string problem) =>
        Assert.Contains(problem, Assert.Throws<InvalidTaskException>(() => Read(members)).Message, StringComparison.Ordinal);

    private static AnalysisTask Read(string members) => new TaskFile([], NoVocabularies.Instance).Read(
        "t.json",
        Encoding.UTF8.GetBytes($$"""{"name":"t","description":"d","kinds":["image"],"prompt":"p",{{members}}"schema":{{Schema}}}"""));
}
