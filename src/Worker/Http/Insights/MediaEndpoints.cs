using System.Globalization;
using Microsoft.Net.Http.Headers;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence;
using Qwen35Batch.Pipeline.Viewing;

namespace Qwen35Batch.Worker.Http.Insights;

/// <summary>
/// Stored media for a person to look at: only those that a job of the ledger names, and only as what they were found to be. Whatever a file
/// says of itself, a browser runs nothing of it.
/// </summary>
internal static class MediaEndpoints
{
    private const string Sandbox = "default-src 'none'; sandbox";
    private const int DefaultWidth = 1_200;

    // What browsers play or show, and what cannot carry script. Everything else is a download.
    private static readonly HashSet<string> Playable = new(StringComparer.Ordinal)
    {
        "image/png", "image/jpeg", "image/webp", "image/gif", "video/mp4", "video/webm", "video/quicktime", "video/x-matroska", "video/ogg",
        "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/x-wav", "audio/flac", "audio/aac", "audio/webm",
    };

    public static void MapMedia(this IEndpointRouteBuilder routes)
    {
        var media = routes.MapGroup("/media/{sha256:length(64):regex(^[0-9a-f]*$)}");
        media.MapGet("/pages/{page:int}", PageAsync);
        media.MapGet("/frames/{milliseconds:long}", FrameAsync);
        media.MapGet("/words/{page:int}", WordsAsync).Produces<IReadOnlyList<ShownWord>>();
        media.MapGet("/content", ContentAsync);
    }

    private static Task<IResult> PageAsync(
        string sha256, int page, int? width, HttpContext context, Ledger ledger, MediaViewer viewer, CancellationToken cancellationToken) =>
        ShowAsync(sha256, width, context, ledger, async (media, most) =>
        {
            if (media.Kind is not (MediaKind.Image or MediaKind.Pdf))
                return Missing($"The media are {Name(media)} and have no pages to be drawn.");
            var pages = media.PageCount ?? 1;
            if (page < 1 || page > pages) return Missing($"There is no page {page}: the media have {pages}.");
            return Picture(context, await viewer.ShowPageAsync(media, page, most, cancellationToken), $"{sha256}-p{page}-{most}");
        }, cancellationToken);

    private static Task<IResult> FrameAsync(
        string sha256, long milliseconds, int? width, HttpContext context, Ledger ledger, MediaViewer viewer,
        CancellationToken cancellationToken) =>
        ShowAsync(sha256, width, context, ledger, async (media, most) =>
        {
            if (media.Kind != MediaKind.Video) return Missing($"The media are {Name(media)} and have no frames.");
            var seconds = milliseconds / 1000.0;
            if (milliseconds < 0 || seconds > media.DurationSeconds)
            {
                return Missing(string.Create(
                    CultureInfo.InvariantCulture, $"There is no frame at {seconds} s: the video has {media.DurationSeconds} s."));
            }

            var frame = await viewer.ShowFrameAsync(media, seconds, most, cancellationToken);
            return Picture(context, frame, $"{sha256}-f{milliseconds}-{most}");
        }, cancellationToken);

    private static Task<IResult> WordsAsync(
        string sha256, int page, HttpContext context, Ledger ledger, MediaViewer viewer, CancellationToken cancellationToken) =>
        ShowAsync(sha256, null, context, ledger, async (media, _) =>
        {
            if (media.Kind != MediaKind.Pdf) return Results.Ok(Array.Empty<ShownWord>());
            if (page < 1 || page > (media.PageCount ?? 1)) return Missing($"There is no page {page}: the media have {media.PageCount}.");
            return Results.Ok(await viewer.ReadWordsAsync(media, page, cancellationToken));
        }, cancellationToken);

    private static Task<IResult> ContentAsync(
        string sha256, HttpContext context, Ledger ledger, MediaViewer viewer, CancellationToken cancellationToken) =>
        ShowAsync(sha256, null, context, ledger, (media, _) => Task.FromResult(
            viewer.PathOf(media) is { } path
                ? Results.File(
                    path,
                    Playable.Contains(media.MediaType) ? media.MediaType : "application/octet-stream",
                    Playable.Contains(media.MediaType) ? null : $"{sha256}.bin",
                    entityTag: new EntityTagHeaderValue($"\"{sha256}\""),
                    enableRangeProcessing: true)
                : InsightEndpoints.Gone(new MediaGoneException("The media are no longer in this worker's store."))), cancellationToken);

    private static async Task<IResult> ShowAsync(
        string sha256, int? width, HttpContext context, Ledger ledger, Func<MediaDescription, int, Task<IResult>> show,
        CancellationToken cancellationToken)
    {
        if (width is < MediaViewer.LeastWidth or > MediaViewer.MostWidth)
        {
            return Results.ValidationProblem(new Dictionary<string, string[]>
            {
                ["width"] = [$"is {width}; it takes {MediaViewer.LeastWidth} to {MediaViewer.MostWidth}."],
            });
        }

        if (await ledger.Reading.GetMediaAsync(sha256, cancellationToken) is not { } media)
            return Missing("No job of this ledger has media with this hash.");
        context.Response.Headers.ContentSecurityPolicy = Sandbox;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        try
        {
            return await show(media, width ?? DefaultWidth);
        }
        catch (MediaGoneException gone)
        {
            return InsightEndpoints.Gone(gone);
        }
    }

    private static IResult Picture(HttpContext context, ShownPicture picture, string name)
    {
        // By its content's hash: what is named so never changes.
        context.Response.Headers.CacheControl = "private, max-age=86400";
        return Results.File(picture.Content, picture.MediaType, entityTag: new EntityTagHeaderValue($"\"{name}\""));
    }

    private static string Name(MediaDescription media) => media.Kind.ToString().ToLowerInvariant();

    private static IResult Missing(string detail) =>
        Results.Problem(detail, statusCode: StatusCodes.Status404NotFound, title: "Not found");
}
