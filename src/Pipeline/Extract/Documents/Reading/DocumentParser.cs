using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Mail;
using Qwen35Batch.Pipeline.Extract.Documents.Office;
using Qwen35Batch.Pipeline.Extract.Documents.OpenDocument;
using Qwen35Batch.Pipeline.Extract.Documents.Pdf;
using Qwen35Batch.Pipeline.Extract.Documents.Web;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Documents.Reading;

/// <summary>
/// Reads a whole document of any format into text. It parses what strangers wrote: in the product, within a limited child.
/// </summary>
internal static class DocumentParser
{
    /// <summary>Reads a document.</summary>
    /// <param name="source">The document.</param>
    /// <param name="mediaType">Its media type, one of <see cref="DocumentFormats"/>.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <param name="options">The limits.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="MediaRejectedException">It is damaged, empty or too large.</exception>
    public static DocumentContent Read(
        DocumentSource source, string mediaType, string subject, ExtractOptions options, CancellationToken cancellationToken)
    {
        AttachedFiles? files = null;
        files = new((file, type, name) => Read(file, type, name, options, files!, isInner: true, cancellationToken));
        return Read(source, mediaType, subject, options, files, isInner: false, cancellationToken);
    }

    private static DocumentContent Read(
        DocumentSource source,
        string mediaType,
        string subject,
        ExtractOptions options,
        AttachedFiles files,
        bool isInner,
        CancellationToken cancellationToken)
    {
        var content = mediaType switch
        {
            DocumentFormats.Word or DocumentFormats.Slides or DocumentFormats.Sheets => Rich(text =>
                OfficeReader.Read(source, mediaType, subject, options, text, cancellationToken)),
            DocumentFormats.OpenText or DocumentFormats.OpenSheets or DocumentFormats.OpenSlides => Rich(text =>
                OpenDocumentReader.Read(source, mediaType, subject, options, text, cancellationToken)),
            DocumentFormats.Epub => Rich(text => EpubText.Read(source, subject, options, text, cancellationToken)),
            DocumentFormats.Mail => Rich(text => MailText.Read(source, subject, text, files, cancellationToken)),
            DocumentFormats.OutlookMail => Rich(text => OutlookText.Read(source, subject, text, files)),
            DocumentFormats.Pdf => Rich(text => PdfContents.Read(source, subject, text, files, cancellationToken)),
            DocumentFormats.PdfAnnotations => new() { Text = PdfAnnotations.Read(source, subject, cancellationToken) },
            DocumentFormats.Html => Rich(text => Page(source, subject, options, text)),
            _ => Plain(source, mediaType, subject, options),
        };
        return content.Text.Length > 0
            ? content
            : throw new MediaRejectedException(RejectionReason.Empty, ReadingNote.Join(content.Notes) is { } note
                ? $"{subject} contains no text and no picture that is read. {note}"
                : $"{subject} contains no text and no picture.");

        DocumentContent Rich(Action<DocumentText> read)
        {
            var text = new DocumentText(options, files, takesPictures: !isInner);
            read(text);
            return text.ToContent();
        }
    }

    private static void Page(DocumentSource source, string subject, ExtractOptions options, DocumentText text)
    {
        var (html, _, notes) = TextFile.Read(source, subject, options, HtmlCharset.Find);
        HtmlText.Add(html, text);
        foreach (var note in notes)
            text.Remark(note);
    }

    private static DocumentContent Plain(DocumentSource source, string mediaType, string subject, ExtractOptions options)
    {
        var (text, start, notes) = TextFile.Read(source, subject, options);
        // The first line of a table names its columns: later parts need it. A line before it may name the separator.
        var names = text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) ? text.IndexOf('\n', StringComparison.Ordinal) + 1 : 0;
        var head = text.IndexOf('\n', names);
        return new()
        {
            Text = text,
            Start = start,
            Notes = notes,
            Marks = mediaType is DocumentFormats.CommaSeparated or DocumentFormats.TabSeparated && head is > 0 and < 1_500
                ? [new(head + 1, text.Length, 0, text[names..head])]
                : [],
        };
    }
}
