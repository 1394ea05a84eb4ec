using Qwen35Batch.Contracts;
using Qwen35Batch.Worker.Intake;

namespace Qwen35Batch.Worker.Corpora;

/// <summary>The jobs of a corpus.</summary>
internal static class CorpusJobs
{
    public static SubmitJob For(string name, CorpusOptions corpus, string file) => new()
    {
        JobId = Guid.CreateVersion7(),
        Source = file,
        Task = corpus.Task,
        Options = new() { Language = corpus.Language },
        Priority = corpus.Priority,
        CorrelationId = $"corpus:{name}",
    };

    /// <summary>The job of a question of a corpus.</summary>
    public static SubmitJob Asking(string name, CorpusOptions corpus, CorpusQuestion question)
    {
        var job = For(name, corpus, "");
        return job with
        {
            Question = question.Question,
            Options = job.Options with { Language = question.Language ?? job.Options.Language },
        };
    }

    /// <summary>Why every job of a corpus would be refused at the door, each naming the setting; empty when none would.</summary>
    public static IEnumerable<string> Problems(string name, CorpusOptions corpus, SubmitJobValidator validator) =>
        validator.FindErrors(
            validator.TakesQuestion(corpus.Task)
                ? Asking(name, corpus, new("?", null))
                : For(name, corpus, Path.Combine(Path.GetFullPath(corpus.Folder), "file")))
            .Select(error => $"{CorporaOptions.Section}:{name}:{KeyOf(error.Field)}: the {error.Field} of every job {error.Message}");

    private static string KeyOf(string field) => field switch
    {
        "source" => nameof(CorpusOptions.Folder),
        "task" => nameof(CorpusOptions.Task),
        "options" => nameof(CorpusOptions.Language),
        "priority" => nameof(CorpusOptions.Priority),
        _ => field,
    };
}
