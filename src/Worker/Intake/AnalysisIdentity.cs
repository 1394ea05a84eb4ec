using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;
using Qwen35Batch.Inference.Chat;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Worker.Intake;

/// <summary>What decides whether a file needs to be analysed again: its content, the task's version and the model.</summary>
internal sealed class AnalysisIdentity(TaskCatalog tasks, IChatClient model, IEnumerable<Qwen35EngineHost> engines)
{
    /// <summary>A task with its version. <c>auto</c> stands for all tasks: its version changes with any of theirs.</summary>
    public TaskReference Task(string name) => name == TaskCatalog.Auto
        ? new(TaskCatalog.Auto, Hash(string.Concat(tasks.List().Select(task => task.Task.Name + task.Task.Version)))[..12])
        : tasks.Resolve(name);

    /// <summary>The model: name and revision of the one in this process, else its name at the endpoint.</summary>
    public async System.Threading.Tasks.Task<string> ModelAsync(CancellationToken cancellationToken) => engines.FirstOrDefault() is { } engine
        ? await engine.ModelIdentityAsync(cancellationToken)
        : model.GetService<ChatClientMetadata>()?.DefaultModelId ?? "unknown";

    /// <summary>The same file, content, task, options and model are the same job, whenever they are submitted.</summary>
    public async System.Threading.Tasks.Task<string> DedupeKeyAsync(string source, string contentSha256, string task, JobOptions options, CancellationToken cancellationToken) =>
        "file:" + Hash(JsonSerializer.Serialize(new { source, contentSha256, Task = Task(task), options, Model = await ModelAsync(cancellationToken) }));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
