using Microsoft.AspNetCore.Mvc;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Worker.Messaging;

namespace Qwen35Batch.Worker.Http;

/// <summary>Messages that came over the bus and were not accepted: noted in the ledger, and where they lie.</summary>
internal static class MessageEndpoints
{
    private const int Most = 1_000;

    public static void MapMessages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/messages/refused", ListRefusedAsync);
        routes.MapGet("/messages/failed", ListFailedAsync);
        routes.MapPost("/messages/redrive", RedriveAsync);
    }

    private static async Task<IResult> ListRefusedAsync(SubmissionLedger ledger, int? skip, int? count, CancellationToken cancellationToken)
    {
        var problems = Problems(count);
        if (skip < 0) problems["skip"] = [$"is {skip}; it takes 0 or more."];
        if (problems.Count > 0) return Results.ValidationProblem(problems);
        var messages = await ledger.ListRejectedMessagesAsync(skip ?? 0, count ?? 100, cancellationToken);
        return Results.Ok(messages.Select(RefusedMessageReply.Of));
    }

    private static async Task<IResult> ListFailedAsync(FailedMessages messages, int? count, CancellationToken cancellationToken) =>
        Problems(count) is { Count: > 0 } problems
            ? Results.ValidationProblem(problems)
            : await AskAsync(async () => Results.Ok(await messages.ListAsync(count ?? 100, cancellationToken)));

    private static async Task<IResult> RedriveAsync(
        FailedMessages messages, [FromQuery] string[] id, bool? all, CancellationToken cancellationToken)
    {
        if (id.Length > 0 == (all == true))
        {
            return Results.ValidationProblem(new Dictionary<string, string[]>
            {
                ["id"] = ["Say which: id=… for one or more messages of /messages/failed, or all=true for all."],
            });
        }

        return await AskAsync(async () =>
            Results.Ok(new { redriven = await messages.RedriveAsync(id.Length > 0 ? id : null, cancellationToken) }));
    }

    private static async Task<IResult> AskAsync(Func<Task<IResult>> ask)
    {
        try
        {
            return await ask();
        }
        catch (BrokerUnavailableException away)
        {
            return Results.Problem(away.Message, statusCode: StatusCodes.Status503ServiceUnavailable, title: "The broker is away");
        }
    }

    private static Dictionary<string, string[]> Problems(int? count) =>
        count is < 1 or > Most ? new() { ["count"] = [$"is {count}; it takes 1 to {Most:N0}."] } : [];
}
