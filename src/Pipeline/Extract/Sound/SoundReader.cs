using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Sound;

/// <summary>
/// Measures the sound of a span, and takes it out as 16 kHz mono: one run of ffmpeg for loudness (EBU R 128), silence and samples.
/// Gaps in the sound become silence, so that a sample's place is its time.
/// </summary>
internal sealed class SoundReader(
    ToolRunner runner, IOptions<AcquireOptions> acquire, IOptions<ToolOptions> tools, IOptions<ExtractOptions> extract)
{
    private const double MarginWithinFrames = 1;
    private const int BytesPerSample = 2;

    /// <summary>The sound of a span; without measures when there is none in it.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="media">Its description.</param>
    /// <param name="span">The span.</param>
    /// <param name="wave">Whether the sound itself is wanted.</param>
    /// <param name="cancellationToken">Stops ffmpeg.</param>
    public async Task<ExtractedSegment> ReadAsync(
        string path, MediaDescription media, TimeSpanSeconds span, WaveOutput wave, CancellationToken cancellationToken)
    {
        var pieces = new List<SoundPiece>();
        foreach (var part in MediaPart.Of(path, media, span))
            pieces.Add(await ReadPartAsync(part, media, cancellationToken).ConfigureAwait(false));

        var sound = SoundPiece.Join(pieces);
        if (sound.Samples.Length == 0)
        {
            var why = sound.IsDamaged ? ": the sound breaks off or is damaged before it" : "";
            return new() { Notes = [new(Text($"There is no sound from {span.Start:F1} s to {span.End:F1} s{why}."), sound.IsDamaged)] };
        }

        return new()
        {
            Audio = new(
                sound.Loudness,
                sound.Silence,
                SpeechDetector.Find(MemoryMarshal.Cast<byte, short>(sound.Samples.Span), span.Start)),
            AudioWave = wave == WaveOutput.Include
                ? (ReadOnlyMemory<byte>?)WaveFile.FromSamples(sound.Samples.Span, SpeechDetector.SampleRate)
                : null,
            Notes = sound.IsDamaged
                ? [ReadingNote.Gap(Text($"The sound is damaged or breaks off: it was read up to {sound.End:F1} s."))]
                : [],
        };
    }

    private static string Stream(MediaDescription media) =>
        media.AudioStream is { } stream ? string.Create(CultureInfo.InvariantCulture, $"0:{stream}") : "0:a:0";

    private async Task<SoundPiece> ReadPartAsync(MediaPart part, MediaDescription media, CancellationToken cancellationToken)
    {
        var stream = Stream(media);
        // A program stream cuts sound anywhere, and a seek lands within a frame: its rest cannot be decoded, which is no damage.
        var margin = media.MediaType == "video/mp2p" && part.Span.Start > 0 ? MarginWithinFrames : 0;
        var run = await RunAsync(part, stream, margin, margin > 0 ? [] : ["-xerror"], cancellationToken).ConfigureAwait(false);
        var isDamaged = margin > 0 && run.Report.HasErrors;
        if (run.Result.ExitCode != 0)
        {
            run = await RunAsync(part, stream, margin, [], cancellationToken).ConfigureAwait(false);
            // The last packet of a recording without a length may be shorter than announced: it is only damaged when something is missing.
            isDamaged = run.Result.ExitCode != 0 || run.Report.HasErrors || Seconds(run.Samples) < part.Span.End - part.Span.Start - 0.5;
        }

        var end = part.Span.Start + Seconds(run.Samples);
        return new(run.Report.Loudness, run.Report.SilenceUntil(end), run.Samples, end, isDamaged) { Offset = part.Offset };
    }

    private async Task<(ToolResult Result, SoundReport Report, ReadOnlyMemory<byte> Samples)> RunAsync(
        MediaPart part, string stream, double margin, IReadOnlyList<string> strictness, CancellationToken cancellationToken)
    {
        var span = part.Span;
        var output = new OutputBuffer(
            (int)Math.Min((span.End - span.Start + 1) * SpeechDetector.SampleRate, int.MaxValue / 4) * BytesPerSample);
        var start = margin > 0 ? $"start={Number(span.Start)}:" : "";
        var report = new SoundReport(span, landsWithinFrame: margin > 0);
        var result = await runner.RunAsync(
            new()
            {
                Tool = "ffmpeg",
                Arguments =
                [
                    "-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info", .. strictness,
                    .. FfmpegGuards.Input(acquire.Value.MaxPixels), "-threads", Number(tools.Value.ToolThreads),
                    "-copyts", "-start_at_zero",
                    .. Some(margin > 0, "-noaccurate_seek"), .. Some(span.Start > margin, "-ss", Number(span.Start - margin)),
                    "-i", part.Input,
                    "-map", stream, "-vn", "-sn", "-dn",
                    // The span's start becomes 0 before the resampler fills gaps: it counts the first sample in the rate of its input.
                    "-af", $"atrim={start}end={Number(span.End)},ebur128=framelog=verbose,silencedetect=noise=-50dB:duration=0.5,"
                        + $"asetpts=PTS-{Number(span.Start)}/TB,aresample={SpeechDetector.SampleRate}:async=1:first_pts=0,"
                        + "aformat=sample_fmts=s16:channel_layouts=mono",
                    "-f", "s16le", "pipe:1",
                ],
                Deadline = extract.Value.ClipDeadline,
                Subject = Text($"The sound from {span.Start + part.Offset:F1} s to {span.End + part.Offset:F1} s"),
                Output = output.Target,
                TakeErrorLine = report.TakeLine,
            },
            cancellationToken).ConfigureAwait(false);
        return (result, report, output.Bytes[..(output.Bytes.Length / BytesPerSample * BytesPerSample)]);
    }

    private static string[] Some(bool isWanted, params string[] arguments) => isWanted ? arguments : [];

    private static double Seconds(ReadOnlyMemory<byte> samples) => (double)samples.Length / BytesPerSample / SpeechDetector.SampleRate;

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
