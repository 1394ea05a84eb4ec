using System.Globalization;
using System.Text;
using System.Text.Json;
using CliWrap;
using FFMpegCore;
using FFMpegCore.Exceptions;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>
/// Finds the streams of a video or sound. ffprobe runs as our own limited child, because FFMpegCore joins its arguments into one
/// string and knows no limits; FFMpegCore reads the answer.
/// </summary>
internal sealed class StreamProbe(ToolRunner runner, IOptions<AcquireOptions> acquire, IOptions<ExtractOptions> extract)
{
    private const int MaxAnswerBytes = 8 << 20;

    /// <summary>Fills in what a video or sound holds; a video without pictures becomes a sound.</summary>
    public async Task<MediaDescription> DescribeAsync(StoredMedia media, MediaDescription description, CancellationToken cancellationToken)
    {
        var analysis = await AnalyseAsync(media, cancellationToken).ConfigureAwait(false);
        var video = analysis.VideoStreams.FirstOrDefault(stream =>
            stream is { Width: > 0, Height: > 0 } && stream.Disposition?.GetValueOrDefault("attached_pic") != true);
        var hasAudio = analysis.AudioStreams.Any(stream => !string.IsNullOrEmpty(stream.CodecName));
        if (video is null && !hasAudio)
        {
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia, $"'{media.Source}' holds no video or sound that can be decoded; submit an intact copy in a common format.");
        }

        var seconds = analysis.Format.Duration.TotalSeconds;
        if (seconds <= 0)
            seconds = await MeasureAsync(media, video is null ? "a:0" : "V:0", cancellationToken).ConfigureAwait(false);
        if (seconds > extract.Value.MaxDurationSeconds)
        {
            throw new MediaRejectedException(
                RejectionReason.TooLarge,
                string.Create(CultureInfo.InvariantCulture, $"'{media.Source}' lasts {seconds:N0} s, more than {extract.Value.MaxDurationSeconds:N0} s; cut it, or raise Extract:MaxDurationSeconds."));
        }

        var sound = description with { DurationSeconds = seconds, HasAudio = hasAudio };
        return video is null
            ? sound with { Kind = MediaKind.Audio, MediaType = AudioType(description.MediaType) }
            : Sized(media, sound with { Kind = MediaKind.Video, MediaType = VideoType(description.MediaType) }, video);
    }

    private MediaDescription Sized(StoredMedia media, MediaDescription description, VideoStream video)
    {
        var (x, y) = video.SampleAspectRatio;
        var width = x > 0 && y > 0 ? (int)Math.Round(video.Width!.Value * (double)x / y) : video.Width!.Value;
        var height = video.Height!.Value;
        if (Math.Abs(video.Rotation) % 180 == 90)
            (width, height) = (height, width);
        if ((long)width * height > acquire.Value.MaxPixels || Math.Max(width, height) > (long)PictureDecoder.MaxAspectRatio * Math.Min(width, height))
        {
            throw new MediaRejectedException(
                RejectionReason.TooLarge,
                $"'{media.Source}' has frames of {width} × {height} pixels; at most {acquire.Value.MaxPixels:N0} pixels and a ratio of {PictureDecoder.MaxAspectRatio} are read. Reduce it, or raise Acquire:MaxPixels.");
        }

        return description with
        {
            Width = width,
            Height = height,
            IsHighDynamicRange = video.ColorTransfer is "smpte2084" or "arib-std-b67",
        };
    }

    private async Task<IMediaAnalysis> AnalyseAsync(StoredMedia media, CancellationToken cancellationToken)
    {
        var output = new OutputBuffer(MaxAnswerBytes);
        var result = await RunAsync(
            media, ["-show_format", "-show_streams", "-sexagesimal", "-of", "json"], output.Target, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == 0 && !output.HasOverflowed)
        {
            try
            {
                return FFProbe.FromJson(Encoding.UTF8.GetString(output.Bytes.Span));
            }
            catch (Exception exception) when (exception is JsonException or FormatException or FFMpegException or OverflowException or ArgumentException or InvalidOperationException)
            {
                throw Corrupt(media, exception.Message, exception);
            }
        }

        throw Corrupt(media, output.HasOverflowed ? "its description is too long" : FirstLine(result.Messages));
    }

    // For files whose header has no duration, such as recordings of a browser: the end of the last packet.
    private async Task<double> MeasureAsync(StoredMedia media, string stream, CancellationToken cancellationToken)
    {
        double first = double.MaxValue, end = 0;
        var lines = PipeTarget.ToDelegate(line =>
        {
            var values = line.Split(',');
            if (!TryParse(values[0], out var time))
                return;
            first = Math.Min(first, time);
            end = Math.Max(end, time + (values.Length > 1 && TryParse(values[1], out var length) ? length : 0));
        });
        await RunAsync(
            media,
            ["-select_streams", stream, "-show_entries", "packet=pts_time,duration_time", "-of", "csv=p=0"],
            lines,
            cancellationToken).ConfigureAwait(false);
        return end > 0
            ? end - Math.Min(first, end)
            : throw Corrupt(media, "it holds no packet with a time");
    }

    private Task<ToolResult> RunAsync(StoredMedia media, IReadOnlyList<string> show, PipeTarget output, CancellationToken cancellationToken) =>
        runner.RunAsync(
            new()
            {
                Tool = "ffprobe",
                Arguments = ["-hide_banner", "-loglevel", "error", .. FfmpegGuards.Input(acquire.Value.MaxPixels), .. show, FfmpegGuards.File(media.Path)],
                Deadline = extract.Value.PageDeadline,
                Subject = $"'{media.Source}'",
                Output = output,
            },
            cancellationToken);

    private static bool TryParse(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

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

    private static string FirstLine(string messages) => messages.Length == 0 ? "no reason given" : messages.Split('\n')[0];

    private static MediaRejectedException Corrupt(StoredMedia media, string why, Exception? cause = null) =>
        new(RejectionReason.CorruptMedia, $"'{media.Source}' cannot be opened as video or sound ({why}); submit an intact copy.", cause);
}
