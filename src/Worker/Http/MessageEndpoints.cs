using Qwen35Batch.Persistence.Submissions;

namespace Qwen35Batch.Worker.Http;

/// <summary>Messages that came over the bus and were not accepted.</summary>
internal static class MessageEndpoints
{
    private const int Most = 1_000;

    public static void MapMessages(this IEndpointRouteBuilder routes) => routes.MapGet("/messages/refused", ListAsync);

    private static async Task<IResult> ListAsync(SubmissionLedger ledger, int? skip, int? count, CancellationToken cancellationToken)
    {
        var problems = new Dictionary<string, string[]>();
        if (count is < 1 or > Most) problems["count"] = [$"is {count}; it takes 1 to {Most:N0}."];
        if (skip < 0) problems["skip"] = [$"is {skip}; it takes 0 or more."];
        if (problems.Count > 0) return Results.ValidationProblem(problems);
        var messages = await ledger.ListRejectedMessagesAsync(skip ?? 0, count ?? 100, cancellationToken);
        return Results.Ok(messages.Select(RefusedMessageReply.Of));
    }
}
