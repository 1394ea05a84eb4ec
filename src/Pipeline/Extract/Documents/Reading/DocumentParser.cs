using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Mail;
using Qwen35Batch.Pipeline.Extract.Documents.Office;
using Qwen35Batch.Pipeline.Extract.Documents.OpenDocument;
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
    /// <param name="path">A file of the media store.</param>
    /// <param name="mediaType">Its media type, one of <see cref="DocumentFormats"/>.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <param name="options">The limits.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="MediaRejectedException">It is damaged, empty or too large.</exception>
    public static DocumentContent Read(
        string path, string mediaType, string subject, ExtractOptions options, CancellationToken cancellationToken)
    {
        var content = mediaType switch
        {
            DocumentFormats.Word or DocumentFormats.Slides or DocumentFormats.Sheets => Rich(text =>
                OfficeReader.Read(path, mediaType, subject, options, text, cancellationToken)),
            DocumentFormats.OpenText or DocumentFormats.OpenSheets or DocumentFormats.OpenSlides => Rich(text =>
                OpenDocumentReader.Read(path, mediaType, subject, options, text, cancellationToken)),
            DocumentFormats.Epub => Rich(text => EpubText.Read(path, subject, options, text, cancellationToken)),
            DocumentFormats.Mail => Rich(text => MailText.Read(path, subject, text, cancellationToken)),
            DocumentFormats.OutlookMail => Rich(text => OutlookText.Read(path, subject, text)),
            DocumentFormats.Html => Rich(text => Page(path, subject, options, text)),
            _ => Plain(path, mediaType, subject, options),
        };
        return content.Text.Length > 0
            ? content
            : throw new MediaRejectedException(RejectionReason.Empty, content.Note is { } note
                ? $"{subject} contains no text and no picture that is read. {note}"
                : $"{subject} contains no text and no picture.");

        DocumentContent Rich(Action<DocumentText> read)
        {
            var text = new DocumentText(options);
            read(text);
            return text.ToContent();
        }
    }

    private static void Page(string path, string subject, ExtractOptions options, DocumentText text)
    {
        var (html, _, note) = TextFile.Read(path, subject, options);
        HtmlText.Add(html, text);
        if (note is not null)
            text.Remark(note);
    }

    private static DocumentContent Plain(string path, string mediaType, string subject, ExtractOptions options)
    {
        var (text, start, note) = TextFile.Read(path, subject, options);
        // The first line of a table names its columns: later parts need it.
        var head = text.IndexOf('\n', StringComparison.Ordinal);
        return new()
        {
            Text = text,
            Start = start,
            Note = note,
            Marks = mediaType is DocumentFormats.CommaSeparated or DocumentFormats.TabSeparated && head is > 0 and < 1_500
                ? [new(head + 1, text.Length, 0, text[..head])]
                : [],
        };
    }
}
