using System.Globalization;
using FFMpegCore;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>Describes a video or sound: which tracks are read, how long it is, and what is passed over.</summary>
internal sealed class StreamProbe(
    StreamAnalysis analysis, DurationMeasure durations, IOptions<AcquireOptions> acquire, IOptions<ExtractOptions> extract)
{
    private const int MostChapters = 200;
    private const int LongestTitle = 200;

    /// <summary>Fills in what a video or sound holds; a video without pictures becomes a sound.</summary>
    /// <exception cref="MediaRejectedException">It is damaged, too long, or needs a coding that is not read.</exception>
    public async Task<MediaDescription> DescribeAsync(StoredMedia media, MediaDescription description, CancellationToken cancellationToken)
    {
        if (CopyProtection.IsOn(media.Path))
        {
            throw new MediaRejectedException(
                RejectionReason.Encrypted, $"'{media.Source}' is copy-protected: its tracks are encrypted. Submit an unprotected copy.");
        }

        var listed = await analysis.ReadAsync(media, FfmpegGuards.File(media.Path), cancellationToken).ConfigureAwait(false);
        var found = listed.Analysis;
        var tracks = TrackChoice.Of(found, media.Source);
        var length = await durations.MeasureAsync(media, listed, tracks, cancellationToken).ConfigureAwait(false);
        if (length.Seconds > extract.Value.MaxDurationSeconds)
        {
            throw new MediaRejectedException(
                RejectionReason.TooLarge,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{media.Source}' lasts {length.Seconds:N0} s, more than {extract.Value.MaxDurationSeconds:N0} s; cut it, or raise "
                    + $"Extract:MaxDurationSeconds."));
        }

        var sound = description with
        {
            DurationSeconds = length.Seconds,
            HasAudio = tracks.Sound is not null,
            AudioStream = tracks.Sound?.Index,
            TextTracks = tracks.Texts.Count == 0 ? null : tracks.Texts,
            Chapters = Chapters(found),
            Recordings = length.Recordings,
            Capture = ClipCapture.Of(Tags(found)),
            Notes = ReadingNote.Of([.. tracks.Notes, length.Note]) is { Count: > 0 } notes ? notes : null,
        };
        return tracks.Picture is { } picture
            ? Sized(
                media,
                sound with { Kind = MediaKind.Video, MediaType = VideoType(description.MediaType), VideoStream = picture.Index },
                picture)
            : sound with { Kind = MediaKind.Audio, MediaType = AudioType(description.MediaType) };
    }

    private static IEnumerable<KeyValuePair<string, string>> Tags(IMediaAnalysis found) =>
        new[] { found.Format.Tags, found.PrimaryVideoStream?.Tags }
            .SelectMany(tags => tags ?? Enumerable.Empty<KeyValuePair<string, string>>());

    private static List<MediaChapter>? Chapters(IMediaAnalysis found)
    {
        var chapters = found.Chapters
            .Where(chapter => !string.IsNullOrWhiteSpace(chapter.Title) && chapter.End >= chapter.Start)
            .OrderBy(chapter => chapter.Start)
            .Take(MostChapters)
            .Select(chapter => new MediaChapter(
                chapter.Start.TotalSeconds, chapter.End.TotalSeconds, chapter.Title.Length > LongestTitle
                    ? chapter.Title[..LongestTitle]
                    : chapter.Title))
            .ToList();
        return chapters.Count == 0 ? null : chapters;
    }

    private MediaDescription Sized(StoredMedia media, MediaDescription description, VideoStream video)
    {
        var (x, y) = video.SampleAspectRatio;
        var width = x > 0 && y > 0 ? (int)Math.Round(video.Width!.Value * (double)x / y) : video.Width!.Value;
        var height = video.Height!.Value;
        if (Math.Abs(video.Rotation) % 180 == 90)
            (width, height) = (height, width);
        if ((long)width * height > acquire.Value.MaxPixels
            || Math.Max(width, height) > (long)PictureDecoder.MaxAspectRatio * Math.Min(width, height))
        {
            throw new MediaRejectedException(
                RejectionReason.TooLarge,
                $"'{media.Source}' has frames of {width} × {height} pixels; at most {acquire.Value.MaxPixels:N0} pixels and a ratio of "
                    + $"{PictureDecoder.MaxAspectRatio} are read. Reduce it, or raise Acquire:MaxPixels.");
        }

        return description with
        {
            Width = width,
            Height = height,
            IsHighDynamicRange = video.ColorTransfer is "smpte2084" or "arib-std-b67",
        };
    }

    private static string AudioType(string mediaType) => mediaType switch
    {
        "video/mp4" or "video/quicktime" => "audio/mp4",
        "video/webm" => "audio/webm",
        "video/matroska" => "audio/matroska",
        "application/ogg" => "audio/ogg",
        _ => mediaType,
    };

    private static string VideoType(string mediaType) => mediaType switch
    {
        "application/ogg" => "video/ogg",
        "audio/mp4" => "video/mp4",
        _ => mediaType,
    };
}
