using FFMpegCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>Which tracks of a file are read. Only these decide whether it can be; the others are named.</summary>
/// <param name="Picture">The picture track, or null.</param>
/// <param name="Sound">The sound track, or null.</param>
/// <param name="Texts">The subtitle tracks that are text.</param>
/// <param name="Notes">What is passed over.</param>
internal sealed record TrackChoice(
    VideoStream? Picture, AudioStream? Sound, IReadOnlyList<TextTrack> Texts, IReadOnlyList<ReadingNote> Notes)
{
    /// <summary>The first track of each kind whose coding is read.</summary>
    /// <param name="found">What ffprobe lists.</param>
    /// <param name="source">The source, for messages.</param>
    /// <exception cref="MediaRejectedException">No track can be read.</exception>
    public static TrackChoice Of(IMediaAnalysis found, string source)
    {
        var pictures = found.VideoStreams.Where(stream => !Has(stream, "attached_pic") && !IsEmpty(stream)).ToList();
        var sounds = found.AudioStreams.Where(stream => !string.IsNullOrEmpty(stream.CodecName)).ToList();
        var picture = pictures.Find(
            stream => MediaCodecs.IsRead(stream.CodecName, TrackKind.Picture) && stream is { Width: > 0, Height: > 0 });
        var sound = sounds.Find(stream => MediaCodecs.IsRead(stream.CodecName, TrackKind.Sound));
        if (picture is null && pictures.Find(stream => !MediaCodecs.IsRead(stream.CodecName, TrackKind.Picture)) is { } unread)
            throw Unsupported(source, $"is coded as {Name(unread)} video, which is not read; convert it to H.264");
        if (picture is null && sound is null)
        {
            throw sounds.Count > 0
                ? Unsupported(source, $"is coded as {Name(sounds[0])} sound, which is not read; convert it to AAC or FLAC")
                : new MediaRejectedException(
                    RejectionReason.CorruptMedia, $"'{source}' holds no video or sound that can be decoded; submit an intact copy in a "
                        + $"common format.");
        }

        var texts = found.SubtitleStreams.Where(stream => MediaCodecs.IsRead(stream.CodecName, TrackKind.Text)).ToList();
        return new(
            picture,
            sound,
            // Forced ones say only what is foreign in the film.
            [
                .. texts
                    .OrderBy(stream => Has(stream, "forced"))
                    .Select(stream => new TextTrack(stream.Index, stream.Language, Has(stream, "default"))),
            ],
            ReadingNote.Of(
                Others("picture", pictures, picture),
                Others("sound", sounds, sound),
                Drawn([.. found.SubtitleStreams.Except(texts)])));
    }

    private static ReadingNote? Others<T>(string kind, IReadOnlyList<T> tracks, T? read)
        where T : MediaStream
    {
        if (tracks.Count == 0)
            return null;
        if (read is null)
        {
            return ReadingNote.Gap(tracks.Count == 1
                ? $"The {kind} track is coded as {Name(tracks[0])}, which is not read: nothing of it is known."
                : $"None of the {tracks.Count} {kind} tracks is read: they are coded as "
                    + $"{string.Join(", ", tracks.Select(Name).Distinct())}.");
        }

        if (tracks.Count == 1)
            return null;
        var place = tracks.ToList().IndexOf(read) + 1;
        var which = place == 1 ? "the first" : $"number {place}";
        var language = read.Language is { Length: > 0 } tag ? $" ({tag})" : "";
        return ReadingNote.Gap($"The file has {tracks.Count} {kind} tracks; only {which}{language} was read.");
    }

    private static ReadingNote? Drawn(IReadOnlyList<SubtitleStream> tracks) => tracks.Count == 0
        ? null
        : ReadingNote.Gap(
            $"{tracks.Count} subtitle {(tracks.Count == 1 ? "track is" : "tracks are")} coded as "
                + $"{string.Join(", ", tracks.Select(Name).Distinct())}, which is not read.");

    private static bool Has(MediaStream stream, string disposition) => stream.Disposition?.GetValueOrDefault(disposition) == true;

    // A track that is announced but has no coding, such as one of a broadcast that is not on the air.
    private static bool IsEmpty(VideoStream stream) =>
        string.IsNullOrEmpty(stream.CodecName)
            || (MediaCodecs.IsRead(stream.CodecName, TrackKind.Picture) && stream is not { Width: > 0, Height: > 0 });

    private static string Name(MediaStream stream) =>
        !string.IsNullOrEmpty(stream.CodecLongName) && stream.CodecLongName != "unknown" ? stream.CodecLongName
        : string.IsNullOrEmpty(stream.CodecName) ? "something unknown"
        : stream.CodecName;

    private static MediaRejectedException Unsupported(string source, string why) =>
        new(RejectionReason.UnsupportedMedia, $"'{source}' {why}.");
}
