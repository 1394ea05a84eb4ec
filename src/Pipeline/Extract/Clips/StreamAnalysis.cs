using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FFMpegCore;
using FFMpegCore.Exceptions;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>
/// Lists the tracks of a video or sound. ffprobe runs as our own limited child, because FFMpegCore joins its arguments into one
/// string and knows no limits; FFMpegCore reads the answer.
/// </summary>
internal sealed partial class StreamAnalysis(ToolRunner runner, IOptions<AcquireOptions> acquire, IOptions<ExtractOptions> extract)
{
    private const int MaxAnswerBytes = 8 << 20;
    private const int MostRuns = 12;

    /// <summary>What ffprobe says of an input.</summary>
    /// <param name="media">The stored file, for messages.</param>
    /// <param name="input">The file or a part of it, as ffmpeg opens it.</param>
    /// <param name="cancellationToken">Stops ffprobe.</param>
    /// <exception cref="MediaRejectedException">It cannot be opened.</exception>
    public async Task<ListedTracks> ReadAsync(StoredMedia media, string input, CancellationToken cancellationToken)
    {
        // ffprobe gives up at the first track whose decoder is not listed; such a track is named, and only then judged.
        var named = new SortedSet<string>(StringComparer.Ordinal);
        for (var run = 1; ; run++)
        {
            var output = new OutputBuffer(MaxAnswerBytes);
            var unlisted = new List<string>();
            var result = await RunAsync(media, input, named, output, unlisted, cancellationToken).ConfigureAwait(false);
            if (result.ExitCode == 0 && !output.HasOverflowed)
                return new(Parse(media, output), [.. named]);
            var known = named.Count;
            named.UnionWith(unlisted);
            if (run < MostRuns && named.Count > known)
                continue;
            throw Corrupt(media, output.HasOverflowed ? "its description is too long" : FirstLine(result.Messages));
        }
    }

    /// <summary>That a file cannot be opened.</summary>
    public static MediaRejectedException Corrupt(StoredMedia media, string why, Exception? cause = null) =>
        new(RejectionReason.CorruptMedia, $"'{media.Source}' cannot be opened as video or sound ({why}); submit an intact copy.", cause);

    private Task<ToolResult> RunAsync(
        StoredMedia media,
        string input,
        IReadOnlyCollection<string> named,
        OutputBuffer output,
        List<string> unlisted,
        CancellationToken cancellationToken) =>
        runner.RunAsync(
            new()
            {
                Tool = "ffprobe",
                Arguments =
                [
                    "-hide_banner", "-loglevel", "error", .. FfmpegGuards.Input(acquire.Value.MaxPixels), .. FfmpegGuards.NameOnly(named),
                    "-show_format", "-show_streams", "-show_chapters", "-sexagesimal", "-of", "json", input,
                ],
                Deadline = extract.Value.PageDeadline,
                Subject = $"'{media.Source}'",
                Output = output.Target,
                TakeErrorLine = line =>
                {
                    var decoder = NotListed().Match(line);
                    if (decoder.Success)
                        unlisted.Add(decoder.Groups[1].Value);
                    return decoder.Success;
                },
            },
            cancellationToken);

    private static IMediaAnalysis Parse(StoredMedia media, OutputBuffer output)
    {
        try
        {
            return FFProbe.FromJson(Encoding.UTF8.GetString(output.Bytes.Span));
        }
        catch (Exception exception) when (
            exception is JsonException or FormatException or FFMpegException
                or OverflowException or ArgumentException or InvalidOperationException)
        {
            throw Corrupt(media, exception.Message, exception);
        }
    }

    private static string FirstLine(string messages) => messages.Length == 0 ? "no reason given" : messages.Split('\n')[0];

    [GeneratedRegex(@"Codec \((\w[\w-]*)\) not on whitelist")]
    private static partial Regex NotListed();
}
