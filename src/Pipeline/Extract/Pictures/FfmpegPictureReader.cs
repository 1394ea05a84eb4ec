using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using CliWrap;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Pictures;

/// <summary>Reads BMP and HEIC with ffmpeg: libvips has no loader for the one, and mostly no decoder for the other.</summary>
internal sealed class FfmpegPictureReader(
    ToolRunner runner, IOptions<AcquireOptions> acquire, IOptions<ToolOptions> tools, IOptions<ExtractOptions> extract)
{
    private const int HeaderBytes = 26;
    private const int OldHeader = 12;

    /// <summary>The size from the header.</summary>
    /// <exception cref="MediaRejectedException">It is damaged, too large, or too long and thin.</exception>
    public (int Width, int Height) ReadSize(string path, string subject)
    {
        using var file = File.OpenHandle(path);
        var header = new byte[HeaderBytes];
        if (RandomAccess.Read(file, header, 0) < HeaderBytes)
            throw Corrupt(subject, "its header breaks off");
        var isOld = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(14)) == OldHeader;
        var width = isOld
            ? BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(18))
            : BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(18));
        // Upside down when it is negative.
        var height = isOld
            ? BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(20))
            : BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(22));
        if (width <= 0 || height is 0 or int.MinValue)
            throw Corrupt(subject, "it has no size");
        PictureFile.Check(width, Math.Abs(height), acquire.Value.MaxPixels, subject);
        return (width, Math.Abs(height));
    }

    /// <summary>Decodes a file of the media store.</summary>
    /// <param name="path">The file.</param>
    /// <param name="targetPixels">The largest number of pixels of the result.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <param name="cancellationToken">Stops ffmpeg.</param>
    /// <exception cref="MediaRejectedException">It is damaged, too large, or too long and thin.</exception>
    public Task<ExtractedSegment> ReadAsync(string path, int targetPixels, string subject, CancellationToken cancellationToken)
    {
        var (width, height) = ReadSize(path, subject);
        return DecodeAsync(
            ["-f", "bmp_pipe", "-i", FfmpegGuards.File(path)],
            PipeSource.Null,
            inputName: "",
            filters: null,
            (width, height),
            targetPixels,
            subject,
            cancellationToken);
    }

    /// <summary>Decodes a HEIC picture; otherwise as the other method.</summary>
    public Task<ExtractedSegment> ReadAsync(HeicPicture picture, int targetPixels, string subject, CancellationToken cancellationToken)
    {
        PictureFile.Check(picture.Width, picture.Height, acquire.Value.MaxPixels, subject);
        return DecodeAsync(
            ["-f", "hevc", "-i", "pipe:0"],
            PipeSource.FromBytes(picture.Coded),
            Convert.ToHexString(SHA256.HashData(picture.Coded)),
            picture.Filters,
            (picture.Width, picture.Height),
            targetPixels,
            subject,
            cancellationToken);
    }

    private async Task<ExtractedSegment> DecodeAsync(
        IReadOnlyList<string> source,
        PipeSource input,
        string inputName,
        string? filters,
        (int Width, int Height) size,
        int targetPixels,
        string subject,
        CancellationToken cancellationToken)
    {
        var (width, height) = PictureSize.Fit(size.Width, size.Height, targetPixels);
        var output = new OutputBuffer(width * height * 3);
        var scale = string.Create(CultureInfo.InvariantCulture, $"scale={width}:{height}:flags=area");
        var result = await runner.RunAsync(
            new()
            {
                Tool = "ffmpeg",
                Arguments =
                [
                    "-nostdin", "-hide_banner", "-loglevel", "error", .. FfmpegGuards.Input(acquire.Value.MaxPixels),
                    "-threads", tools.Value.ToolThreads.ToString(CultureInfo.InvariantCulture), .. source,
                    "-frames:v", "1", "-vf", filters is null ? scale : $"{filters},{scale}",
                    "-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1",
                ],
                Deadline = extract.Value.PageDeadline,
                Subject = subject,
                Input = input,
                InputName = inputName,
                Output = output.Target,
            },
            cancellationToken).ConfigureAwait(false);
        if (output.Bytes.Length < width * height * 3)
            throw Corrupt(subject, result.Messages.Length == 0 ? "it breaks off" : result.Messages.Split('\n')[0]);
        return new()
        {
            Pictures = [Pixmap.FromPixels(output.Bytes.Span, width, height)],
            Notes = result.Messages.Length == 0 ? [] : [PictureLook.Damaged],
        };
    }

    private static MediaRejectedException Corrupt(string subject, string why) =>
        new(RejectionReason.CorruptMedia, $"{subject} cannot be decoded: {why}. Submit an intact copy.");
}
