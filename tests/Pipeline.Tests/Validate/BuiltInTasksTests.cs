using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NJsonSchema;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tests.Tasks;

namespace Qwen35Batch.Pipeline.Tests.Validate;

public sealed class BuiltInTasksTests
{
    public static TheoryData<string, bool> Questions()
    {
        var data = new TheoryData<string, bool>();
        foreach (var task in Catalogs.BuiltIn().List())
        {
            data.Add(task.Task.Name, false);
            if (task.SynthesisSchema is not null) data.Add(task.Task.Name, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public void The_shortest_valid_answer_fits_into_the_tasks_tokens_even_byte_by_byte(string name, bool synthesis)
    {
        var (task, question) = Question(name, synthesis);

        var shortest = ShortestInstance.Of(question.Schema);

        Assert.InRange(Encoding.UTF8.GetByteCount(shortest), 2, task.Sampling.MaxOutputTokens);
        Assert.InRange(task.Sampling.MaxOutputTokens, 700, 1500);
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task Ours_and_another_validator_agree_on_every_single_change_of_an_answer(string name, bool synthesis)
    {
        var (_, question) = Question(name, synthesis);
        var other = await JsonSchema.FromJsonAsync(question.Schema.GetRawText(), TestContext.Current.CancellationToken);
        var answer = JsonNode.Parse(ShortestInstance.Of(question.Schema, items: 2))!;

        Assert.Empty(question.Checks.Validate(JsonSerializer.SerializeToElement(answer)));
        Assert.Empty(other.Validate(answer.ToJsonString()));
        var changes = Changes(answer).ToList();
        Assert.True(changes.Count > 20);
        foreach (var changed in changes)
        {
            var ours = question.Checks.Validate(JsonDocument.Parse(changed).RootElement).Count > 0;
            var theirs = other.Validate(changed).Count > 0;
            Assert.True(ours == theirs, $"We say {(ours ? "invalid" : "valid")} of {changed}");
        }
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public void Every_array_and_text_is_bounded_so_that_an_answer_ends(string name, bool synthesis)
    {
        var (_, question) = Question(name, synthesis);
        var text = question.Schema.GetRawText();

        Assert.All(Nodes(JsonNode.Parse(text)!), node =>
        {
            // A property may be called "type" as well.
            var type = (node["type"] as JsonValue)?.GetValue<string>();
            if (type == "array") Assert.True(node.ContainsKey("maxItems"));
            if (type == "string") Assert.True(node.ContainsKey("maxLength") || node.ContainsKey("enum"));
        });
    }

    private static (AnalysisTask Task, TaskQuestion Question) Question(string name, bool synthesis)
    {
        var catalog = Catalogs.BuiltIn();
        var task = catalog.Get(catalog.Resolve(name));
        return (task, synthesis ? task.Synthesis! : task.Segment);
    }

    private static IEnumerable<JsonObject> Nodes(JsonNode? node) => node switch
    {
        JsonObject found => found.Select(member => member.Value).SelectMany(Nodes).Append(found),
        JsonArray array => array.SelectMany(Nodes),
        _ => [],
    };

    /// <summary>The answer with one value exchanged, taken away, or added, for every place in it.</summary>
    private static IEnumerable<string> Changes(JsonNode answer)
    {
        var objects = Nodes(answer).ToList();
        for (var index = 0; index < objects.Count; index++)
        {
            foreach (var name in objects[index].Select(member => member.Key).ToList())
            {
                foreach (var value in (string[])["null", "true", "-1", "1.5", "\"\"", "\"x\"", "[]", "{}", $"\"{new string('y', 5000)}\""])
                    yield return Change(index, node => node[name] = JsonNode.Parse(value));
                yield return Change(index, node => node.Remove(name));
            }

            yield return Change(index, node => node["surplus"] = 1);
        }

        string Change(int index, Action<JsonObject> change)
        {
            var copy = answer.DeepClone();
            change(Nodes(copy).ElementAt(index));
            return copy.ToJsonString();
        }
    }
}
