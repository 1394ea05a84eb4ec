using System.Globalization;
using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Sound;

/// <summary>
/// Measures the sound of a span, and takes it out as 16 kHz mono: one run of ffmpeg for loudness (EBU R 128), silence and samples.
/// Gaps in the sound become silence, so that a sample's place is its time.
/// </summary>
internal sealed class SoundReader(ToolRunner runner, IOptions<AcquireOptions> acquire, IOptions<ExtractOptions> extract)
{
    private const int BytesPerSample = 2;

    /// <summary>The sound of a span; without measures when there is none in it.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="span">The span.</param>
    /// <param name="wave">Whether the sound itself is wanted.</param>
    /// <param name="cancellationToken">Stops ffmpeg.</param>
    public async Task<ExtractedSegment> ReadAsync(string path, TimeSpanSeconds span, WaveOutput wave, CancellationToken cancellationToken)
    {
        var (isDamaged, measured) = (false, await RunAsync(path, span, ["-xerror"], cancellationToken).ConfigureAwait(false));
        if (measured.Result.ExitCode != 0)
            (isDamaged, measured) = (true, await RunAsync(path, span, [], cancellationToken).ConfigureAwait(false));

        var samples = measured.Samples;
        if (samples.Length == 0)
        {
            return new()
            {
                Note = Text($"There is no sound from {span.Start:F1} s to {span.End:F1} s{(isDamaged ? ": the sound breaks off or is damaged before it" : "")}."),
            };
        }

        var end = span.Start + ((double)samples.Length / BytesPerSample / SpeechDetector.SampleRate);
        return new()
        {
            Audio = new(
                measured.Report.Loudness,
                measured.Report.SilenceUntil(end),
                SpeechDetector.Find(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(samples.Span), span.Start)),
            AudioWave = wave == WaveOutput.Include ? (ReadOnlyMemory<byte>?)WaveFile.FromSamples(samples.Span, SpeechDetector.SampleRate) : null,
            Note = isDamaged ? Text($"The sound is damaged or breaks off: it was read up to {end:F1} s.") : null,
        };
    }

    private async Task<(ToolResult Result, SoundReport Report, ReadOnlyMemory<byte> Samples)> RunAsync(
        string path, TimeSpanSeconds span, IReadOnlyList<string> strictness, CancellationToken cancellationToken)
    {
        var seconds = span.End - span.Start;
        var output = new OutputBuffer((int)Math.Min((seconds + 1) * SpeechDetector.SampleRate, int.MaxValue / 4) * BytesPerSample);
        var report = new SoundReport(span);
        var firstSample = Math.Round(span.Start * SpeechDetector.SampleRate);
        var result = await runner.RunAsync(
            new()
            {
                Tool = "ffmpeg",
                Arguments =
                [
                    "-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info", .. strictness,
                    .. FfmpegGuards.Input(acquire.Value.MaxPixels), "-threads", Number(extract.Value.ToolThreads),
                    "-copyts", "-start_at_zero", .. span.Start > 0 ? (IReadOnlyList<string>)["-ss", Number(span.Start)] : [], "-i", FfmpegGuards.File(path),
                    "-map", "0:a:0", "-vn", "-sn", "-dn",
                    "-af", $"atrim=end={Number(span.End)},ebur128=framelog=verbose,silencedetect=noise=-50dB:duration=0.5,aresample={SpeechDetector.SampleRate}:async=1:first_pts={Number(firstSample)},aformat=sample_fmts=s16:channel_layouts=mono",
                    "-f", "s16le", "pipe:1",
                ],
                Deadline = extract.Value.ClipDeadline,
                Subject = Text($"The sound from {span.Start:F1} s to {span.End:F1} s"),
                Output = output.Target,
                TakeErrorLine = report.TakeLine,
            },
            cancellationToken).ConfigureAwait(false);
        return (result, report, output.Bytes[..(output.Bytes.Length / BytesPerSample * BytesPerSample)]);
    }

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
