using System.CommandLine;
using System.Net;
using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Hosting;
using Qwen35Batch.Worker.Intake;
using Qwen35Batch.Worker.Run;

namespace Qwen35Batch.Worker.Commands;

/// <summary>
/// <c>submit</c>: hands sources to a worker that runs elsewhere, through its HTTP interface or through the ledger that it works on.
/// </summary>
internal static class SubmitCommand
{
    private const int ChunkSize = 100;

    public static Command Create()
    {
        var sources = new Argument<string[]>("sources")
        {
            Description = "Files, folders, globs, or https URLs, as the worker sees them.",
            Arity = ArgumentArity.ZeroOrMore
        };
        var server = new Option<string?>("--server")
        {
            Description = "The worker's address, such as http://127.0.0.1:5080; without it, the jobs are written into the ledger.",
            HelpName = "url"
        };
        var ask = new AskArguments();
        var job = new JobArguments();
        var host = new HostArguments();
        var command = new Command("submit", "Submits sources to a worker and returns at once; prints a job id and its source a line.")
        {
            sources,
            server
        };
        ask.AddTo(command);
        job.AddTo(command);
        host.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            ask.Require(result, result.GetValue(sources)!);
            var leftOut = new LeftOutFiles();
            var given = SourceExpansion.Expand(result.GetValue(sources)!, leftOut.Add).Select(source => (source, (string?)null))
                .Concat(ask.Questions(result).Select(question => ("", (string?)question)));
            var jobs = given.Select(each => new SubmitJob
            {
                JobId = Guid.CreateVersion7(),
                Source = each.Item1,
                Question = each.Item2,
                Task = job.Task(result),
                Options = job.Options(result),
                Priority = job.Priority(result),
                Again = job.Again(result),
            }).ToList();
            if (result.GetValue(server) is { } address) await SendAsync(Address(address), jobs, cancellationToken);
            else await StoreAsync(host, result, jobs, cancellationToken);
            return leftOut.EndWith(0);
        });
        return command;
    }

    private static async Task SendAsync(Uri server, List<SubmitJob> jobs, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = server };
        foreach (var job in jobs)
        {
            using var answer = await client.PostAsJsonAsync("/jobs", job, cancellationToken);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                throw new LedgerUnavailableException(null, $"{server} answers: {await ReasonAsync(answer, cancellationToken)}", null);
            if (!answer.IsSuccessStatusCode)
                throw new CommandException($"{server} refused {Name(job)}: {await ReasonAsync(answer, cancellationToken)}");
            var submitted = await answer.Content.ReadFromJsonAsync<Submitted>(cancellationToken);
            Print(job, submitted!);
        }
    }

    private static async Task StoreAsync(HostArguments host, ParseResult result, List<SubmitJob> jobs, CancellationToken cancellationToken)
    {
        using var tools = WorkerComposition.BuildLedgerOnly(host.Read(result));
        await tools.Services.GetRequiredService<LedgerMigrator>().MigrateAsync(cancellationToken);
        var intake = tools.Services.GetRequiredService<JobIntake>();
        foreach (var chunk in jobs.Chunk(ChunkSize))
        {
            var outcome = await intake.SubmitManyAsync(chunk, cancellationToken);
            if (outcome.Errors.Count > 0)
            {
                throw new CommandException(
                    string.Join(
                        Environment.NewLine,
                        outcome.Errors.SelectMany(error => error.Value.Select(field => $"{Name(chunk[error.Key])}: {field}"))));
            }

            foreach (var (job, stored) in chunk.Zip(outcome.Outcomes))
                Print(job, new(stored.JobId, stored.Result, stored.State));
        }
    }

    private static void Print(SubmitJob job, Submitted submitted) => Console.WriteLine(submitted.Result switch
    {
        SubmitResult.Accepted => $"{submitted.JobId} {Name(job)}",
        SubmitResult.Duplicate => $"{submitted.JobId} {Name(job)} (the same job was there already: {submitted.State})",
        _ => $"{submitted.JobId} {Name(job)} (this id or key belongs to another job; nothing was submitted)",
    });

    private static string Name(SubmitJob job) => QuestionTitle.Apply(job).Source;

    /// <summary>The sentences of a ProblemDetails, or the body as it is.</summary>
    private static async Task<string> ReasonAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            var problem = JsonSerializer.Deserialize<Refusal>(body, JsonSerializerOptions.Web);
            var sentences = problem?.Errors?.SelectMany(field => field.Value.Select(sentence => $"{field.Key}: {sentence}")).ToList() ?? [];
            return sentences.Count > 0
                ? string.Join(' ', sentences)
                : problem?.Detail ?? problem?.Title ?? $"HTTP {(int)answer.StatusCode}";
        }
        catch (JsonException)
        {
            return $"HTTP {(int)answer.StatusCode} {body}";
        }
    }

    private static Uri Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        ? url
        : throw new CommandException($"--server takes the worker's address, such as http://127.0.0.1:5080; '{text}' is none.");

    private sealed record Submitted(Guid JobId, SubmitResult Result, JobState State);

    private sealed record Refusal(string? Title, string? Detail, Dictionary<string, string[]>? Errors);
}
