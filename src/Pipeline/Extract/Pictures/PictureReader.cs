using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Pictures;

/// <summary>Reads still pictures, by whatever reads their kind.</summary>
internal sealed class PictureReader(FfmpegPictureReader ffmpeg, IOptions<AcquireOptions> acquire)
{
    private const string Bitmap = "image/bmp";
    private const string Heic = "image/heic";

    /// <summary>Fills in the size, the number of pages where there are several, and what the camera wrote.</summary>
    /// <exception cref="Jobs.MediaRejectedException">It is damaged, too large, or too long and thin.</exception>
    public async Task<MediaDescription> DescribeAsync(StoredMedia media, MediaDescription description, CancellationToken cancellationToken)
    {
        var subject = $"'{media.Source}'";
        var (width, height, pages, capture, note) = await Task.Run(
            () =>
            {
                if (media.MediaType == Heic && HeicContainer.Read(media.Path, subject) is { } heic)
                {
                    PictureFile.Check(heic.Width, heic.Height, acquire.Value.MaxPixels, subject);
                    return new PictureHeader(heic.Width, heic.Height, 1, CaptureReader.Read(CaptureReader.FindBlock(media.Path)));
                }

                if (media.MediaType == Heic)
                    PictureDecoder.RequireDecoder(media.Path, subject);
                if (media.MediaType != Bitmap)
                    return PictureDecoder.ReadHeader(media.Path, acquire.Value.MaxPixels, subject);
                var size = ffmpeg.ReadSize(media.Path, subject);
                return new(size.Width, size.Height, 1, null);
            },
            cancellationToken).ConfigureAwait(false);
        return description with
        {
            Width = width,
            Height = height,
            PageCount = pages > 1 ? pages : null,
            Capture = capture,
            Notes = note is null ? null : [note],
        };
    }

    /// <summary>Whether a picture is a scan or a photograph of a page, by <see cref="PageLook"/>.</summary>
    /// <exception cref="Jobs.MediaRejectedException">It is damaged.</exception>
    public async Task<bool> IsPageAsync(StoredMedia media, MediaDescription description, CancellationToken cancellationToken)
    {
        if (description is not { Width: { } width, Height: { } height } || !PageLook.MayBe(width, height)) return false;
        var read = await ReadAsync(media.Path, description, null, PageLook.Pixels, cancellationToken).ConfigureAwait(false);
        return read.Pictures is [var picture] && await Task.Run(() => PageLook.IsPage(picture), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A picture, or a page of a file with several.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="media">Its description.</param>
    /// <param name="page">The page from 1; null for the only one.</param>
    /// <param name="targetPixels">The largest number of pixels of the result.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="Jobs.MediaRejectedException">It is damaged.</exception>
    public async Task<ExtractedSegment> ReadAsync(
        string path, MediaDescription media, int? page, int targetPixels, CancellationToken cancellationToken)
    {
        var subject = page is { } number ? FormattableString.Invariant($"Page {number}") : "The picture";
        if (media.MediaType == Bitmap)
            return await ffmpeg.ReadAsync(path, targetPixels, subject, cancellationToken).ConfigureAwait(false);
        if (media.MediaType == Heic && HeicContainer.Read(path, subject) is { } heic)
            return await ffmpeg.ReadAsync(heic, targetPixels, subject, cancellationToken).ConfigureAwait(false);
        var (picture, notes) = await Task.Run(
            () => PictureDecoder.Decode(
                path, page ?? 1, acquire.Value.MaxPixels, targetPixels, subject), cancellationToken).ConfigureAwait(false);
        return new() { Pictures = [picture with { Page = page }], Notes = notes };
    }
}
