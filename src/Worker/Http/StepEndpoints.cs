using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Steps;
using Qwen35Batch.Pipeline.Agents;
using Qwen35Batch.Pipeline.Agents.Steps;
using Qwen35Batch.Worker.Http.Access;
using Qwen35Batch.Worker.Intake;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Http;

/// <summary>The steps of agents' jobs: what they are, whether they may be done, and the files that they made.</summary>
internal static class StepEndpoints
{
    private const string Actor = "http";
    private const string Sandbox = "default-src 'none'; sandbox";

    public static void MapSteps(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/jobs/{id:guid}/steps", ListAsync);
        routes.MapPost("/jobs/{id:guid}/steps/{number:int}/approval", DecideAsync);
        routes.MapPost("/jobs/{id:guid}/steps/{number:int}/settlement", SettleAsync);
        routes.MapGet("/jobs/{id:guid}/artifacts", ArtifactsAsync);
        routes.MapGet("/jobs/{id:guid}/artifacts/{name}", ArtifactAsync);
    }

    private static async Task<IResult> ListAsync(Guid id, Ledger ledger, CancellationToken cancellationToken)
    {
        var steps = await ledger.Steps.ListAsync(id, cancellationToken);
        return steps.Count > 0 || await ledger.Reading.GetJobAsync(id, cancellationToken) is not null
            ? Results.Ok(steps)
            : Missing($"There is no job {id}.");
    }

    private static async Task<IResult> DecideAsync(
        Guid id, int number, HttpContext context, Ledger ledger, WorkSignals signals, CancellationToken cancellationToken)
    {
        var (decision, problem) = await ReadAsync(context, ["approve", "refuse"], cancellationToken);
        if (decision is null) return problem!;
        var outcome = await ledger.Steps.DecideAsync(
            id, number, decision.Verdict == "approve", decision.ArgumentsSha256!, Caller.NameOf(context) ?? Actor, cancellationToken);
        return Reply(outcome, id, number, signals);
    }

    /// <summary>What a person says of an effect that may or may not have happened.</summary>
    private static async Task<IResult> SettleAsync(
        Guid id, int number, HttpContext context, Ledger ledger, WorkSignals signals, CancellationToken cancellationToken)
    {
        var (decision, problem) = await ReadAsync(context, ["happened", "again", "skip"], cancellationToken);
        if (decision is null) return problem!;
        var verdict = Enum.Parse<StepVerdict>(decision.Verdict!, ignoreCase: true);
        var outcome = await ledger.Steps.SettleAsync(
            id, number, verdict, decision.ArgumentsSha256!, Caller.NameOf(context) ?? Actor, cancellationToken);
        return Reply(outcome, id, number, signals);
    }

    private static async Task<(Decision? Decision, IResult? Problem)> ReadAsync(
        HttpContext context, string[] words, CancellationToken cancellationToken)
    {
        var (decision, error) = await SubmissionJson.ReadAsync<Decision>(
            context.Request.Body, context.Request.ContentType, cancellationToken);
        if (decision is null) return (null, Invalid(error!.Field, error.Message));
        if (decision.Verdict is not { } said || !words.Contains(said, StringComparer.Ordinal))
        {
            var taken = $"{string.Join(", ", words[..^1].Select(word => $"'{word}'"))} or '{words[^1]}'";
            return (null, Invalid("decision", $"is '{decision.Verdict}'; it takes {taken}."));
        }

        return decision.ArgumentsSha256 is { Length: 64 }
            ? (decision, null)
            : (null, Invalid("arguments_sha", "is missing; it takes the argumentsSha256 of the step, so that nothing else is decided on."));
    }

    private static IResult Reply(StepDecision outcome, Guid id, int number, WorkSignals signals)
    {
        if (outcome == StepDecision.Taken) signals.Segments.Set();
        return outcome switch
        {
            StepDecision.Taken => Results.NoContent(),
            StepDecision.Missing => Missing($"Job {id} has no step {number}."),
            StepDecision.OtherArguments => Conflict(
                $"Step {number} has other arguments than those that were decided on; look at it again. Nothing was changed."),
            _ => Conflict($"Step {number} does not wait for such a decision, or another one was made. Nothing was changed."),
        };
    }

    private static async Task<IResult> ArtifactsAsync(Guid id, Ledger ledger, CancellationToken cancellationToken) =>
        Results.Ok(StepArtifacts.Of(await ledger.Steps.ListAsync(id, cancellationToken)));

    private static async Task<IResult> ArtifactAsync(
        Guid id, string name, HttpContext context, Ledger ledger, ArtifactStore store, CancellationToken cancellationToken)
    {
        var artifact = StepArtifacts.Of(await ledger.Steps.ListAsync(id, cancellationToken)).FirstOrDefault(each => each.Name == name);
        if (artifact is null) return Missing($"Job {id} made no file '{name}'.");
        if (store.Find(id, name) is not { } path)
        {
            return Missing(
                $"The file '{name}' of job {id} lies in the data folder of another worker, or was deleted. Ask that worker, or let all "
                + "workers of a ledger share one data folder.");
        }

        context.Response.Headers.ContentSecurityPolicy = Sandbox;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.File(path, artifact.MediaType, name);
    }

    private static IResult Missing(string detail) =>
        Results.Problem(detail, statusCode: StatusCodes.Status404NotFound, title: "Not found");

    private static IResult Conflict(string detail) =>
        Results.Problem(detail, statusCode: StatusCodes.Status409Conflict, title: "Conflict");

    private static IResult Invalid(string field, string message) =>
        Results.ValidationProblem(new Dictionary<string, string[]> { [field] = [message] });

    /// <summary>A person's decision on a call.</summary>
    private sealed record Decision
    {
        [System.Text.Json.Serialization.JsonPropertyName("decision")]
        public string? Verdict { get; init; }

        [System.Text.Json.Serialization.JsonPropertyName("arguments_sha")]
        public string? ArgumentsSha256 { get; init; }
    }
}
