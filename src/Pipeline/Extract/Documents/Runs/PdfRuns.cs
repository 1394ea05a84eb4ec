using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Extract.Documents.Runs;

/// <summary>Reads several pages of a PDF with one run of each tool. What is left out has to be read page by page.</summary>
internal sealed class PdfRuns(PdfTools tools, PdfTextReader texts, IOptions<ExtractOptions> extract)
{
    private const int MostFailures = 3;

    /// <summary>Reads pages.</summary>
    /// <param name="range">The pages.</param>
    /// <param name="shared">The run of the tools that write text which they are in.</param>
    /// <param name="mayHoldJpegs">False when no picture of the file is a JPEG.</param>
    /// <param name="settings">The task's settings.</param>
    /// <param name="give">Called once for each page, as they are read, with its index; what could not be read in the run is null.</param>
    public async Task ReadAsync(
        PdfRange range, PdfTextRun shared, bool mayHoldJpegs, MediaSettings settings, Action<int, PdfPageParts> give)
    {
        var share = new PdfTextShare(
            shared,
            range,
            (pages, inPieces) => inPieces
                ? texts.BeginInPieces(pages, mayHoldJpegs, settings)
                : texts.Begin(pages, mayHoldJpegs, settings));
        try
        {
            await ReadAsync(range, share, settings, give).ConfigureAwait(false);
        }
        finally
        {
            await share.EndAsync().ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(PdfRange range, PdfTextShare share, MediaSettings settings, Action<int, PdfPageParts> give)
    {
        if (await share.InfosAsync().ConfigureAwait(false) is not { } infos)
        {
            for (var index = 0; index < range.Pages; index++) give(index, new());
            return;
        }

        var drawn = Channel.CreateUnbounded<(int Index, DrawnPage? Page)>();
        // What is drawn while the texts are read waits for them.
        using var room = new SemaphoreSlim(PdfPages.Ahead(settings));
        // What is stopped has ended when this has.
        await Task.WhenAll(DrawAsync(range, infos, settings, room, drawn.Writer), GiveAsync()).ConfigureAwait(false);

        async Task GiveAsync()
        {
            try
            {
                var written = await share.TextsAsync().ConfigureAwait(false);
                await foreach (var (index, page) in drawn.Reader.ReadAllAsync().ConfigureAwait(false))
                {
                    // What has been drawn when a run ends early is left to the next.
                    range.CancellationToken.ThrowIfCancellationRequested();
                    give(index, (written?.Take(range.From + index) ?? new()) with { Info = infos[index], Drawn = page });
                    if (page is not null) room.Release();
                }
            }
            finally
            {
                room.Release(range.Pages);
            }
        }
    }

    /// <summary>Draws neighbours of one size together: the tool is told one size for all.</summary>
    private async Task DrawAsync(
        PdfRange range, IReadOnlyList<string?> infos, MediaSettings settings, SemaphoreSlim room,
        ChannelWriter<(int Index, DrawnPage? Page)> drawn)
    {
        try
        {
            var sizes = infos.Select(info => info is null ? null : PdfPageSize.TryFit(info, settings)).ToArray();
            var (next, failures) = (0, 0);
            foreach (var (first, count) in PdfRange.Neighbours(sizes, (one, other) => one == other))
            {
                LeaveOut(first);
                var end = first + count;
                while (end - next > 1 && failures < MostFailures)
                {
                    var start = next;
                    var pages = new DrawnPages(
                        [.. sizes[start..end].Select(size => (size!.Width, size.Height))],
                        room,
                        (index, page) => drawn.TryWrite((start + index, page)));
                    var isDrawn = await DrawAsync(range.Part(start, end - start), sizes[start]!, pages).ConfigureAwait(false);
                    next = start + pages.Given;
                    if (isDrawn) break;
                    // What was being drawn is to blame, and what was drawn before it may have been lost on its way.
                    failures++;
                    LeaveOut(Math.Min(end, start + pages.Told + 1));
                }

                LeaveOut(end);
            }

            LeaveOut(sizes.Length);

            void LeaveOut(int end)
            {
                for (; next < end; next++) drawn.TryWrite((next, null));
            }
        }
        finally
        {
            drawn.Complete();
        }
    }

    private Task<bool> DrawAsync(PdfRange range, PdfDrawing size, DrawnPages pages) => tools.TryAsync(
        range,
        new()
        {
            Tool = "pdftoppm",
            Arguments = ["-progress", .. size.Arguments, .. range.Arguments, range.Path],
            Deadline = extract.Value.PageDeadline,
            Subject = range.Subject,
            Output = pages.Target,
            TakeErrorLine = pages.TakeErrorLine,
            WritesMuch = true,
        },
        mayComplain: false);
}
