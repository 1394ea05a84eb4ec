using System.Reflection;
using System.Text;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tasks.Checks;
using Qwen35Batch.Pipeline.Tasks.Grants;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tests.Tasks;

public sealed class AgentTaskFileTests
{
    private static readonly KnownTool[] Tools =
        [new("web_search"), new("arxiv_search"), new("read_page"), new("insights"), new("write_report")];

    private static readonly string Repository = typeof(AgentTaskFileTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryFolder").Value!;

    [Fact]
    public void The_example_says_which_tools_with_which_limits_and_what_may_be_spent()
    {
        var task = Read(File.ReadAllText(Path.Combine(Repository, "samples", "agents", "research.json")));

        Assert.Empty(task.Kinds);
        Assert.Equal(new AgentBudget(40, 200_000, 30, 50_000_000), task.Agent!.Budget);
        Assert.Equal(["arxiv_search", "insights", "read_page", "web_search", "write_report"], task.Agent.Tools.Select(tool => tool.Name));
        Assert.Equal((4, 20), (task.Agent.Find("arxiv_search")!.MaxCalls, task.Agent.Find("arxiv_search")!.MaxResults));
        Assert.Equal(["arxiv.org", "*.ac.jp"], task.Agent.Find("read_page")!.Hosts);
        Assert.False(task.Agent.Find("web_search")!.IsRequired);
        Assert.Equal(["document"], task.Agent.Find("insights")!.Tasks);
        Assert.True(task.Agent.Trusts("arxiv.org"));
        Assert.False(task.Agent.Trusts("arxiv.org.example"));
    }

    [Theory]
    [InlineData("""{ "tools": { "shell": {} } }""", "'/tools/shell'")]
    [InlineData("""{ "tools": { "read_page": { "urls": "any" } } }""", "'/tools/read_page/urls'")]
    [InlineData("""{ "tools": { "read_page": { "hosts": ["a b"] } } }""", "'/tools/read_page/hosts/0'")]
    [InlineData("""{ "tools": { "read_page": { "approval": "maybe" } } }""", "'/tools/read_page/approval'")]
    [InlineData("""{ "tools": { "read_page": { "maxCals": 1 } } }""", "'/tools/read_page/maxCals'")]
    [InlineData("""{ "tools": { "read_page": { "allow": false } } }""", "'/tools'")]
    [InlineData("""{ "tools": { "read_page": {} }, "budget": { "steps": 7 } }""", "'/budget/steps'")]
    [InlineData("""{ "tools": { "read_page": {} }, "output": { "sections": "free" } }""", "'/output/sections'")]
    [InlineData("""{ "tools": { "read_page": {} }, "trust": ["a b"] }""", "'/trust/0'")]
    [InlineData("""{ "tools": { "read_page": {} }, "schema": {} }""", "'/schema'")]
    [InlineData("{}", "'tools' is missing")]
    public void What_is_wrong_is_named_by_its_pointer(string members, string place)
    {
        var problem = Assert.Throws<InvalidTaskException>(() => Read(Task(members)));

        Assert.Contains(place, problem.Message, StringComparison.Ordinal);
        var fault = Assert.Single(TaskFileCheck.Find("test.json", Encoding.UTF8.GetBytes(Task(members)), [], null, Tools));
        Assert.Contains(place, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_can_change_an_answer_is_another_version_and_how_it_is_laid_out_is_not()
    {
        var version = Read(Task("""{ "tools": { "read_page": {}, "insights": {} } }""")).Reference.Version;

        Assert.Equal(version, Read(Task("""{ "tools": { "insights": {},  "read_page": { "allow": true } } }""")).Reference.Version);
        Assert.NotEqual(version, Read(Task("""{ "tools": { "insights": {}, "read_page": { "maxCalls": 3 } } }""")).Reference.Version);
        Assert.NotEqual(
            version, Read(Task("""{ "tools": { "read_page": {}, "insights": {} }, "budget": { "steps": 9 } }""")).Reference.Version);
    }

    private static string Task(string members) =>
        $$"""{ "name": "study", "kind": "agent", "description": "Studies.", "prompt": "Study.", {{members.Trim()[1..].TrimStart(' ')}}""";

    private static AnalysisTask Read(string json) =>
        new TaskFile([], NoVocabularies.Instance, Tools).Read("test.json", Encoding.UTF8.GetBytes(json));
}
