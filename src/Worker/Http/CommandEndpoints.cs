using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Worker.Files;
using Qwen35Batch.Worker.Http.Access;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Http;

/// <summary>What commands with <c>--server</c> ask beside the rest of the interface.</summary>
internal static class CommandEndpoints
{
    private const int MostIds = 5;
    private const string JsonLines = "application/x-ndjson";

    public static void MapCommands(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/status", StatusReply.ReadAsync);
        routes.MapGet("/jobs/ids/{part}", FindIdsAsync);
        routes.MapPost("/jobs/retry", RetryFailedAsync);
        routes.MapGet("/export", Export).Produces<InsightRecord>(StatusCodes.Status200OK, JsonLines);
    }

    private static async Task<IResult> FindIdsAsync(string part, ReadingLedger ledger, CancellationToken cancellationToken) =>
        JobIdPart.Read(part) is { } read
            ? Results.Ok(await ledger.FindIdsAsync(read, MostIds, cancellationToken))
            : Results.ValidationProblem(new Dictionary<string, string[]>
            {
                ["part"] = [$"is '{part}'; it takes {JobIdPart.Shortest} or more hexadecimal digits of an id's beginning or end."],
            });

    private static async Task<IResult> RetryFailedAsync(
        string? reason, HttpContext context, Ledger ledger, WorkSignals signals, CancellationToken cancellationToken)
    {
        if (!JobEndpoints.TryReadReason(reason, out var why, out var invalid)) return invalid;
        var retried = await ledger.Queue.RetryFailedAsync(JobFilter.All, why, Caller.NameOf(context) ?? "http", cancellationToken);
        signals.Jobs.Set();
        signals.Segments.Set();
        return Results.Ok(new { retried });
    }

    /// <summary>The lines of <c>export</c>: the reply has begun when a fault comes, and is cut off then.</summary>
    private static IResult Export(string? task, string? source, ReadingLedger ledger) => Results.Stream(
        async stream =>
        {
            var filter = new JobFilter { Task = task, SourceContains = source };
            await foreach (var insight in ledger.ExportAsync(filter, CancellationToken.None))
            {
                await JsonSerializer.SerializeAsync(stream, insight, InsightFile.Json);
                await stream.WriteAsync("\n"u8.ToArray());
            }
        },
        JsonLines);
}
