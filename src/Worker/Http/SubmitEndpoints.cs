using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Worker.Intake;

namespace Qwen35Batch.Worker.Http;

/// <summary><c>POST /jobs</c> and <c>POST /jobs/batch</c>.</summary>
internal static class SubmitEndpoints
{
    public static void MapSubmissions(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/jobs", SubmitAsync);
        routes.MapPost("/jobs/batch", SubmitBatchAsync);
    }

    private static async Task<IResult> SubmitAsync(HttpRequest request, JobIntake intake, CancellationToken cancellationToken)
    {
        var (job, error) = await SubmissionJson.ReadAsync<SubmitJob>(
            request.Body, request.ContentType, cancellationToken);
        if (job is null) return Invalid([error!]);

        var outcome = await intake.SubmitAsync(WithId(job), cancellationToken);
        if (outcome.Errors.TryGetValue(0, out var errors)) return Invalid(errors);

        var (result, id, state) = outcome.Outcomes[0];
        var reply = new SubmissionReply(id, result, state);
        return result switch
        {
            SubmitResult.Accepted => Results.Accepted($"/jobs/{id}", reply),
            SubmitResult.Duplicate => Results.Ok(reply),
            _ => Results.Problem(
                $"Job {id} has the same id or dedupe key and another source, task or options; nothing was changed.",
                statusCode: StatusCodes.Status409Conflict,
                title: "Conflict",
                extensions: new Dictionary<string, object?> { ["jobId"] = id }),
        };
    }

    private static async Task<IResult> SubmitBatchAsync(
        HttpRequest request, JobIntake intake, IOptions<HttpOptions> options, CancellationToken cancellationToken)
    {
        var (jobs, error) = await SubmissionJson.ReadAsync<List<SubmitJob>>(
            request.Body, request.ContentType, cancellationToken);
        if (jobs is null) return Invalid([error!]);
        if (jobs.Count == 0) return Invalid([new("", "The batch is empty.")]);
        if (jobs.Count > options.Value.MaxBatch)
            return Invalid([new("", $"The batch has {jobs.Count:N0} jobs; at most {options.Value.MaxBatch:N0} are accepted.")]);

        var outcome = await intake.SubmitManyAsync(jobs.ConvertAll(WithId), cancellationToken);
        if (outcome.Errors.Count > 0)
        {
            return Invalid(outcome.Errors
                .SelectMany(item => item.Value.Select(field => field with { Field = $"[{item.Key}].{field.Field}" }))
                .ToList());
        }

        return Results.Accepted(value: outcome.Outcomes.Select(item => new SubmissionReply(item.JobId, item.Result, item.State)).ToList());
    }

    /// <summary>Over HTTP the answer tells the id, so that it may be left to us; a message has no answer and must bring its own.</summary>
    private static SubmitJob WithId(SubmitJob job) =>
        job is { JobId: var id } && id == Guid.Empty ? job with { JobId = Guid.CreateVersion7() } : job;

    private static IResult Invalid(IReadOnlyList<FieldError> errors) => Results.ValidationProblem(
        errors.GroupBy(error => error.Field).ToDictionary(group => group.Key, group => group.Select(error => error.Message).ToArray()),
        detail: "Nothing was stored.");
}
