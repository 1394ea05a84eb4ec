using NetVips;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Extract.Clips;
using Qwen35Batch.Pipeline.Extract.Documents;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Viewing;

/// <summary>
/// Shows stored media to a person, through the readers that read them for the model: the same pixels, in the same limited children.
/// </summary>
public sealed class MediaViewer
{
    /// <summary>The smallest width of a picture, in pixels.</summary>
    public const int LeastWidth = 64;

    /// <summary>The largest width of a picture, in pixels.</summary>
    public const int MostWidth = 2_400;

    private const int MostPixels = MostWidth * MostWidth * 2;
    private const double FrameSeconds = 0.5;
    private const int JpegQuality = 85;

    private readonly MediaStore _store;
    private readonly PictureReader _pictures;
    private readonly PdfReader _pdf;
    private readonly ClipReader _clips;
    private readonly DocumentReader _documents;
    private readonly TaskCatalog _tasks;

    internal MediaViewer(
        MediaStore store, PictureReader pictures, PdfReader pdf, ClipReader clips, DocumentReader documents, TaskCatalog tasks) =>
        (_store, _pictures, _pdf, _clips, _documents, _tasks) = (store, pictures, pdf, clips, documents, tasks);

    /// <summary>The path of the content of a media item; null when this worker's store has none.</summary>
    public string? PathOf(MediaDescription media)
    {
        ArgumentNullException.ThrowIfNull(media);
        return _store.Has(media.Sha256) ? _store.PathOf(media.Sha256) : null;
    }

    /// <summary>A picture, or a page of a document.</summary>
    /// <param name="media">The media item: a picture or PDF.</param>
    /// <param name="page">The page, from 1; 1 for a single picture.</param>
    /// <param name="width">The largest width, in pixels.</param>
    /// <param name="cancellationToken">Stops the tools.</param>
    /// <exception cref="MediaGoneException">It is no longer there, or cannot be drawn.</exception>
    public Task<ShownPicture> ShowPageAsync(MediaDescription media, int page, int width, CancellationToken cancellationToken) =>
        WithAsync(media, async path =>
        {
            var settings = new MediaSettings { MaxPicturePixels = Pixels(media, width), IncludeTextLayer = false };
            var read = media.Kind == MediaKind.Pdf
                ? await _pdf.ReadPageAsync(path, page, settings, cancellationToken).ConfigureAwait(false)
                : await _pictures.ReadAsync(
                    path, media, media.PageCount > 1 ? page : null, settings.MaxPicturePixels, cancellationToken).ConfigureAwait(false);
            return Compressed(read, isPhoto: false);
        });

    /// <summary>The frame of a video that is shown at a time.</summary>
    /// <param name="media">The media item: a video.</param>
    /// <param name="seconds">The time, from the start.</param>
    /// <param name="width">The largest width, in pixels.</param>
    /// <param name="cancellationToken">Stops ffmpeg.</param>
    /// <exception cref="MediaGoneException">It is no longer there, or cannot be drawn.</exception>
    public Task<ShownPicture> ShowFrameAsync(MediaDescription media, double seconds, int width, CancellationToken cancellationToken) =>
        WithAsync(media, async path =>
        {
            // A time in milliseconds may be rounded up, behind the frame that it names.
            var start = Math.Max(0, seconds - 0.001);
            var read = await _clips.ReadAsync(
                path, media, new(start, start + FrameSeconds), 1 / FrameSeconds, Pixels(media, width), cancellationToken)
                .ConfigureAwait(false);
            return Compressed(read, isPhoto: true);
        });

    /// <summary>The words of a PDF's page; empty when it has no text layer.</summary>
    /// <exception cref="MediaGoneException">It is no longer there, or cannot be read.</exception>
    public Task<IReadOnlyList<ShownWord>> ReadWordsAsync(MediaDescription media, int page, CancellationToken cancellationToken) =>
        WithAsync<IReadOnlyList<ShownWord>>(media, async path =>
        {
            var settings = new MediaSettings { MaxPicturePixels = LeastWidth * LeastWidth, IncludeTextLayer = true };
            var read = await _pdf.ReadPageAsync(path, page, settings, cancellationToken).ConfigureAwait(false);
            return [.. (read.Words?.Words ?? []).Select(word => new ShownWord(word.Text, word.Box))];
        });

    /// <summary>A part of a text or office document.</summary>
    /// <param name="media">The media item.</param>
    /// <param name="task">The task that its job was planned with; when it has changed since, the parts may be cut otherwise.</param>
    /// <param name="number">The segment's number, from 0.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="MediaGoneException">It is no longer there, or cannot be read.</exception>
    public Task<ShownText> ReadTextAsync(MediaDescription media, TaskReference task, int number, CancellationToken cancellationToken) =>
        WithAsync(media, async path =>
        {
            var read = await _documents.ReadPartAsync(path, media, number, SettingsOf(task), cancellationToken).ConfigureAwait(false);
            return new ShownText(
                read.Text ?? "",
                read.Origin?.Line,
                read.Origin?.Column ?? 0,
                [.. (read.Origin?.Addresses ?? []).Select(address => new ShownPlace(address.Start, address.Name, address.Row))]);
        });

    private MediaSettings SettingsOf(TaskReference task)
    {
        try
        {
            return _tasks.Get(task).Media;
        }
        catch (UnknownTaskException)
        {
            return new();
        }
    }

    private async Task<T> WithAsync<T>(MediaDescription media, Func<string, Task<T>> read)
    {
        if (PathOf(media) is not { } path)
        {
            throw new MediaGoneException(
                $"The media are no longer in this worker's store (sha {media.Sha256[..12]}…): they were removed, or lie in another data "
                    + $"folder.");
        }

        try
        {
            return await read(path).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is MediaRejectedException or ResourceUnavailableException or ArgumentOutOfRangeException)
        {
            throw new MediaGoneException(problem.Message, problem);
        }
    }

    // A page whose shape is not known beforehand may be twice as high as wide.
    private static int Pixels(MediaDescription media, int width)
    {
        var height = media is { Width: > 0 and { } w, Height: { } h } ? (double)h / w : 1.42;
        return (int)Math.Clamp(width * (width * height), 1, MostPixels);
    }

    private static ShownPicture Compressed(ExtractedSegment read, bool isPhoto)
    {
        if (read.Pictures is not [var picture, ..]) throw new MediaGoneException(ReadingNote.Join(read.Notes) ?? "It cannot be drawn.");
        var pixels = picture.Pixmap[^(picture.Width * picture.Height * 3)..];
        using var image = Image.NewFromMemoryCopy<byte>(pixels.Span, picture.Width, picture.Height, 3, Enums.BandFormat.Uchar);
        return isPhoto
            ? new(image.JpegsaveBuffer(q: JpegQuality, keep: Enums.ForeignKeep.None), "image/jpeg", picture.Width, picture.Height)
            : new(image.PngsaveBuffer(compression: 3, keep: Enums.ForeignKeep.None), "image/png", picture.Width, picture.Height);
    }
}
