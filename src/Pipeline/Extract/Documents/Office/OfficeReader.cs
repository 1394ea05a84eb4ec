using System.Xml;
using DocumentFormat.OpenXml.Packaging;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>Reads DOCX, PPTX and XLSX into text. Macros are not run, external relationships are not followed.</summary>
internal static class OfficeReader
{
    private static readonly OpenSettings Settings = new() { AutoSave = false, MaxCharactersInPart = OfficePackage.MaxPartCharacters };

    /// <summary>Reads a document.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="mediaType">Its media type.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <param name="options">The limits.</param>
    /// <param name="text">Where it goes.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static void Read(
        string path, string mediaType, string subject, ExtractOptions options, DocumentText text, CancellationToken cancellationToken)
    {
        OfficePackage.Check(path, options.MaxUnpackedBytes, subject, cancellationToken);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            switch (mediaType)
            {
                case DocumentFormats.Word:
                    using (var document = WordprocessingDocument.Open(file, isEditable: false, Settings))
                        new WordText(text, cancellationToken).Read(document);
                    break;
                case DocumentFormats.Slides:
                    using (var document = PresentationDocument.Open(file, isEditable: false, Settings))
                        SlideText.Read(document, text, cancellationToken);
                    break;
                default:
                    using (var document = SpreadsheetDocument.Open(file, isEditable: false, Settings))
                        new SheetText(text, options, cancellationToken).Read(document);
                    break;
            }
        }
        catch (Exception exception) when (exception is OpenXmlPackageException or XmlException or InvalidDataException or IOException
            or InvalidOperationException or FormatException or ArgumentException or UriFormatException or KeyNotFoundException)
        {
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia, $"{subject} is a damaged Office document ({exception.Message}); submit an intact copy.", exception);
        }
    }
}
