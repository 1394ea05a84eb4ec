using System.Text;
using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Extract.Documents.Runs;

/// <summary>Reads what is written on several pages of a PDF, and where, with one run of each tool.</summary>
internal sealed class PdfTextReader(PdfTools tools, IOptions<ExtractOptions> extract)
{
    private const byte FormFeed = 0x0C;
    private const int PagesOfPiece = 24;

    /// <summary>Begins to read pages with one run of each tool.</summary>
    /// <param name="range">The pages.</param>
    /// <param name="mayHoldJpegs">False when no picture of the file is a JPEG.</param>
    /// <param name="settings">The task's settings.</param>
    public PdfTextReading Begin(PdfRange range, bool mayHoldJpegs, MediaSettings settings)
    {
        var infos = InfosAsync(range);
        return new(range.From, range.Pages <= PagesOfPiece, infos, ReadAsync(range, infos, mayHoldJpegs, settings));
    }

    /// <summary>Begins to read pages, a few with one run of each tool: what is wrong with one spoils no more than its neighbours.</summary>
    /// <param name="range">The pages.</param>
    /// <param name="mayHoldJpegs">False when no picture of the file is a JPEG.</param>
    /// <param name="settings">The task's settings.</param>
    public PdfTextReading BeginInPieces(PdfRange range, bool mayHoldJpegs, MediaSettings settings)
    {
        var pieces = Enumerable.Range(0, range.Pages).Chunk(PagesOfPiece)
            .Select(piece => (piece.Length, Reading: Begin(range.Part(piece[0], piece.Length), mayHoldJpegs, settings)))
            .ToList();
        return new(range.From, true, JoinInfosAsync(pieces), JoinTextsAsync(range.From, pieces));
    }

    private static async Task<IReadOnlyList<string?>?> JoinInfosAsync(List<(int Pages, PdfTextReading Reading)> pieces)
    {
        var infos = new List<string?>();
        foreach (var (pages, piece) in pieces) infos.AddRange(await piece.Infos.ConfigureAwait(false) ?? new string?[pages]);
        return infos;
    }

    private static async Task<PdfTexts?> JoinTextsAsync(int from, List<(int Pages, PdfTextReading Reading)> pieces)
    {
        var texts = await Task.WhenAll(pieces.Select(piece => piece.Reading.Texts)).ConfigureAwait(false);
        return PdfTexts.Of(from, pieces.Zip(texts, (piece, its) => (piece.Pages, its)));
    }

    private async Task<IReadOnlyList<string?>?> InfosAsync(PdfRange range) =>
        await tools.AskAsync(
            range, "pdfinfo", ["-box", .. range.Arguments, range.Path], PdfReader.AnswerBytes, mayComplain: true).ConfigureAwait(false)
            is { } answer
            ? PdfPageInfo.Split(Encoding.UTF8.GetString(answer.Span), range.From, range.To)
            : null;

    private async Task<PdfTexts?> ReadAsync(
        PdfRange range, Task<IReadOnlyList<string?>?> asked, bool mayHoldJpegs, MediaSettings settings)
    {
        if (await asked.ConfigureAwait(false) is not { } infos) return null;
        var isEncrypted = infos.Any(info => info is not null && PdfReader.IsEncrypted(info));
        var reading = settings.IncludeTextLayer ? TextsAsync(range, infos) : Task.FromResult((new string?[range.Pages], true));
        var finding = tools.AskAsync(
            range, "pdftotext", ["-bbox-layout", "-cropbox", "-enc", "UTF-8", .. range.Arguments, range.Path, "-"], PdfReader.WordsBytes,
            mayComplain: true);
        var listing = mayHoldJpegs && !isEncrypted
            ? tools.AskAsync(range, "pdfimages", ["-list", .. range.Arguments, range.Path], PdfReader.AnswerBytes, mayComplain: true)
            : Task.FromResult<ReadOnlyMemory<byte>?>(ReadOnlyMemory<byte>.Empty);
        await Task.WhenAll(reading, finding, listing).ConfigureAwait(false);
        var (texts, isWhole) = await reading.ConfigureAwait(false);
        var words = await finding.ConfigureAwait(false);
        var pictures = await listing.ConfigureAwait(false) is { } list ? Encoding.Latin1.GetString(list.Span) : null;
        var places = words is { } found
            ? PdfPageInfo.SplitBefore(found, "<page "u8, range.Pages, PdfReader.WordsBytes)
            : new ReadOnlyMemory<byte>?[range.Pages];
        var pages = infos.Select((info, index) => new PdfPageParts
        {
            Info = info,
            Pictures = pictures is null ? null : PdfPageInfo.LinesOf(pictures, range.From + index),
            Text = texts[index],
            Words = places[index],
        });
        return new(range.From, [.. pages]) { IsWhole = isWhole && words is not null && pictures is not null };
    }

    /// <summary>The text layers, null where a page has to be read alone, and whether the tool never failed.</summary>
    private async Task<(string?[] Texts, bool IsWhole)> TextsAsync(PdfRange range, IReadOnlyList<string?> infos)
    {
        var areas = infos.Select(info => info is null ? null : PdfArea.OfText(info)).ToArray();
        var texts = new string?[infos.Count];
        var isWhole = true;
        foreach (var (first, count) in PdfRange.Neighbours(areas, (one, other) => one!.SequenceEqual(other!)))
        {
            var part = range.Part(first, count);
            var answer = await tools.AskAsync(
                part,
                "pdftotext",
                ["-layout", "-enc", "UTF-8", "-eol", "unix", .. areas[first]!, .. part.Arguments, range.Path, "-"],
                PdfReader.TextBytes(extract.Value),
                mayComplain: false).ConfigureAwait(false);
            isWhole &= answer is not null;
            if (answer is { } text)
                PdfPageInfo.SplitAfter(text.Span, FormFeed, count, PdfReader.TextBytes(extract.Value)).CopyTo(texts, first);
        }

        return (texts, isWhole);
    }
}
