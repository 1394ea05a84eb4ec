using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Tasks.Grants;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>Reads every task when the host starts, so that a bad file stops the start and not the first job.</summary>
internal sealed class TasksOptionsValidator(
    IEnumerable<SchemaSupport> engines, IVocabularies vocabularies, IEnumerable<KnownTool> tools) : IValidateOptions<TasksOptions>
{
    public ValidateOptionsResult Validate(string? name, TasksOptions options)
    {
        try
        {
            // Lists that no task refers to are read as well: what is given is checked.
            _ = vocabularies.Names;
            _ = new TaskCatalog(Options.Create(options), engines, vocabularies, tools);
            return ValidateOptionsResult.Success;
        }
        catch (Exception problem)
            when (problem is InvalidTaskException or VocabularyException or IOException or UnauthorizedAccessException)
        {
            return ValidateOptionsResult.Fail(problem.Message);
        }
    }
}
