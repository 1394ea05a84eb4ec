using System.Xml;
using DocumentFormat.OpenXml.Packaging;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>Reads DOCX, PPTX and XLSX into text. Macros are not run, external relationships are not followed.</summary>
internal sealed class OfficeReader(IOptions<ExtractOptions> extract)
{
    private static readonly OpenSettings Settings = new() { AutoSave = false, MaxCharactersInPart = OfficePackage.MaxPartCharacters };

    /// <summary>Reads a document.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="mediaType">Its media type.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public DocumentContent Read(string path, string mediaType, string subject, CancellationToken cancellationToken)
    {
        OfficePackage.Check(path, extract.Value.MaxUnpackedBytes, subject, cancellationToken);
        var text = new OfficeText(extract.Value);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (mediaType.Contains("wordprocessingml", StringComparison.Ordinal))
            {
                using var document = WordprocessingDocument.Open(file, isEditable: false, Settings);
                new WordText(text).Read(document, cancellationToken);
            }
            else if (mediaType.Contains("presentationml", StringComparison.Ordinal))
            {
                using var document = PresentationDocument.Open(file, isEditable: false, Settings);
                SlideText.Read(document, text, cancellationToken);
            }
            else
            {
                using var document = SpreadsheetDocument.Open(file, isEditable: false, Settings);
                new SheetText(text, extract.Value).Read(document, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is OpenXmlPackageException or XmlException or InvalidDataException or IOException
            or InvalidOperationException or FormatException or ArgumentException or UriFormatException or KeyNotFoundException)
        {
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia, $"{subject} is a damaged Office document ({exception.Message}); submit an intact copy.", exception);
        }

        return text.ToContent();
    }
}
