using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Extract.Documents.Runs;

/// <summary>Reads several pages of a PDF with one run of each tool. What is left out has to be read page by page.</summary>
internal sealed class PdfRuns(PdfTools tools, PdfTextReader texts, IOptions<ExtractOptions> extract)
{
    /// <summary>Reads pages.</summary>
    /// <param name="range">The pages.</param>
    /// <param name="shared">The run of the tools that write text which they are in.</param>
    /// <param name="mayHoldJpegs">False when no picture of the file is a JPEG.</param>
    /// <param name="settings">The task's settings.</param>
    /// <returns>One for each page, in order; what could not be read in the run is null.</returns>
    public async Task<IReadOnlyList<PdfPageParts>> ReadAsync(
        PdfRange range, PdfTextRun shared, bool mayHoldJpegs, MediaSettings settings)
    {
        var (reading, isOwn) = shared.Read((from, to) => texts.Begin(range with { From = from, To = to }, mayHoldJpegs, settings));
        try
        {
            return await ReadAsync(range, shared, reading, mayHoldJpegs, settings).ConfigureAwait(false);
        }
        finally
        {
            // Whoever stops this run waits until its tools have ended.
            if (isOwn) await ((Task)reading.Texts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<IReadOnlyList<PdfPageParts>> ReadAsync(
        PdfRange range, PdfTextRun shared, PdfTextReading reading, bool mayHoldJpegs, MediaSettings settings)
    {
        var infos = await OrNullAsync(reading.Infos, range).ConfigureAwait(false);
        if (infos is null && reading.Pages > range.Pages)
        {
            // One page may have spoilt the longer run.
            shared.Fail();
            reading = texts.Begin(range, mayHoldJpegs, settings);
            infos = await reading.Infos.ConfigureAwait(false);
        }

        if (infos is null) return [.. Enumerable.Repeat(new PdfPageParts(), range.Pages)];
        infos = [.. infos.Skip(range.From - reading.From).Take(range.Pages)];
        var drawing = DrawAsync(range, infos, settings);
        var writing = TextsAsync(range, shared, reading, mayHoldJpegs, settings);
        // What is stopped has ended when this has.
        await Task.WhenAll(drawing, writing).ConfigureAwait(false);
        var (drawn, written) = (await drawing.ConfigureAwait(false), await writing.ConfigureAwait(false));
        return
        [
            .. drawn.Select((picture, index) => (written?.Take(range.From + index) ?? new()) with { Info = infos[index], Drawn = picture })
        ];
    }

    private async Task<PdfTexts?> TextsAsync(
        PdfRange range, PdfTextRun shared, PdfTextReading reading, bool mayHoldJpegs, MediaSettings settings)
    {
        var written = await OrNullAsync(reading.Texts, range).ConfigureAwait(false);
        if (written is { IsWhole: true } || reading.Pages == range.Pages) return written;
        shared.Fail();
        return await texts.Begin(range, mayHoldJpegs, settings).Texts.ConfigureAwait(false);
    }

    /// <summary>What another run began, unless that was stopped.</summary>
    private static async Task<T?> OrNullAsync<T>(Task<T?> answer, PdfRange range)
        where T : class
    {
        try
        {
            return await answer.WaitAsync(range.CancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!range.CancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Draws neighbours of one size together: the tool is told one size for all.</summary>
    private async Task<DrawnPage?[]> DrawAsync(PdfRange range, IReadOnlyList<string?> infos, MediaSettings settings)
    {
        var sizes = infos.Select(info => info is null ? null : PdfPageSize.TryFit(info, settings)).ToArray();
        var drawn = new DrawnPage?[infos.Count];
        foreach (var (first, count) in PdfRange.Neighbours(sizes, (one, other) => one == other))
        {
            var pages = new DrawnPages([.. sizes.Skip(first).Take(count).Select(size => (size!.Width, size.Height))]);
            var isDrawn = await tools.TryAsync(
                range,
                new()
                {
                    Tool = "pdftoppm",
                    Arguments = [.. sizes[first]!.Arguments, .. range.Part(first, count).Arguments, range.Path],
                    Deadline = extract.Value.PageDeadline,
                    Subject = range.Subject,
                    Output = pages.Target,
                    WritesMuch = true,
                },
                mayComplain: false).ConfigureAwait(false);
            if (isDrawn && pages.Pages is { } found)
                found.ToArray().CopyTo(drawn, first);
        }

        return drawn;
    }
}
