using System.Xml;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>Reads DOCX, PPTX and XLSX into text. Macros are not run, external relationships are not followed.</summary>
internal static class OfficeReader
{
    /// <summary>Reads a document.</summary>
    /// <param name="source">The document.</param>
    /// <param name="mediaType">Its media type.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <param name="options">The limits.</param>
    /// <param name="text">Where it goes.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static void Read(
        DocumentSource source,
        string mediaType,
        string subject,
        ExtractOptions options,
        DocumentText text,
        CancellationToken cancellationToken)
    {
        OfficePackage.Check(source, options.MaxUnpackedBytes, subject, cancellationToken);
        try
        {
            using var archive = source.OpenPackage();
            var main = OfficePart.Main(archive);
            if (mediaType == DocumentFormats.Word)
                new WordText(text, cancellationToken).Read(main);
            else if (mediaType == DocumentFormats.Slides)
                SlideText.Read(main, text, cancellationToken);
            else
                new SheetText(text, options, cancellationToken).Read(main);
        }
        catch (Exception exception) when (exception is XmlException or InvalidDataException or IOException
            or InvalidOperationException or FormatException or ArgumentException or UriFormatException or KeyNotFoundException)
        {
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia,
                $"{subject} is a damaged Office document ({exception.Message}); submit an intact copy.",
                exception);
        }
    }
}
