using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Segments;

/// <summary>The part of a span that lies in one recording.</summary>
/// <param name="Input">The recording as ffmpeg opens it.</param>
/// <param name="Span">The part in the recording's own time, in seconds.</param>
/// <param name="Offset">What is added to the recording's time to get the media's, in seconds.</param>
/// <param name="ReachesEnd">Whether the part goes on to the recording's end: a header's duration may be a frame too short.</param>
internal sealed record MediaPart(string Input, TimeSpanSeconds Span, double Offset, bool ReachesEnd)
{
    /// <summary>The parts of a span, in order; one for a file that holds a single recording.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="media">Its description.</param>
    /// <param name="span">The span in the media's time.</param>
    public static IReadOnlyList<MediaPart> Of(string path, MediaDescription media, TimeSpanSeconds span)
    {
        if (media.Recordings is not { Count: > 1 } recordings)
            return [new(FfmpegGuards.File(path), span, 0, !(span.End < media.DurationSeconds))];
        var last = recordings[^1];
        return
        [
            .. recordings
                .Where(recording => recording.StartSeconds < span.End && (recording.EndSeconds > span.Start || recording == last))
                .Select(recording => new MediaPart(
                    FfmpegGuards.Part(path, recording.StartByte, recording.EndByte),
                    new(
                        Math.Max(0, span.Start - recording.StartSeconds),
                        Math.Min(span.End, recording.EndSeconds) - recording.StartSeconds),
                    recording.StartSeconds,
                    span.End >= recording.EndSeconds)),
        ];
    }
}
