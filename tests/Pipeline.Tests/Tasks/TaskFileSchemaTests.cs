using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tasks.Checks;
using Qwen35Batch.Pipeline.Tasks.Grants;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tests.Tasks;

/// <summary>The schema of task files says what the reader of task files asks.</summary>
public sealed class TaskFileSchemaTests
{
    private const string Minimal = """
        { "name": "a", "description": "b", "kinds": ["image"], "prompt": "c", "schema": { "type": "object" } }
        """;

    private static readonly JsonSchema Schema = JsonSchema.Read(Parse(TaskFileSchema.Write())).Checked();

    public static TheoryData<string, string> Numbers
    {
        get
        {
            var numbers = new TheoryData<string, string>();
            foreach (var section in new[] { "sampling", "media" })
            {
                foreach (var (name, schema) in Properties(section))
                    if ((string?)schema!["type"] != "boolean") numbers.Add(section, name);
            }

            return numbers;
        }
    }

    private static string Repository
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder!.FullName, "Qwen35Batch.sln"))) folder = folder.Parent;
            return folder.FullName;
        }
    }

    [Fact]
    public void The_copy_in_the_repository_is_the_one_that_the_program_writes()
    {
        var file = Path.Combine(Repository, "docs", "task.schema.json");
        if (Environment.GetEnvironmentVariable("QWEN35BATCH_WRITE_DOCS") == "1") File.WriteAllText(file, TaskFileSchema.Write());

        Assert.True(
            TaskFileSchema.Write() == File.ReadAllText(file).ReplaceLineEndings("\n"),
            "The schema of task files has changed: run this test with QWEN35BATCH_WRITE_DOCS=1, which writes docs/task.schema.json anew.");
    }

    [Fact]
    public void All_built_in_tasks_and_the_template_keep_to_it()
    {
        var files = Directory.GetFiles(Path.Combine(Repository, "src/Pipeline/Tasks/BuiltIn"), "*.json").Select(File.ReadAllText).ToList();

        Assert.True(files.Count >= 5);
        files.Add(File.ReadAllText(Path.Combine(Repository, "samples/agents/research.json")));
        Assert.All(
            files.Append(TaskTemplate.Write("x")).Append(TaskTemplate.WriteAgent("x")), content => Assert.Null(Problem(content)));
    }

    [Fact]
    public void The_template_can_be_used_and_has_the_name_that_was_asked_for()
    {
        var content = Encoding.UTF8.GetBytes(TaskTemplate.Write("delivery-notes"));

        Assert.Empty(TaskFileCheck.Find("delivery-notes.json", content, []));
        Assert.Equal("delivery-notes", new TaskFile([], NoVocabularies.Instance).Read("delivery-notes.json", content).Reference.Name);
    }

    [Fact]
    public void The_template_of_an_agent_can_be_used_and_has_the_name_that_was_asked_for()
    {
        var content = Encoding.UTF8.GetBytes(TaskTemplate.WriteAgent("study"));

        Assert.Empty(TaskFileCheck.Find("study.json", content, [], null, KnownTool.BuiltIn));
        var task = new TaskFile([], NoVocabularies.Instance, KnownTool.BuiltIn).Read("study.json", content);
        Assert.Equal(("study", 4), (task.Reference.Name, task.Agent!.Tools.Count));
    }

    [Theory]
    [InlineData("""{ "tools": {} }""")]
    [InlineData("""{ "tools": { "read_page": { "maxCals": 1 } } }""")]
    [InlineData("""{ "tools": { "read_page": { "maxCalls": 0 } } }""")]
    [InlineData("""{ "tools": { "read_page": { "urls": "any" } } }""")]
    [InlineData("""{ "tools": { "read_page": { "hosts": [] } } }""")]
    [InlineData("""{ "tools": { "read_page": { "approval": "maybe" } } }""")]
    [InlineData("""{ "tools": { "read_page": { "inDoubt": "perhaps" } } }""")]
    [InlineData("""{ "budget": { "steps": 7 } }""")]
    [InlineData("""{ "budget": { "hours": 1 } }""")]
    [InlineData("""{ "output": { "sections": "free" } }""")]
    [InlineData("""{ "schema": { "type": "object" } }""")]
    [InlineData("""{ "kinds": ["image"] }""")]
    [InlineData("""{ "kind": "robot" }""")]
    public void Of_an_agent_it_refuses_what_the_reader_refuses(string change)
    {
        var file = JsonNode.Parse(
            """{ "name": "a", "kind": "agent", "description": "b", "prompt": "c", "tools": { "read_page": {} } }""")!.AsObject();
        Assert.Null(Problem(file.ToJsonString()));
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject()) file[name] = value!.DeepClone();

        Assert.NotNull(Problem(file.ToJsonString()));
        Assert.NotEmpty(TaskFileCheck.Find("a.json", Encoding.UTF8.GetBytes(file.ToJsonString()), [], null, KnownTool.BuiltIn));
    }

    [Fact]
    public void All_faults_of_an_agents_file_are_named_at_once()
    {
        var faults = TaskFileCheck.Find(
            "a.json",
            """
            { "name": "A b", "kind": "agent", "description": "", "prompt": "c", "kinds": ["image"],
              "budget": { "steps": 1, "tokens": "many" },
              "tools": { "shell": {}, "read_page": { "maxCalls": 0, "hosts": ["a b"], "inDoubt": "perhaps" } } }
            """u8.ToArray(),
            [],
            null,
            KnownTool.BuiltIn);

        foreach (var place in new[]
        {
            "/name", "/description", "/kinds", "/budget/steps", "/budget/tokens", "/tools/shell", "/tools/read_page/maxCalls",
            "/tools/read_page/hosts/0", "/tools/read_page/inDoubt",
        })
        {
            Assert.Contains(faults, fault => fault.Contains($"'{place}'", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void It_has_every_media_setting() => Assert.Equal(
        typeof(MediaSettings).GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)).Order(),
        Properties("media").Select(property => property.Key).Order());

    [Fact]
    public void It_has_every_sampling_setting() => Assert.Equal(
        typeof(Sampling).GetProperties().Where(property => property.CanWrite)
            .Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)).Order(),
        Properties("sampling").Select(property => property.Key).Order());

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Its_bounds_are_those_of_the_reader(string section, string name)
    {
        var bounds = Properties(section)[name]!;
        var (least, most) = (bounds["minimum"]!.GetValue<double>(), bounds["maximum"]!.GetValue<double>());

        foreach (var (value, holds) in new[] { (least, true), (most, true), (least - 1, false), (most + 1, false) })
        {
            var file = JsonNode.Parse(Minimal)!.AsObject();
            file[section] = new JsonObject { [name] = double.IsInteger(value) ? JsonValue.Create((long)value) : JsonValue.Create(value) };
            var content = file.ToJsonString();
            Assert.Equal(holds, Problem(content) is null);
            Assert.Equal(holds, TaskFileCheck.Find("a.json", Encoding.UTF8.GetBytes(content), []).Count == 0);
        }
    }

    [Theory]
    [InlineData("""{ "name": "Upper" }""")]
    [InlineData("""{ "name": "auto" }""")]
    [InlineData("""{ "kinds": [] }""")]
    [InlineData("""{ "kinds": ["picture"] }""")]
    [InlineData("""{ "prompt": " " }""")]
    [InlineData("""{ "prompts": "a" }""")]
    [InlineData("""{ "boxes": "all" }""")]
    [InlineData("""{ "synthesis": { "prompt": "a" } }""")]
    [InlineData("""{ "citations": [{ "field": "/a/*", "start": "b" }] }""")]
    public void What_the_reader_refuses_it_refuses(string change)
    {
        var file = JsonNode.Parse(Minimal)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject()) file[name] = value!.DeepClone();

        Assert.NotNull(Problem(file.ToJsonString()));
        Assert.NotEmpty(TaskFileCheck.Find("a.json", Encoding.UTF8.GetBytes(file.ToJsonString()), []));
    }

    [Fact]
    public void All_faults_of_a_file_are_named_at_once()
    {
        const string content = """
            {
              "$schema": "./task.schema.json",
              "name": "Two Words", "kinds": ["picture"], "prompt": 7,
              "schema": { "type": "object", "properties": { "a": { "type": "text" } } },
              "sampling": { "temperature": 3, "topk": 1 }, "media": { "maxPages": 0 }
            }
            """;

        var faults = TaskFileCheck.Find("bad.json", Encoding.UTF8.GetBytes(content), []);

        Assert.Equal(
            ["#/schema/properties/a/type", "'/description", "'/kinds/0'", "'/media/maxPages'", "'/name'", "'/prompt'",
                "'/sampling/temperature'", "'/sampling/topk'"],
            faults.Select(fault => fault.StartsWith('#')
                ? fault.Split(':')[0]
                : fault.Contains("'description' is missing") ? "'/description" : fault.Split("at ")[1].Split(',')[0])
                .Order(StringComparer.Ordinal));
    }

    private static string? Problem(string content) =>
        Schema.Validate(Parse(content)) is [var first, ..] ? $"{first}" : null;

    private static JsonObject Properties(string section) =>
        JsonNode.Parse(TaskFileSchema.Write())!["properties"]![section]!["properties"]!.AsObject();

    private static JsonElement Parse(string content) => JsonDocument.Parse(
        content, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }).RootElement;
}
