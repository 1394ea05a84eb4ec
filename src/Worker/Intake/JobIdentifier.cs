using System.Security.Cryptography;
using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Worker.Availability;

namespace Qwen35Batch.Worker.Intake;

/// <summary>Tells what makes a submission the same job as another: the same for every door.</summary>
internal sealed class JobIdentifier(TaskCatalog tasks, IEngine engine, ContentHash content)
{
    private string? _model;

    /// <param name="job">A submission without errors.</param>
    /// <param name="contentSha256">Its content's hash where that is known; null to read it.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<JobIdentity> IdentifyAsync(SubmitJob job, string? contentSha256, CancellationToken cancellationToken) => new()
    {
        Source = job.Source ?? "",
        ContentSha256 = job.Question is null ? contentSha256 ?? await content.OfAsync(job.Source ?? "", cancellationToken) : null,
        Question = job.Question,
        Task = TaskOf(job.Task),
        Model = _model ??= await engine.ModelIdentityAsync(cancellationToken),
        Options = job.Options ?? new(),
    };

    /// <summary>A task with its version. <c>auto</c> stands for all tasks: its version changes with any of theirs.</summary>
    private TaskReference TaskOf(string name) => name == TaskCatalog.Auto
        ? new(TaskCatalog.Auto, Hash(string.Concat(tasks.List().Select(task => task.Task.Name + task.Task.Version)))[..12])
        : tasks.Resolve(name);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
