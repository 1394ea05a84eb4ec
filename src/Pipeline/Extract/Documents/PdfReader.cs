using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
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
    /// <summary>The most that is kept of what a tool says of a page, in bytes.</summary>
    public const int AnswerBytes = 1 << 16;

    /// <summary>The most that is kept of the words of a page, in bytes.</summary>
    public const int WordsBytes = 8 << 20;

    private const int MaxPictures = 50;
    private const int HeaderBytes = 64;
    private const int ShareWithoutMemory = 6;

    private readonly PdfStreamsCache _streams = new();

    /// <summary>The most that is kept of a page's text layer, in bytes.</summary>
    public static int TextBytes(ExtractOptions options) => options.MaxPageTextCharacters * 4;

    /// <summary>Whether <c>pdfinfo</c> says that a document is encrypted.</summary>
    public static bool IsEncrypted(string answer) => Encrypted().IsMatch(answer);

    /// <summary>What it holds.</summary>
    public async Task<PdfSummary> SummariseAsync(StoredMedia media, CancellationToken cancellationToken)
    {
        var subject = $"'{media.Source}'";
        var answer = await InfoAsync(media.Path, page: null, subject, cancellationToken).ConfigureAwait(false);
        var pages = PageCount().Match(answer);
        if (!pages.Success || !int.TryParse(pages.Groups[1].Value, CultureInfo.InvariantCulture, out var count) || count <= 0)
            throw Corrupt(subject, "it has no pages");
        var output = new OutputBuffer(AnswerBytes);
        await RunAsync("pdfdetach", ["-list", media.Path], subject, output, cancellationToken).ConfigureAwait(false);
        var attached = AttachedFile().Matches(Encoding.UTF8.GetString(output.Bytes.Span)).Select(match => match.Groups[1].Value.Trim());
        return new(count, XfaForm().IsMatch(answer), [.. attached]);
    }

    /// <summary>A page's picture and text layer.</summary>
    public Task<ExtractedSegment> ReadPageAsync(string path, int page, MediaSettings settings, CancellationToken cancellationToken) =>
        ReadPageAsync(path, page, settings, new(), cancellationToken);

    /// <inheritdoc cref="ReadPageAsync(string, int, MediaSettings, CancellationToken)"/>
    /// <param name="path">A file of the media store.</param>
    /// <param name="page">The page, from 1.</param>
    /// <param name="settings">The task's settings.</param>
    /// <param name="known">What a run over several pages gave of it already.</param>
    /// <param name="cancellationToken">Stops the tools.</param>
    public async Task<ExtractedSegment> ReadPageAsync(
        string path, int page, MediaSettings settings, PdfPageParts known, CancellationToken cancellationToken)
    {
        var subject = FormattableString.Invariant($"Page {page}");
        var answer = known.Info ?? await InfoAsync(path, page, subject, cancellationToken).ConfigureAwait(false);
        var fit = PdfPageSize.Fit(answer, subject, settings);
        var (picture, drawn, failure) = known.Drawn is { } whole
            ? (new Picture(whole.Pixmap, whole.Width, whole.Height, whole.Sha256) { Page = page }, [], null)
            : await TryRenderAsync(path, page, fit, subject, cancellationToken).ConfigureAwait(false);
        var notes = new List<ReadingNote?>(drawn);
        if (failure is null && !IsEncrypted(answer))
        {
            var list = known.Pictures ?? await ListPicturesAsync(path, page, subject, cancellationToken).ConfigureAwait(false);
            notes.Add(CutPictures(path, list, cancellationToken));
        }

        string? text = null;
        if (settings.IncludeTextLayer && known.Text is { } layer)
        {
            (text, var note) = PdfText.Clean(layer, extract.Value.MaxPageTextCharacters, isCut: false);
            notes.Add(note);
        }
        else if (settings.IncludeTextLayer)
        {
            (text, var read) = await TextLayerAsync(
                path, page, PdfArea.OfText(answer), subject, failure, cancellationToken).ConfigureAwait(false);
            notes.AddRange(read);
        }

        if (failure is not null && text is null)
            throw failure;
        return new()
        {
            Pictures = picture is null ? [] : [picture],
            Text = text,
            Words = await WordsAsync(
                path, page, known.Words, PdfPageSize.Rotation(answer), subject, cancellationToken).ConfigureAwait(false),
            Notes = ReadingNote.Of(notes),
        };
    }

    private async Task<string> ListPicturesAsync(string path, int page, string subject, CancellationToken cancellationToken)
    {
        var output = new OutputBuffer(AnswerBytes);
        await RunAsync("pdfimages", ["-list", .. Only(page), path], subject, output, cancellationToken).ConfigureAwait(false);
        return Encoding.Latin1.GetString(output.Bytes.Span);
    }

    private ReadingNote? CutPictures(string path, string list, CancellationToken cancellationToken)
    {
        var pictures = JpegPicture()
            .Matches(list)
            .Select(match => (match.Groups[1].Value, match.Groups[2].Value))
            .Distinct()
            .Take(MaxPictures)
            .ToList();
        if (pictures.Count == 0)
            return null;
        var streams = _streams.Of(path);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var cut = 0;
        foreach (var picture in pictures)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (int.TryParse(picture.Item1, CultureInfo.InvariantCulture, out var number)
                && int.TryParse(picture.Item2, CultureInfo.InvariantCulture, out var generation)
                && streams.IsCutJpeg(file, number, generation))
            {
                cut++;
            }
        }

        return cut == 0
            ? null
            : ReadingNote.Gap(
                FormattableString.Invariant(
                    $"{cut} of the page's pictures are incomplete (their JPEG breaks off): their lower parts may be missing."));
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

    // What cannot be drawn within its time and memory may still have a text.
    private async Task<(Picture? Picture, IReadOnlyList<ReadingNote> Notes, MediaRejectedException? Failure)> TryRenderAsync(
        string path, int page, PdfDrawing size, string subject, CancellationToken cancellationToken)
    {
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var (picture, notes) = await RenderAsync(path, page, size, subject, given).ConfigureAwait(false);
            return (picture, notes, null);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            return Undrawn(new(RejectionReason.TooLarge, OutOfMemory(subject, "pdftoppm"), exception));
        }
        catch (MediaRejectedException failure) when (failure.Reason is RejectionReason.TooLarge or RejectionReason.TimedOut)
        {
            return Undrawn(failure);
        }

        static (Picture? Picture, IReadOnlyList<ReadingNote> Notes, MediaRejectedException? Failure) Undrawn(
            MediaRejectedException failure) =>
            (null, [ReadingNote.Gap($"The page could not be drawn and was read from its text layer alone. {failure.Message}")], failure);
    }

    private async Task<(Picture Picture, IReadOnlyList<ReadingNote> Notes)> RenderAsync(
        string path, int page, PdfDrawing size, string subject, CancellationTokenSource given)
    {
        // Poppler rounds a turned page's short side up.
        var output = new OutputBuffer(((size.Width + 1) * (size.Height + 1) * 3) + HeaderBytes);
        var result = await RunAsync(
            "pdftoppm",
            [.. size.Arguments, .. Only(page), path],
            subject,
            output,
            given.Token,
            EndSoonWithoutMemory(given),
            hasFallback: true).ConfigureAwait(false);
        var header = PixmapHeader().Match(Encoding.Latin1.GetString(output.Bytes.Span[..Math.Min(HeaderBytes, output.Bytes.Length)]));
        if (!header.Success
            || !int.TryParse(header.Groups[1].Value, CultureInfo.InvariantCulture, out var width)
            || !int.TryParse(header.Groups[2].Value, CultureInfo.InvariantCulture, out var height)
            || output.HasOverflowed
            || output.Bytes.Length != header.Length + ((long)width * height * 3))
        {
            throw Corrupt(subject, result.Messages.Length > 0 ? result.Messages.Split('\n')[0] : "it was not rendered");
        }

        return (Pixmap.FromPixmap(output.Bytes.ToArray(), width, height) with { Page = page }, PdfMessages.Notes(result.Messages));
    }

    private async Task<(string? Text, IReadOnlyList<ReadingNote> Notes)> TextLayerAsync(
        string path,
        int page,
        IReadOnlyList<string> area,
        string subject,
        MediaRejectedException? undrawn,
        CancellationToken cancellationToken)
    {
        var limit = extract.Value.MaxPageTextCharacters;
        var output = new OutputBuffer(TextBytes(extract.Value));
        var result = await RunAsync(
            "pdftotext",
            ["-layout", "-enc", "UTF-8", "-eol", "unix", "-nopgbrk", .. area, .. Only(page), path, "-"],
            subject,
            output,
            cancellationToken,
            hasFallback: undrawn is not null)
            .ConfigureAwait(false);
        var (text, note) = PdfText.Clean(Encoding.UTF8.GetString(output.Bytes.Span), limit, output.HasOverflowed);
        if (result.ExitCode != 0)
        {
            note = ReadingNote.Gap(
                FormattableString.Invariant($"The page's text layer could not be read (pdftotext ended with {result.ExitCode}); ")
                    + "the page was read from its picture.");
        }

        return (text, note is null ? PdfMessages.Notes(result.Messages) : [note]);
    }

    // Where they are is known of a page whether its text is sent or not.
    private async Task<PageWords?> WordsAsync(
        string path, int page, ReadOnlyMemory<byte>? known, int rotation, string subject, CancellationToken cancellationToken)
    {
        var output = new OutputBuffer(WordsBytes);
        if (known is null)
        {
            var result = await RunAsync(
                "pdftotext",
                ["-bbox-layout", "-cropbox", "-enc", "UTF-8", .. Only(page), path, "-"],
                subject,
                output,
                cancellationToken)
                .ConfigureAwait(false);
            if (result.ExitCode != 0) return null;
        }

        if (PdfWords.Parse((known ?? output.Bytes).Span, rotation is 90 or 270, output.HasOverflowed) is not { } words) return null;
        return VerticalWords.MayBe(words, rotation) && await IsVerticalAsync(path, page, subject, cancellationToken).ConfigureAwait(false)
            ? VerticalWords.Correct(words, rotation)
            : words;
    }

    // Only the fonts tell vertical writing from writing that is turned.
    private async Task<bool> IsVerticalAsync(string path, int page, string subject, CancellationToken cancellationToken)
    {
        var output = new OutputBuffer(AnswerBytes);
        await RunAsync("pdffonts", [.. Only(page), path], subject, output, cancellationToken).ConfigureAwait(false);
        return VerticalFont().IsMatch(Encoding.Latin1.GetString(output.Bytes.Span));
    }

    // Without memory, pdftoppm leaves something out and tries the next, for as long as it may: what is not soon finished then never is.
    private Func<string, bool> EndSoonWithoutMemory(CancellationTokenSource given)
    {
        var isEnding = false;
        return line =>
        {
            if (!isEnding && line.StartsWith("Out of memory", StringComparison.Ordinal))
            {
                isEnding = true;
                given.CancelAfter(extract.Value.PageDeadline / ShareWithoutMemory);
            }

            return false;
        };
    }

    private string OutOfMemory(string subject, string tool) => FormattableString.Invariant(
        $"{subject} needs more than {extract.Value.PageMemoryBytes >> 20:N0} MiB of memory in {tool}; ")
        + "submit a simpler version or raise Extract:PageMemoryBytes.";

    private Task<ToolResult> RunAsync(
        string tool,
        IReadOnlyList<string> arguments,
        string subject,
        OutputBuffer output,
        CancellationToken cancellationToken,
        Func<string, bool>? takeErrorLine = null,
        bool hasFallback = false) =>
        runner.RunAsync(
            new()
            {
                Tool = tool,
                Arguments = arguments,
                Deadline = extract.Value.PageDeadline,
                Subject = subject,
                Output = output.Target,
                AddressSpaceBytes = Math.Min(extract.Value.PageMemoryBytes, tools.Value.ToolMemoryBytes),
                OutOfMemory = OutOfMemory(subject, tool),
                TakeErrorLine = takeErrorLine,
                HasFallback = hasFallback,
            },
            cancellationToken);

    private static string[] Only(int page) => ["-f", Number(page), "-l", Number(page)];

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>That something cannot be read.</summary>
    public static MediaRejectedException Corrupt(string subject, string why) =>
        new(RejectionReason.CorruptMedia, $"{subject} cannot be read as PDF ({why.Trim()}); submit an intact copy.");

    [GeneratedRegex(@"^Pages:\s+(\d+)", RegexOptions.Multiline)]
    private static partial Regex PageCount();

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
