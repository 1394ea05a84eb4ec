using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Archives;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Documents.Reading;

/// <summary>
/// The child's side: reads one document and writes it as a <see cref="DocumentFile"/>, or unpacks an archive.
/// </summary>
internal static class ReaderChild
{
    /// <summary>Reads and writes; a document that is refused is a result like any other.</summary>
    /// <param name="request">What to read.</param>
    /// <param name="output">Where it goes; it stays open.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task RunAsync(ReadRequest request, Stream output, CancellationToken cancellationToken)
    {
        if (request.Archive is { } limits)
        {
            Unpack(request, limits, new(output), cancellationToken);
            return;
        }

        var (text, result) = Read(request, cancellationToken);
        await DocumentFile.WriteAsync(output, text, result).ConfigureAwait(false);
    }

    private static void Unpack(ReadRequest request, ArchiveLimits limits, ArchiveWriter output, CancellationToken cancellationToken)
    {
        try
        {
            ZipUnpacker.Unpack(request.Path, request.Subject, limits, output, cancellationToken);
        }
        catch (MediaRejectedException rejected)
        {
            output.Begin(new("", rejected.Message) { Refused = rejected.Reason });
        }
        catch (OutOfMemoryException)
        {
            output.Begin(
                new("", TooMuchMemory(request.Subject, request.Options.ReaderMemoryBytes)) { Refused = RejectionReason.TooLarge });
        }
    }

    /// <summary>Reads a document; one that is refused is a result like any other.</summary>
    public static (string Text, ReadResult Result) Read(ReadRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var content = DocumentParser.Read(
                DocumentSource.OfFile(request.Path), request.MediaType, request.Subject, request.Options, cancellationToken);
            return (content.Text, new()
            {
                Pictures = content.Pictures,
                Marks = content.Marks,
                Addresses = content.Addresses,
                Start = content.Start,
                Places = content.Start is { } start ? LinePlaces.Of(content.Text, start) : [],
                Notes = content.Notes,
            });
        }
        catch (MediaRejectedException rejected)
        {
            return ("", new() { Refused = rejected.Reason, Detail = rejected.Message });
        }
        catch (OutOfMemoryException)
        {
            return (
                "",
                new() { Refused = RejectionReason.TooLarge, Detail = TooMuchMemory(request.Subject, request.Options.ReaderMemoryBytes) });
        }
    }

    /// <summary>What is said of a document that takes too much memory.</summary>
    public static string TooMuchMemory(string subject, long bytes) => FormattableString.Invariant(
        $"{subject} takes more than {bytes >> 20:N0} MiB of memory to read; submit a smaller one, or raise Extract:ReaderMemoryBytes.");
}
