using System.Globalization;
using Microsoft.Net.Http.Headers;
using Qwen35Batch.Persistence.Reviews;
using Qwen35Batch.Worker.Http.Access;
using Qwen35Batch.Worker.Intake;
using Qwen35Batch.Worker.Reviews;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Http.Insights;

/// <summary><c>PUT /insights/{id}/reviews</c>: what a person says of an insight's fields.</summary>
internal static class ReviewEndpoints
{
    public static void MapReviews(this IEndpointRouteBuilder routes) =>
        routes.MapPut("/insights/{id:long}/reviews", ReviewAsync).Accepts<ReviewRequest>("application/json").Produces<StoredReview>();

    public static string Tag(int revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    private static async Task<IResult> ReviewAsync(
        long id, HttpContext context, InsightReviewing reviewing, CancellationToken cancellationToken)
    {
        if (!context.Request.HasJsonContentType())
        {
            return Results.Problem(
                "A review is JSON, with Content-Type: application/json.", statusCode: StatusCodes.Status415UnsupportedMediaType);
        }

        var (request, error) = await SubmissionJson.ReadAsync<ReviewRequest>(
            context.Request.Body, context.Request.ContentType, cancellationToken);
        if (request is null)
            return Results.ValidationProblem(new Dictionary<string, string[]> { [error!.Field] = [error.Message] }, "Nothing was stored.");
        if (BasedOn(context.Request.Headers.IfMatch, request.Revision, out var problem) is not { } basedOn) return problem!;

        var answer = await reviewing.ReviewAsync(id, basedOn, Caller.NameOf(context) ?? "local", request.Fields, cancellationToken);
        Failpoint.Reach(Failpoint.AfterReview);
        switch (answer)
        {
            case ReviewAnswer.Stored stored:
                context.Response.Headers.ETag = Tag(stored.Review.Revision);
                return Results.Ok(stored.Review);
            case ReviewAnswer.Overtaken overtaken:
                context.Response.Headers.ETag = Tag(overtaken.Newest.Revision);
                return Results.Problem(
                    overtaken.Sentence,
                    statusCode: StatusCodes.Status412PreconditionFailed,
                    title: "Somebody was faster",
                    extensions: new Dictionary<string, object?> { ["newest"] = overtaken.Newest });
            case ReviewAnswer.Invalid invalid:
                return Results.Problem(
                    invalid.Sentence,
                    statusCode: StatusCodes.Status422UnprocessableEntity,
                    title: "The corrected insight is not valid; nothing was stored",
                    extensions: new Dictionary<string, object?> { ["problems"] = invalid.Problems });
            default:
                return InsightEndpoints.Missing(id);
        }
    }

    private static int? BasedOn(string? match, int? revision, out IResult? problem)
    {
        problem = null;
        int? seen = null;
        if (!string.IsNullOrEmpty(match))
        {
            if (!EntityTagHeaderValue.TryParse(match, out var tag)
                || !int.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                problem = Bad($"If-Match is {match}; it takes the tag of the insight, such as \"0\".");
                return null;
            }

            seen = number;
        }

        if (revision is < 1 || (revision is { } next && seen is { } last && next != last + 1))
        {
            problem = Bad($"revision is {revision}; it takes the number that the review becomes: one more than If-Match.");
            return null;
        }

        if ((seen ?? revision - 1) is { } basedOn) return basedOn;
        problem = Results.Problem(
            "Say which revision you saw: If-Match with the tag of GET /insights/{id}.",
            statusCode: StatusCodes.Status428PreconditionRequired);
        return null;
    }

    private static IResult Bad(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest);
}
