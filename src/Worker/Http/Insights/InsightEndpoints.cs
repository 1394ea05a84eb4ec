using Microsoft.Net.Http.Headers;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Searching;
using Qwen35Batch.Pipeline.Viewing;
using Qwen35Batch.Worker.Reviews;

namespace Qwen35Batch.Worker.Http.Insights;

/// <summary>Insights: in lists, by what is in them, and one by one.</summary>
internal static class InsightEndpoints
{
    private const int Most = 200;

    public static void MapInsights(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/insights", ListAsync).Produces<InsightListReply>();
        routes.MapGet("/insights/{id:long}", GetAsync).Produces<InsightReply>();
        routes.MapGet("/insights/{id:long}/text", TextAsync).Produces<ShownText>();
    }

    public static IResult Missing(long id) =>
        Results.Problem($"There is no insight {id}.", statusCode: StatusCodes.Status404NotFound, title: "Not found");

    public static IResult Gone(MediaGoneException gone) =>
        Results.Problem(gone.Message, statusCode: StatusCodes.Status410Gone, title: "The media are gone");

    private static async Task<IResult> ListAsync(
        Ledger ledger, string? q, string? task, string? source, string? corpus, double? below, bool? reviewed, Guid? job, int? count,
        long? next, CancellationToken cancellationToken)
    {
        if (below is not (null or > 0 and <= 1)) return Invalid("below", $"is {below}; it takes a number above 0 and up to 1.");
        if (count is < 1 or > Most) return Invalid("count", $"is {count}; it takes 1 to {Most}.");
        SearchQuery? query = null;
        if (q is not null)
        {
            try
            {
                query = SearchQuery.Read(q);
            }
            catch (FormatException problem)
            {
                return Invalid("q", problem.Message);
            }
        }

        var filter = new InsightFilter
        {
            Jobs = new() { Task = task, SourceContains = source, Corpus = corpus, JobIds = job is { } id ? [id] : null },
            Query = query,
            Below = below,
            IsReviewed = reviewed,
        };
        return Results.Ok(await InsightListReply.ReadAsync(filter, count ?? 50, next, ledger.Reading, cancellationToken));
    }

    private static async Task<IResult> GetAsync(
        long id, HttpContext context, Ledger ledger, MediaViewer viewer, AnswerSchemas schemas, CancellationToken cancellationToken)
    {
        if (await InsightReply.ReadAsync(id, ledger, viewer, schemas, cancellationToken) is not { } insight) return Missing(id);
        context.Response.Headers.ETag = ReviewEndpoints.Tag(insight.Revision);
        context.Response.Headers[HeaderNames.CacheControl] = "no-cache";
        return Results.Ok(insight);
    }

    private static async Task<IResult> TextAsync(
        long id, int? segment, Ledger ledger, MediaViewer viewer, CancellationToken cancellationToken)
    {
        if (await ledger.Reading.GetInsightAsync(id, cancellationToken) is not { Media: { } media } insight) return Missing(id);
        try
        {
            return Results.Ok(await viewer.ReadTextAsync(
                media, insight.Record.Task, segment ?? insight.Record.Segment.Number, cancellationToken));
        }
        catch (MediaGoneException gone)
        {
            return Gone(gone);
        }
    }

    private static IResult Invalid(string field, string message) =>
        Results.ValidationProblem(new Dictionary<string, string[]> { [field] = [message] });
}
