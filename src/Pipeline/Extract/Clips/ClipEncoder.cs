using System.Globalization;
using CliWrap;
using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>
/// Makes one MP4 of the frames that were taken from a clip, for an endpoint that takes videos: the same frames that the insight may cite,
/// and no others, at the size that the model's processor keeps.
/// </summary>
internal sealed class ClipEncoder(ToolRunner runner, IOptions<ToolOptions> tools, IOptions<ExtractOptions> extract)
{
    private const int MaxBytes = 64 * 1024 * 1024;

    /// <param name="frames">The frames, in order; at least one.</param>
    /// <param name="span">The clip.</param>
    /// <param name="fps">Frames per second, as they were taken.</param>
    /// <param name="cancellationToken">Stops ffmpeg.</param>
    /// <returns>H.264 in MP4.</returns>
    /// <exception cref="ResourceUnavailableException">This ffmpeg cannot encode.</exception>
    public async Task<ReadOnlyMemory<byte>> EncodeAsync(IReadOnlyList<Picture> frames, TimeSpanSeconds span, double fps, CancellationToken cancellationToken)
    {
        var (width, height) = ProcessorSize.Kept(frames[0].Width, frames[0].Height);
        var rate = fps.ToString("0.######", CultureInfo.InvariantCulture);
        var output = new OutputBuffer(MaxBytes);
        var result = await runner.RunAsync(
            new()
            {
                Tool = "ffmpeg",
                Arguments =
                [
                    "-hide_banner", "-loglevel", "error",
                    "-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", $"{frames[0].Width}x{frames[0].Height}", "-framerate", rate, "-i", "pipe:0",
                    "-vf", $"scale={width}:{height}:flags=bicubic,setsar=1", "-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p",
                    "-threads", tools.Value.ToolThreads.ToString(CultureInfo.InvariantCulture),
                    // Standard output cannot be written again at its beginning.
                    "-movflags", "frag_keyframe+empty_moov+default_base_moof", "-f", "mp4", "pipe:1",
                ],
                Deadline = extract.Value.ClipDeadline,
                Subject = string.Create(CultureInfo.InvariantCulture, $"The clip from {span.Start:F1} s to {span.End:F1} s"),
                Input = PipeSource.Create((input, token) => WriteAsync(frames, fps, input, token)),
                Output = output.Target,
            },
            cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == 0 && !output.HasOverflowed && !output.Bytes.IsEmpty) return output.Bytes;
        throw new ResourceUnavailableException(
            $"ffmpeg cannot make a video of the clip for Engine:Video=Native: {result.Messages} Install an ffmpeg with libx264, or set Engine:Video to Frames.",
            TimeSpan.FromMinutes(5),
            countsAsAttempt: output.HasOverflowed);
    }

    /// <summary>
    /// Writes the frames at a steady rate: one that stands longer than an interval is written again, so that every frame keeps its time.
    /// </summary>
    private static async Task WriteAsync(IReadOnlyList<Picture> frames, double fps, Stream input, CancellationToken cancellationToken)
    {
        var first = frames[0].Seconds ?? 0;
        for (var number = 0; number < frames.Count; number++)
        {
            var pixels = frames[number].Pixmap[^(frames[number].Width * frames[number].Height * 3)..];
            var next = number + 1 < frames.Count ? Slot(number + 1) : Slot(number) + 1;
            for (var slot = Slot(number); slot < Math.Max(next, Slot(number) + 1); slot++)
                await input.WriteAsync(pixels, cancellationToken).ConfigureAwait(false);
        }

        int Slot(int number) => (int)Math.Round(((frames[number].Seconds ?? (number / fps)) - first) * fps);
    }
}
