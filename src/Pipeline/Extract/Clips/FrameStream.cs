using System.Threading.Channels;
using CliWrap;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>
/// Reads raw RGB frames from standard output while ffmpeg runs, joins each with its time from standard error, and hands it on. Nothing is
/// read before a frame is taken: a full pipe holds ffmpeg up.
/// </summary>
/// <param name="width">Pixels from left to right.</param>
/// <param name="height">Pixels from top to bottom.</param>
/// <param name="take">Takes a frame; false when no more are wanted.</param>
/// <param name="stop">Ends ffmpeg.</param>
/// <param name="time">Measures how long the time of a frame is waited for.</param>
internal sealed class FrameStream(
    int width, int height, Func<DecodedFrame, CancellationToken, Task<bool>> take, Action stop, TimeProvider time)
{
    // The time is written before the frame; only a line that is not understood is waited for in vain.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly Channel<FrameTime> _times = Channel.CreateUnbounded<FrameTime>();

    public PipeTarget Target => PipeTarget.Create(ReadAsync);

    /// <summary>The time of the first frame that was decoded, selected or not; null when there was none.</summary>
    public double? FirstDecoded { get; private set; }

    /// <summary>Takes a line; lines that are no errors are all taken.</summary>
    public bool TakeLine(string line)
    {
        if (FrameTime.Read(line) is { } frame) _times.Writer.TryWrite(frame);
        else FirstDecoded ??= FrameTime.ReadFirst(line);
        return !FrameTime.IsError(line);
    }

    private async Task ReadAsync(Stream output, CancellationToken cancellationToken)
    {
        var header = Pixmap.Header(width, height);
        // A whole frame, where it can: ffmpeg goes on to the next while this one is read.
        PipeSize.Widen(output, width * height * 3);
        while (true)
        {
            var pixmap = GC.AllocateUninitializedArray<byte>(header.Length + (width * height * 3));
            header.CopyTo(pixmap, 0);
            var pixels = pixmap.AsMemory(header.Length);
            if (await output.ReadAtLeastAsync(pixels, pixels.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false)
                < pixels.Length)
            {
                return;
            }

            try
            {
                var said = await _times.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(LongestWait, time, cancellationToken)
                    .ConfigureAwait(false);
                if (await take(new(pixmap, said), cancellationToken).ConfigureAwait(false)) continue;
            }
            catch (TimeoutException)
            {
            }

            stop();
            return;
        }
    }
}
