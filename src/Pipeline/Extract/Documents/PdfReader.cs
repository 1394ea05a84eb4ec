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
internal sealed partial class PdfReader(ToolRunner runner, IOptions<ExtractOptions> extract, IOptions<ToolOptions> tools)
{
    private const int AnswerBytes = 1 << 16;
    private const double PointsPerInch = 72;
    private const double HighestResolution = 200;
    private const double Scale = HighestResolution / PointsPerInch;
    private const int MaxNames = 5;
    private const int MaxPictures = 50;
    private const int HeaderBytes = 64;
    private const int WordsBytes = 8 << 20;

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
        var size = PageBox(answer, subject);
        var (picture, drawn) = await RenderAsync(
            path, page, PictureSize.Fit(size.Width * Scale, size.Height * Scale, settings.MaxPicturePixels), subject, cancellationToken)
                .ConfigureAwait(false);
        var notes = new List<string?> { drawn };
        if (!Encrypted().IsMatch(answer))
            notes.Add(await CutPicturesAsync(path, page, subject, cancellationToken).ConfigureAwait(false));
        if (page == 1)
            notes.Add(await DocumentNoteAsync(path, answer, subject, cancellationToken).ConfigureAwait(false));
        string? text = null;
        if (settings.IncludeTextLayer)
        {
            (text, var read) = await TextLayerAsync(path, page, PdfArea.OfText(answer), subject, cancellationToken).ConfigureAwait(false);
            notes.Add(read);
        }

        var words = await WordsAsync(path, page, PageRotation().Match(answer), subject, cancellationToken).ConfigureAwait(false);
        var said = notes.OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return new()
        {
            Pictures = [picture],
            Text = text,
            Words = words,
            Note = said.Count == 0 ? null : string.Join(' ', said),
        };
    }

    // What belongs to the document and to no page is said once, with the first.
    private async Task<string?> DocumentNoteAsync(string path, string answer, string subject, CancellationToken cancellationToken)
    {
        var notes = new List<string>();
        if (XfaForm().IsMatch(answer))
        {
            notes.Add(
                "The PDF is an XFA form, which is not drawn: of it, only the pages that stand in for it were read. Print it to PDF in "
                    + "Adobe Acrobat and submit that.");
        }

        var output = new OutputBuffer(AnswerBytes);
        await RunAsync("pdfdetach", ["-list", path], subject, output, cancellationToken).ConfigureAwait(false);
        var names = AttachedFile()
            .Matches(Encoding.UTF8.GetString(output.Bytes.Span))
            .Select(match => match.Groups[1].Value.Trim())
            .ToList();
        if (names.Count > 0)
        {
            var listed = string.Join(", ", names.Take(MaxNames)) + (names.Count > MaxNames ? ", …" : "");
            notes.Add(FormattableString.Invariant(
                $"Not read: {names.Count} files that are attached to the PDF ({listed}); submit them themselves."));
        }

        return notes.Count == 0 ? null : string.Join(' ', notes);
    }

    private async Task<string?> CutPicturesAsync(string path, int page, string subject, CancellationToken cancellationToken)
    {
        var output = new OutputBuffer(AnswerBytes);
        await RunAsync("pdfimages", ["-list", .. Only(page), path], subject, output, cancellationToken).ConfigureAwait(false);
        var cut = 0;
        foreach (var picture in JpegPicture()
            .Matches(Encoding.Latin1.GetString(output.Bytes.Span))
            .Select(match => (match.Groups[1].Value, match.Groups[2].Value))
            .Distinct()
            .Take(MaxPictures))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (int.TryParse(picture.Item1, CultureInfo.InvariantCulture, out var number)
                && int.TryParse(picture.Item2, CultureInfo.InvariantCulture, out var generation)
                && PdfStreams.IsCutJpeg(path, number, generation))
            {
                cut++;
            }
        }

        return cut == 0
            ? null
            : FormattableString.Invariant(
                $"{cut} of the page's pictures are incomplete (their JPEG breaks off): their lower parts may be missing.");
    }

    private async Task<string> InfoAsync(string path, int? page, string subject, CancellationToken cancellationToken)
    {
        var output = new OutputBuffer(AnswerBytes);
        var result = await RunAsync(
            "pdfinfo", page is { } number ? ["-box", .. Only(number), path] : [path], subject, output, cancellationToken)
                .ConfigureAwait(false);
        var answer = Encoding.UTF8.GetString(output.Bytes.Span);
        if (result.ExitCode == 0)
            return answer;
        throw result.Messages.Contains("password", StringComparison.OrdinalIgnoreCase)
            || result.Messages.Contains("encrypt", StringComparison.OrdinalIgnoreCase)
            ? new MediaRejectedException(
                RejectionReason.Encrypted, $"{subject} is an encrypted PDF; remove its password and submit it again.")
            : Corrupt(subject, result.Messages.Split('\n')[0]);
    }

    /// <summary>The size of what is shown, turned as it is shown, in points.</summary>
    private static (double Width, double Height) PageBox(string answer, string subject)
    {
        var size = PageSize().Match(answer);
        if (!size.Success
            || !double.TryParse(size.Groups[1].Value, CultureInfo.InvariantCulture, out var width)
            || !double.TryParse(size.Groups[2].Value, CultureInfo.InvariantCulture, out var height)
            || width <= 0 || height <= 0)
        {
            throw Corrupt(subject, "it has no size");
        }

        if (IsTurned(PageRotation().Match(answer)))
            (width, height) = (height, width);
        if (Math.Max(width, height) > PictureDecoder.MaxAspectRatio * Math.Min(width, height))
        {
            throw new MediaRejectedException(
                RejectionReason.UnsupportedMedia,
                FormattableString.Invariant(
                    $"{subject} measures {width:F0} × {height:F0} points; ")
                    + $"the model reads no picture that is more than {PictureDecoder.MaxAspectRatio} times as long as it is wide.");
        }

        return (width, height);
    }

    private async Task<(Picture Picture, string? Note)> RenderAsync(
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

        return (Pixmap.FromPixmap(output.Bytes.ToArray(), width, height) with { Page = page }, PdfMessages.Note(result.Messages));
    }

    private async Task<(string? Text, string? Note)> TextLayerAsync(
        string path, int page, IReadOnlyList<string> area, string subject, CancellationToken cancellationToken)
    {
        var limit = extract.Value.MaxPageTextCharacters;
        var output = new OutputBuffer(limit * 4);
        var result = await RunAsync(
            "pdftotext",
            ["-layout", "-enc", "UTF-8", "-eol", "unix", "-nopgbrk", .. area, .. Only(page), path, "-"],
            subject,
            output,
            cancellationToken)
            .ConfigureAwait(false);
        var (text, note) = PdfText.Clean(Encoding.UTF8.GetString(output.Bytes.Span), limit, output.HasOverflowed);
        if (result.ExitCode != 0)
        {
            note = FormattableString.Invariant(
                $"The page's text layer could not be read (pdftotext ended with {result.ExitCode}); the page was read from its picture.");
        }

        return (text, note ?? PdfMessages.Note(result.Messages));
    }

    // Where they are is known of a page whether its text is sent or not.
    private async Task<PageWords?> WordsAsync(
        string path, int page, Match rotation, string subject, CancellationToken cancellationToken)
    {
        var output = new OutputBuffer(WordsBytes);
        var result = await RunAsync(
            "pdftotext",
            ["-bbox-layout", "-cropbox", "-enc", "UTF-8", .. Only(page), path, "-"],
            subject,
            output,
            cancellationToken)
            .ConfigureAwait(false);
        if (result.ExitCode != 0
            || PdfWords.Parse(Encoding.UTF8.GetString(output.Bytes.Span), IsTurned(rotation), output.HasOverflowed) is not { } words)
        {
            return null;
        }

        var turned = rotation.Success && int.TryParse(rotation.Groups[1].Value, CultureInfo.InvariantCulture, out var angle) ? angle : 0;
        return VerticalWords.MayBe(words, turned) && await IsVerticalAsync(path, page, subject, cancellationToken).ConfigureAwait(false)
            ? VerticalWords.Correct(words, turned)
            : words;
    }

    // Only the fonts tell vertical writing from writing that is turned.
    private async Task<bool> IsVerticalAsync(string path, int page, string subject, CancellationToken cancellationToken)
    {
        var output = new OutputBuffer(AnswerBytes);
        await RunAsync("pdffonts", [.. Only(page), path], subject, output, cancellationToken).ConfigureAwait(false);
        return VerticalFont().IsMatch(Encoding.Latin1.GetString(output.Bytes.Span));
    }

    private Task<ToolResult> RunAsync(
        string tool, IReadOnlyList<string> arguments, string subject, OutputBuffer output, CancellationToken cancellationToken) =>
        runner.RunAsync(
            new()
            {
                Tool = tool,
                Arguments = arguments,
                Deadline = extract.Value.PageDeadline,
                Subject = subject,
                Output = output.Target,
                AddressSpaceBytes = Math.Min(extract.Value.PageMemoryBytes, tools.Value.ToolMemoryBytes),
                OutOfMemory = FormattableString.Invariant(
                    $"{subject} needs more than {extract.Value.PageMemoryBytes >> 20:N0} MiB of memory in {tool}; ")
                    + "submit a simpler version or raise Extract:PageMemoryBytes.",
            },
            cancellationToken);

    private static bool IsTurned(Match rotation) => rotation.Success && rotation.Groups[1].Value is "90" or "270";

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

    [GeneratedRegex(@"^Form:\s+XFA", RegexOptions.Multiline)]
    private static partial Regex XfaForm();

    [GeneratedRegex(@"^Encrypted:\s+yes", RegexOptions.Multiline)]
    private static partial Regex Encrypted();

    // name type encoding emb sub uni object ID
    [GeneratedRegex(@"\s\S{1,100}-V\s+(?:yes|no)\s+(?:yes|no)\s+(?:yes|no)\s", RegexOptions.Multiline)]
    private static partial Regex VerticalFont();

    [GeneratedRegex(@"^\d+: (.{1,200})$", RegexOptions.Multiline)]
    private static partial Regex AttachedFile();

    // page num type width height color comp bpc enc interp object ID …
    [GeneratedRegex(@"^\s*\d+\s+\d+\s+\S+\s+\d+\s+\d+\s+\S+\s+\S+\s+\S+\s+jpeg\s+\S+\s+(\d+)\s+(\d+)\s", RegexOptions.Multiline)]
    private static partial Regex JpegPicture();
}
