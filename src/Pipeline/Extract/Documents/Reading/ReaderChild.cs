using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Documents.Reading;

/// <summary>The child's side: reads one document and writes it as a <see cref="DocumentFile"/>.</summary>
internal static class ReaderChild
{
    /// <summary>Reads and writes; a document that is refused is a result like any other.</summary>
    /// <param name="request">What to read.</param>
    /// <param name="output">Where it goes; it stays open.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task RunAsync(ReadRequest request, Stream output, CancellationToken cancellationToken)
    {
        var (text, result) = Read(request, cancellationToken);
        await DocumentFile.WriteAsync(output, text, result).ConfigureAwait(false);
    }

    private static (string Text, ReadResult Result) Read(ReadRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var content = DocumentParser.Read(request.Path, request.MediaType, request.Subject, request.Options, cancellationToken);
            return (content.Text, new()
            {
                Pictures = content.Pictures,
                Marks = content.Marks,
                Addresses = content.Addresses,
                Start = content.Start,
                Note = content.Note,
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
