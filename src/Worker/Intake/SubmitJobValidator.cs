using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Worker.Intake;

/// <summary>Checks every field of a submission before anything is stored. The source is opened later, and checked again then.</summary>
internal sealed partial class SubmitJobValidator(TaskCatalog tasks, IOptions<AcquireOptions> acquire)
{
    public const int LongestKey = 200;
    private const int LongestSource = 2048;
    public const int LongestQuestion = 4000;
    public const int LongestTask = 100;

    public IReadOnlyList<FieldError> FindErrors(SubmitJob? job)
    {
        if (job is null) return [new("", "The submission is empty.")];

        var errors = new List<FieldError>();
        if (job.JobId == Guid.Empty) errors.Add(new("jobId", "is missing; it takes a UUID other than zero."));
        if (job.DedupeKey is { } key) CheckText("dedupeKey", key, LongestKey, errors);
        if (job.CorrelationId is { } correlation) CheckText("correlationId", correlation, LongestKey, errors);
        if (job.Question is { } question) CheckQuestion(job, question, errors);
        else if (tasks.TakesQuestion(job.Task ?? ""))
            errors.Add(new("question", $"is missing; the task '{job.Task}' is asked a question."));
        else if (CheckText("source", job.Source, LongestSource, errors)) CheckSource(job.Source, errors);
        if (CheckText("task", job.Task, LongestTask, errors) && !tasks.Knows(job.Task ?? ""))
            errors.Add(new("task", $"is '{job.Task}'; the tasks are {TaskNames()}."));
        if (job.Priority is < -100 or > 100) errors.Add(new("priority", $"is {job.Priority}; it takes -100 to 100."));
        if (JobOptionsCheck.Problem(job.Options ?? new()) is { } problem) errors.Add(new("options", problem));
        return errors;
    }

    /// <summary>Whether the task of this name is asked a question instead of being given media.</summary>
    public bool TakesQuestion(string task) => tasks.TakesQuestion(task);

    private void CheckQuestion(SubmitJob job, string question, List<FieldError> errors)
    {
        if (string.IsNullOrWhiteSpace(question))
            errors.Add(new("question", "is empty."));
        else if (question.Length > LongestQuestion)
            errors.Add(new("question", $"has {question.Length:N0} characters; at most {LongestQuestion:N0} are accepted."));
        else if (question.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
            errors.Add(new("question", "has control characters."));
        if (!string.IsNullOrEmpty(job.Source)) errors.Add(new("source", "is given beside a question; a job has one of the two."));
        if (tasks.Knows(job.Task ?? "") && !tasks.TakesQuestion(job.Task!))
        {
            var agents = tasks.List().Where(task => task.TakesQuestion).Select(task => $"'{task.Task.Name}'").ToList();
            errors.Add(
                new(
                    "task",
                    $"is '{job.Task}', which is asked no question; "
                        + (agents.Count == 0
                            ? "there is no task of an agent: put one into Tasks:Folder."
                            : $"those that are: {string.Join(", ", agents)}.")));
        }
    }

    /// <summary>Why no job can have a file as its source, as the end of a sentence; null when one can.</summary>
    public static string? PathProblem(string path) =>
        TextProblem(path, LongestSource) is { } problem ? $"its path {problem} Rename it." : null;

    private static bool CheckText(string field, string? value, int longest, List<FieldError> errors)
    {
        if (TextProblem(value, longest) is not { } problem) return true;
        errors.Add(new(field, problem));
        return false;
    }

    private static string? TextProblem(string? value, int longest) => value switch
    {
        null or "" => "is missing.",
        _ when string.IsNullOrWhiteSpace(value) => "is blank.",
        { Length: var length } when length > longest => $"has {length:N0} characters; at most {longest:N0} are accepted.",
        _ when value.Any(char.IsControl) => "has control characters.",
        _ => null,
    };

    private void CheckSource(string source, List<FieldError> errors)
    {
        var hasScheme = SchemeStart().IsMatch(source);
        if (!hasScheme && !Path.IsPathFullyQualified(source))
        {
            errors.Add(
                new("source", $"'{Shortened(source)}' is a relative path; it takes an absolute path, a file: URL or an https: URL."));
            return;
        }

        if (!hasScheme)
        {
            CheckLocal(source, errors);
            return;
        }

        if (!Uri.TryCreate(source, UriKind.Absolute, out var url))
        {
            errors.Add(new("source", $"'{Shortened(source)}' is not a URL that can be read."));
        }
        else if (url.IsFile && url.IsUnc)
        {
            errors.Add(new("source", "is a file: URL with a host; it takes one of this machine, such as file:///media/a.png."));
        }
        else if (url.IsFile)
        {
            CheckLocal(url.LocalPath, errors);
        }
        else if (url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && acquire.Value.AllowHttp))
        {
            errors.Add(
                new(
                    "source",
                    $"has the scheme '{url.Scheme}:'; it takes an absolute path, a file: URL or an https: "
                        + $"URL{(acquire.Value.AllowHttp ? ", or an http: URL" : "")}."));
        }
        else if (url.UserInfo.Length > 0)
        {
            errors.Add(new("source", "carries a user name or password; it takes a URL without, since the source is stored and shown."));
        }
    }

    private void CheckLocal(string path, List<FieldError> errors)
    {
        if (acquire.Value.AllowedRoots is not { } roots) return;
        if (roots.Count == 0)
        {
            errors.Add(
                new(
                    "source",
                    "is a local file, and this worker reads none; name the folders that it may read in Acquire:AllowedRoots, or start it "
                        + "with --allow <folder>."));
            return;
        }

        // A first look: the opened file is checked again, since a link can be exchanged meanwhile.
        if (!FolderScope.Contains(roots, path))
            errors.Add(new("source", $"'{Shortened(path)}' lies outside the folders of Acquire:AllowedRoots (symbolic links resolved)."));
    }

    private static string Shortened(string text) => text.Length <= 100 ? text : string.Concat(text.AsSpan(0, 100), "…");

    private string TaskNames() => string.Join(", ", tasks.List().Select(task => task.Task.Name).Append(TaskCatalog.Auto));

    // One letter before the colon is a drive on Windows, not a scheme.
    [GeneratedRegex("^[A-Za-z][A-Za-z0-9+.-]+:", RegexOptions.CultureInvariant)]
    private static partial Regex SchemeStart();
}
