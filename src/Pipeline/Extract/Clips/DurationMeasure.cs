using CliWrap;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>
/// How long a file is. A header's duration is believed where the container states it and is whole; where it is only an estimate, where the
/// file breaks off, or where recordings may have been joined, packets and pages are counted.
/// </summary>
internal sealed class DurationMeasure(
    ToolRunner runner, StreamAnalysis analysis, IOptions<AcquireOptions> acquire, IOptions<ExtractOptions> extract)
{
    private const int MostRecordings = 500;
    private const double Agreement = 1;

    /// <summary>The duration, and the recordings where there are several.</summary>
    /// <param name="media">The stored file.</param>
    /// <param name="listed">What ffprobe says of it.</param>
    /// <param name="tracks">The tracks that are read.</param>
    /// <param name="cancellationToken">Stops ffprobe.</param>
    public async Task<MediaLength> MeasureAsync(
        StoredMedia media, ListedTracks listed, TrackChoice tracks, CancellationToken cancellationToken)
    {
        var (format, declared) = (listed.Analysis.Format.FormatName, listed.Analysis.Format.Duration.TotalSeconds);
        var main = tracks.Picture?.Index ?? tracks.Sound!.Index;
        switch (format)
        {
            case "mpegts":
                return await OfPacketsAsync(
                    media, listed, main, declared, TransportStream.PartStart, cancellationToken).ConfigureAwait(false);
            case "mpeg":
                return await OfPacketsAsync(
                    media, listed, main, declared, ProgramStream.PartStart, cancellationToken).ConfigureAwait(false);
            case "mp3":
                return await OfPacketsAsync(media, listed, main, declared: 0, partStart: null, cancellationToken).ConfigureAwait(false);
            case "ogg" or "wav":
                var starts = await Task.Run(
                    () => format == "ogg" ? OggChain.Find(media.Path) : WaveChain.Find(media.Path),
                    cancellationToken).ConfigureAwait(false);
                if (starts.Count > 1)
                    return await OfPartsAsync(media, starts, cancellationToken).ConfigureAwait(false);
                break;
        }

        var isCutOff = await Task.Run(() => ContainerEnd.IsMissing(media.Path), cancellationToken).ConfigureAwait(false);
        if (declared > 0 && !isCutOff) return new(declared, null, null);
        // Files whose header has no duration, such as recordings of a browser, or one that is not true: the end of the last packet.
        var length = await OfPacketsAsync(media, listed, main, declared, partStart: null, cancellationToken).ConfigureAwait(false);
        return declared - length.Seconds < Agreement
            ? length
            : length with
            {
                Note = ReadingNote.Gap(
                    Text($"The file breaks off: of the {declared:F1} s that it should have, {length.Seconds:F1} s are there.")),
            };
    }

    private async Task<MediaLength> OfPacketsAsync(
        StoredMedia media,
        ListedTracks listed,
        int main,
        double declared,
        Func<string, long, long, long>? partStart,
        CancellationToken cancellationToken)
    {
        var clock = new PacketClock(main);
        var result = await runner.RunAsync(
            new()
            {
                Tool = "ffprobe",
                Arguments =
                [
                    "-hide_banner", "-loglevel", "error", .. FfmpegGuards.Input(acquire.Value.MaxPixels),
                    .. FfmpegGuards.NameOnly(listed.Unlisted),
                    "-show_entries", "packet=stream_index,pts_time,dts_time,duration_time,pos", "-of", "csv=p=0",
                    FfmpegGuards.File(media.Path),
                ],
                Deadline = extract.Value.ClipDeadline,
                Subject = $"'{media.Source}'",
                Output = PipeTarget.ToDelegate(clock.TakeLine),
            },
            cancellationToken).ConfigureAwait(false);
        var lengths = clock.Lengths;
        if (lengths.Sum() <= 0)
        {
            throw StreamAnalysis.Corrupt(
                media, result.Messages.Length > 0 ? result.Messages.Split('\n')[0] : "it holds no packet with a time");
        }

        if (partStart is null || lengths.Count == 1)
            return new(Math.Abs(declared - lengths.Sum()) < Agreement ? declared : lengths.Sum(), null, null);
        return Joined(
            media, [.. clock.Breaks.Take(MostRecordings).Select(at => partStart(media.Path, at.After, at.At)).Prepend(0)], lengths);
    }

    private async Task<MediaLength> OfPartsAsync(StoredMedia media, List<long> starts, CancellationToken cancellationToken)
    {
        var lengths = new List<double>();
        for (var index = 0; index < Math.Min(starts.Count, MostRecordings); index++)
        {
            var end = index + 1 < starts.Count ? starts[index + 1] : media.LengthBytes;
            var part = await analysis.ReadAsync(
                media, FfmpegGuards.Part(media.Path, starts[index], end), cancellationToken).ConfigureAwait(false);
            lengths.Add(Math.Max(0, part.Analysis.Format.Duration.TotalSeconds));
        }

        return Joined(media, starts, lengths);
    }

    private static MediaLength Joined(StoredMedia media, List<long> starts, List<double> lengths)
    {
        var recordings = new List<Recording>();
        var time = 0.0;
        for (var index = 0; index < Math.Min(Math.Min(starts.Count, lengths.Count), MostRecordings); index++)
        {
            recordings.Add(
                new(starts[index], index + 1 < starts.Count ? starts[index + 1] : media.LengthBytes, time, time + lengths[index]));
            time += lengths[index];
        }

        var all = Math.Max(starts.Count, lengths.Count);
        var read = all > recordings.Count ? Text($"only the first {recordings.Count} are read") : "they are read one after the other";
        return new(
            time,
            recordings,
            new(Text($"The file was joined from {all} recordings, whose times begin anew; {read}."), IsGap: all > recordings.Count));
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
