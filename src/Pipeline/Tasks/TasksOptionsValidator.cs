using Microsoft.Extensions.Options;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>Reads every task when the host starts, so that a bad file stops the start and not the first job.</summary>
internal sealed class TasksOptionsValidator(IEnumerable<SchemaSupport> engines) : IValidateOptions<TasksOptions>
{
    public ValidateOptionsResult Validate(string? name, TasksOptions options)
    {
        try
        {
            _ = new TaskCatalog(Options.Create(options), engines);
            return ValidateOptionsResult.Success;
        }
        catch (Exception problem) when (problem is InvalidTaskException or IOException or UnauthorizedAccessException)
        {
            return ValidateOptionsResult.Fail(problem.Message);
        }
    }
}
