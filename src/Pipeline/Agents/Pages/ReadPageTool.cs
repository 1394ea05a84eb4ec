using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Pipeline.Extract.Documents;
using Qwen35Batch.Pipeline.Extract.Documents.Reading;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tasks.Grants;
using Qwen35Batch.Pipeline.Tools;
using ToolResult = Qwen35Batch.Pipeline.Agents.Tools.ToolResult;

namespace Qwen35Batch.Pipeline.Agents.Pages;

/// <summary>
/// <c>read_page</c>: fetches one page as sources of jobs are fetched, by the rules of <c>Acquire</c>, and reads its text in a limited
/// child. Which addresses may be read is decided before.
/// </summary>
internal sealed class ReadPageTool(
    MediaStore store, DocumentStore documents, ToolRunner runner, IOptions<ExtractOptions> extract, TimeProvider time) : IAgentTool
{
    public const string ToolName = "read_page";

    private const int LongestTitle = 300;
    private const string LastPdfPage = "100";

    public string Name => ToolName;

    public string Description =>
        "Reads one web page, PDF or document. Only addresses that stood in the question or in a result can be read.";

    public JsonElement Schema { get; } = JsonDocument.Parse("""
        {
          "type": "object",
          "properties": { "url": { "type": "string", "description": "An address from a result, letter by letter." } },
          "required": ["url"]
        }
        """).RootElement.Clone();

    public ToolEffect Effect => ToolEffect.Read;

    public ResultTrust Trust => ResultTrust.Untrusted;

    public async Task<ToolResult> CallAsync(JsonElement arguments, ToolCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var url = arguments.GetProperty("url").GetString()!;
        var stored = await store.AcquireAsync(
            url, context.Stop, next => context.Hosts.Count == 0 || HostRule.Allows(context.Hosts, next.Host));
        var text = await TextAsync(stored, context.Stop);
        return new(text)
        {
            Source = new(new Uri(url), Title(text), time.GetUtcNow(), stored.Sha256),
            Bytes = stored.LengthBytes,
        };
    }

    private async Task<string> TextAsync(StoredMedia stored, CancellationToken stop)
    {
        if (stored.MediaType == DocumentFormats.Pdf) return await PdfAsync(stored, stop);
        if (stored.IsArchive || stored.Kind is not (MediaKind.Text or MediaKind.Office))
            throw new ToolFailedException($"It is {stored.MediaType}, which has no text; read_page reads pages, PDFs and documents.");
        using var document = await documents.OpenAsync(stored.Path, stored.MediaType, "The page", stop);
        return document.Read(0, document.Length);
    }

    private async Task<string> PdfAsync(StoredMedia stored, CancellationToken stop)
    {
        var output = new OutputBuffer(PdfReader.TextBytes(extract.Value) * 10);
        var result = await runner.RunAsync(
            new()
            {
                Tool = "pdftotext",
                Arguments = ["-enc", "UTF-8", "-eol", "unix", "-nopgbrk", "-l", LastPdfPage, stored.Path, "-"],
                Deadline = extract.Value.PageDeadline,
                Subject = "The PDF",
                Output = output.Target,
            },
            stop);
        var (text, _) = PdfText.Clean(Encoding.UTF8.GetString(output.Bytes.Span), int.MaxValue, isCut: false);
        return result.ExitCode == 0 && text is not null
            ? text
            : throw new ToolFailedException("The PDF has no text that could be read: it is a scan, or damaged.");
    }

    // The readers write a page's title as its first heading.
    private static string? Title(string text)
    {
        var first = text.AsSpan().TrimStart();
        var end = first.IndexOf('\n');
        var line = (end < 0 ? first : first[..end]).Trim().TrimStart("# ").ToString();
        return line.Length is > 0 and <= LongestTitle ? line : null;
    }
}
