using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Jobs;
using UglyToad.PdfPig;

namespace Qwen35Batch.Pipeline.Extract.Documents.Pdf;

/// <summary>What a PDF holds beside its pages: the words and values of an XFA form, and the files that are attached to it.</summary>
internal static class PdfContents
{
    /// <summary>Adds it.</summary>
    /// <param name="source">The PDF.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <param name="text">Where it goes.</param>
    /// <param name="files">Reads the files.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="MediaRejectedException">It is damaged.</exception>
    public static void Read(
        DocumentSource source, string subject, DocumentText text, AttachedFiles files, CancellationToken cancellationToken)
    {
        try
        {
            using var content = source.Open();
            using var document = PdfDocument.Open(content, new ParsingOptions { UseLenientParsing = true, SkipMissingFonts = true });
            var objects = new PdfObjects(document);
            XfaForm.Add(objects, text, cancellationToken);
            files.Add(PdfAttachments.Of(objects, cancellationToken), text);
        }
        catch (Exception exception) when (exception
            is not (OperationCanceledException or OutOfMemoryException or MediaRejectedException))
        {
            // The library throws whatever its parsing runs into.
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia, $"{subject} is a damaged PDF ({exception.Message}); submit an intact copy.", exception);
        }
    }
}
