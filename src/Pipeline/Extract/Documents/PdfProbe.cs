using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Extract.Documents.Pdf;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>Finds out what a PDF holds: its pages, and what stands beside them, which becomes text parts behind the pages.</summary>
internal sealed class PdfProbe(PdfReader pdf, DocumentReader documents, PdfAnnotationReader annotations)
{
    private const int MaxNames = 5;

    /// <summary>Fills in the number of pages, and the characters of what stands beside them.</summary>
    /// <exception cref="MediaRejectedException">It is damaged or encrypted.</exception>
    public async Task<MediaDescription> DescribeAsync(StoredMedia media, MediaDescription description, CancellationToken cancellationToken)
    {
        var summary = await pdf.SummariseAsync(media, cancellationToken).ConfigureAwait(false);
        description = await WithAnnotationsAsync(media, description with { PageCount = summary.Pages }, cancellationToken)
            .ConfigureAwait(false);
        if (!summary.HasMore)
            return description;
        try
        {
            var characters = await documents
                .CountCharactersAsync(media.Path, media.MediaType, $"'{media.Source}'", cancellationToken).ConfigureAwait(false);
            return description with { CharacterCount = characters };
        }
        catch (MediaRejectedException)
        {
            // The pages are worth reading without what stands beside them.
            return description with { Notes = [.. description.Notes ?? [], .. Unread(summary)] };
        }
    }

    private async Task<MediaDescription> WithAnnotationsAsync(
        StoredMedia media, MediaDescription description, CancellationToken cancellationToken)
    {
        if (!AnnotationScan.MayHaveAny(media.Path)) return description;
        try
        {
            var found = await annotations.ReadAsync(media.Path, $"'{media.Source}'", cancellationToken).ConfigureAwait(false);
            return description with { HasAnnotations = found.Count > 0 };
        }
        catch (MediaRejectedException)
        {
            return description with
            {
                Notes = [ReadingNote.Gap("The annotations of the PDF (notes, marks, form fields) could not be read; its pages were.")],
            };
        }
    }

    private static IReadOnlyList<ReadingNote> Unread(PdfSummary summary)
    {
        var names = string.Join(", ", summary.Attached.Take(MaxNames)) + (summary.Attached.Count > MaxNames ? ", …" : "");
        return ReadingNote.Of(
            summary.IsXfa
                ? ReadingNote.Gap(
                    "The PDF is an XFA form, which is not drawn and could not be read: of it, only the pages that stand in for it were "
                        + "read. Print it to PDF in Adobe Acrobat and submit that.")
                : null,
            summary.Attached.Count > 0
                ? ReadingNote.Gap(FormattableString.Invariant(
                    $"Not read: {summary.Attached.Count} files that are attached to the PDF ({names}); submit them themselves."))
                : null);
    }
}
