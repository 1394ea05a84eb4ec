using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Documents.Runs;

/// <summary>
/// Runs poppler's tools over several pages, within the limits of a single page. Whatever a tool complains of, and whatever it does not
/// finish, is left out: the pages are then read one by one, so that each gets its own verdict.
/// </summary>
internal sealed class PdfTools(ToolRunner runner, IOptions<ExtractOptions> extract, IOptions<ToolOptions> tools)
{
    private const int MostBytes = 64 << 20;

    /// <summary>What a tool writes.</summary>
    /// <param name="range">The pages.</param>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">What it is given.</param>
    /// <param name="pageBytes">The most that it writes of a page, in bytes.</param>
    /// <param name="mayComplain">Whether what it complains of is no matter.</param>
    /// <returns>Null when it failed, complained or wrote too much.</returns>
    public async Task<ReadOnlyMemory<byte>?> AskAsync(
        PdfRange range, string tool, IReadOnlyList<string> arguments, int pageBytes, bool mayComplain)
    {
        var output = new OutputBuffer((int)Math.Min((long)pageBytes * range.Pages, Math.Max(pageBytes, MostBytes)));
        var request = new ToolRequest
        {
            Tool = tool,
            Arguments = arguments,
            Deadline = extract.Value.PageDeadline,
            Subject = range.Subject,
            Output = output.Target,
            WritesMuch = range.Pages > 1,
        };
        return await TryAsync(range, request, mayComplain).ConfigureAwait(false) && !output.HasOverflowed
            ? (ReadOnlyMemory<byte>?)output.Bytes
            : null;
    }

    /// <summary>Runs a tool.</summary>
    /// <returns>Whether it came to its end without a complaint that matters.</returns>
    public async Task<bool> TryAsync(PdfRange range, ToolRequest request, bool mayComplain)
    {
        using var useful = CancellationTokenSource.CreateLinkedTokenSource(range.CancellationToken);
        try
        {
            var result = await runner.RunAsync(
                request with
                {
                    AddressSpaceBytes = Math.Min(extract.Value.PageMemoryBytes, tools.Value.ToolMemoryBytes),
                    HasFallback = true,
                    TakeErrorLine = line =>
                    {
                        if (useful.IsCancellationRequested) return false;
                        if (request.TakeErrorLine?.Invoke(line) == true) return true;
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
        catch (OperationCanceledException) when (!range.CancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
