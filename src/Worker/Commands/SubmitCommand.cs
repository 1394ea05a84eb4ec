using System.CommandLine;
using System.Runtime.CompilerServices;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Worker.Commands.Arguments;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Hosting;
using Qwen35Batch.Worker.Http;
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
        var server = new ServerArguments();
        var ask = new AskArguments();
        var job = new JobArguments();
        var host = new HostArguments();
        var command = new Command("submit", "Submits sources to a worker and returns at once; prints a job id and its source a line.")
        {
            sources
        };
        ask.AddTo(command);
        server.AddTo(command);
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
            var output = OutputArguments.Plain(result);
            var there = 0;
            await foreach (var (submission, submitted) in SubmitAsync(server, host, result, jobs, cancellationToken))
            {
                output.Out.WriteLine(Line(submission, submitted));
                if (submitted.Result != SubmitResult.Accepted) there++;
            }

            if (there > 0)
                output.Error.WriteLine($"{jobs.Count - there} of {jobs.Count} are new; the others were there already.");
            return leftOut.EndWith(0);
        });
        return command;
    }

    private static async IAsyncEnumerable<(SubmitJob Job, SubmissionReply Reply)> SubmitAsync(
        ServerArguments server, HostArguments host, ParseResult result, List<SubmitJob> jobs,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var client = server.Connect(host, result);
        if (client is null)
        {
            await foreach (var stored in StoreAsync(host, result, jobs, cancellationToken)) yield return stored;
            yield break;
        }

        foreach (var job in jobs)
        {
            var (_, reply) = await client.SendAsync<SubmissionReply>(HttpMethod.Post, "/jobs", job, cancellationToken);
            yield return (job, reply ?? new(job.JobId, SubmitResult.Conflict, JobState.Accepted));
        }
    }

    private static async IAsyncEnumerable<(SubmitJob Job, SubmissionReply Reply)> StoreAsync(
        HostArguments host, ParseResult result, List<SubmitJob> jobs, [EnumeratorCancellation] CancellationToken cancellationToken)
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
                yield return (job, new(stored.JobId, stored.Result, stored.State));
        }
    }

    private static string Line(SubmitJob job, SubmissionReply submitted) => submitted.Result switch
    {
        SubmitResult.Accepted => $"{submitted.JobId} {Name(job)}",
        SubmitResult.Duplicate => $"{submitted.JobId} {Name(job)} (the same job was there already: {Spelling.Of(submitted.State)})",
        _ => $"{submitted.JobId} {Name(job)} (this id or key belongs to another job; nothing was submitted)",
    };

    private static string Name(SubmitJob job) => QuestionTitle.Apply(job).Source;
}
