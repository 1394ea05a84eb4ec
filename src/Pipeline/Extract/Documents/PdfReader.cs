using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>
/// Reads PDF with poppler's tools, each in a limited child: a document of 3 KB can unpack to gigabytes. Their exit code is not
/// trusted; what they wrote is checked.
/// </summary>
internal sealed partial class PdfReader(ToolRunner runner, IOptions<ExtractOptions> extract)
{
    private const int AnswerBytes = 1 << 16;
    private const double PointsPerInch = 72;
    private const double HighestResolution = 200;
    private const int HeaderBytes = 64;

    /// <summary>The number of pages.</summary>
    public async Task<int> CountPagesAsync(StoredMedia media, CancellationToken cancellationToken)
    {
        var subject = $"'{media.Source}'";
        var answer = await InfoAsync(media.Path, page: null, subject, cancellationToken).ConfigureAwait(false);
        var pages = PageCount().Match(answer);
        return pages.Success && int.TryParse(pages.Groups[1].Value, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : throw Corrupt(subject, "it has no pages");
    }

    /// <summary>A page's picture and text layer.</summary>
    public async Task<ExtractedSegment> ReadPageAsync(string path, int page, MediaSettings settings, CancellationToken cancellationToken)
    {
        var subject = FormattableString.Invariant($"Page {page}");
        var answer = await InfoAsync(path, page, subject, cancellationToken).ConfigureAwait(false);
        var picture = await RenderAsync(path, page, Size(answer, settings.MaxPicturePixels, subject), subject, cancellationToken).ConfigureAwait(false);
        if (!settings.IncludeTextLayer)
            return new() { Pictures = [picture] };
        var (text, note) = await TextLayerAsync(path, page, subject, cancellationToken).ConfigureAwait(false);
        return new() { Pictures = [picture], Text = text, Note = note };
    }

    private async Task<string> InfoAsync(string path, int? page, string subject, CancellationToken cancellationToken)
    {
        var output = new OutputBuffer(AnswerBytes);
        var result = await RunAsync(
            "pdfinfo", page is { } number ? [.. Only(number), path] : [path], subject, output, cancellationToken).ConfigureAwait(false);
        var answer = Encoding.UTF8.GetString(output.Bytes.Span);
        if (result.ExitCode == 0)
            return answer;
        throw result.Messages.Contains("password", StringComparison.OrdinalIgnoreCase) || result.Messages.Contains("encrypt", StringComparison.OrdinalIgnoreCase)
            ? new MediaRejectedException(RejectionReason.Encrypted, $"{subject} is an encrypted PDF; remove its password and submit it again.")
            : Corrupt(subject, result.Messages.Split('\n')[0]);
    }

    private static (int Width, int Height) Size(string answer, int maxPixels, string subject)
    {
        var size = PageSize().Match(answer);
        if (!size.Success
            || !double.TryParse(size.Groups[1].Value, CultureInfo.InvariantCulture, out var width)
            || !double.TryParse(size.Groups[2].Value, CultureInfo.InvariantCulture, out var height)
            || width <= 0 || height <= 0)
        {
            throw Corrupt(subject, "it has no size");
        }

        if (PageRotation().Match(answer) is { Success: true } rotation && rotation.Groups[1].Value is "90" or "270")
            (width, height) = (height, width);
        if (Math.Max(width, height) > PictureDecoder.MaxAspectRatio * Math.Min(width, height))
        {
            throw new MediaRejectedException(
                RejectionReason.UnsupportedMedia,
                FormattableString.Invariant($"{subject} measures {width:F0} × {height:F0} points; the model reads no picture that is more than {PictureDecoder.MaxAspectRatio} times as long as it is wide."));
        }

        const double scale = HighestResolution / PointsPerInch;
        return PictureSize.Fit(width * scale, height * scale, maxPixels);
    }

    private async Task<Picture> RenderAsync(
        string path, int page, (int Width, int Height) size, string subject, CancellationToken cancellationToken)
    {
        // Poppler rounds the short side up, and gives a turned page its width for its height when both are asked for.
        var output = new OutputBuffer(((size.Width + 1) * (size.Height + 1) * 3) + HeaderBytes);
        var result = await RunAsync(
            "pdftoppm",
            ["-cropbox", "-scale-to", Number(Math.Max(size.Width, size.Height)), .. Only(page), path],
            subject,
            output,
            cancellationToken).ConfigureAwait(false);
        var header = PixmapHeader().Match(Encoding.Latin1.GetString(output.Bytes.Span[..Math.Min(HeaderBytes, output.Bytes.Length)]));
        if (!header.Success
            || !int.TryParse(header.Groups[1].Value, CultureInfo.InvariantCulture, out var width)
            || !int.TryParse(header.Groups[2].Value, CultureInfo.InvariantCulture, out var height)
            || output.HasOverflowed
            || output.Bytes.Length != header.Length + ((long)width * height * 3))
        {
            throw Corrupt(subject, result.Messages.Length > 0 ? result.Messages.Split('\n')[0] : "it was not rendered");
        }

        return Pixmap.FromPixmap(output.Bytes.ToArray(), width, height) with { Page = page };
    }

    private async Task<(string? Text, string? Note)> TextLayerAsync(string path, int page, string subject, CancellationToken cancellationToken)
    {
        var limit = extract.Value.MaxPageTextCharacters;
        var output = new OutputBuffer(limit * 4);
        await RunAsync("pdftotext", ["-layout", "-enc", "UTF-8", "-eol", "unix", "-nopgbrk", .. Only(page), path, "-"], subject, output, cancellationToken)
            .ConfigureAwait(false);
        var text = Blanks().Replace(Encoding.UTF8.GetString(output.Bytes.Span), "\n").Trim('\n', ' ', '\uFFFD');
        text = EmptyLines().Replace(text, "\n\n");
        if (text.Length <= limit && !output.HasOverflowed)
            return (text.Length == 0 ? null : text, null);
        return (
            text[..Math.Min(limit, text.Length)],
            FormattableString.Invariant($"Only the first {limit} characters of the page's text layer were read."));
    }

    private Task<ToolResult> RunAsync(
        string tool, IReadOnlyList<string> arguments, string subject, OutputBuffer output, CancellationToken cancellationToken) =>
        runner.RunAsync(
            new() { Tool = tool, Arguments = arguments, Deadline = extract.Value.PageDeadline, Subject = subject, Output = output.Target },
            cancellationToken);

    private static string[] Only(int page) => ["-f", Number(page), "-l", Number(page)];

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static MediaRejectedException Corrupt(string subject, string why) =>
        new(RejectionReason.CorruptMedia, $"{subject} cannot be read as PDF ({why.Trim()}); submit an intact copy.");

    [GeneratedRegex(@"^Pages:\s+(\d+)", RegexOptions.Multiline)]
    private static partial Regex PageCount();

    [GeneratedRegex(@"^Page(?:\s+\d+)? size:\s+([\d.]+) x ([\d.]+) pts", RegexOptions.Multiline)]
    private static partial Regex PageSize();

    [GeneratedRegex(@"^Page(?:\s+\d+)? rot:\s+(\d+)", RegexOptions.Multiline)]
    private static partial Regex PageRotation();

    [GeneratedRegex(@"^P6\n(\d{1,6}) (\d{1,6})\n255\n")]
    private static partial Regex PixmapHeader();

    [GeneratedRegex(@"[ \t]+\n")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\n{3,}")]
    private static partial Regex EmptyLines();
}
