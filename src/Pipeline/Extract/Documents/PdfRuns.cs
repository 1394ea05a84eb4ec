using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>
/// Reads several pages of a PDF with one run of each tool, within the limits of a single page. Whatever a tool complains of, and whatever
/// it does not finish, is left out: the pages are then read one by one, so that each gets its own verdict.
/// </summary>
internal sealed class PdfRuns(ToolRunner runner, IOptions<ExtractOptions> extract, IOptions<ToolOptions> tools)
{
    private const byte FormFeed = 0x0C;

    /// <summary>Reads pages.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="from">The first page, from 1.</param>
    /// <param name="to">The last page.</param>
    /// <param name="mayHoldJpegs">False when no picture of the file is a JPEG.</param>
    /// <param name="settings">The task's settings.</param>
    /// <param name="cancellationToken">Stops the tools.</param>
    /// <returns>One for each page, in order; what could not be read in the run is null.</returns>
    public async Task<IReadOnlyList<PdfPageParts>> ReadAsync(
        string path, int from, int to, bool mayHoldJpegs, MediaSettings settings, CancellationToken cancellationToken)
    {
        var parts = new PdfPageParts[to - from + 1];
        Array.Fill(parts, new());
        var run = new Run(path, from, to, parts.Length, cancellationToken);
        if (await AskAsync(run, "pdfinfo", ["-box", .. run.Range, path], PdfReader.AnswerBytes, mayComplain: true).ConfigureAwait(false)
            is not { } answer)
        {
            return parts;
        }

        var infos = PdfPageInfo.Split(Encoding.UTF8.GetString(answer.Span), from, to);
        var isEncrypted = infos.Any(info => info is not null && PdfReader.IsEncrypted(info));
        var drawing = DrawAsync(run, infos, settings);
        var reading = settings.IncludeTextLayer ? TextsAsync(run, infos) : Task.FromResult(new string?[parts.Length]);
        var finding = AskPagesAsync(
            run,
            "pdftotext",
            ["-bbox-layout", "-cropbox", "-enc", "UTF-8", .. run.Range, path, "-"],
            PdfReader.WordsBytes,
            "<page "u8.ToArray());
        var listing = mayHoldJpegs && !isEncrypted
            ? AskAsync(run, "pdfimages", ["-list", .. run.Range, path], PdfReader.AnswerBytes, mayComplain: true)
            : Task.FromResult<ReadOnlyMemory<byte>?>(ReadOnlyMemory<byte>.Empty);
        await Task.WhenAll(drawing, reading, finding, listing).ConfigureAwait(false);
        var drawn = await drawing.ConfigureAwait(false);
        var texts = await reading.ConfigureAwait(false);
        var words = await finding.ConfigureAwait(false);
        var pictures = await listing.ConfigureAwait(false) is { } list ? Encoding.Latin1.GetString(list.Span) : null;
        for (var index = 0; index < parts.Length; index++)
        {
            parts[index] = new()
            {
                Info = infos[index],
                Drawn = drawn[index],
                Pictures = pictures is null ? null : PdfPageInfo.LinesOf(pictures, from + index),
                Text = texts[index],
                Words = words[index],
            };
        }

        return parts;
    }

    /// <summary>Draws neighbours of one size together: the tool is told one size for all.</summary>
    private async Task<DrawnPage?[]> DrawAsync(Run run, IReadOnlyList<string?> infos, MediaSettings settings)
    {
        var sizes = infos.Select(info => info is null ? null : PdfPageSize.TryFit(info, settings)).ToArray();
        var drawn = new DrawnPage?[infos.Count];
        foreach (var (first, count) in Neighbours(sizes, (one, other) => one == other))
        {
            var pages = new DrawnPages([.. sizes.Skip(first).Take(count).Select(size => (size!.Width, size.Height))]);
            var isDrawn = await TryAsync(
                run,
                new()
                {
                    Tool = "pdftoppm",
                    Arguments =
                    [
                        .. sizes[first]!.Arguments, "-f", Number(run.From + first), "-l", Number(run.From + first + count - 1), run.Path,
                    ],
                    Deadline = extract.Value.PageDeadline,
                    Subject = run.Subject,
                    Output = pages.Target,
                },
                mayComplain: false).ConfigureAwait(false);
            if (isDrawn && pages.Pages is { } found)
                found.ToArray().CopyTo(drawn, first);
        }

        return drawn;
    }

    private async Task<string?[]> TextsAsync(Run run, IReadOnlyList<string?> infos)
    {
        var areas = infos.Select(info => info is null ? null : PdfArea.OfText(info)).ToArray();
        var texts = new string?[infos.Count];
        foreach (var (first, count) in Neighbours(areas, (one, other) => one!.SequenceEqual(other!)))
        {
            var part = run with { From = run.From + first, To = run.From + first + count - 1, Pages = count };
            var answer = await AskAsync(
                part,
                "pdftotext",
                ["-layout", "-enc", "UTF-8", "-eol", "unix", .. areas[first]!, .. part.Range, run.Path, "-"],
                PdfReader.TextBytes(extract.Value),
                mayComplain: false).ConfigureAwait(false);
            if (answer is { } text)
                PdfPageInfo.SplitAfter(text.Span, FormFeed, count, PdfReader.TextBytes(extract.Value)).CopyTo(texts, first);
        }

        return texts;
    }

    private async Task<string?[]> AskPagesAsync(Run run, string tool, IReadOnlyList<string> arguments, int pageBytes, byte[] begin) =>
        await AskAsync(run, tool, arguments, pageBytes, mayComplain: true).ConfigureAwait(false) is { } answer
            ? PdfPageInfo.SplitBefore(answer.Span, begin, run.Pages, pageBytes)
            : new string?[run.Pages];

    private async Task<ReadOnlyMemory<byte>?> AskAsync(
        Run run, string tool, IReadOnlyList<string> arguments, int pageBytes, bool mayComplain)
    {
        var output = new OutputBuffer((int)Math.Min((long)pageBytes * run.Pages, Array.MaxLength));
        var request = new ToolRequest
        {
            Tool = tool,
            Arguments = arguments,
            Deadline = extract.Value.PageDeadline,
            Subject = run.Subject,
            Output = output.Target,
        };
        return await TryAsync(run, request, mayComplain).ConfigureAwait(false) && !output.HasOverflowed
            ? output.Bytes
            : null;
    }

    private async Task<bool> TryAsync(Run run, ToolRequest request, bool mayComplain)
    {
        using var useful = CancellationTokenSource.CreateLinkedTokenSource(run.CancellationToken);
        try
        {
            var result = await runner.RunAsync(
                request with
                {
                    AddressSpaceBytes = Math.Min(extract.Value.PageMemoryBytes, tools.Value.ToolMemoryBytes),
                    HasFallback = true,
                    TakeErrorLine = line =>
                    {
                        // Whose page it is about is not known.
                        if (!mayComplain && PdfMessages.Notes(line).Count > 0) useful.Cancel();
                        return false;
                    },
                },
                useful.Token).ConfigureAwait(false);
            return result.ExitCode == 0 && !useful.IsCancellationRequested;
        }
        catch (Exception exception) when (exception is MediaRejectedException or ResourceUnavailableException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!run.CancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Neighbours that belong together, two or more.</summary>
    private static IEnumerable<(int First, int Count)> Neighbours<T>(T?[] pages, Func<T?, T?, bool> areAlike)
    {
        for (var first = 0; first < pages.Length;)
        {
            var count = 1;
            while (pages[first] is not null && first + count < pages.Length && pages[first + count] is not null
                && areAlike(pages[first], pages[first + count]))
            {
                count++;
            }

            if (count > 1)
                yield return (first, count);
            first += count;
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private sealed record Run(string Path, int From, int To, int Pages, CancellationToken CancellationToken)
    {
        public string Subject => FormattableString.Invariant($"Page {From} to {To}");

        public IReadOnlyList<string> Range => ["-f", Number(From), "-l", Number(To)];
    }
}
