using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Clips;
using Qwen35Batch.Pipeline.Extract.Sound;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Extract;

/// <summary>How much memory the pictures and the sound of a segment take at most, before it is extracted.</summary>
internal static class SegmentBytes
{
    private const int BytesOfPixel = 3;
    private const int BytesOfSample = 2;

    /// <summary>The bytes; 0 for a segment without media of its own.</summary>
    public static long Of(MediaDescription media, SegmentReference segment, MediaSettings settings, JobOptions options)
    {
        var sound = media.HasAudio && segment is { StartSeconds: { } from, EndSeconds: { } to }
            ? (long)((to - from) * SpeechDetector.SampleRate * BytesOfSample)
            : 0;
        return segment.Kind switch
        {
            SegmentKind.Synthesis => 0,
            SegmentKind.AudioSpan => sound,
            SegmentKind.Clip => sound + (Pixels(media, settings.MaxFramePixels) * BytesOfPixel * ClipReader.MaxFrames(
                new(segment.StartSeconds ?? 0, segment.EndSeconds ?? 0), SegmentPlanner.FramesPerSecond(settings, options))),
            SegmentKind.TextPart when media.Kind != MediaKind.Office => 0,
            _ => Pixels(media, settings.MaxPicturePixels) * BytesOfPixel,
        };
    }

    private static long Pixels(MediaDescription media, int most) =>
        media is { Width: { } width, Height: { } height } ? Math.Min((long)width * height, most) : most;
}
