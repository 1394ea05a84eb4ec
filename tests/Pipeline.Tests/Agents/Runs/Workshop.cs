using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Pipeline.Tasks.Grants;

namespace Qwen35Batch.Pipeline.Tests.Agents.Runs;

/// <summary>A pipeline with a task of an agent, tools of the test, and a scripted model; built anew for each process of a job.</summary>
internal sealed class Workshop : IDisposable
{
    public string Question { get; init; } = "How many layers does it have?";

    public string Folder { get; } = Directory.CreateTempSubdirectory("agents-").FullName;

    public IReadOnlyList<IAgentTool> Tools { get; init; } = [];

    /// <summary>The members of the task beside its name and prompt.</summary>
    public string Members { get; init; } = """
        "tools": { "lookup": {}, "notify": {}, "write_report": {} }
        """;

    public IReadOnlyList<(string Key, string Value)> Settings { get; init; } = [];

    public Guid JobId { get; } = Guid.NewGuid();

    public string Artifacts => Path.Combine(Folder, "data", "artifacts", JobId.ToString("N"));

    /// <summary>What looking something up gives: one entry with an address.</summary>
    public static ToolResult Found(string text = "The model has 7 layers.", string address = "https://example.org/paper") =>
        new($"1 result:\n\n1. A paper\n{address}\n{text}") { Addresses = [new(new(address), "A paper")], Bytes = 100 };

    public static (string Tool, (string Name, object Value)[] Arguments) Call(string tool, params (string, object)[] arguments) =>
        (tool, arguments);

    /// <summary>One process: plans and works on the job.</summary>
    public async Task<StageOutcome> RunAsync(
        IChatClient model, IStepLog log, string language = "en", CancellationToken? killed = null)
    {
        await using var services = Services(model);
        var pipeline = services.GetRequiredService<AnalysisPipeline>();
        var cancel = killed ?? TestContext.Current.CancellationToken;
        var plan = Assert.IsType<StageOutcome.Planned>(await pipeline.PlanAsync(
            new(JobId, "the question", "study", new() { Language = language }) { Question = Question }, cancel));
        return await pipeline.AnalyseAsync(
            new()
            {
                JobId = JobId,
                Source = "the question",
                Media = plan.Media,
                Task = plan.Task,
                Options = new() { Language = language },
                Segment = Assert.Single(plan.Segments),
                Question = Question,
            },
            cancel,
            steps: log);
    }

    public ServiceProvider Services(IChatClient model)
    {
        var tasks = Directory.CreateDirectory(Path.Combine(Folder, "tasks")).FullName;
        File.WriteAllText(
            Path.Combine(tasks, "study.json"),
            $$"""{ "name": "study", "kind": "agent", "description": "Studies.", "prompt": "Study the question.", {{Members}} }""");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                Settings.Append(("Acquire:DataFolder", Path.Combine(Folder, "data"))).Append(("Tasks:Folder", tasks))
                    .ToDictionary(setting => setting.Item1, setting => (string?)setting.Item2))
            .Build();
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging()
            .AddSingleton<IMeterFactory, TestMeterFactory>()
            .AddSingleton(model);
        foreach (var tool in Tools) services.AddSingleton(tool).AddSingleton(new KnownTool(tool.Name));
        return services.AddPipeline(configuration)
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
