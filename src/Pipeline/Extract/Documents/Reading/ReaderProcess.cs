using System.IO.Pipelines;
using CliWrap;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Documents.Reading;

/// <summary>
/// Has something read by the <see cref="ReaderProgram"/>, in a limited child, or in this process where there is none. Short plain
/// text is read in this process: nothing is parsed, and to start a child would cost a hundred times as much.
/// </summary>
internal sealed class ReaderProcess(ToolRunner runner, IOptions<ExtractOptions> extract, ReaderProgram? program = null)
{
    // The runtime reserves more than it uses; the heap has a limit of its own.
    private const long AddressSpaceBytes = 4L << 30;
    private const int OpenFiles = 1024;
    private const long ShortTextBytes = 1 << 20;
    private const long TinyTextBytes = 1 << 15;

    /// <summary>Reads.</summary>
    /// <param name="request">What to read.</param>
    /// <param name="output">Takes what the reader writes.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="MediaRejectedException">The reader cannot read it.</exception>
    /// <exception cref="ResourceUnavailableException">The reader was ended from outside.</exception>
    public Task RunAsync(ReadRequest request, PipeTarget output, CancellationToken cancellationToken) =>
        IsShortText(request) ? RunShortAsync(request, output, cancellationToken)
        : program is null ? RunHereAsync(request, output, cancellationToken)
        : RunChildAsync(program, request, output, cancellationToken);

    /// <summary>Reads a text that is as short as what would be kept of it; null for anything else.</summary>
    /// <param name="request">What to read.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static (string Text, ReadResult Result)? ReadTiny(ReadRequest request, CancellationToken cancellationToken) =>
        IsText(request) && new FileInfo(request.Path) is { Exists: true, Length: <= TinyTextBytes }
            ? ReaderChild.Read(request, cancellationToken)
            : null;

    private static bool IsShortText(ReadRequest request) =>
        IsText(request) && new FileInfo(request.Path) is { Exists: true, Length: <= ShortTextBytes };

    private static bool IsText(ReadRequest request) =>
        request.Archive is null
        && request.MediaType is DocumentFormats.PlainText
            or DocumentFormats.Markdown
            or DocumentFormats.CommaSeparated
            or DocumentFormats.TabSeparated;

    /// <summary>What is this short is written whole before it is handed on: a pipe would cost more than the reading.</summary>
    private static async Task RunShortAsync(ReadRequest request, PipeTarget output, CancellationToken cancellationToken)
    {
        using var written = new MemoryStream();
        await ReaderChild.RunAsync(request, written, cancellationToken).ConfigureAwait(false);
        written.Position = 0;
        await output.CopyFromAsync(written, cancellationToken).ConfigureAwait(false);
    }

    private static async Task RunHereAsync(ReadRequest request, PipeTarget output, CancellationToken cancellationToken)
    {
        var pipe = new Pipe();
        var taking = Task.Run(() => output.CopyFromAsync(pipe.Reader.AsStream(), cancellationToken), cancellationToken);
        try
        {
            await Task.Run(() => ReaderChild.RunAsync(request, pipe.Writer.AsStream(leaveOpen: true), cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            await pipe.Writer.CompleteAsync().ConfigureAwait(false);
            await taking.ConfigureAwait(false);
        }
    }

    private async Task RunChildAsync(ReaderProgram child, ReadRequest request, PipeTarget output, CancellationToken cancellationToken)
    {
        var heap = extract.Value.ReaderMemoryBytes;
        var result = await runner.RunAsync(
            new()
            {
                Tool = request.Archive is null ? "the document reader" : "the archive reader",
                Program = child.FileName,
                Arguments = [.. child.Arguments, ReaderProgram.Command, request.ToArgument()],
                Deadline = request.Archive is null ? extract.Value.PageDeadline : extract.Value.ClipDeadline,
                Subject = request.Subject,
                Output = output,
                AddressSpaceBytes = AddressSpaceBytes,
                OpenFiles = OpenFiles,
                Variables = new Dictionary<string, string?>
                {
                    ["DOTNET_GCHeapHardLimit"] = $"0x{heap:X}",
                    ["DOTNET_gcServer"] = "0",
                    ["DOTNET_gcConcurrent"] = "0",
                    ["DOTNET_TieredPGO"] = "0",
                    ["DOTNET_EnableDiagnostics"] = "0",
                    // Code that is written and run under two addresses would need files, which the child may not write.
                    ["DOTNET_EnableWriteXorExecute"] = "0",
                },
                // The pages of a PDF are read without what stands beside them.
                HasFallback = request.MediaType is DocumentFormats.Pdf or DocumentFormats.PdfAnnotations,
                OutOfMemory = ReaderChild.TooMuchMemory(request.Subject, heap),
            },
            cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia,
                $"{request.Subject} cannot be read ({result.Messages.Split('\n')[0].Trim()}); submit an intact copy.");
        }
    }
}
