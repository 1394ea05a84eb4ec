using System.Diagnostics.CodeAnalysis;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.History;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Worker.Http.Access;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Http;

/// <summary>What can be asked and done about jobs that are there.</summary>
internal static class JobEndpoints
{
    private const int MostJobs = 1_000;

    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/jobs", ListAsync);
        routes.MapGet("/jobs/reasons", () => Spelling.Names<RejectionReason>());
        routes.MapGet("/jobs/{id:guid}", GetAsync);
        routes.MapGet("/jobs/{id:guid}/insights", InsightsAsync);
        routes.MapGet("/jobs/{id:guid}/events", EventsAsync).Produces<IReadOnlyList<JobEvent>>();
        routes.MapGet("/quarantine", QuarantineAsync).Produces<IReadOnlyList<LedgerFailure>>();
        routes.MapDelete("/jobs/{id:guid}", CancelAsync);
        routes.MapPost("/jobs/{id:guid}/retry", RetryAsync);
    }

    private static async Task<IResult> ListAsync(
        Ledger ledger, string? state, string? task, string? correlationId, string? corpus, string? source, string? reason,
        DateTimeOffset? since, DateTimeOffset? until, double? below, int? count, long? next,
        CancellationToken cancellationToken)
    {
        if (below is not (null or > 0 and <= 1)) return Invalid("below", $"is {below}; it takes a number above 0 and up to 1.");
        if (count is < 1 or > MostJobs) return Invalid("count", $"is {count}; it takes 1 to {MostJobs:N0}.");

        var states = new List<JobState>();
        foreach (var name in (state ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Spelling.Read<JobState>(name) is not { } known)
                return Invalid("state", $"is '{name}'; it takes {string.Join(", ", Spelling.Names<JobState>())}, separated by commas.");
            states.Add(known);
        }

        if (!TryReadReason(reason, out var why, out var invalid)) return invalid;
        var filter = new JobFilter
        {
            Corpus = corpus,
            SourceContains = source,
            Reason = why,
            Since = since,
            Until = until,
            States = states.Count == 0 ? null : states,
            Task = task,
            CorrelationId = correlationId,
            Below = below,
        };
        return Results.Ok(await ledger.Reading.ListJobsAsync(filter, count ?? 100, next, cancellationToken));
    }

    /// <summary>Reads the reason of a failure from an address.</summary>
    /// <returns>False with the answer to what is none.</returns>
    public static bool TryReadReason(string? name, out RejectionReason? reason, [NotNullWhen(false)] out IResult? invalid)
    {
        reason = name is null ? null : Spelling.Read<RejectionReason>(name);
        invalid = name is null || reason is not null
            ? null
            : Invalid("reason", $"is '{name}'; it takes one of {string.Join(", ", Spelling.Names<RejectionReason>())}.");
        return invalid is null;
    }

    private static async Task<IResult> GetAsync(Guid id, Ledger ledger, CancellationToken cancellationToken) =>
        await ledger.Reading.GetJobAsync(id, cancellationToken) is { } job ? Results.Ok(job) : Missing(id);

    private static async Task<IResult> InsightsAsync(Guid id, Ledger ledger, CancellationToken cancellationToken) =>
        await ledger.Reading.GetJobAsync(id, cancellationToken) is null
            ? Missing(id)
            : Results.Ok(ledger.Reading.ExportAsync(new JobFilter { JobIds = [id], WithArchived = true }, cancellationToken));

    private static async Task<IResult> EventsAsync(Guid id, Ledger ledger, CancellationToken cancellationToken) =>
        await ledger.Reading.GetHistoryAsync(id, cancellationToken) is { } events ? Results.Ok(events) : Missing(id);

    private static async Task<IResult> QuarantineAsync(Ledger ledger, int? count, CancellationToken cancellationToken) =>
        count is < 1 or > MostJobs
            ? Invalid("count", $"is {count}; it takes 1 to {MostJobs:N0}.")
            : Results.Ok(await ledger.Reading.ListQuarantinedAsync(count ?? 100, cancellationToken));

    private static async Task<IResult> CancelAsync(
        Guid id, HttpContext context, Ledger ledger, WorkSignals signals, CancellationToken cancellationToken)
    {
        if (await ledger.Queue.CancelAsync(id, Caller.NameOf(context) ?? "http", cancellationToken))
        {
            // The next heartbeat finds the leases gone and stops the work: have it now.
            signals.Leases.Set();
            signals.Events.Set();
            return Results.NoContent();
        }

        return await ledger.Reading.GetJobAsync(id, cancellationToken) is { } job
            ? Conflict(id, $"The job has ended already, as {Spelling.Of(job.Job.State)}.")
            : Missing(id);
    }

    private static async Task<IResult> RetryAsync(
        Guid id, HttpContext context, Ledger ledger, WorkSignals signals, CancellationToken cancellationToken)
    {
        var retried = await ledger.Queue.RetryAsync(id, Caller.NameOf(context) ?? "http", cancellationToken);
        if (retried > 0)
        {
            signals.Jobs.Set();
            signals.Segments.Set();
            return Results.Accepted($"/jobs/{id}", new { jobId = id, retried });
        }

        return await ledger.Reading.GetJobAsync(id, cancellationToken) is { } job
            ? Conflict(id, $"The job is {Spelling.Of(job.Job.State)} and lacks nothing that could be retried.")
            : Missing(id);
    }

    private static IResult Missing(Guid id) =>
        Results.Problem($"There is no job {id}.", statusCode: StatusCodes.Status404NotFound, title: "Not found");

    private static IResult Conflict(Guid id, string detail) =>
        Results.Problem(
            detail,
            statusCode: StatusCodes.Status409Conflict,
            title: "Conflict",
            extensions: new Dictionary<string, object?> { ["jobId"] = id });

    private static IResult Invalid(string field, string message) =>
        Results.ValidationProblem(new Dictionary<string, string[]> { [field] = [message] });
}
